"""Refresh every feed whose time has come."""

import asyncio
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.inventory.providers.calendar_source import CalendarSource
from hospes.modules.inventory.store import feeds as feed_store
from hospes.modules.inventory.use_cases.refresh_feed import refresh_feed
from hospes.platform.clock import Clock
from hospes.platform.db import Database
from hospes.platform.errors import HospesError

log = structlog.get_logger(__name__)
BATCH = 100
AT_ONCE = 4


async def refresh_due_feeds(db: Database, source: CalendarSource, clock: Clock) -> int:
    """How many were asked; one that fails keeps nobody else waiting and is tried again in 5 minutes."""
    async with db.write() as tx:
        due = await feed_store.take_due(tx, BATCH, clock.now())
    room = asyncio.Semaphore(AT_ONCE)

    async def one(feed_id: UUID) -> None:
        async with room:
            try:
                await refresh_feed(db, source, clock, feed_id)
            except (DatabaseError, PoolTimeout, HospesError) as fault:
                log.warning("feed_not_refreshed", feed_id=str(feed_id), error=str(fault))

    await asyncio.gather(*(one(each) for each in due))
    return len(due)
