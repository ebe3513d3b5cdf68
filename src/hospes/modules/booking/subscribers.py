"""What booking does when money arrives or cannot go back, and when a place becomes free."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events
from hospes.modules.booking.use_cases.apply_paid_change import apply_paid_change
from hospes.modules.booking.use_cases.cancel_lapsed import cancel_lapsed
from hospes.modules.booking.use_cases.confirm_paid import confirm_paid
from hospes.modules.booking.use_cases.keep_place import keep_place
from hospes.modules.booking.use_cases.note_attention import note_attention
from hospes.modules.booking.use_cases.offer_places import offer_places
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber, once_per_event

NAME = "booking.confirm_paid"
ATTENTION = "booking.note_attention"
DELAYED = "booking.keep_while_delayed"
UNPAID = "booking.cancel_unpaid"
_KINDS = {
    "payment.refund_failed": "refund_failed",
    "payment.disputed": "dispute_opened",
    "dispute.lost": "dispute_lost",
}
FREED = (
    events.BOOKING_CANCELLED,
    events.BOOKING_DECLINED,
    events.BOOKING_EXPIRED,
    events.BOOKING_CHANGED,
    events.BOOKING_NO_SHOW,
    events.CHANGE_ENDED,
    events.HOLD_RELEASED,
    events.HOLD_EXPIRED,
    events.BLOCK_REMOVED,
    "departure.changed",
    "schedule.changed",
)


async def confirm_when_paid(ctx: Runtime, event: Event) -> None:
    """Confirm or refund once all that is due is paid or authorised, once an event, in one commit with the note that it
    was handled. What was paid for is a booking, or a change of one.
    """
    if not event.data.get("settled", True):
        return
    if event.data.get("from_hold") and event.data["purpose"] != "share":
        return  # the booking was confirmed when it was authorised; what is taken now is what is kept
    payment_id = UUID(event.data["payment_id"])
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, NAME, event):
            return
        if await apply_paid_change(tx, change_id=event.aggregate_id, now=ctx.clock.now()) is None:
            await confirm_paid(tx, booking_id=event.aggregate_id, payment_id=payment_id, now=ctx.clock.now())


async def note_money_matter(ctx: Runtime, event: Event) -> None:
    """What a person must see to: a refund the provider refused, a lapsing authorisation, a chargeback."""
    kind = event.data["kind"] if event.type == "payment.attention" else _KINDS[event.type]
    async with ctx.db.write() as tx:
        if await once_per_event(tx, ATTENTION, event):
            await note_attention(
                tx,
                paid_for=event.aggregate_id,
                event_id=event.id,
                kind=kind,
                data=event.data,
                now=ctx.clock.now(),
            )


async def keep_while_delayed(ctx: Runtime, event: Event) -> None:
    """The provider does not answer, which is not the guest's fault: the place is kept until it is asked again."""
    async with ctx.db.write() as tx:
        retry_at = datetime.fromisoformat(event.data["retry_at"])
        await keep_place(tx, booking_id=event.aggregate_id, retry_at=retry_at, now=ctx.clock.now())


async def cancel_unpaid(ctx: Runtime, event: Event) -> None:
    """The balance was not paid in time: the booking ends by its terms."""
    async with ctx.db.write() as tx:
        if await once_per_event(tx, UNPAID, event):
            await cancel_lapsed(tx, booking_id=event.aggregate_id, now=ctx.clock.now())


async def offer_when_freed(ctx: Runtime, event: Event) -> None:
    """Offer to those who wait; repeating it offers nothing twice."""
    one = event.data.get("resource_id")
    for resource_id in sorted({*([one] if one else []), *event.data.get("resource_ids", [])}):
        async with ctx.db.write() as tx:
            await offer_places(tx, UUID(resource_id), now=ctx.clock.now())


SUBSCRIBERS = (
    Subscriber(NAME, ("payment.completed", "payment.authorised"), confirm_when_paid, urgent=True),
    Subscriber(ATTENTION, ("payment.attention", *_KINDS), note_money_matter),
    Subscriber(DELAYED, ("payment.delayed",), keep_while_delayed),
    Subscriber(UNPAID, ("payment.balance_lapsed",), cancel_unpaid),
    Subscriber("booking.offer_places", FREED, offer_when_freed),
)
