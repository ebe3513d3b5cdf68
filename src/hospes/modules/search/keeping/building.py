"""Makes the next generation of the index: from the newest snapshot and the events since, or from the database alone.

For a large world in a process of its own (`python -m hospes.modules.search.keeping.building`): searches go on, and
nobody holds two worlds for longer than it takes to map a file.
"""

import asyncio
from datetime import datetime
from typing import TypeVar

import structlog

from hospes.modules.search.index.columns import Columns
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping import loader
from hospes.modules.search.keeping.builders import Work, run_builder
from hospes.modules.search.keeping.container import UnfitSnapshot
from hospes.modules.search.keeping.snapshot import LISTINGS, Generations, Snapshot
from hospes.modules.search.policies.repairing import Reason, Stand, why_start_over
from hospes.modules.search.queries.standing import has_more_than, where_it_stands
from hospes.platform.db import Database
from hospes.platform.settings import Settings

log = structlog.get_logger(__name__)
T = TypeVar("T")
BUILD_HERE = 20_000  # resources; more are built in a process of their own


async def build(db: Database, files: Generations[Columns], *, now: datetime, from_scratch: bool) -> int:
    """Write the next generation, from the newest one where that is fit; call it while `building`."""
    made = None if from_scratch else await _from_newest(db, files, now=now)
    index, stand = made or await loader.load_fresh(db, now=now)
    generation = await asyncio.to_thread(files.save, index.columns, stand)
    log.info("search.built", listings=len(index), generation=generation, from_scratch=made is None)
    return generation


async def open_fit(
    db: Database, files: Generations[Columns], *, now: datetime
) -> tuple[SearchIndex, Stand, Stand, int]:
    """The newest snapshot where it can be brought up to date: its stand, where the database stands, its generation.

    Raises `UnfitSnapshot` with why not."""
    found, stands = await fit_snapshot(db, files, now=now)
    return loader.index_of(found.holds), found.stand, stands, found.generation


async def fit_snapshot(db: Database, files: Generations[T], *, now: datetime) -> tuple[Snapshot[T], Stand]:
    """The newest file if the events kept since tell what has changed, and where the database stands.

    Raises `UnfitSnapshot` with why not."""
    generation = files.newest()
    if not generation:
        raise UnfitSnapshot(Reason.NONE_THERE)
    found = await asyncio.to_thread(files.open, generation)
    stands = await where_it_stands(db, at=now)
    if reason := why_start_over(found.stand, stands):
        raise UnfitSnapshot(reason)
    return found, stands


async def worth_a_file(db: Database, settings: Settings) -> bool:
    """Whether there are so many listings that starting from files is quicker."""
    async with db.read() as tx:
        return await has_more_than(tx, settings.search.snapshot_from - 1)


async def worth_a_process(db: Database) -> bool:
    """Whether there are so many that building is for a process of its own."""
    async with db.read() as tx:
        return await has_more_than(tx, BUILD_HERE)


async def _from_newest(db: Database, files: Generations[Columns], *, now: datetime) -> tuple[SearchIndex, Stand] | None:
    try:
        index, then, stands, _ = await open_fit(db, files, now=now)
        await loader.catch_up(db, index, then, stands)
    except UnfitSnapshot as unfit:
        log.info("search.from_scratch", reason=unfit.reason)
        return None
    return index, stands


async def _build(db: Database, files: Generations[Columns], work: Work) -> None:
    await build(db, files, now=datetime.fromisoformat(work.now), from_scratch=work.from_scratch)


if __name__ == "__main__":
    run_builder(LISTINGS, _build)
