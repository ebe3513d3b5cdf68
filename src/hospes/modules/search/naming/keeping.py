"""Makes the next file of names from the database: for a large world in a process of its own
(`python -m hospes.modules.search.naming.keeping`), behind everybody else."""

import asyncio
from datetime import datetime
from pathlib import Path

import structlog

from hospes.modules.search.keeping.builders import Work, run_builder
from hospes.modules.search.keeping.snapshot import Generations
from hospes.modules.search.naming import places
from hospes.modules.search.naming.world import NAMES, Names, read_names
from hospes.platform.db import Database

log = structlog.get_logger(__name__)


async def build_names(db: Database, files: Generations[Names], *, now: datetime) -> int:
    """Write the next generation; call it while `building`. Raises `OSError`."""
    held, stand = await read_names(db, now=now)
    generation = await asyncio.to_thread(files.save, held, stand)
    log.info("search.names_built", properties=len(held.properties), generation=generation)
    return generation


async def _build(db: Database, files: Generations[Names], work: Work) -> None:
    await places.open_places(Path(work.places))
    await build_names(db, files, now=datetime.fromisoformat(work.now))


if __name__ == "__main__":
    run_builder(NAMES, _build)
