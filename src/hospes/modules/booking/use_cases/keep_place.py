"""The payment service does not answer: a guest who has given a card keeps the place meanwhile."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import store
from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.booking.policies.asks import asks_of
from hospes.modules.booking.policies.deadlines import kept_until
from hospes.modules.inventory import facade as inventory
from hospes.platform.db import WriteTx


async def keep_place(tx: WriteTx, *, booking_id: UUID, retry_at: datetime, now: datetime) -> bool:
    """Whether the time to pay was made longer, so that it ends after the next try; only for a booking that waits for
    its payment, holds its place, and has done so for less than half a day."""
    booking = await store.get_for_change(tx, booking_id)
    if booking is None or booking.status is not BookingStatus.PENDING_PAYMENT or booking.decide_by is None:
        return False
    until = kept_until(retry_at, booking.created_at, booking.check_in_at)
    if until <= booking.decide_by or until <= now:
        return False
    if not await inventory.extend(tx, booking.id, until, count=len(asks_of(booking)), now=now):
        return False
    await store.set_deadline(tx, booking.id, until, now=now)
    return True
