"""What recommendations know of a person: what they looked at, what was suggested, and whether they want that."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.recommendations import store
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Copy, Obstacle, sheet

_SEEN: LiteralString = """
SELECT s.day, s.resource_id, p.name AS place, r.name AS what, s.times, s.last_at
  FROM recommendations.seen AS s LEFT JOIN catalog.resource AS r ON r.id = s.resource_id
  LEFT JOIN catalog.property AS p ON p.id = r.property_id
 WHERE s.person = %(user)s ORDER BY s.last_at DESC, s.resource_id
"""
_SUGGESTED: LiteralString = """
SELECT p.id AS property_id, p.name AS place, g.made_at FROM recommendations.suggested AS g
  CROSS JOIN LATERAL unnest(g.property_ids) WITH ORDINALITY AS u (id, place) JOIN catalog.property AS p ON p.id = u.id
 WHERE g.person = %(user)s ORDER BY u.place
"""
_CHOICE: LiteralString = "SELECT wanted, cleared_at, changed_at FROM recommendations.choice WHERE person = %(user)s"


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """Views, suggestions, the choice."""
    return Copy(
        [
            await sheet(tx, "looked-at", "What you looked at", _SEEN, user_id),
            await sheet(tx, "suggested", "What we suggest to you", _SUGGESTED, user_id),
            await sheet(tx, "suggestions-wanted", "Whether we keep what you look at", _CHOICE, user_id),
        ]
    )


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """None."""
    return []


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """All of it goes; for a day the time is kept, so that nothing of before then can still arrive."""
    await store.delete_views(tx, user_id)
    await store.delete_suggested(tx, user_id)
    await store.put_choice(tx, user_id, wanted=True, cleared_at=now, now=now)
    return ()
