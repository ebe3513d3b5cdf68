"""Every committed event, delivered to listeners inside this process within a fraction of a second.

Each poll asks for the rows that its snapshot sees and the previous poll's snapshot did not, so neither an id given out
early nor a transaction that commits late can make it miss or repeat a row.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from psycopg import Error
from psycopg_pool import PoolTimeout

from hospes.platform.db import Database, ReadTx
from hospes.platform.ending import end_tasks
from hospes.platform.errors import HospesError
from hospes.platform.outbox import Event

Listener = Callable[[Sequence[Event]], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """How far a tail has come: the database's position, how many events it has delivered since it was made, and when
    (seconds of the epoch) it last knew everything up to then."""

    position: str = ""
    count: int = 0
    at: float = 0.0


class EventTail:
    """Follows `platform.outbox` from `start` on; `delivered` says how far it has come."""

    def __init__(self, db: Database, *, every_seconds: float = 0.05) -> None:
        self._db = db
        self._every = every_seconds
        self._seen = ""
        self.delivered = Delivered()
        self._listeners: dict[object, tuple[frozenset[str], Listener]] = {}
        self._task: asyncio.Task[None] | None = None

    def listen(self, handler: Listener, *, types: Collection[str] = ()) -> Callable[[], None]:
        """Call `handler` with each batch of events of these types (all when empty); answers how to stop that."""
        token = object()
        self._listeners[token] = (frozenset(types), handler)
        return lambda: self._drop(token)

    @contextmanager
    def queue(self, *, types: Collection[str] = (), aggregate_id: UUID | None = None) -> Iterator[asyncio.Queue[Event]]:
        """A queue that receives matching events while the block is open (for live streams)."""
        queue: asyncio.Queue[Event] = asyncio.Queue()

        async def put(events: Sequence[Event]) -> None:
            for event in events:
                if aggregate_id is None or event.aggregate_id == aggregate_id:
                    queue.put_nowait(event)

        stop = self.listen(put, types=types)
        try:
            yield queue
        finally:
            stop()

    async def stream(self, *, types: Collection[str] = (), aggregate_id: UUID | None = None) -> AsyncIterator[Event]:
        """Matching events from now on, for ever."""
        with self.queue(types=types, aggregate_id=aggregate_id) as queue:
            while True:
                yield await queue.get()

    async def start(self) -> None:
        """Follow the table in the background, from the mark if one was set, else from now on."""
        if self._task is None:
            if not self._seen:
                await self.mark()
            self._task = asyncio.create_task(self._follow(), name="event-tail")

    async def stop(self) -> None:
        """End the background loop."""
        task, self._task = self._task, None
        await end_tasks([task])

    async def mark(self) -> None:
        """Events committed before this are not delivered; for a reader that loads its state afterwards."""
        async with self._db.read() as tx:
            row = await tx.find("SELECT pg_current_snapshot()::text AS seen")
        assert row is not None
        self._seen = row["seen"]
        self.delivered = Delivered(self._seen, self.delivered.count, time.time())

    async def poll(self) -> int:
        """Deliver what was committed since the last poll; answers how many events that were."""
        asked_at = time.time()
        async with self._db.read() as tx:
            events, seen = await _since(tx, self._seen)
        self._seen = seen
        if events:
            await self._deliver(events)
        self.delivered = Delivered(seen, self.delivered.count + len(events), asked_at)
        return len(events)

    async def _follow(self) -> None:
        while True:
            try:
                await self.poll()
            except (Error, PoolTimeout) as fault:
                log.warning("tail_waits", reason=str(fault))
                await asyncio.sleep(0.5)
            await asyncio.sleep(self._every)

    async def _deliver(self, events: list[Event]) -> None:
        for types, handler in list(self._listeners.values()):
            wanted = [event for event in events if not types or event.type in types]
            if not wanted:
                continue
            try:
                await handler(wanted)
            except (Error, PoolTimeout, HospesError, LookupError, ValueError) as fault:
                log.error("listener_failed", handler=getattr(handler, "__qualname__", ""), exc_info=fault)

    def _drop(self, token: object) -> None:
        self._listeners.pop(token, None)


async def _since(tx: ReadTx, seen: str) -> tuple[list[Event], str]:
    rows = await tx.all(
        "SELECT now.seen, o.event_id, o.type, o.aggregate_id, o.data, o.occurred_at, o.id"
        " FROM (SELECT pg_current_snapshot()::text AS seen) now"
        " LEFT JOIN platform.outbox o ON o.xact >= pg_snapshot_xmin(%(seen)s::pg_snapshot)"
        " AND NOT pg_visible_in_snapshot(o.xact, %(seen)s::pg_snapshot)"
        " ORDER BY o.id",
        {"seen": seen},
    )
    events = [
        Event(row["event_id"], row["type"], row["aggregate_id"], row["data"], row["occurred_at"], row["id"])
        for row in rows
        if row["event_id"] is not None
    ]
    return events, rows[0]["seen"]
