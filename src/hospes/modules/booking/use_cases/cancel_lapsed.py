"""A guest did not pay the balance in time."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking.contracts import Actor, Booking, BookingStatus
from hospes.modules.booking.use_cases.cancel_booking import cancel_booking
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.platform.db import WriteTx


async def cancel_lapsed(tx: WriteTx, *, booking_id: UUID, now: datetime) -> Booking:
    """The booking, cancelled by the terms the guest accepted; one that is not confirmed any more stays as it is."""
    booking = await lock_booking(tx, booking_id)
    if booking.status is not BookingStatus.CONFIRMED:
        return booking
    reason = "The balance was not paid in time."
    cancelled, _ = await cancel_booking(
        tx, booking_id=booking_id, actor=Actor.PAYMENT, actor_id=None, reason=reason, now=now
    )
    return cancelled
