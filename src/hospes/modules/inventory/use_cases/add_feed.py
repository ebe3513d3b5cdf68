"""Import another site's calendar from now on."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode
from hospes.modules.catalog.errors import UnitNotFound
from hospes.modules.inventory.errors import FeedExists, TooManyFeeds, WrongMode
from hospes.modules.inventory.policies.feeds import Feed, FeedResult
from hospes.modules.inventory.queries.feeds import list_feeds
from hospes.modules.inventory.store import feeds as feed_store
from hospes.modules.inventory.store.claims import lock_keys
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id

MAX_FEEDS = 20


async def add_feed(
    tx: WriteTx, caller: Caller, resource_id: UUID, *, name: str, url: str, unit_id: UUID | None, now: datetime
) -> Feed:
    """The feed, due at once. The address has been checked already (`CalendarSource.check`).

    Raises `ResourceNotFound`, `BusinessNotFound`, `WrongMode`, `UnitNotFound`, `FeedExists`, `TooManyFeeds`.
    """
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.LISTINGS)
    if sellable.mode is Mode.DEPARTURE:
        raise WrongMode("Departures are not kept in calendars of other sites.")
    if unit_id is not None and (unit_id not in sellable.unit_ids or sellable.pooled):
        raise UnitNotFound("There is no such room or place that a calendar could be kept for.")
    await lock_keys(tx, [f"feeds {resource_id}"])
    if len(await list_feeds(tx, resource_id)) >= MAX_FEEDS:
        raise TooManyFeeds(f"A resource imports at most {MAX_FEEDS} calendars.")
    waiting = FeedResult.WAITING
    feed = Feed(
        new_id(), resource_id, unit_id, name, url, waiting, "", None, None, None, None, None, 0, now, created_at=now
    )
    if not await feed_store.insert_feed(tx, feed):
        raise FeedExists("This calendar is imported already.")
    return feed
