"""What invoices does when a booking or its money moves."""

from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.invoices.use_cases.credit_refund import credit_refund
from hospes.modules.invoices.use_cases.issue_due import issue_due
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber

MOVES = (
    "booking.confirmed",
    "booking.changed",
    "booking.cancelled",
    "booking.completed",
    "booking.no_show",
    "payment.completed",
)
# Refunds that follow from a change or a cancellation, credited by itself, or of money that was no part of the price.
FOLLOWS = frozenset(
    {
        "booking_cancelled",
        "booking_changed",
        "left_early",
        "paid_too_late",
        "change_not_possible",
        "surplus",
        "another_method_failed",
        "damage_deposit_returned",
    }
)


async def issue_when_due(ctx: Runtime, event: Event) -> None:
    """Repeating it issues nothing twice."""
    async with ctx.db.write() as tx:
        booking = await bookings.booking_paid_under(tx, event.aggregate_id)
        if booking is not None:
            await issue_due(tx, booking.id, now=ctx.clock.now())


async def credit_when_refunded(ctx: Runtime, event: Event) -> None:
    """What staff give back besides; once a refund."""
    refund_id = event.data.get("attempt_id")
    if event.data.get("reason") in FOLLOWS or event.data.get("purpose") == "damage_deposit" or not refund_id:
        return
    async with ctx.db.write() as tx:
        booking = await bookings.booking_paid_under(tx, event.aggregate_id)
        if booking is None:
            return
        amount, now = int(event.data["amount"]), ctx.clock.now()
        await credit_refund(tx, booking_id=booking.id, refund_id=UUID(refund_id), amount=amount, now=now)


SUBSCRIBERS = (
    Subscriber("invoices.issue", MOVES, issue_when_due),
    Subscriber("invoices.credit", ("payment.refunded",), credit_when_refunded),
)
