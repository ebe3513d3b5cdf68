"""What payouts does when a booking or its money moves. All of it may be repeated."""

from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.payouts import store
from hospes.modules.payouts.use_cases.allocate_booking import allocate_booking
from hospes.modules.payouts.use_cases.follow_dispute import charge_back, close_dispute, open_dispute
from hospes.modules.payouts.use_cases.open_account import refresh_changed_account
from hospes.platform.money import Money
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber

MOVES = (
    "booking.confirmed",
    "booking.changed",
    "booking.cancelled",
    "booking.expired",
    "booking.started",
    "booking.completed",
    "booking.no_show",
    "booking.goodwill_given",
    "payment.completed",
    "payment.failed",
    "payment.cancelled",
    "payment.released",
    "payment.refunded",
    "payment.refund_failed",
    "payment.damages_kept",
)


async def allocate_when_moved(ctx: Runtime, event: Event) -> None:
    """Post what is to be, less what is posted."""
    async with ctx.db.write() as tx:
        booking = await bookings.booking_paid_under(tx, event.aggregate_id)
        if booking is not None:
            await allocate_booking(tx, booking.id, terms=ctx.settings.payouts, now=ctx.clock.now())


async def follow_dispute(ctx: Runtime, event: Event) -> None:
    """Hold, release, and whose loss it is."""
    now, terms = ctx.clock.now(), ctx.settings.payouts
    async with ctx.db.write() as tx:
        booking = await bookings.booking_paid_under(tx, event.aggregate_id)
        if booking is None:
            return
        if event.type == "payment.disputed":
            await open_dispute(tx, booking, reason=event.data.get("reason") or "", now=now)
            return
        if event.type == "dispute.lost":
            amount = Money(int(event.data["amount"]), event.data["currency"])
            await charge_back(tx, booking, UUID(event.data["dispute_id"]), amount, terms=terms, now=now)
        await close_dispute(tx, booking, now=now)
        await allocate_booking(tx, booking.id, terms=terms, now=now)


async def look_at_account(ctx: Runtime, event: Event) -> None:
    """The provider says that an account has changed: it is asked how it stands, also when it was enabled before.
    Raises `ProviderSilent` when it does not answer, so that this is tried again."""
    await refresh_changed_account(ctx, event.data["provider"], event.data["account_ref"])


async def take_out_account(ctx: Runtime, event: Event) -> None:
    """The business has another owner: nothing more goes to the account of the one before. One that was opened after
    the hand-over stays."""
    async with ctx.db.write() as tx:
        await store.delete_account(tx, event.aggregate_id, opened_before=event.occurred_at)


SUBSCRIBERS = (
    Subscriber("payouts.allocate", MOVES, allocate_when_moved),
    Subscriber("payouts.look_at_account", ("payment_account.changed",), look_at_account),
    Subscriber("payouts.take_out_account", ("business.handed_over",), take_out_account),
    Subscriber("payouts.disputes", ("payment.disputed", "dispute.won", "dispute.lost"), follow_dispute),
)
