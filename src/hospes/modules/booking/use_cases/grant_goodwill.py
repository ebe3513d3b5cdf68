"""The platform makes up for something with a credit, which the guest spends on another booking."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.booking.contracts import Booking
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.payments.errors import InvalidAmount
from hospes.modules.promotions import facade as promotions
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

GOOD_FOR = timedelta(days=365)


async def grant_goodwill(
    tx: WriteTx, *, booking_id: UUID, amount: Money, reason: str, granted_by: UUID, now: datetime
) -> Booking:
    """The booking it is about; the credit is good for a year. Raises `InvalidAmount` for another currency or more than
    the booking costs."""
    booking = await lock_booking(tx, booking_id)
    if amount.currency != booking.total.currency or not 0 < amount.amount <= booking.total.amount:
        said = f"Please give an amount above zero, up to {booking.total.text()}."
        raise InvalidAmount(said, fields={"amount": said})
    await promotions.give_credit(
        tx,
        user_id=booking.guest_id,
        money=amount,
        reason="goodwill",
        note=reason,
        fund="goodwill",
        expires_at=now + GOOD_FOR,
        about=booking.id,
        given_by=granted_by,
        now=now,
    )
    return booking
