"""Let go of a hold."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events, store
from hospes.modules.booking.contracts import Hold, HoldStatus
from hospes.modules.booking.errors import HoldNotFound
from hospes.modules.booking.use_cases.spending import let_spending_go
from hospes.modules.inventory import facade as inventory
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

_FACT = {HoldStatus.RELEASED: events.HOLD_RELEASED, HoldStatus.EXPIRED: events.HOLD_EXPIRED}


async def release_hold(tx: WriteTx, *, guest_id: UUID, hold_id: UUID, now: datetime) -> None:
    """The nights are on sale again; repeating it changes nothing. Raises `HoldNotFound`."""
    hold = await store.lock_hold(tx, hold_id, guest_id)
    if hold is None:
        raise HoldNotFound()
    await end_hold(tx, hold, HoldStatus.RELEASED, now=now)


async def end_hold(tx: WriteTx, hold: Hold, target: HoldStatus, *, now: datetime) -> None:
    """End a live hold as released or expired and let go of its claim."""
    if not await store.move_hold(tx, hold.id, target):
        return
    await inventory.release(tx, hold.id, now=now)
    await let_spending_go(tx, hold.quote.terms, hold.id, now=now)
    others = [item.resource_id for item in hold.quote.terms.items[1:]]
    data = events.nights_data(hold.resource_id, hold.arrival, hold.departure, others=others, hold_id=str(hold.id))
    await publish(tx, _FACT[target], hold.id, data, now=now)
