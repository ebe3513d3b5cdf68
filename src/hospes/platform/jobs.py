"""Queued and periodic work, on procrastinate; a job is enqueued in the transaction that wants it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector

from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Periodic:
    """`run` is called every so many seconds, by one worker at a time."""

    name: str
    every_seconds: float
    run: Callable[[Runtime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """`run(ctx, **json)` is called for every enqueued job of this name, and again after a failure."""

    name: str
    queue: str
    run: Callable[..., Awaitable[None]]


_deferring = App(connector=PsycopgConnector())


async def defer(
    tx: WriteTx,
    task_name: str,
    *,
    queue: str = "default",
    lock: str | None = None,
    schedule_at: datetime | None = None,
    **json: Any,
) -> int:
    """Enqueue in the caller's transaction: the job exists exactly if it commits. Jobs with one `lock` run in order."""
    options: dict[str, Any] = {"queue": queue, "lock": lock, "schedule_at": schedule_at}
    deferrer = _deferring.configure_task(
        task_name, allow_unknown=True, connection=tx.conn, **{k: v for k, v in options.items() if v is not None}
    )
    return await deferrer.defer_async(**json)
