"""What every module does when a person asks for all that is known of them, or to be forgotten.

A module that keeps anything of people has a file `privacy.py` with three functions; entrypoints/wiring.py gathers them.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString, Protocol
from uuid import UUID

from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under a title; `name` is of the file, in letters and dashes."""

    name: str
    title: str
    rows: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes along; `load` fetches it, with no transaction open."""

    path: str
    load: Callable[[Runtime], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Copy:
    """What one module knows of a person."""

    sheets: Sequence[Sheet]
    files: Sequence[Attached] = field(default=())


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a person cannot be forgotten yet: a kind for machines, a sentence and a page for people."""

    kind: str
    said: str
    page: str = ""


class Part(Protocol):
    """A module's `privacy.py`."""

    async def export(self, tx: ReadTx, user_id: UUID) -> Copy:
        """All that the module knows of the person, for themselves to read."""

    async def obstacles(self, tx: ReadTx, user_id: UUID) -> list[Obstacle]:
        """What must end before the module can forget them."""

    async def erase(self, tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
        """Forget the person in this transaction: nothing readable of them stays. Answers keys of storage to delete
        after the commit, and files of the data folder as `data:…`."""


async def sheet(tx: ReadTx, name: str, title: str, sql: LiteralString, user_id: UUID) -> Sheet:
    """The rows of a statement that knows the person as `%(user)s`."""
    return Sheet(name, title, await tx.all(sql, {"user": user_id}))
