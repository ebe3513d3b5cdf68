"""Makes the next file of names from the database: for a large world in a process of its own
(`python -m hospes.modules.search.naming.keeping`), behind everybody else."""

import asyncio
import os
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import structlog

from hospes.modules.search.keeping.building import OTHER_CODE
from hospes.modules.search.keeping.snapshot import Generations
from hospes.modules.search.naming import places
from hospes.modules.search.naming.world import NAMES, Names, read_names
from hospes.platform.apart import run_apart
from hospes.platform.db import Database
from hospes.platform.logs import configure_logs

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What a builder is told; `places`: where the names of the world are kept; `version`: of the code that asks."""

    url: str
    read_url: str
    folder: str
    places: str
    version: str
    now: str
    log_level: str


async def build_names(db: Database, files: Generations[Names], *, now: datetime) -> int:
    """Write the next generation; call it while `building`. Raises `OSError`."""
    held, stand = await read_names(db, now=now)
    generation = await asyncio.to_thread(files.save, held, stand)
    log.info("search.names_built", properties=len(held.properties), generation=generation)
    return generation


async def build_names_apart(work: Work) -> bool:
    """The same in a process of its own; answers whether it worked."""
    code = await run_apart(__name__, orjson.dumps(asdict(work)))
    if code:
        log.warning("search.names_build_failed", status=code)
    return code == 0


async def _main(said: dict[str, Any]) -> int:
    work = Work(**said)
    configure_logs(work.log_level, service="search")
    files = Generations(Path(work.folder), NAMES)
    if files.version != work.version:
        return OTHER_CODE
    db = Database(work.url, read_url=work.read_url or None, max_write=1, max_read=2)
    await asyncio.gather(db.open(), places.open_places(Path(work.places)))
    try:
        await build_names(db, files, now=datetime.fromisoformat(work.now))
    finally:
        await db.close()
    return 0


if __name__ == "__main__":
    os.nice(10)
    sys.exit(asyncio.run(_main(orjson.loads(sys.stdin.buffer.read()))))
