"""Queued and periodic work, on procrastinate; a job is enqueued in the transaction that wants it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.platform.db import WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 3.0
STALLED_AFTER_SECONDS = 15.0
GIVE_UP_AFTER = timedelta(days=3)
LONGEST_WAIT_SECONDS = 300


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


@dataclass(frozen=True, slots=True)
class Order:
    """A job to enqueue; jobs with one `lock` run one after the other, in order."""

    task_name: str
    json: dict[str, Any]
    queue: str = "default"
    lock: str | None = None
    schedule_at: datetime | None = None


class Backoff(BaseRetryStrategy):
    """Again after 1, 2, 4 … seconds, then every 5 minutes for 3 days; later jobs with the same lock wait meanwhile."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None gives up."""
        if job.attempts > GIVE_UP_AFTER.total_seconds() / LONGEST_WAIT_SECONDS:
            return None
        return RetryDecision(retry_in={"seconds": min(2 ** min(job.attempts, 20), LONGEST_WAIT_SECONDS)})


_enqueueing = App(connector=PsycopgConnector())


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
    return (await defer_many(tx, [Order(task_name, json, queue, lock, schedule_at)]))[0]


async def defer_many(tx: WriteTx, orders: Sequence[Order]) -> list[int]:
    """Enqueue several in one round trip; answers their ids."""
    jobs = [
        Job(
            queue=order.queue,
            lock=order.lock,
            queueing_lock=None,
            task_name=order.task_name,
            task_kwargs=order.json,
            scheduled_at=order.schedule_at,
        )
        for order in orders
    ]
    try:
        made = await _enqueueing.job_manager.batch_defer_jobs_async(jobs, connection=tx.conn)
    except ConnectorException as fault:
        if isinstance(fault.__cause__, DatabaseError):
            raise fault.__cause__ from None  # a lost connection stays what it is: operational, to be repeated
        raise
    return [cast(int, job.id) for job in made]


def worker_app(rt: Runtime, tasks: Sequence[Task]) -> App:
    """A procrastinate application that knows these tasks; open it before use."""
    app = App(connector=PsycopgConnector(conninfo=rt.db.url, min_size=1, max_size=4))
    for task in tasks:
        app.task(name=task.name, queue=task.queue, retry=Backoff())(_bound(rt, task))
    return app


def _bound(rt: Runtime, task: Task) -> Callable[..., Awaitable[None]]:
    async def run(**json: Any) -> None:
        await task.run(rt, **json)

    return run


async def work(rt: Runtime, tasks: Sequence[Task], *, queues: Collection[str] = (), concurrency: int = 8) -> None:
    """Run jobs until cancelled; those under way are finished first (10 s)."""
    async with worker_app(rt, tasks).open_async() as app:
        await app.run_worker_async(
            **_only(queues),
            concurrency=concurrency,
            install_signal_handlers=False,
            delete_jobs="successful",
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_AFTER_SECONDS,
            shutdown_graceful_timeout=10.0,
        )


def _only(queues: Collection[str]) -> dict[str, Any]:
    return {"queues": list(queues)} if queues else {}


async def run_waiting(rt: Runtime, tasks: Sequence[Task], *, queues: Collection[str] = ()) -> None:
    """Run the jobs that are due now, one after the other, and return (tests, command line)."""
    async with worker_app(rt, tasks).open_async() as app:
        await app.run_worker_async(
            **_only(queues),
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
            delete_jobs="successful",
        )


async def run_periodic(rt: Runtime, periodic: Periodic) -> None:
    """Run this work on time until cancelled. Of several workers one takes each turn, and turns never overlap."""
    while True:
        try:
            await take_turn(rt, periodic)
        except (DatabaseError, PoolTimeout, HospesError, OSError) as fault:
            log.error("periodic_failed", name=periodic.name, exc_info=fault)
        await asyncio.sleep(min(periodic.every_seconds, 1.0))


async def take_turn(rt: Runtime, periodic: Periodic) -> bool:
    """Run it once if it is due and nobody else is at it; answers whether it ran."""
    async with rt.db.read() as lock:  # read-only: holds no transaction id, so nothing waits for it
        mine = await lock.find("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 11)) AS mine", (periodic.name,))
        if not mine or not mine["mine"]:
            return False
        async with rt.db.write() as tx:
            due = await tx.run(
                "INSERT INTO platform.periodic_turn AS turn (name, taken_at) VALUES (%s, clock_timestamp())"
                " ON CONFLICT (name) DO UPDATE SET taken_at = EXCLUDED.taken_at"
                " WHERE turn.taken_at <= EXCLUDED.taken_at - make_interval(secs => %s)",
                (periodic.name, periodic.every_seconds),
            )
        if due:
            await periodic.run(rt)
        return bool(due)


async def retry_stalled(rt: Runtime) -> None:
    """Give back jobs whose worker died at work."""
    async with worker_app(rt, ()).open_async() as app:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            log.warning("job_given_back", task=job.task_name, job_id=job.id)
            await app.job_manager.retry_job_by_id_async(cast(int, job.id), retry_at=rt.clock.now())
