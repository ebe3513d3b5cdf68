"""A list of one's own, or by its link."""

from uuid import UUID

from hospes.modules.wishlists import queries
from hospes.modules.wishlists.contracts import Wishlist
from hospes.modules.wishlists.errors import WishlistNotFound
from hospes.platform.db import ReadTx


async def get_list(tx: ReadTx, *, user_id: UUID, list_id: UUID) -> Wishlist:
    """Raises `WishlistNotFound` for what is not there or is somebody else's."""
    found = await queries.find_list(tx, user_id, list_id)
    if found is None:
        raise WishlistNotFound()
    return found


async def get_shared(tx: ReadTx, *, token: str) -> Wishlist:
    """Whoever asks; raises `WishlistNotFound` when there is no such link, or not any more."""
    found = await queries.find_shared(tx, token) if token.isascii() and token.isprintable() else None
    if found is None:
        raise WishlistNotFound("There is no list under this link, or it is not shared any more.")
    return found
