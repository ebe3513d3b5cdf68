"""Booking's scheduled work. A dead sweeper never blocks a sale: rivals release what has expired themselves."""

from hospes.modules.booking.use_cases.expire_due import expire_due
from hospes.modules.booking.use_cases.start_and_complete_due import start_and_complete_due
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime

BATCH = 100


async def expire(ctx: Runtime) -> None:
    """End what is overdue, one by one: who lets go of several in one transaction locks against the order of rivals."""
    while True:
        async with ctx.db.write() as tx:
            if not await expire_due(tx, limit=1, now=ctx.clock.now()):
                return


async def start_and_complete(ctx: Runtime) -> None:
    """Begin and end stays, batch by batch."""
    while True:
        async with ctx.db.write() as tx:
            if await start_and_complete_due(tx, limit=BATCH, now=ctx.clock.now()) < BATCH:
                return


PERIODIC = (
    Periodic("booking.expire", 10, expire),
    Periodic("booking.start_and_complete", 60, start_and_complete),
)
TASKS: tuple[Task, ...] = ()
