"""The worker: relays events, runs jobs and periodic work until it is told to stop."""

import asyncio
import gc
import signal
from collections.abc import Collection

import structlog
from procrastinate.exceptions import ConnectorException
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.entrypoints import wiring
from hospes.platform.jobs import run_periodic, work
from hospes.platform.relay import relay_forever
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings

log = structlog.get_logger(__name__)
LONGEST_GOODBYE_SECONDS = 14


async def run_worker(settings: Settings, *, queues: Collection[str] = (), concurrency: int = 8) -> None:
    """Work until SIGINT or SIGTERM. A worker for certain queues only leaves events and periodic work to the others."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with wiring.open_runtime(settings) as rt:
        gc.freeze()
        gc.enable()
        parts = [asyncio.create_task(_keep_working(rt, queues, concurrency), name="jobs")]
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


async def _keep_working(rt: Runtime, queues: Collection[str], concurrency: int) -> None:
    while True:
        try:
            await work(rt, wiring.tasks(), queues=queues, concurrency=concurrency)
        except (ConnectorException, DatabaseError, PoolTimeout, OSError) as fault:
            log.warning("worker_waits", reason=str(fault))
        await asyncio.sleep(1)
