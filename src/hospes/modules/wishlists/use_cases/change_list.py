"""Rename a list, or delete it."""

from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from hospes.modules.wishlists import events, store
from hospes.modules.wishlists.contracts import Wishlist
from hospes.modules.wishlists.use_cases.create_list import name_taken
from hospes.modules.wishlists.use_cases.get_list import get_list
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def rename_list(tx: WriteTx, *, user_id: UUID, list_id: UUID, name: str, now: datetime) -> Wishlist:
    """Raises `WishlistNotFound` and `WishlistNameTaken`."""
    await get_list(tx, user_id=user_id, list_id=list_id)
    if await store.has_name(tx, user_id, name, besides=list_id):
        raise name_taken(name)
    try:
        async with tx.savepoint():
            await store.rename_list(tx, list_id, name, now)
    except UniqueViolation:  # another list has got the name in this moment
        raise name_taken(name) from None
    return await get_list(tx, user_id=user_id, list_id=list_id)


async def delete_list(tx: WriteTx, *, user_id: UUID, list_id: UUID, now: datetime) -> Wishlist:
    """With all that is on it; the list as it was. Raises `WishlistNotFound`."""
    found = await get_list(tx, user_id=user_id, list_id=list_id)
    items = await store.delete_list(tx, list_id)
    await publish(tx, events.DELETED, list_id, {"user_id": str(user_id), "items": items}, now=now)
    return found
