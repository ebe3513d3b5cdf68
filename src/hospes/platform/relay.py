"""Turns outbox rows into jobs, one a subscriber, in order per aggregate. Runs in the worker."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.platform.db import Row, WriteTx
from hospes.platform.jobs import Order, Task, defer_many
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber

log = structlog.get_logger(__name__)
QUEUE = "events"
URGENT_QUEUE = "urgent"


async def relay_once(tx: WriteTx, subscribers: Sequence[Subscriber], *, now: datetime, limit: int = 500) -> int:
    """Hand on what waits, in id order; one relay at a time. Answers how many rows were handed on."""
    held = await tx.find("SELECT pg_try_advisory_xact_lock(hashtextextended('hospes.relay', 0)) AS mine")
    if not held or not held["mine"]:
        return 0
    rows = await tx.all(
        "SELECT id, event_id, type, aggregate_id, data, occurred_at FROM platform.outbox"
        " WHERE relayed_at IS NULL ORDER BY id LIMIT %s::bigint FOR UPDATE SKIP LOCKED",
        (limit,),
    )
    if not rows:
        return 0
    orders = [
        Order(
            task_name(subscriber),
            {"event": _as_json(row)},
            queue_of(subscriber),
            lock=f"{subscriber.name}:{row['aggregate_id']}",
        )
        for row in rows
        for subscriber in subscribers
        if row["type"] in subscriber.types
    ]
    if orders:
        await defer_many(tx, orders)
    ids = [row["id"] for row in rows]
    await tx.run("UPDATE platform.outbox SET relayed_at = %s WHERE id = ANY(%s::bigint[])", (now, ids))
    return len(rows)


async def relay_forever(rt: Runtime, subscribers: Sequence[Subscriber], *, every: float = 0.05) -> None:
    """Poll until cancelled; a database that is away is waited for."""
    while True:
        try:
            async with rt.db.write() as tx:
                moved = await relay_once(tx, subscribers, now=rt.clock.now())
        except (DatabaseError, PoolTimeout, OSError) as error:
            log.warning("relay_waits", reason=str(error))
            moved = 0
            await asyncio.sleep(1)
        if not moved:
            await asyncio.sleep(every)


def task_name(subscriber: Subscriber) -> str:
    """The job that runs a subscriber."""
    return f"event:{subscriber.name}"


def queue_of(subscriber: Subscriber) -> str:
    """The queue its jobs wait in: urgent ones never stand behind the others."""
    return URGENT_QUEUE if subscriber.urgent else QUEUE


def subscriber_tasks(subscribers: Sequence[Subscriber]) -> list[Task]:
    """The jobs to register with the worker."""
    return [Task(task_name(subscriber), queue_of(subscriber), _runner(subscriber)) for subscriber in subscribers]


def _runner(subscriber: Subscriber) -> Callable[..., Awaitable[None]]:
    async def run(rt: Runtime, *, event: dict[str, Any]) -> None:
        await subscriber.handle(rt, event_from_json(event))

    return run


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["event_id"]),
        "type": row["type"],
        "aggregate_id": str(row["aggregate_id"]),
        "data": row["data"],
        "occurred_at": row["occurred_at"].isoformat(),
        "sequence": row["id"],
    }


def event_from_json(value: dict[str, Any]) -> Event:
    """The event a job carries."""
    return Event(
        UUID(value["id"]),
        value["type"],
        UUID(value["aggregate_id"]),
        value["data"],
        datetime.fromisoformat(value["occurred_at"]),
        value["sequence"],
    )
