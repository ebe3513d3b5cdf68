"""What is read: a person's lists, what is on one, which of some listings are saved."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.catalog.contracts import thumb_key
from hospes.modules.wishlists.contracts import Saved, SoldBy, Wishlist
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money

SOLD_BY: dict[str, SoldBy] = {"nightly": "night", "timed": "hour", "departure": "person"}
LIST: LiteralString = (
    "l.id, l.user_id, l.name, l.share_token, l.created_at, l.updated_at,"
    " (SELECT count(*) FROM wishlists.item AS c WHERE c.list_id = l.id) AS items"
)
_PICTURE: LiteralString = (
    " LEFT JOIN LATERAL (SELECT m.storage_key, m.alt FROM catalog.media AS m WHERE m.property_id = r.property_id"
    " AND (m.resource_id IS NULL OR m.resource_id = r.id)"
    " ORDER BY (m.resource_id IS NULL), m.position, m.id LIMIT 1) AS m ON true"
)
_ITEMS: LiteralString = f"""
SELECT i.resource_id, i.note, i.saved_at, r.property_id, p.name AS title, r.name AS subtitle, p.city, p.country,
       r.kind, r.mode, r.rating_avg, r.rating_count, t.base_amount, t.currency, m.storage_key, m.alt,
       r.active AND p.status = 'approved' AND b.status = 'ACTIVE' AS on_sale
FROM wishlists.item AS i JOIN catalog.resource AS r ON r.id = i.resource_id
JOIN catalog.property AS p ON p.id = r.property_id JOIN catalog.business AS b ON b.id = p.business_id
LEFT JOIN pricing.rate AS t ON t.resource_id = r.id {_PICTURE}
"""  # noqa: S608 (constants only)
_LISTS: LiteralString = f"SELECT {LIST} FROM wishlists.list AS l WHERE "  # noqa: S608
_COVERED: LiteralString = f"""
SELECT {LIST}, c.storage_key FROM wishlists.list AS l LEFT JOIN LATERAL (
  SELECT m.storage_key FROM wishlists.item AS i JOIN catalog.resource AS r ON r.id = i.resource_id {_PICTURE}
   WHERE i.list_id = l.id AND m.storage_key IS NOT NULL ORDER BY i.saved_at DESC, i.resource_id DESC LIMIT 1) AS c
   ON true
 WHERE l.user_id = %s ORDER BY l.id DESC
"""  # noqa: S608


def as_wishlist(row: Row) -> Wishlist:
    """A row of `LIST`, perhaps with the key of a picture."""
    key = row.pop("storage_key", None)
    return Wishlist(**row, picture=f"/media/{thumb_key(key)}" if key else None)


async def list_lists(tx: ReadTx, user_id: UUID) -> list[Wishlist]:
    """All lists of a person, the newest first, each with the picture of what was saved last."""
    rows = await tx.all(_COVERED, (user_id,))
    return [as_wishlist(row) for row in rows]


async def find_list(tx: ReadTx, user_id: UUID, list_id: UUID) -> Wishlist | None:
    """A list of this person."""
    row = await tx.find(_LISTS + "l.id = %s AND l.user_id = %s", (list_id, user_id))
    return None if row is None else as_wishlist(row)


async def find_shared(tx: ReadTx, token: str) -> Wishlist | None:
    """The list whose link ends in this."""
    row = await tx.find(_LISTS + "l.share_token = %s", (token,))
    return None if row is None else as_wishlist(row)


async def list_items(
    tx: ReadTx, list_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None = None, skip: int = 0
) -> list[Saved]:
    """A page of what is on a list, the newest first, on sale or not: what was saved before that time (and listing), or
    what comes after so many."""
    saved_at, resource_id = before or (None, None)
    rows = await tx.all(
        _ITEMS + " WHERE i.list_id = %s AND (%s::timestamptz IS NULL OR (i.saved_at, i.resource_id) < (%s, %s::uuid))"
        " ORDER BY i.saved_at DESC, i.resource_id DESC LIMIT %s::bigint OFFSET %s::bigint",
        (list_id, saved_at, saved_at, resource_id, limit, skip),
    )
    return [_as_saved(row) for row in rows]


async def find_item(tx: ReadTx, list_id: UUID, resource_id: UUID) -> Saved | None:
    """A place on a list."""
    row = await tx.find(_ITEMS + " WHERE i.list_id = %s AND i.resource_id = %s", (list_id, resource_id))
    return None if row is None else _as_saved(row)


async def list_saved(tx: ReadTx, user_id: UUID, resource_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these listings that are on a list of this person."""
    rows = await tx.all(
        "SELECT DISTINCT resource_id FROM wishlists.item WHERE user_id = %s AND resource_id = ANY(%s)",
        (user_id, list(resource_ids)),
    )
    return frozenset(row["resource_id"] for row in rows)


def _as_saved(row: Row) -> Saved:
    price = None if row["base_amount"] is None else Money(row["base_amount"], row["currency"])
    return Saved(
        resource_id=row["resource_id"],
        property_id=row["property_id"],
        title=row["title"],
        subtitle=row["subtitle"],
        city=row["city"],
        country=row["country"],
        kind=row["kind"],
        picture=f"/media/{thumb_key(row['storage_key'])}" if row["storage_key"] else None,
        picture_alt=row["alt"] or "",
        price=price,
        sold_by=SOLD_BY[row["mode"]],
        rating=float(row["rating_avg"]) if row["rating_avg"] is not None else None,
        rating_count=row["rating_count"],
        on_sale=row["on_sale"],
        note=row["note"],
        saved_at=row["saved_at"],
    )
