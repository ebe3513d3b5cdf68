"""A new list."""

from datetime import datetime
from uuid import UUID

from hospes.modules.wishlists import store
from hospes.modules.wishlists.contracts import MOST_LISTS, Wishlist
from hospes.modules.wishlists.errors import TooManyWishlists, WishlistNameTaken
from hospes.modules.wishlists.use_cases.get_list import get_list
from hospes.platform.db import WriteTx


async def create_list(tx: WriteTx, *, user_id: UUID, name: str, now: datetime) -> Wishlist:
    """An empty one; raises `TooManyWishlists` and `WishlistNameTaken`."""
    if await store.count_lists(tx, user_id) >= MOST_LISTS:
        raise TooManyWishlists(f"There can be {MOST_LISTS} lists. Delete one that you do not need any more.")
    list_id = await store.insert_list(tx, user_id, name, now)
    if list_id is None:
        raise name_taken(name)
    return await get_list(tx, user_id=user_id, list_id=list_id)


def name_taken(name: str) -> WishlistNameTaken:
    """The refusal, beside the field."""
    said = f"You have a list called “{name}”. Choose another name."
    return WishlistNameTaken(said, fields={"name": said})
