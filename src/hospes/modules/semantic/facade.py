"""What the entrypoints may ask of search by description."""

from typing import Any
from weakref import WeakKeyDictionary

from hospes.modules.semantic import queries
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.likening import Likening
from hospes.modules.semantic.providers.minilm import installed as installed
from hospes.platform.db import Database, ReadTx
from hospes.platform.runtime import Runtime

_askings: WeakKeyDictionary[Database, Asking] = WeakKeyDictionary()


def wanted(rt: Runtime) -> bool:
    """Whether descriptions are searched here: the extra is installed, and the site has not switched it off."""
    return rt.settings.search.descriptions and installed()


async def open_likeness(rt: Runtime) -> Likening | None:
    """Search's port `Likeness`; None where it is not `wanted`."""
    if not wanted(rt):
        return None
    likeness = Likening(rt, asking_of(rt))
    await likeness.open()
    return likeness


async def close_likeness(likeness: Any) -> None:
    """Stop."""
    if likeness is not None:
        await likeness.close()


def asking_of(rt: Runtime) -> Asking:
    """The way of this process to the one that embeds."""
    if rt.db not in _askings:
        _askings[rt.db] = Asking(rt.settings.data_dir / "semantic")
    return _askings[rt.db]


async def behind(tx: ReadTx) -> int | None:
    """How many live places are not embedded as they are; None where there is no table."""
    return await queries.behind(tx) if await queries.there(tx) else None
