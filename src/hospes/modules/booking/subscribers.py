"""What booking does when money arrives or cannot go back, and when a place becomes free."""

from uuid import UUID

from hospes.modules.booking import events
from hospes.modules.booking.use_cases.apply_paid_change import apply_paid_change
from hospes.modules.booking.use_cases.confirm_paid import confirm_paid
from hospes.modules.booking.use_cases.note_attention import note_attention
from hospes.modules.booking.use_cases.offer_places import offer_places
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber, once_per_event

NAME = "booking.confirm_paid"
ATTENTION = "booking.note_attention"
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
    """Confirm or refund, once an event, in one commit with the note that it was handled.

    What was paid for is a booking, or a change of one.
    """
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, NAME, event):
            return
        if await apply_paid_change(tx, change_id=event.aggregate_id, now=ctx.clock.now()) is None:
            await confirm_paid(tx, booking_id=event.aggregate_id, now=ctx.clock.now())


async def note_failed_refund(ctx: Runtime, event: Event) -> None:
    """A refund that the provider refused needs a person."""
    async with ctx.db.write() as tx:
        if await once_per_event(tx, ATTENTION, event):
            await note_attention(
                tx,
                paid_for=event.aggregate_id,
                event_id=event.id,
                kind="refund_failed",
                data=event.data,
                now=ctx.clock.now(),
            )


async def offer_when_freed(ctx: Runtime, event: Event) -> None:
    """Offer to those who wait; repeating it offers nothing twice."""
    one = event.data.get("resource_id")
    for resource_id in sorted({*([one] if one else []), *event.data.get("resource_ids", [])}):
        async with ctx.db.write() as tx:
            await offer_places(tx, UUID(resource_id), now=ctx.clock.now())


SUBSCRIBERS = (
    Subscriber(NAME, ("payment.completed",), confirm_when_paid, urgent=True),
    Subscriber(ATTENTION, ("payment.refund_failed",), note_failed_refund),
    Subscriber("booking.offer_places", FREED, offer_when_freed),
)
