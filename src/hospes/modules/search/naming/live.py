"""The names of what is live, kept true by events: destinations, neighbourhoods and properties.

All properties lie on one shelf; those that have changed since lie on a small one before it, and are passed over on the
large one, until both are made anew in the background.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from math import log10
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming import places
from hospes.modules.search.naming.destinations import Destinations, destinations_of
from hospes.modules.search.naming.matching import Typed
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.shelf import Entry, Shelf, shelf_of
from hospes.modules.search.naming.slips import Memo
from hospes.modules.search.queries import names
from hospes.platform.db import Row
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
TOLD_BY = ("business.", "property.", "resource.")
PERIOD = 0.2
PAUSES = 20  # how much longer nothing is read anew than reading has taken
SMALL = 256  # changed properties before all are shelved anew
AROUND_KM = 5.0
NEIGHBOURHOOD_KM = 2.0
NEIGHBOURHOOD = 3.5  # the weight of one without listings
PROPERTY = 2.5  # the weight of one without ratings; a city of 15,000 has 4.2


class LiveNames:
    """What can be found by name in this process."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self.destinations = Destinations()
        self._shelf: Shelf = shelf_of("property", AROUND_KM, ())
        self._fresh = self._shelf
        self._areas: Shelf = shelf_of("neighbourhood", NEIGHBOURHOOD_KM, ())
        self._changed: dict[UUID, Entry | None] = {}
        self._heard: set[UUID] = set()
        self._recount = self._stale = False
        self._not_before = 0.0
        self._stop: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Load everything, then follow events; call after `tail.mark()`."""
        self._stop = self._rt.ports.tail.listen(self.hear)
        await self.reload()
        self._task = asyncio.create_task(self._tend(), name="live-names")

    async def close(self) -> None:
        """Stop following."""
        if self._stop:
            self._stop()
        places.set_listings({})
        task, self._task = self._task, None
        while task is not None and not task.done():
            task.cancel()  # again if need be: a cancellation can get lost while a connection changes hands
            await asyncio.wait({task}, timeout=0.5)

    async def reload(self) -> None:
        """Read everything anew; what changes meanwhile stays changed."""
        started = time.monotonic()
        self._stale, self._heard = False, set()
        entries: list[Entry] = []
        async with self._rt.db.read() as tx:
            async for rows in names.live_names(tx):
                entries += map(_entry, rows)
        shelf = await asyncio.to_thread(shelf_of, "property", AROUND_KM, entries)
        self._shelf = shelf
        self._changed = {key: each for key, each in self._changed.items() if key in self._heard}
        self._lay_fresh()
        await self.recount()
        self._not_before = time.monotonic() + PAUSES * (time.monotonic() - started)
        log.info("search.names_loaded", properties=len(shelf), megabytes=round(shelf.nbytes / 1e6, 1))

    async def recount(self) -> None:
        """Count the listings of cities and their neighbourhoods anew."""
        started = time.monotonic()
        self._recount = False
        async with self._rt.db.read() as tx:
            rows = await names.cities_with_listings(tx)
            areas = await names.neighbourhoods(tx)
        self._areas = shelf_of("neighbourhood", NEIGHBOURHOOD_KM, map(_area, areas))
        self.destinations = destinations_of(rows)
        places.set_listings(self.destinations.counted)
        self._not_before = time.monotonic() + PAUSES * (time.monotonic() - started)

    async def hear(self, events: Sequence[Event]) -> None:
        """Read again the properties that these events are about."""
        told = [event for event in events if event.type.startswith(TOLD_BY)]
        if not told:
            return
        self._recount = True
        ids = {UUID(str(event.data["property_id"])) for event in told if "property_id" in event.data}
        whole = [event.aggregate_id for event in told if event.type.startswith("business.")]
        try:
            async with self._rt.db.read() as tx:
                ids.update(await names.properties_of(tx, whole) if whole else ())
                async for rows in names.live_names(tx, sorted(ids)):
                    self._heard |= ids
                    self._changed.update(dict.fromkeys(ids))
                    self._changed.update({row["id"]: _entry(row) for row in rows})
            self._lay_fresh()
        except (DatabaseError, PoolTimeout):
            self._stale = True  # read everything anew once the database is back
            raise

    def suggest(self, typed: Typed, *, asker: Asker, enough: int, memo: Memo) -> Iterator[places.Suggested]:
        """Properties that fit: those shelved, without those that have changed since, then these."""
        for each in self._shelf.suggest(typed, asker=asker, enough=enough, memo=memo):
            if each.place.property_id not in self._changed:
                yield each
        yield from self._fresh.suggest(typed, asker=asker, enough=enough, memo={})

    def areas(self, typed: Typed, *, asker: Asker, enough: int) -> Iterator[places.Suggested]:
        """Neighbourhoods that fit."""
        return self._areas.suggest(typed, asker=asker, enough=enough, memo={})

    def named(self, typed: Typed) -> Place | None:
        """The property of exactly this name, of several the most rated."""
        for shelf in (self._fresh, self._shelf):
            for number in shelf.named(typed):
                place = shelf.place(number)
                if shelf is self._fresh or place.property_id not in self._changed:
                    return place
        return None

    def _lay_fresh(self) -> None:
        entries = [entry for entry in self._changed.values() if entry is not None]
        self._fresh = shelf_of("property", AROUND_KM, entries)

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            if time.monotonic() < self._not_before:
                continue
            try:
                if self._stale or len(self._changed) > SMALL:
                    await self.reload()
                elif self._recount:
                    await self.recount()
            except (DatabaseError, PoolTimeout) as error:
                self._stale = True
                self._not_before = time.monotonic() + 1.0
                log.warning("search.names_wait", error=str(error))


def _area(row: Row) -> Entry:
    weight = NEIGHBOURHOOD + 0.5 * log10(1 + row["listings"])
    return Entry(row["name"], row["city"], row["country"], row["latitude"], row["longitude"], weight)


def _entry(row: Row) -> Entry:
    return Entry(
        row["name"], row["city"], row["country"], row["latitude"], row["longitude"],
        PROPERTY + 0.4 * log10(1 + row["ratings"]), row["id"], row["resource_id"],
    )  # fmt: skip
