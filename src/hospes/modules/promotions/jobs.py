"""Promotions' scheduled work. Nothing waits for it but gifts."""

from uuid import UUID

from hospes.modules.promotions.use_cases.run_campaigns import run_campaigns, wish_birthdays
from hospes.modules.promotions.use_cases.sweep import expire_credit, sweep_coupon
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime

BATCH = 100


async def sweep(ctx: Runtime) -> None:
    """Uses and credit that have run out are not counted any more, one coupon and one batch of credit a commit."""
    while True:
        async with ctx.db.write() as tx:
            if not await sweep_coupon(tx, now=ctx.clock.now()):
                break
    while True:
        async with ctx.db.write() as tx:
            if await expire_credit(tx, limit=BATCH, now=ctx.clock.now()) < BATCH:
                return


async def campaigns(ctx: Runtime) -> None:
    """Every batch of every campaign whose time it is."""
    while True:
        async with ctx.db.write() as tx:
            if not await run_campaigns(tx, now=ctx.clock.now()):
                return


async def birthdays(ctx: Runtime) -> None:
    """Everybody's whose birthday is today; who has got their gift gets no other."""
    after: UUID | None = None
    while True:
        async with ctx.db.write() as tx:
            after = await wish_birthdays(tx, after=after, now=ctx.clock.now())
        if after is None:
            return


PERIODIC = (
    Periodic("promotions.sweep", 60, sweep),
    Periodic("promotions.campaigns", 60, campaigns),
    Periodic("promotions.birthdays", 3600, birthdays),
)
TASKS: tuple[Task, ...] = ()
