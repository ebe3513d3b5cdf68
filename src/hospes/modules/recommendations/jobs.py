"""Recommendations' scheduled work: training, and forgetting what is old."""

from datetime import timedelta

from hospes.modules.recommendations import store
from hospes.modules.recommendations.policies.counting import KEEP
from hospes.modules.recommendations.use_cases.train import train
from hospes.platform.jobs import Periodic, Task, defer
from hospes.platform.runtime import Runtime

TRAIN = "recommendations.train"
BATCH = 5_000
HOURS = 3600


async def ask_to_train(ctx: Runtime) -> None:
    """As a job, so that a worker that stops hands it over."""
    async with ctx.db.write() as tx:
        await defer(tx, TRAIN, lock=TRAIN)


async def run_training(ctx: Runtime) -> None:
    """Learn anew."""
    await train(ctx)


async def sweep(ctx: Runtime) -> None:
    """Views are kept for 180 days; a moment of clearing for a day."""
    now = ctx.clock.now()
    async with ctx.db.write() as tx:
        await store.delete_choices_before(tx, now - timedelta(days=1))
    while True:
        async with ctx.db.write() as tx:
            if await store.delete_views_before(tx, (now - KEEP).date(), limit=BATCH) < BATCH:
                return


PERIODIC = (
    Periodic("recommendations.train", 6 * HOURS, ask_to_train),
    Periodic("recommendations.sweep", 24 * HOURS, sweep),
)
TASKS = (Task(TRAIN, "default", run_training),)
