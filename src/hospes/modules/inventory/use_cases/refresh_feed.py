"""Ask another site for its calendar and take over what it says."""

import asyncio
from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory.errors import FeedAddressRefused, FeedNotFound, FeedUnreadable
from hospes.modules.inventory.policies.feeds import Feed, FeedContents, FeedResult
from hospes.modules.inventory.providers.calendar_source import CalendarSource, Fetched
from hospes.modules.inventory.providers.ical import read_feed
from hospes.modules.inventory.queries.feeds import find_feed
from hospes.modules.inventory.store import feeds as feed_store
from hospes.modules.inventory.use_cases.import_feed import import_feed
from hospes.platform.clock import Clock
from hospes.platform.db import Database


async def refresh_feed(
    db: Database, source: CalendarSource, clock: Clock, feed_id: UUID, *, forced: bool = False
) -> FeedResult:
    """The result, which is also written down; raises `FeedNotFound`. No transaction is open while the site is asked.

    An answer that cannot be read changes nothing but the note of it.
    """
    feed, zone = await _find(db, feed_id)
    try:
        fetched = await _fetch(source, feed, forced=forced)
        contents = await _read(fetched, zone, clock)
    except (FeedUnreadable, FeedAddressRefused) as refusal:
        async with db.write() as tx:
            await feed_store.note_failure(tx, feed_id, refusal.detail, clock.now())
        return FeedResult.FAILED
    async with db.write() as tx:
        tags = (fetched.etag, fetched.last_modified)
        return await import_feed(tx, feed_id, contents, tags=tags, forced=forced, now=clock.now())


async def _find(db: Database, feed_id: UUID) -> tuple[Feed, str]:
    async with db.write() as tx:  # not read(): a replica may not have it yet
        feed = await find_feed(tx, feed_id)
        if feed is None:
            raise FeedNotFound()
        return feed, (await catalog.get_sellable(tx, feed.resource_id)).zone


async def _fetch(source: CalendarSource, feed: Feed, *, forced: bool) -> Fetched:
    etag, last_modified = (None, None) if forced else (feed.etag, feed.last_modified)
    fetched = await source.fetch(feed.url, etag=etag, last_modified=last_modified)
    if fetched.body is None and not (etag or last_modified):
        raise FeedUnreadable("The address says that nothing has changed since it was never asked.")
    return fetched


async def _read(fetched: Fetched, zone: str, clock: Clock) -> FeedContents | None:
    if fetched.body is None:
        return None
    return await asyncio.to_thread(read_feed, fetched.body, zone=zone, now=clock.now())
