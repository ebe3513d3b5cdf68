"""The index of this process: opened from a snapshot or the database, kept true by events, replaced under way."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

from hospes.modules.search.contracts import Facets, Found, Query, World
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping import building, loader, watching
from hospes.modules.search.keeping.builders import work_of
from hospes.modules.search.keeping.building import open_fit
from hospes.modules.search.keeping.drift import compared
from hospes.modules.search.keeping.holding import Holding
from hospes.modules.search.keeping.snapshot import listing_files
from hospes.modules.search.policies.repairing import Reason, Stand, why_lost
from hospes.modules.search.queries import names
from hospes.modules.search.queries.standing import (
    count_between,
    events_since,
    lapsed_between,
    where_it_stands,
)
from hospes.platform.db import Row
from hospes.platform.ending import end_tasks
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.tail import Listener

log = structlog.get_logger(__name__)
AT_ONCE = 250  # listings read again in one go: what a search may have to wait for
FEW = 50


class LiveIndex:
    """`index` is what searches ask; it is another one after a reload or a new snapshot. `upkeep.py` drives the rest."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.index = loader.empty_index(rt.clock.now())
        self.world = World(Found((), 0, Facets({}, {}, 0, ())), ())
        self.held = Holding(rt, listing_files(rt.settings))
        self.stand: Stand | None = None  # of the database when the snapshot was taken
        self.stand_seen: Stand | None = None  # when last looked at
        self.tending: list[asyncio.Task[None]] = []
        self.beside: list[Listener] = []  # who is told too of events that were missed
        self.changes = 0
        self._lapsed_until = rt.clock.now()
        self._checked = rt.ports.tail.delivered
        self._waiting: list[Event] = []
        self._owed: set[UUID] = set()
        self._owed_since = 0.0
        self._also: set[UUID] | None = None
        self._reading = asyncio.Lock()
        self._stop: Callable[[], None] | None = None

    # Opening

    async def open(self) -> None:
        """Know everything up to now, then follow events."""
        self._checked = self.rt.ports.tail.delivered
        started = time.perf_counter()
        if not await self.held.begin(self.adopt, partial(self._build, from_scratch=True)):
            await self.reload()
        megabytes, seconds = round(self.index.columns.nbytes / 1e6, 1), round(time.perf_counter() - started, 2)
        log.info("search.loaded", listings=len(self.index), megabytes=megabytes, seconds=seconds,
                 generation=self.held.generation)  # fmt: skip
        self._stop = self.rt.ports.tail.listen(self.hear)

    async def close(self) -> None:
        """Stop following."""
        if self._stop:
            self._stop()
        tasks, self.tending = self.tending, []
        await end_tasks(tasks)

    async def look_around(self, cities: Sequence[Row] | None = None) -> None:
        """Count the world anew, for the home page, and its largest cities unless they are given."""
        if cities is None:
            async with self.rt.db.read() as tx:
                cities = await names.popular_cities(tx)
        self.world = World(self.index.find(Query(limit=1), now=self.rt.clock.now()), tuple(cities))

    # Replacing the index while searches run

    async def reload(self) -> None:
        """Read everything anew in this process; searches go on meanwhile, and what changes meanwhile is not lost."""
        async with self.held.replacing:
            fresh, stand = await loader.load_fresh(self.rt.db, now=self.rt.clock.now())
            await self._bring_in(fresh, stand, stand, generation=self.held.generation)

    async def adopt(self) -> bool:
        """Go over to the newest snapshot when there is a younger one that is fit; answers whether there was."""
        return await self.held.adopt(self._go_over)

    async def renew(self, *, from_scratch: bool) -> bool:
        """Make a new generation and go over to it; does nothing while another process of this host is at it.

        False where there is to be no file, or none can be written; then there is still the old index."""
        return await self.held.renew(partial(self._build, from_scratch=from_scratch))

    async def start_over(self, reason: Reason) -> None:
        """Have everything read anew, in whatever way is best for this world."""
        (log.info if reason is Reason.NEW_DAY else log.warning)("search.starts_over", reason=reason)
        watching.REPAIRS.labels(str(reason)).inc()
        if not await self.renew(from_scratch=True):
            await self.reload()

    async def sort_anew(self) -> None:
        """Order the rows that lie beside the sorted ones into them; searches wait for it."""
        async with self._reading:  # who compares what was with what is must not find other numbers for the same
            self.index.columns.compact()

    async def _build(self, *, from_scratch: bool) -> bool:
        work = work_of(self.rt, self.held.files, from_scratch=from_scratch)
        return await self.held.build(building.__name__, work, self._build_here, self.adopt)

    async def _build_here(self) -> None:
        async with self.held.replacing:
            fresh, stand = await loader.load_fresh(self.rt.db, now=self.rt.clock.now())
            await asyncio.to_thread(self.held.files.save, fresh.columns, stand)

    async def _go_over(self) -> None:
        fresh, stand, stands, generation = await open_fit(self.rt.db, self.held.files, now=self.rt.clock.now())
        await self._bring_in(fresh, stand, stands, generation=generation)

    async def _bring_in(self, fresh: SearchIndex, then: Stand, stands: Stand, *, generation: int) -> None:
        """Make this the index as soon as it knows everything; `then` is what it is the stand of."""
        self._also = set()
        try:
            await loader.catch_up(self.rt.db, fresh, then, stands)
            while True:
                async with self._reading:  # while nothing else reads
                    last = len(self._also) <= FEW
                    ids, self._also = self._also, set()
                    if last:
                        await self._read(fresh, ids)
                        self.index, self.held.generation, self.changes = fresh, generation, 0
                        self.stand, self.stand_seen = then, stands
                        self._lapsed_until = min(self._lapsed_until, stands.at)
                        break
                await self._read(fresh, ids)
        finally:
            self._also = None
        watching.LISTINGS.set(len(fresh))

    # Following

    async def hear(self, events: Sequence[Event]) -> None:
        """Read again what these events name; what cannot be read now is owed."""
        self._waiting.extend(events)
        await self.work_off()

    async def read_again(self, ids: Iterable[UUID]) -> None:
        """Read these listings again."""
        self._owed |= set(ids)
        await self.work_off()

    async def work_off(self) -> None:
        """Read what is owed; raises what the database raises, and owes it still."""
        if not self._waiting and not self._owed:
            return
        self._owed_since = self._owed_since or time.time()
        async with self._reading:
            events = self._waiting[:]
            if events:
                async with self.rt.db.read() as tx:
                    self._owed |= await loader.named_by(tx, events)
                del self._waiting[: len(events)]
            ids, self._owed = self._owed, set()
            if self._also is not None:
                self._also |= ids
            done = False
            try:
                await self._read(self.index, ids)
                done = True
            finally:
                if not done:
                    self._owed |= ids
        self.changes += len(ids)
        if not self._waiting and not self._owed:
            self._owed_since = 0.0
            watching.LISTINGS.set(len(self.index))

    async def lapse(self) -> None:
        """Open again what a hold or a waiting booking has let go by running out; nothing tells of that."""
        until = self.rt.clock.now()
        async with self.rt.db.read() as tx:
            ids = await lapsed_between(tx, self._lapsed_until, until)
        self._owed |= set(ids)
        self._lapsed_until = max(until, self._lapsed_until)
        await self.work_off()

    async def mend_gap(self) -> int:
        """Compare the events heard with those there are; read again what was missed. Answers how many that were."""
        then, now = self._checked, self.rt.ports.tail.delivered
        if then.position == now.position:
            return 0
        async with self.rt.db.read() as tx:
            missed = await count_between(tx, then.position, now.position) - (now.count - then.count)
            if missed > 0:
                log.warning("search.events_missed", count=missed)
                watching.REPAIRS.labels(str(Reason.MISSED)).inc()
                events = await events_since(tx, then.position, limit=loader.MOST_EVENTS)
                for hear in (self.hear, *self.beside):
                    await hear(events)
        self._checked = now
        return max(missed, 0)

    async def drifted(self, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
        """Of these listings those that were otherwise than in the database though nothing has just told of a change,
        and in what; they are right again."""
        async with self._reading:
            position, now = self.rt.ports.tail.delivered.position, self.rt.clock.now()
            found = await compared(self.rt.db, self.index, ids, now=now)
            if self._also is not None:
                self._also |= found.keys()
            if not found:
                return found
            async with self.rt.db.read() as tx:
                events = await events_since(tx, position, limit=loader.MOST_EVENTS)
                told = await loader.named_by(tx, [*self._waiting, *events])
                told |= {*self._owed, *await lapsed_between(tx, self._lapsed_until, now)}
        return {each: what for each, what in found.items() if each not in told}

    async def why_lost(self) -> Reason | None:
        """Why the index may be wrong without an event having told so; None when it is not."""
        now = await where_it_stands(self.rt.db, at=self.rt.clock.now())
        reason = why_lost(self.stand_seen, now) if self.stand_seen else None
        if reason is None:
            self.stand_seen = now
        return reason

    def stale_since(self) -> float:
        """Changes up to this second of the epoch are known."""
        heard = self.rt.ports.tail.delivered.at
        return min(heard, self._owed_since) if self._owed_since else heard

    async def _read(self, index: SearchIndex, ids: Iterable[UUID]) -> None:
        every, now = sorted(ids), self.rt.clock.now()
        for first in range(0, len(every), AT_ONCE):
            part = every[first : first + AT_ONCE]
            try:
                await loader.refresh(self.rt.db, index, part, now=now)
            except (ValueError, LookupError) as fault:
                log.error("search.listing_unreadable", ids=[str(each) for each in part[:5]], exc_info=fault)
                await self._one_by_one(index, part, now)

    async def _one_by_one(self, index: SearchIndex, ids: Sequence[UUID], now: datetime) -> None:
        """A listing that cannot be understood must not hide what happened to the others."""
        for each in ids:
            try:
                await loader.refresh(self.rt.db, index, [each], now=now)
            except (ValueError, LookupError) as fault:
                log.error("search.listing_unreadable", id=str(each), exc_info=fault)
