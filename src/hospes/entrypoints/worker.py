"""The worker: relays events, runs jobs and periodic work until it is told to stop."""

import asyncio
import gc
import signal
import sys
from collections.abc import Collection

import structlog
from procrastinate.exceptions import ConnectorException
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.entrypoints import wiring
from hospes.platform.jobs import run_periodic, work
from hospes.platform.relay import QUEUE as EVENTS
from hospes.platform.relay import relay_forever
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings

log = structlog.get_logger(__name__)
LONGEST_GOODBYE_SECONDS = 14
EVENTS_AT_ONCE = 1  # with 3, fifty webhooks a second reach their screens in 1.6 s (p99) instead of 0.2
THREADS_SWITCH_SECONDS = 0.0005  # documents are drawn in threads: the loop must not wait 5 ms at every turn


async def run_worker(settings: Settings, *, queues: Collection[str] = (), concurrency: int = 8) -> None:
    """Work until SIGINT or SIGTERM. A worker for certain queues only leaves events and periodic work to the others."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    sys.setswitchinterval(THREADS_SWITCH_SECONDS)
    async with wiring.open_runtime(settings) as rt:
        gc.freeze()
        gc.enable()
        parts = [
            asyncio.create_task(_keep_working(rt, lane, at_once), name=f"jobs of {', '.join(lane)}")
            for lane, at_once in _lanes(queues, concurrency)
        ]
        if not queues:
            parts.append(asyncio.create_task(relay_forever(rt, wiring.subscribers()), name="relay"))
            parts += [asyncio.create_task(run_periodic(rt, each), name=each.name) for each in wiring.periodics()]
        stopping = asyncio.create_task(stop.wait())
        log.info("worker_ready", queues=list(queues) or "all", periodic=len(parts) - 2)
        done, _ = await asyncio.wait([stopping, *parts], return_when=asyncio.FIRST_COMPLETED)
        signal.alarm(LONGEST_GOODBYE_SECONDS)  # ends us even if the database is gone and everything waits for it
        for part in (stopping, *parts):
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
    for part in done - {stopping}:
        part.result()  # raises what ended it


def _lanes(queues: Collection[str], concurrency: int) -> list[tuple[list[str], int]]:
    """Queues and how many of their jobs run at once: what follows from events never fills the worker."""
    wanted = sorted({task.queue for task in wiring.tasks() if not queues or task.queue in queues})
    slow, quick = [name for name in wanted if name == EVENTS], [name for name in wanted if name != EVENTS]
    return [(lane, at_once) for lane, at_once in ((quick, concurrency), (slow, EVENTS_AT_ONCE)) if lane]


async def _keep_working(rt: Runtime, queues: Collection[str], concurrency: int) -> None:
    while True:
        try:
            await work(rt, wiring.tasks(), queues=queues, concurrency=concurrency)
        except (ConnectorException, DatabaseError, PoolTimeout, OSError) as fault:
            log.warning("worker_waits", reason=str(fault))
        await asyncio.sleep(1)
