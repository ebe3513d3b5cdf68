"""Keeps the index true: listens to events, reads what they name again, and starts over after a failure."""

import asyncio
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.search import loader
from hospes.modules.search.contracts import Facets, Found, Query, World
from hospes.modules.search.index import SearchIndex
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.queries import listings, names
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
COMPACT_AT = 4_096
PERIOD = 30.0
COUNTED_FOR = 60.0
CITIES = 8


class LiveIndex:
    """The index of this process and what keeps it fresh."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self.index = SearchIndex(
            [info.code for info in KINDS], [each.code for each in AMENITIES], earliest_today(rt.clock.now())
        )
        self._stop: Callable[[], None] | None = None
        self._stale = False
        self.world = World(Found((), 0, Facets({}, {}, 0, ())), ())
        self._look_at = 0.0
        self._heard: set[UUID] | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Load everything, then follow events."""
        count = await loader.load_all(self._rt.db, self.index, now=self._rt.clock.now())
        log.info("search.loaded", listings=count, megabytes=round(self.index.columns.nbytes / 1e6, 1))
        await self.look_around()
        self._stop = self._rt.ports.tail.listen(self.hear)
        self._task = asyncio.create_task(self._tend())

    async def look_around(self) -> None:
        """Count the world and its largest cities anew, for the home page; a large world is counted less often."""
        started = time.monotonic()
        found = self.index.find(Query(limit=1), now=self._rt.clock.now())
        async with self._rt.db.read() as tx:
            cities = await names.popular_cities(tx, limit=CITIES)
        self.world = World(found, tuple(cities))
        self._look_at = time.monotonic() + max(COUNTED_FOR, 100 * (time.monotonic() - started))

    async def close(self) -> None:
        """Stop following."""
        if self._stop:
            self._stop()
        task, self._task = self._task, None
        while task is not None and not task.done():
            task.cancel()  # again if need be: a cancellation can get lost while a connection changes hands
            await asyncio.wait({task}, timeout=0.5)

    async def reload(self) -> None:
        """Read everything anew; searches go on meanwhile, and what changes meanwhile is read once more."""
        self._heard = set()
        try:
            await loader.load_all(self._rt.db, self.index, now=self._rt.clock.now())
            while self._heard:
                ids, self._heard = sorted(self._heard), set()
                await loader.refresh(self._rt.db, self.index, ids, now=self._rt.clock.now())
        finally:
            self._heard = None

    async def hear(self, events: Sequence[Event]) -> None:
        """Read again what these events name."""
        ids = {UUID(str(value)) for event in events for value in _named(event)}
        try:
            async with self._rt.db.read() as tx:
                for event in events:
                    if event.type.startswith(("business.", "property.")):
                        ids.update(await listings.resources_of(tx, event.aggregate_id))
            if self._heard is not None:
                self._heard |= ids
            if ids:
                await loader.refresh(self._rt.db, self.index, sorted(ids), now=self._rt.clock.now())
        except (DatabaseError, PoolTimeout):
            self._stale = True  # reload everything once the database is back
            raise

    async def _tend(self) -> None:
        """Reload after a failure, move the calendar at midnight, sort again when many rows are new."""
        while True:
            await asyncio.sleep(1.0 if self._stale else PERIOD)
            now = self._rt.clock.now()
            try:
                if self._stale or earliest_today(now) > self.index.columns.first_night:
                    self._stale = False
                    await self.reload()
                elif self._look_at < time.monotonic():
                    await self.look_around()
                elif self.index.columns.unsorted > COMPACT_AT:
                    self.index.columns.compact()
            except (DatabaseError, PoolTimeout) as error:
                self._stale = True
                log.warning("search.reload_waits", error=str(error))


def _named(event: Event) -> list[str]:
    one = event.data.get("resource_id")
    return [*([one] if one else []), *event.data.get("resource_ids", [])]
