"""The names of what is live, kept true by events: destinations and properties."""

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.search.naming.destinations import Destinations, destinations_of
from hospes.modules.search.queries import names
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
TOLD_BY = ("business.", "property.", "resource.")
PERIOD = 0.2
PAUSES = 20  # how much longer nothing is counted than counting has taken


class LiveNames:
    """What can be found by name in this process."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self.destinations = Destinations()
        self._changed = False
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
        task, self._task = self._task, None
        while task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=0.5)

    async def reload(self) -> None:
        """Read everything anew."""
        started = time.monotonic()
        self._changed = False
        async with self._rt.db.read() as tx:
            rows = await names.cities_with_listings(tx)
        self.destinations = destinations_of(rows)
        self._not_before = time.monotonic() + PAUSES * (time.monotonic() - started)

    async def hear(self, events: Sequence[Event]) -> None:
        """Something that is told may have changed names or cities."""
        self._changed = self._changed or any(event.type.startswith(TOLD_BY) for event in events)

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            if not self._changed or time.monotonic() < self._not_before:
                continue
            try:
                await self.reload()
            except (DatabaseError, PoolTimeout) as error:
                self._changed = True
                self._not_before = time.monotonic() + 1.0
                log.warning("search.names_wait", error=str(error))
