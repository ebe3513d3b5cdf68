"""A minute before a hold ends its guest is told. Nothing depends on it: a hold ends by its own time."""

from datetime import datetime, timedelta

from hospes.modules.booking import events, store
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

WARNING = timedelta(seconds=60)


async def warn_of_expiry(tx: WriteTx, *, limit: int = 100, now: datetime) -> int:
    """Publish `hold.expiring` once for each hold that ends within a minute; answers how many."""
    holds = await store.mark_warned(tx, now, now + WARNING, limit)
    for hold in holds:
        data = events.nights_data(
            hold.resource_id,
            hold.arrival,
            hold.departure,
            hold_id=str(hold.id),
            guest_id=str(hold.guest_id),
            expires_at=hold.expires_at.isoformat(),
            seconds=max(int((hold.expires_at - now).total_seconds()), 0),
            renewable=not hold.renewed,
        )
        await publish(tx, events.HOLD_EXPIRING, hold.id, data, now=now)
    return len(holds)
