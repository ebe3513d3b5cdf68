"""The names of what is live in this process: opened from a file of the host or the database, kept true by events.

All properties lie on one shelf; those that have changed since lie on small ones before it (`changed.py`), and are
passed over on the large one, until all are read anew in the background.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.search.contracts import Place
from hospes.modules.search.keeping.builders import work_of
from hospes.modules.search.keeping.building import fit_snapshot
from hospes.modules.search.keeping.holding import Holding
from hospes.modules.search.naming import keeping, places, watching
from hospes.modules.search.naming.changed import Changed
from hospes.modules.search.naming.destinations import Destinations
from hospes.modules.search.naming.drifting import Wrong, mended
from hospes.modules.search.naming.matching import Typed
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.slips import Memo
from hospes.modules.search.naming.telling import TOLD_BY, named_by, read_again, told_since
from hospes.modules.search.naming.world import Counted, Names, names_files, no_names, read_counted, read_names
from hospes.modules.search.policies.repairing import Reason, Stand, why_lost
from hospes.modules.search.queries.standing import where_it_stands
from hospes.platform.db import Row
from hospes.platform.ending import end_tasks
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
ORDINARY = (Reason.CROWDED, Reason.NEW_DAY)
PAUSES = 20  # how much longer nothing is read anew than reading has taken; counted, where there is a file: five times
SMALL = 256  # changed properties before all are shelved anew ...
SHARE = 20  # ... or a twentieth of all
SETTLING_SECONDS = 30.0  # after going over to a file, before all is counted again for what came since
RENEW_AFTER = timedelta(days=1)  # for what no event tells: ratings


class LiveNames:
    """What can be found by name in this process. `changed`: properties by their names; `tending.py` drives the rest."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.held = Holding(rt, names_files(rt.settings))
        self.stand: Stand | None = None  # of the database when all was read
        self.seen: Stand | None = None  # when last looked at
        self.changed = Changed(no_names().properties)
        self.tending: list[asyncio.Task[None]] = []
        self.counted = no_names().counted
        self._waiting: list[Event] = []
        self._also: set[UUID] | None = None
        self._recount = False
        self._count_from = self._renew_from = 0.0  # not before, by the monotonic clock
        self._reading = asyncio.Lock()
        self._stop: Callable[[], None] | None = None

    @property
    def destinations(self) -> Destinations:
        """Cities with live listings."""
        return self.counted.destinations

    @property
    def popular(self) -> Sequence[Row]:
        """Cities with the most, when all was read."""
        return self.counted.popular

    # Opening

    async def open(self) -> None:
        """Know everything, then follow events; call after `tail.mark()` and `places.open_places`."""
        self._stop = self.rt.ports.tail.listen(self.hear)
        started = time.perf_counter()
        if not await self.held.begin(self.adopt, self._build):
            await self.reload()
        shelf, seconds = self.changed.shelf, round(time.perf_counter() - started, 2)
        megabytes = round(shelf.nbytes / 1e6, 1)
        log.info("search.names_loaded", properties=len(shelf), megabytes=megabytes, seconds=seconds,
                 generation=self.held.generation, changed=len(self.changed))  # fmt: skip

    async def close(self) -> None:
        """Stop following."""
        if self._stop:
            self._stop()
        places.set_listings({})
        tasks, self.tending = self.tending, []
        await end_tasks(tasks)

    # Reading all anew

    async def reload(self) -> None:
        """Read everything anew in this process; what changes meanwhile is not lost."""
        async with self.held.replacing:
            started = time.monotonic()
            held, stand = await read_names(self.rt.db, now=self.rt.clock.now())
            await self._bring_in(held, stand, stand, generation=self.held.generation)
            self._count_from = self._renew_from = self._after_pause(started)

    async def adopt(self) -> bool:
        """Go over to the newest file when there is a younger one that is fit; answers whether there was."""
        return await self.held.adopt(self._go_over)

    async def start_over(self, reason: Reason) -> None:
        """Have everything read anew: for all processes of this host where there are files, by one of them."""
        started = time.monotonic()
        if await self.held.renew(partial(self._build, reason)):
            self._renew_from = self._after_pause(started)
        else:
            _note(reason)
            await self.reload()

    async def recount(self) -> None:
        """Count the listings of cities and their neighbourhoods anew."""
        started = time.monotonic()
        self._recount = False
        try:
            async with self.rt.db.read() as tx:
                self._count(await read_counted(tx, popular=self.counted.popular))
        except (DatabaseError, PoolTimeout):
            self._recount = True
            raise
        finally:
            self._count_from = self._after_pause(started, 5 * PAUSES if self.held.generation else PAUSES)

    # Following

    async def hear(self, events: Sequence[Event]) -> None:
        """Read again the properties that these events are about; what cannot be read now is read later."""
        self._waiting += [event for event in events if event.type.startswith(TOLD_BY)]
        await self._work_off()

    async def keep_up(self) -> None:
        """What could not be read when it was told; and order on the small shelves."""
        await self._work_off()
        await self.changed.settle()

    async def recount_when_due(self) -> None:
        """After a change, and a pause."""
        if self._recount and time.monotonic() >= self._count_from:
            await self.recount()

    async def renew_when_due(self) -> None:
        """When much lies beside the large shelf, or it is a day old; after a pause."""
        if time.monotonic() < self._renew_from:
            return
        if len(self.changed) > max(SMALL, len(self.changed.shelf) // SHARE):
            await self.start_over(Reason.CROWDED)
        elif self.age() > RENEW_AFTER:
            await self.start_over(Reason.NEW_DAY)

    async def look_for_loss(self) -> None:
        """When the database is another one, or has gone back, events do not tell of it."""
        now = await where_it_stands(self.rt.db, at=self.rt.clock.now())
        reason = why_lost(self.seen, now) if self.seen else None
        if reason is None:
            self.seen = now
        else:
            await self.start_over(reason)

    async def drifted(self, ids: Collection[UUID]) -> Wrong:
        """Of these properties those that were otherwise than in the database though nothing has just told of a change,
        and in what; they are right again. Raises `UnfitSnapshot` when events tell of too many."""
        async with self._reading:
            position = self.rt.ports.tail.delivered.position
            found = await mended(self.rt.db, self.changed, ids)
            if self._also is not None:
                self._also |= found.keys()
            if not found:
                return found
            self._recount = True
            told = await told_since(self.rt.db, position)
            async with self.rt.db.read() as tx:
                told |= await named_by(tx, self._waiting)
        return {each: what for each, what in found.items() if each not in told}

    @property
    def waiting(self) -> int:
        """Events that have been heard and not yet read."""
        return len(self._waiting)

    def age(self) -> timedelta:
        """Since when not all has been read."""
        return self.rt.clock.now() - self.stand.at if self.stand else timedelta()

    # Asking

    def suggest(self, typed: Typed, *, asker: Asker, enough: int, memo: Memo) -> Iterator[places.Suggested]:
        """Properties that fit, the best first."""
        return self.changed.suggest(typed, asker=asker, enough=enough, memo=memo)

    def areas(self, typed: Typed, *, asker: Asker, enough: int) -> Iterator[places.Suggested]:
        """Neighbourhoods that fit."""
        return self.counted.areas.suggest(typed, asker=asker, enough=enough, memo={})

    def named(self, typed: Typed) -> Place | None:
        """The property of exactly this name, of several the most rated."""
        return self.changed.named(typed)

    # Inside

    async def _build(self, reason: Reason | None = None) -> bool:
        if reason:
            _note(reason)
        return await self.held.build(keeping.__name__, work_of(self.rt, self.held.files), self._build_here, self.adopt)

    async def _build_here(self) -> None:
        await keeping.build_names(self.rt.db, self.held.files, now=self.rt.clock.now())

    async def _go_over(self) -> None:
        found, stands = await fit_snapshot(self.rt.db, self.held.files, now=self.rt.clock.now())
        await self._bring_in(found.holds, found.stand, stands, generation=found.generation)
        self._count_from = time.monotonic() + SETTLING_SECONDS

    async def _bring_in(self, held: Names, then: Stand, stands: Stand, *, generation: int) -> None:
        """Go over to these names as soon as they know everything; `then` is what they are the stand of."""
        changed, self._also = Changed(held.properties), set()
        try:
            told = await told_since(self.rt.db, then.position)
            await read_again(self.rt.db, changed, told)
            await changed.settle()
            async with self._reading:  # while nothing else reads
                await read_again(self.rt.db, changed, self._also)
                self.changed, self.held.generation = changed, generation
                self.stand, self.seen = then, stands
                self._count(held.counted)
                self._recount = bool(told or self._also)
        finally:
            self._also = None

    async def _work_off(self) -> None:
        """Read what events have told of; raises what the database raises, and they wait."""
        if not self._waiting:
            return
        async with self._reading:
            events = self._waiting[:]
            async with self.rt.db.read() as tx:
                ids = await named_by(tx, events)
            if self._also is not None:
                self._also |= ids
            await read_again(self.rt.db, self.changed, ids)
            del self._waiting[: len(events)]
        self._recount = True

    def _count(self, counted: Counted) -> None:
        self.counted = counted
        places.set_listings(counted.destinations.by_city)

    @staticmethod
    def _after_pause(started: float, pauses: int = PAUSES) -> float:
        now = time.monotonic()
        return now + pauses * (now - started)


def _note(reason: Reason) -> None:
    (log.info if reason in ORDINARY else log.warning)("search.names_start_over", reason=reason)
    watching.REBUILDS.labels(str(reason)).inc()
