"""Builders: processes of their own, behind everybody else, that write the next file of a kind."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import orjson
import structlog

from hospes.modules.search.keeping.snapshot import Generations, Kind
from hospes.platform.apart import run_apart
from hospes.platform.db import Database
from hospes.platform.logs import configure_logs
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
T = TypeVar("T")
OTHER_CODE = 3


@dataclass(frozen=True, slots=True)
class Work:
    """What a builder is told. `version`: of the code that asks, since newer code may have been installed meanwhile.
    `places`: where the names of the world are kept. `from_scratch`: from the database alone."""

    url: str
    read_url: str
    folder: str
    places: str
    version: str
    now: str
    from_scratch: bool
    log_level: str


def work_of(rt: Runtime, files: Generations[T], *, from_scratch: bool = True) -> Work:
    """The next of these files, as things stand."""
    said = rt.settings
    return Work(
        rt.db.url, said.read_database_url, str(files.folder), str(said.data_dir), files.version,
        rt.clock.now().isoformat(), from_scratch, said.log_level,
    )  # fmt: skip


async def build_apart(module: str, work: Work) -> bool:
    """Run a module that ends in `run_builder`; answers whether it worked."""
    code = await run_apart(module, orjson.dumps(asdict(work)))
    if code:
        log.warning("search.build_failed", status=code, builder=module.rpartition(".")[2])
    return code == 0


def run_builder(kind: Kind[T], build: Callable[[Database, Generations[T], Work], Awaitable[object]]) -> NoReturn:
    """The whole of a builder's process: its work comes on stdin, how it went is its status."""
    os.nice(10)
    sys.exit(asyncio.run(_built(kind, build, orjson.loads(sys.stdin.buffer.read()))))


async def _built(
    kind: Kind[T], build: Callable[[Database, Generations[T], Work], Awaitable[object]], said: dict[str, Any]
) -> int:
    work = Work(**said)
    configure_logs(work.log_level, service="search")
    files = Generations(Path(work.folder), kind)
    if files.version != work.version:
        return OTHER_CODE
    db = Database(work.url, read_url=work.read_url or None, max_write=1, max_read=2)
    await db.open()
    try:
        await build(db, files, work)
    finally:
        await db.close()
    return 0
