"""What both edges do with an uploaded picture: judge and store it outside any transaction, then record it."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from starlette.datastructures import UploadFile

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import Media, thumb_key
from hospes.modules.catalog.errors import PropertyNotFound
from hospes.modules.catalog.locking import refuse_without
from hospes.modules.catalog.policies.permissions import Permission
from hospes.modules.catalog.providers.pictures import MAX_BYTES, clean_picture
from hospes.modules.catalog.use_cases.add_media import StoredPicture, add_media
from hospes.platform.caller import Caller
from hospes.platform.errors import HospesError
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime

_AT_ONCE = asyncio.Semaphore(2)  # decoding holds up to 150 MB a picture


async def receive_picture(
    rt: Runtime, caller: Caller, *, property_id: UUID, resource_id: UUID | None, file: UploadFile, alt: str
) -> Media:
    """The stored and recorded picture; nothing is kept when it is refused. Raises `PictureRefused`."""
    async with rt.db.read() as tx:
        place = await queries.find_my_property(tx, caller.user_id, property_id)
        if place is None:
            raise PropertyNotFound()
        await refuse_without(tx, caller.user_id, place.business_id, Permission.LISTINGS)
    raw = await file.read(MAX_BYTES + 1)
    async with _AT_ONCE:
        picture = await asyncio.to_thread(clean_picture, raw)
    name = new_id().hex
    key = f"{name[-2:]}/{name}.webp"
    await rt.storage.put(key, picture.full)
    await rt.storage.put(thumb_key(key), picture.thumb)
    try:
        async with rt.db.write() as tx:
            return await add_media(
                tx,
                user_id=caller.user_id,
                property_id=property_id,
                resource_id=resource_id,
                picture=StoredPicture(key, picture.width, picture.height),
                alt=alt,
                now=rt.clock.now(),
            )
    except HospesError:
        await drop_files(rt, (key, thumb_key(key)))
        raise


async def drop_files(rt: Runtime, keys: Iterable[str]) -> None:
    """Delete files that nothing uses any more."""
    for key in keys:
        await rt.storage.delete(key)
