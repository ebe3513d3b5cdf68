"""What an operator asks of the index of a host from the command line: is it true, and make it anew."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from hospes.modules.search.keeping import loader
from hospes.modules.search.keeping.building import build, open_fit
from hospes.modules.search.keeping.container import UnfitSnapshot
from hospes.modules.search.keeping.drift import compared
from hospes.modules.search.keeping.snapshot import listing_files
from hospes.modules.search.policies.repairing import Reason
from hospes.modules.search.queries.standing import events_since, lapsed_between, resources_after
from hospes.platform.runtime import Runtime

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Checked:
    """`unfit`: why there was no snapshot to compare. `drifted`: listings that were otherwise than in the database."""

    compared: int = 0
    unfit: Reason | None = None
    drifted: dict[UUID, tuple[str, ...]] = field(default_factory=dict)


async def check_index(rt: Runtime, *, told: Callable[[int], None]) -> Checked:
    """Compare what a process that starts now would know from the snapshot with the database, every listing."""
    db, now = rt.db, rt.clock.now()
    try:
        index, then, stands, _ = await open_fit(db, listing_files(rt.settings), now=now)
        await loader.catch_up(db, index, then, stands)
    except UnfitSnapshot as unfit:
        return Checked(unfit=unfit.reason)
    known = {index.columns.id_of(row) for row in range(index.columns.used) if index.columns["guests"][row]}
    found: dict[UUID, tuple[str, ...]] = {}
    last, seen = UUID(int=0), 0
    while True:
        async with db.read() as tx:
            ids = await resources_after(tx, last, BATCH)
        if not ids:
            break
        found |= await compared(db, index, ids, now=now)
        known.difference_update(ids)
        last, seen = ids[-1], seen + len(ids)
        told(seen)
    found |= await compared(db, index, sorted(known), now=now)  # of listings that are not even in the database
    async with db.read() as tx:  # what has changed meanwhile is no drift
        events = await events_since(tx, stands.position, limit=loader.MOST_EVENTS)
        lately = await loader.named_by(tx, events) | set(await lapsed_between(tx, now, rt.clock.now()))
    return Checked(seen + len(known), None, {each: what for each, what in found.items() if each not in lately})


async def rebuild_index(rt: Runtime) -> tuple[int, float]:
    """Build the next generation from the database; running processes of this host go over to it within seconds.

    Answers its number and the seconds it took; waits while another process builds. Raises `OSError`."""
    files = listing_files(rt.settings)
    return await files.rebuild(partial(build, rt.db, files, now=rt.clock.now(), from_scratch=True))
