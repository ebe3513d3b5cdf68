"""What an index needs from time to time, in the background of its process."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.search.keeping import watching
from hospes.modules.search.keeping.container import UnfitSnapshot
from hospes.modules.search.keeping.drift import said, some_of
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.policies.repairing import Reason, is_much
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.queries.standing import some_resources

log = structlog.get_logger(__name__)
COMPACT_AT = 4_096  # rows and prices beside the sorted ones
SMALL = 20_000  # rows that are sorted anew at once
MANY_CHANGES = 20_000  # what the next start should not have to read again
SAMPLE = 100  # of the index and as many of the database
RENEW_EVERY = timedelta(minutes=10)


def tend(live: LiveIndex) -> None:
    """Look after it until it is closed."""
    watching.BYTES.set_function(lambda: live.index.columns.nbytes)
    watching.GENERATION.set_function(lambda: live.held.generation)
    watching.STALENESS.set_function(lambda: max(time.time() - live.stale_since(), 0.0))
    watching.SNAPSHOT_AGE.set_function(lambda: _age(live).total_seconds())
    for every, step in (
        (0.5, keep_up),
        (2.0, take_over),
        (10.0, look_for_gaps),
        (30.0, renew_when_due),
        (60.0, count_the_world),
        (60.0, check_for_drift),
    ):
        name = f"search.{step.__name__}"
        live.tending.append(asyncio.create_task(repeat(name, every, partial(step, live)), name=name))


async def keep_up(live: LiveIndex) -> None:
    """Read again what could not be read when it was told, and what has lapsed."""
    await live.work_off()
    await live.lapse()


async def take_over(live: LiveIndex) -> None:
    """Go over to a younger snapshot when another process has made one."""
    await live.adopt()


async def look_for_gaps(live: LiveIndex) -> None:
    """Mend what was missed; when that does not help, start over."""
    await live.mend_gap()
    if reason := await live.why_lost():
        await live.start_over(reason)


async def renew_when_due(live: LiveIndex) -> None:
    """A new first night at midnight of the last zone on earth; and order when much has changed."""
    if earliest_today(live.rt.clock.now()) > live.index.columns.first_night:
        await live.start_over(Reason.NEW_DAY)
    elif _crowded(live):
        await _sort_anew(live)


def _crowded(live: LiveIndex) -> bool:
    """Whether searches are slowed by what lies beside the sorted rows, or the next start by what has changed."""
    if live.index.columns.unsorted > max(COMPACT_AT, len(live.index) // 50):
        return True
    return live.held.generation > 0 and live.changes > MANY_CHANGES and _age(live) > RENEW_EVERY


async def count_the_world(live: LiveIndex) -> None:
    """For the home page; a large world is counted less often."""
    started = time.monotonic()
    await live.look_around()
    await asyncio.sleep(100 * (time.monotonic() - started))


async def check_for_drift(live: LiveIndex) -> None:
    """Compare a sample with the database; start over when much of it is wrong."""
    async with live.rt.db.read() as tx:
        ids = await some_resources(tx, SAMPLE, of=len(live.index))
    sample = sorted({*ids, *some_of(live.index.columns, SAMPLE)})
    found = await live.drifted(sample)
    watching.COMPARED.inc(len(sample))
    if found:
        watching.DRIFTED.inc(len(found))
        log.error("search.drift", count=len(found), of=len(sample), some=said(found)[:5])
        if is_much(len(found), of=len(sample)):
            await live.start_over(Reason.DRIFT)


async def _sort_anew(live: LiveIndex) -> None:
    if len(live.index) <= SMALL or not await live.renew(from_scratch=False):
        await live.sort_anew()


def _age(live: LiveIndex) -> timedelta:
    return live.rt.clock.now() - live.stand.at if live.stand else timedelta()


async def repeat(name: str, every: float, step: Callable[[], Awaitable[object]]) -> None:
    """Take a step every so many seconds, for ever; what the database or the disk refuses, or what so much has changed
    in meanwhile that events do not tell it, is tried again."""
    while True:
        await asyncio.sleep(every)
        try:
            await step()
        except (DatabaseError, PoolTimeout, OSError, UnfitSnapshot) as fault:
            log.warning("search.upkeep_waits", step=name, reason=str(fault))
