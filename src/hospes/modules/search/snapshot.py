"""Generations of the index in files of one folder, shared by the processes of a host: who may write, which one counts.

A file is named by the version of the code that wrote it and its generation; one version never opens what another wrote.
"""

import fcntl
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import structlog

from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.search.columns import Columns
from hospes.modules.search.container import UnfitSnapshot, open_container, write_container
from hospes.modules.search.policies.repairing import Reason, Stand
from hospes.platform.settings import Settings

log = structlog.get_logger(__name__)
FORMAT = 1
KEEP_FOREIGN_SECONDS = 2 * 86_400


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The columns of a file, mapped, and what they are the stand of."""

    columns: Columns
    stand: Stand
    generation: int
    size: int


class Shelf:
    """The folder of one installation on one host."""

    def __init__(self, folder: Path, version: str | None = None) -> None:
        self.folder = folder
        self.version = version or code_version()

    def path(self, generation: int) -> Path:
        """Where a generation lies."""
        return self.folder / f"listings-{self.version}-{generation:010d}.index"

    def newest(self) -> int:
        """The youngest generation of our version, 0 when there is none."""
        names = self.folder.glob(f"listings-{self.version}-*.index")
        return max((_generation(each) for each in names), default=0)

    def open(self, generation: int) -> Snapshot:
        """Map it; raises `UnfitSnapshot`."""
        try:
            found = open_container(self.path(generation))
            stand = _stand_of(found.facts)
            if found.facts.get("version") != self.version:
                raise UnfitSnapshot(Reason.FOREIGN_VERSION)
            columns = Columns.from_parts(*found.pieces["columns"])
        except (OSError, KeyError, TypeError, ValueError) as fault:
            log.warning("search.snapshot_unreadable", generation=generation, reason=repr(fault))
            raise UnfitSnapshot(Reason.TORN) from fault
        return Snapshot(columns, stand, generation, found.size)

    def save(self, columns: Columns, stand: Stand) -> int:
        """Write the next generation and remove the older ones; call it while `building`. Raises `OSError`.

        Who still maps an older one keeps it: the file system lets go of it with the last of them."""
        generation = self.newest() + 1
        facts = {"version": self.version, "stand": _facts_of(stand)}
        write_container(self.path(generation), facts, {"columns": columns.parts()})
        self._tidy(generation)
        return generation

    @contextmanager
    def building(self) -> Iterator[bool]:
        """Whether nobody else on this host builds while the block is open. Raises `OSError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(os.open(self.folder / "building.lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _tidy(self, generation: int) -> None:
        for path in self.folder.glob("listings-*"):
            ours = path.name.startswith(f"listings-{self.version}-")
            left = path.suffix == ".part" or (ours and _generation(path) < generation)
            try:
                if left or (path.stat().st_mtime < time.time() - KEEP_FOREIGN_SECONDS and not ours):
                    path.unlink()
            except FileNotFoundError:
                continue


def shelf_of(settings: Settings) -> Shelf:
    """Where this installation keeps its index on this host."""
    return Shelf(settings.search.folder or settings.data_dir / "search")


@cache
def code_version() -> str:
    """Sixteen hex digits that change with the code of search, the words it knows and the machine's byte order."""
    words = [each.code for each in KINDS], [each.code for each in AMENITIES]
    said = hashlib.sha256(f"{FORMAT} {sys.byteorder} {words}".encode())
    here = Path(__file__).parent
    for path in sorted((*here.glob("*.py"), *here.glob("policies/*.py"), *here.glob("queries/*.py"))):
        said.update(path.name.encode() + path.read_bytes())
    return said.hexdigest()[:16]


def _generation(path: Path) -> int:
    digits = path.name.split(".", 1)[0].rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _facts_of(stand: Stand) -> dict[str, Any]:
    return {name: getattr(stand, name) for name in Stand.__slots__} | {"at": stand.at.isoformat()}


def _stand_of(facts: dict[str, Any]) -> Stand:
    return Stand(**facts["stand"] | {"at": datetime.fromisoformat(facts["stand"]["at"])})
