"""Money of a booking goes back: of its own payment first, then of the changes that were paid."""

from datetime import datetime

from hospes.modules.booking import queries
from hospes.modules.booking.contracts import Booking
from hospes.modules.payments import facade as payments
from hospes.modules.payments.errors import NothingToRefund, RefundTooLarge
from hospes.platform.db import WriteTx
from hospes.platform.money import Money


async def refund_booking(tx: WriteTx, booking: Booking, amount: Money, *, reason: str, now: datetime) -> None:
    """Ask for refunds that sum to `amount`; raises `NothingToRefund` or `RefundTooLarge`."""
    left, any_paid = amount.amount, False
    for paid_for in (booking.id, *await queries.list_paid_changes(tx, booking.id)):
        rest = await payments.refundable_of(tx, paid_for)
        any_paid = any_paid or rest > 0
        part = min(left, rest)
        if part > 0:
            await payments.request_refund(tx, paid_for, Money(part, amount.currency), reason=reason, now=now)
            left -= part
    if left > 0:
        raise RefundTooLarge if any_paid else NothingToRefund
