"""What the entrypoints may ask of search by description."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from hospes.modules.semantic import queries
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.contracts import SIZE
from hospes.modules.semantic.likening import Likening
from hospes.modules.semantic.policies.blending import blend
from hospes.modules.semantic.providers.minilm import MiniLM
from hospes.modules.semantic.providers.minilm import installed as installed
from hospes.platform.db import Database, ReadTx
from hospes.platform.runtime import Runtime

AT_ONCE = 5_000
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


async def vectors_of(tx: ReadTx, ids: Sequence[UUID]) -> NDArray[np.float32]:
    """What these places say, one row each of `SIZE` numbers and length one; zeros where nothing is written. 1.5 kB a
    place: for measuring."""
    found = np.zeros((len(ids), SIZE), np.float32)
    if await queries.there(tx):
        for first in range(0, len(ids), AT_ONCE):
            known = await queries.vectors_of(tx, ids[first : first + AT_ONCE])
            for at, each in enumerate(ids[first : first + AT_ONCE], first):
                if each in known:
                    found[at] = known[each]
    return found


def embed(sayings: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    """The same of names and descriptions that are in no database; loads the model into this process."""
    model = MiniLM()
    return np.array([blend(model.vector(text), model.vector(name)) for name, text in sayings], np.float32)


async def behind(tx: ReadTx) -> int | None:
    """How many live places are not embedded as they are; None where there is no table."""
    return await queries.behind(tx) if await queries.there(tx) else None
