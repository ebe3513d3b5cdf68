"""What booking does when money arrives."""

from hospes.modules.booking.use_cases.apply_paid_change import apply_paid_change
from hospes.modules.booking.use_cases.confirm_paid import confirm_paid
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber, once_per_event

NAME = "booking.confirm_paid"


async def confirm_when_paid(ctx: Runtime, event: Event) -> None:
    """Confirm or refund, once an event, in one commit with the note that it was handled.

    What was paid for is a booking, or a change of one.
    """
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, NAME, event):
            return
        if await apply_paid_change(tx, change_id=event.aggregate_id, now=ctx.clock.now()) is None:
            await confirm_paid(tx, booking_id=event.aggregate_id, now=ctx.clock.now())


SUBSCRIBERS = (Subscriber(NAME, ("payment.completed",), confirm_when_paid),)
