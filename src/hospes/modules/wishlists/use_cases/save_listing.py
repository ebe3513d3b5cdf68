"""Put a listing on a list."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.wishlists import events, store
from hospes.modules.wishlists.contracts import FIRST_NAME, MOST_ITEMS
from hospes.modules.wishlists.errors import WishlistFull, WishlistNotFound
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def save_listing(
    tx: WriteTx,
    *,
    user_id: UUID,
    resource_id: UUID,
    list_id: UUID | None = None,
    note: str | None = None,
    now: datetime,
) -> UUID:
    """The list it is on now: the one given, else the one used last, else a first one. What is there already stays,
    with another `note` if one is given.

    Raises `WishlistNotFound`, `ResourceNotFound` for what is not on sale, and `WishlistFull`."""
    if list_id is None:
        list_id = await _latest_list(tx, user_id, now)
    elif list_id not in await store.lock_lists(tx, user_id, [list_id]):
        raise WishlistNotFound()
    if await store.has_item(tx, list_id, resource_id):
        if note is not None:
            await store.set_note(tx, list_id, resource_id, note)
        return list_id
    if not (await catalog.get_sellable(tx, resource_id)).live:
        raise ResourceNotFound("There is no such place, or it is not on sale now.")
    await ensure_room(tx, list_id)
    if await store.insert_item(tx, list_id, user_id, resource_id, note or "", now):
        await store.touch_list(tx, list_id, now)
        said = {"user_id": str(user_id), "resource_id": str(resource_id)}
        await publish(tx, events.SAVED, list_id, said, now=now)
    return list_id


async def ensure_room(tx: WriteTx, list_id: UUID) -> None:
    """Raises `WishlistFull`; the list is locked."""
    if await store.count_items(tx, list_id) >= MOST_ITEMS:
        raise WishlistFull(f"A list takes {MOST_ITEMS} places. Remove some, or begin another list.")


async def _latest_list(tx: WriteTx, user_id: UUID, now: datetime) -> UUID:
    latest = await store.lock_latest_list(tx, user_id)
    if latest is None:
        await store.insert_list(tx, user_id, FIRST_NAME, now)  # a rival may have made it: then it is found now
        latest = await store.lock_latest_list(tx, user_id)
    if latest is None:
        raise WishlistNotFound()
    return latest
