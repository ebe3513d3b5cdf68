"""Booking's scheduled work. A dead sweeper never blocks a sale: rivals release what has expired themselves."""

from hospes.modules.booking import queries
from hospes.modules.booking.use_cases.expire_due import expire_due
from hospes.modules.booking.use_cases.offer_places import offer_places
from hospes.modules.booking.use_cases.start_and_complete_due import start_and_complete_due
from hospes.modules.booking.use_cases.warn_of_expiry import warn_of_expiry
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


async def warn(ctx: Runtime) -> None:
    """Tell guests whose hold ends within a minute."""
    while True:
        async with ctx.db.write() as tx:
            if await warn_of_expiry(tx, limit=BATCH, now=ctx.clock.now()) < BATCH:
                return


async def offer(ctx: Runtime) -> None:
    """Offer what has become free without anybody saying so, such as a place whose hold was never swept."""
    async with ctx.db.read() as tx:
        awaited = await queries.list_awaited(tx)
    for resource_id in awaited:
        async with ctx.db.write() as tx:
            await offer_places(tx, resource_id, now=ctx.clock.now())


PERIODIC = (
    Periodic("booking.warn_of_expiry", 5, warn),
    Periodic("booking.offer_places", 60, offer),
    Periodic("booking.expire", 10, expire),
    Periodic("booking.start_and_complete", 60, start_and_complete),
)
TASKS: tuple[Task, ...] = ()
