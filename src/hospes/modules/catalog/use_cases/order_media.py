"""Put the pictures of a place in order; the first is its cover."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, queries, store
from hospes.modules.catalog.contracts import Media
from hospes.modules.catalog.errors import DraftInvalid
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def order_media(
    tx: WriteTx, *, user_id: UUID, property_id: UUID, media_ids: Sequence[UUID], now: datetime
) -> list[Media]:
    """The pictures in their new order; those not named follow in the old one. Raises on a picture from elsewhere."""
    place = await locking.my_property(tx, user_id, property_id)
    there = [media.id for media in await queries.list_media(tx, property_id)]
    if len(set(media_ids)) != len(media_ids) or not set(media_ids) <= set(there):
        raise DraftInvalid(fields={"ids": "Name pictures of this property, each once."})
    named = set(media_ids)
    await store.set_positions(tx, [*media_ids, *(each for each in there if each not in named)])
    touched = await store.resource_ids_of_property(tx, property_id)
    data = events.property_data(property_id, place.business_id, touched)
    await publish(tx, events.PROPERTY_CHANGED, property_id, data, now=now)
    return await queries.list_media(tx, property_id)
