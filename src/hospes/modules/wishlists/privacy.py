"""What wishlists knows of a person: their lists, and what is on them with their notes."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.wishlists import store
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Copy, Obstacle, sheet

_LISTS: LiteralString = """
SELECT id, name, share_token IS NOT NULL AS shared, created_at, updated_at
  FROM wishlists.list WHERE user_id = %(user)s ORDER BY id
"""
_ITEMS: LiteralString = """
SELECT l.name AS list, i.resource_id, p.name AS place, r.name AS what, i.note, i.saved_at
  FROM wishlists.item AS i JOIN wishlists.list AS l ON l.id = i.list_id
  JOIN catalog.resource AS r ON r.id = i.resource_id JOIN catalog.property AS p ON p.id = r.property_id
 WHERE i.user_id = %(user)s ORDER BY i.list_id, i.saved_at, i.resource_id
"""


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """Lists, and what is on them."""
    return Copy(
        [
            await sheet(tx, "lists", "Your lists", _LISTS, user_id),
            await sheet(tx, "saved-places", "Places you saved", _ITEMS, user_id),
        ]
    )


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """None."""
    return []


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """All of it goes, and links lead nowhere."""
    await store.delete_all_of(tx, user_id)
    return ()
