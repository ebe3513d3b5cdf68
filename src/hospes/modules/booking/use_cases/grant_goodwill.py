"""The platform or the host makes up for something with a credit, which the guest spends on another booking."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.booking import events
from hospes.modules.booking.contracts import Booking
from hospes.modules.booking.policies.discounting import credit_in
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.payments.errors import InvalidAmount
from hospes.modules.promotions import facade as promotions
from hospes.modules.promotions.contracts import fund_of
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.money import Money
from hospes.platform.outbox import publish

GOOD_FOR = timedelta(days=365)


async def grant_goodwill(
    tx: WriteTx, *, booking_id: UUID, amount: Money, reason: str, granted_by: UUID, by_host: bool = False, now: datetime
) -> Booking:
    """The booking it is about; the credit is good for a year. `by_host`: the business bears it, its payout is smaller.
    Raises `InvalidAmount` for another currency or more than `most_goodwill`."""
    booking = await lock_booking(tx, booking_id)
    most = await most_goodwill(tx, booking)
    if amount.currency != booking.total.currency or not 0 < amount.amount <= most:
        said = f"Please give an amount above zero, up to {Money(most, booking.total.currency).text()}."
        if not most:
            said = "As much as the booking costs was given already."
        raise InvalidAmount(said, fields={"amount": said})
    await promotions.give_credit(
        tx,
        user_id=booking.guest_id,
        money=amount,
        reason="goodwill",
        note=reason,
        fund=fund_of(booking.business_id if by_host else None),
        expires_at=now + GOOD_FOR,
        about=booking.id,
        given_by=granted_by,
        now=now,
    )
    data = {"amount": amount.amount, "currency": amount.currency, "borne_by": "host" if by_host else "platform"}
    await publish(tx, events.GOODWILL_GIVEN, booking.id, data, now=now)
    return booking


async def most_goodwill(tx: ReadTx, booking: Booking) -> int:
    """What can still be given (minor units): in all as much as the booking costs, in money and credit."""
    given = await promotions.given_about(tx, booking.id, "goodwill")
    return max(booking.total.amount + credit_in(booking.terms.price) - given, 0)
