"""Import a calendar no longer."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import store
from hospes.modules.inventory.errors import FeedNotFound
from hospes.modules.inventory.events import CALENDAR_IMPORTED
from hospes.modules.inventory.policies.feeds import window
from hospes.modules.inventory.queries.feeds import list_claims_of_spans, list_spans
from hospes.modules.inventory.store import feeds as feed_store
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def remove_feed(tx: WriteTx, caller: Caller, resource_id: UUID, feed_id: UUID, *, now: datetime) -> None:
    """Everything it kept off sale from today on is free again; raises `FeedNotFound`."""
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.LISTINGS)
    feed = await feed_store.lock_feed(tx, feed_id)
    if feed is None or feed.resource_id != resource_id:
        raise FeedNotFound()
    await store.lock_keys(tx, [str(resource_id)])
    since = datetime.combine(window(now, sellable.zone)[0], time(), ZoneInfo(sellable.zone))
    held = await list_claims_of_spans(tx, [each.id for each in await list_spans(tx, feed_id, since)])
    claims = [claim for each in held.values() for claim in each]
    if claims:
        first, last = min(each.first_night for each in claims), max(each.departure for each in claims)
        if sellable.pooled:
            await store.lock_nights(tx, resource_id, first, last, sellable.capacity)
        for span_id in held:
            await store.release_owner(tx, span_id, now)
        data = {
            "resource_id": str(resource_id),
            "feed_id": str(feed_id),
            "arrival": first.isoformat(),
            "departure": last.isoformat(),
        }
        await publish(tx, CALENDAR_IMPORTED, resource_id, data, now=now)
    await feed_store.delete_feed(tx, feed_id)
