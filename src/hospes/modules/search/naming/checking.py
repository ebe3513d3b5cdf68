"""What an operator asks of a host from the command line: which files it has, and of its names whether they are true,
and to make them anew."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from tempfile import TemporaryFile
from uuid import UUID

from hospes.modules.search.keeping.building import fit_snapshot
from hospes.modules.search.keeping.container import UnfitSnapshot
from hospes.modules.search.keeping.snapshot import Written, folder_of, listing_files
from hospes.modules.search.naming import places
from hospes.modules.search.naming.changed import Changed
from hospes.modules.search.naming.drifting import Wrong, differences
from hospes.modules.search.naming.keeping import build_names
from hospes.modules.search.naming.telling import read_again, told_since
from hospes.modules.search.naming.world import names_files
from hospes.modules.search.policies.repairing import Reason
from hospes.modules.search.queries import names
from hospes.platform.db import Database
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class CheckedNames:
    """`unfit`: why there was no file to compare. `drifted`: properties that were otherwise than in the database."""

    compared: int = 0
    unfit: Reason | None = None
    drifted: dict[UUID, tuple[str, ...]] = field(default_factory=dict)


async def check_names(rt: Runtime, *, told: Callable[[int], None]) -> CheckedNames:
    """Compare what a process that starts now would call every property with the database."""
    await places.open_places(rt.settings.data_dir)
    try:
        found, stands = await fit_snapshot(rt.db, names_files(rt.settings), now=rt.clock.now())
        changed = Changed(found.holds.properties)
        await read_again(rt.db, changed, await told_since(rt.db, found.stand.position))
    except UnfitSnapshot as unfit:
        return CheckedNames(unfit=unfit.reason)
    compared, wrong = await _compared(rt.db, changed, told)
    lately = await told_since(rt.db, stands.position)  # what has changed meanwhile is no drift
    return CheckedNames(compared, None, {each: what for each, what in wrong.items() if each not in lately})


def written_here(settings: Settings) -> list[Written]:
    """The newest files of this host, of the index and of names. Raises `OSError` where none could be written."""
    every = (listing_files(settings), names_files(settings))
    folder_of(settings).mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder_of(settings)):
        return [found for files in every if (found := files.written())]


async def rebuild_names(rt: Runtime) -> tuple[int, float]:
    """Make the next file of names; running processes of this host go over to it within seconds.

    Answers its number and the seconds it took; waits while another process builds. Raises `OSError`."""
    files = names_files(rt.settings)
    await places.open_places(rt.settings.data_dir)
    return await files.rebuild(partial(build_names, rt.db, files, now=rt.clock.now()))


async def _compared(
    db: Database, changed: Changed, told: Callable[[int], None]
) -> tuple[int, dict[UUID, tuple[str, ...]]]:
    """How many were compared, and what differs of which."""
    wrong: Wrong = {}
    live, count = set[bytes](), 0
    async with db.read() as tx:
        async for rows in names.live_names(tx):
            live.update(row["id"].bytes for row in rows)
            wrong |= await asyncio.to_thread(differences, changed, [row["id"] for row in rows], rows)
            count += len(rows)
            told(count)
    gone = (each for each in changed.ids() if each.bytes not in live and changed.entry(each) is not None)
    return count, wrong | dict.fromkeys(gone, ("live",))
