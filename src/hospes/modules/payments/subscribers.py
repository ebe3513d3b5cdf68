"""What payments does when a stay begins or ends."""

from hospes.modules.payments.use_cases.capture_payment import capture_price
from hospes.modules.payments.use_cases.schedule_release import schedule_release
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber


async def capture_when_begun(ctx: Runtime, event: Event) -> None:
    """The guest is there, or has not come: what is authorised of the price is taken, once."""
    async with ctx.db.write() as tx:
        await capture_price(tx, event.aggregate_id, now=ctx.clock.now())


async def release_when_over(ctx: Runtime, event: Event) -> None:
    """The stay is over: the host has two days to claim damages, then the deposit is let go. Where nobody came it goes
    at once."""
    async with ctx.db.write() as tx:
        at_once = event.type == "booking.no_show"
        await schedule_release(tx, event.aggregate_id, at_once=at_once, now=ctx.clock.now())


SUBSCRIBERS = (
    Subscriber("payments.capture_when_begun", ("booking.started", "booking.no_show"), capture_when_begun),
    Subscriber("payments.release_when_over", ("booking.completed", "booking.no_show"), release_when_over),
)
