"""Money of a booking goes back: what is still to be paid is lowered first, then what was paid goes back in order.

Its own payment comes first, then those of the changes that were paid."""

from datetime import datetime

from hospes.modules.booking import queries
from hospes.modules.booking.contracts import Booking
from hospes.modules.payments import facade as payments
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.money import Money


async def refund_booking(tx: WriteTx, booking: Booking, amount: Money, *, reason: str, now: datetime) -> None:
    """Keep so much less of a booking that goes on; raises `NothingToRefund` or `RefundTooLarge`."""
    paid_for = (booking.id, *await queries.list_paid_changes(tx, booking.id))
    await payments.give_back(tx, paid_for, amount, reason=reason, now=now)


async def close_booking_payments(tx: WriteTx, booking: Booking, amount: Money, *, reason: str, now: datetime) -> None:
    """The booking is over: so much goes back, nothing more is asked for, and what was authorised beyond it is taken."""
    paid_for = (booking.id, *await queries.list_paid_changes(tx, booking.id))
    await payments.close_payments(tx, paid_for, amount, reason=reason, now=now)


async def unpaid_of(tx: ReadTx, booking: Booking) -> int:
    """What of the booking's total was not paid yet (minor units); asked only where something may be."""
    return 0 if booking.terms.paying.plain else await payments.unpaid_of(tx, [booking.id])
