"""Put a place back on the lists it was just taken off."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.wishlists.contracts import MOST_IN_NOTE
from hospes.modules.wishlists.errors import WishlistFull, WishlistNotFound
from hospes.modules.wishlists.policies.wording import one_paragraph
from hospes.modules.wishlists.use_cases.save_listing import save_listing
from hospes.platform.db import WriteTx


async def put_back(
    tx: WriteTx, *, user_id: UUID, resource_id: UUID, lists: Sequence[tuple[UUID, str]], now: datetime
) -> list[UUID]:
    """With its notes; where a list is gone, full or somebody else's, it is left out. The lists it is on now: the one
    used last where none of them takes it. Raises `ResourceNotFound` and `WishlistFull`."""
    found: list[UUID] = []
    for list_id, note in sorted(lists):
        said = str(one_paragraph(note))[:MOST_IN_NOTE]
        try:
            await save_listing(
                tx, user_id=user_id, resource_id=resource_id, list_id=list_id, note=said or None, now=now
            )
        except (WishlistNotFound, WishlistFull):
            continue  # on the others; on none of them, on a new one
        found.append(list_id)
    return found or [await save_listing(tx, user_id=user_id, resource_id=resource_id, now=now)]
