"""A guest needs a little longer."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events, store
from hospes.modules.booking.contracts import Hold
from hospes.modules.booking.errors import HoldNotFound, HoldRenewed
from hospes.modules.booking.policies.deadlines import HOLD_FOR
from hospes.modules.booking.use_cases.spending import hand_over
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import HoldExpired
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def renew_hold(tx: WriteTx, *, guest_id: UUID, hold_id: UUID, now: datetime) -> Hold:
    """The hold with 15 minutes more, once; raises `HoldNotFound`, `HoldExpired`, `HoldRenewed`."""
    hold = await store.lock_hold(tx, hold_id, guest_id)
    if hold is None:
        raise HoldNotFound()
    if not hold.live(now):
        raise HoldExpired("The time to book has run out. Please choose your dates again.")
    if hold.renewed:
        raise HoldRenewed("This place cannot be kept any longer.")
    renewed = replace(hold, expires_at=hold.expires_at + HOLD_FOR, renewed=True)
    count = sum(len(item.asks) for item in hold.quote.terms.items)
    if not await inventory.extend(tx, hold.id, renewed.expires_at, count=max(count, 1), now=now):
        raise HoldExpired("The time to book has run out. Please choose your dates again.")
    await hand_over(tx, hold.quote.terms, hold.id, hold.id, guest_id=guest_id, until=renewed.expires_at, now=now)
    await store.renew_hold(tx, renewed, now=now)
    others = [item.resource_id for item in hold.quote.terms.items[1:]]
    data = events.nights_data(
        hold.resource_id,
        hold.arrival,
        hold.departure,
        others=others,
        hold_id=str(hold.id),
        expires_at=renewed.expires_at.isoformat(),
    )
    await publish(tx, events.HOLD_RENEWED, hold.id, data, now=now)
    return renewed
