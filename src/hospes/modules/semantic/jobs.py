"""Embedding what is new or has changed: as a job, so that a worker that stops hands it over."""

from uuid import UUID

import structlog

from hospes.modules.semantic import facade, queries, store
from hospes.modules.semantic.use_cases.write_places import NOTHING, write_places, write_some
from hospes.platform.jobs import Periodic, Task, defer
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
WALK, SOME = "semantic.walk", "semantic.write"
HOUR = 3600
AT_ONCE = 1_000  # places of a walk before the next job goes on


async def ask_to_walk(ctx: Runtime) -> None:
    """Through all places, where they are searched so; makes the table where the server has come to know vectors."""
    if not facade.wanted(ctx):
        return
    async with ctx.db.write() as tx:
        if missing := await store.prepare(tx):
            log.warning("semantic.cannot_be", missing=missing)
            return
        await store.forget_those_not_live(tx)
        behind = await queries.behind(tx)
    if behind:
        log.info("semantic.behind", places=behind)
        async with ctx.db.write() as tx:
            await defer(tx, WALK, lock=WALK)


async def walk(ctx: Runtime, after: str = str(NOTHING)) -> None:
    """Write some places; a job goes on behind the last of them."""
    if not facade.wanted(ctx):
        return
    async with ctx.db.read() as tx:
        if not await queries.there(tx):
            return
    written, here = await write_places(ctx, facade.asking_of(ctx), after=UUID(after), most=AT_ONCE)
    async with ctx.db.write() as tx:
        if here is not None:
            await defer(tx, WALK, lock=WALK, after=str(here))
            return
        await store.forget_those_not_live(tx)
    log.info("semantic.up_to_date", written=written)


async def write(ctx: Runtime, ids: list[str]) -> None:
    """What events have told of."""
    if not facade.wanted(ctx):
        return
    async with ctx.db.read() as tx:
        if not await queries.there(tx):
            return
    await write_some(ctx, facade.asking_of(ctx), [UUID(each) for each in ids])


PERIODIC = (Periodic("semantic.walk", HOUR, ask_to_walk),)
TASKS = (Task(WALK, "default", walk), Task(SOME, "default", write))
