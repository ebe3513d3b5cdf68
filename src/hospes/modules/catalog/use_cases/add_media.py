"""Put a stored picture on a place, or on one thing sold there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, queries, store
from hospes.modules.catalog.contracts import Media
from hospes.modules.catalog.errors import DraftInvalid, PictureRefused, ResourceNotFound
from hospes.modules.catalog.policies.drafts import text_fault
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish

MAX_PICTURES = 60


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """Where a picture lies, and its size."""

    key: str
    width: int
    height: int


async def add_media(
    tx: WriteTx,
    *,
    user_id: UUID,
    property_id: UUID,
    resource_id: UUID | None,
    picture: StoredPicture,
    alt: str,
    now: datetime,
) -> Media:
    """The picture, placed last. Raises `PictureRefused` above 60 pictures."""
    if fault := text_fault(alt, 0, 300):
        raise DraftInvalid(fields={"alt": fault})
    place = await locking.my_property(tx, user_id, property_id)
    touched = await store.resource_ids_of_property(tx, property_id)
    if resource_id is not None and resource_id not in touched:
        raise ResourceNotFound()
    if len(await queries.list_media(tx, property_id)) >= MAX_PICTURES:
        raise PictureRefused(f"A place may have at most {MAX_PICTURES} photos.")
    media = Media(
        id=new_id(),
        property_id=property_id,
        resource_id=resource_id,
        storage_key=picture.key,
        content_type="image/webp",
        width=picture.width,
        height=picture.height,
        alt=alt,
        position=0,
    )
    added = await store.insert_media(tx, media, now)
    data = events.property_data(property_id, place.business_id, touched)
    await publish(tx, events.PROPERTY_CHANGED, property_id, data, now=now)
    return added
