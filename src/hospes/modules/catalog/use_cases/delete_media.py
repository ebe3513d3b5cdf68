"""Take a picture away."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, store
from hospes.modules.catalog.contracts import thumb_key
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def delete_media(tx: WriteTx, *, user_id: UUID, media_id: UUID, now: datetime) -> tuple[str, ...]:
    """The storage keys that nothing uses any more: the edge deletes them after the commit."""
    media = await locking.my_media(tx, user_id, media_id)
    place = await locking.my_property(tx, user_id, media.property_id)
    unused = await store.delete_media(tx, media)
    touched = await store.resource_ids_of_property(tx, place.id)
    data = events.property_data(place.id, place.business_id, touched)
    await publish(tx, events.PROPERTY_CHANGED, place.id, data, now=now)
    return (media.storage_key, thumb_key(media.storage_key)) if unused else ()
