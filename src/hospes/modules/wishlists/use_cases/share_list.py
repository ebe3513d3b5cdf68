"""A link with which everybody can read a list, until it is taken back."""

import secrets
from datetime import datetime
from uuid import UUID

from hospes.modules.wishlists import store
from hospes.modules.wishlists.contracts import Wishlist
from hospes.modules.wishlists.errors import WishlistNotFound
from hospes.modules.wishlists.use_cases.get_list import get_list
from hospes.platform.db import WriteTx

BYTES = 24
"""192 random bits: a link cannot be guessed."""


async def share_list(tx: WriteTx, *, user_id: UUID, list_id: UUID, now: datetime) -> Wishlist:
    """A new link; the one before, if there was one, leads nowhere from now on. Raises `WishlistNotFound`."""
    if not await store.set_token(tx, user_id, list_id, secrets.token_urlsafe(BYTES), now):
        raise WishlistNotFound()
    return await get_list(tx, user_id=user_id, list_id=list_id)


async def stop_sharing(tx: WriteTx, *, user_id: UUID, list_id: UUID, now: datetime) -> None:
    """The link leads nowhere from now on. Raises `WishlistNotFound`."""
    if not await store.set_token(tx, user_id, list_id, None, now):
        raise WishlistNotFound()
