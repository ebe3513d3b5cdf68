"""What a result shows, from the schemas of catalog, pricing and inventory."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from hospes.modules.search.queries.listings import FROM, WHERE
from hospes.platform.db import ReadTx

_PICTURE: LiteralString = (
    " LEFT JOIN LATERAL (SELECT storage_key, alt FROM catalog.media AS m WHERE m.property_id = p.id"
    " AND (m.resource_id IS NULL OR m.resource_id = r.id)"
    " ORDER BY (m.resource_id IS NULL), m.position, m.id LIMIT 1) AS m ON true"
)

_CARDS: LiteralString = (
    "SELECT r.id, p.id AS property_id, p.name AS property_name, r.name AS resource_name, p.city,"  # noqa: S608
    " p.country, r.kind, p.latitude, p.longitude, r.rating_avg, r.rating_count, r.instant, r.max_guests, r.bedrooms,"
    " r.mode, t.currency, t.base_amount, m.storage_key, m.alt, p.zone"
    + FROM
    + _PICTURE
    + WHERE
    + " AND r.id = ANY(%(ids)s)"
)


async def cards(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What a result shows, for those that are still live."""
    rows = await tx.all(_CARDS, {"ids": list(ids)})
    return {row["id"]: row for row in rows}


_FREE: LiteralString = (
    " AND EXISTS (SELECT FROM catalog.unit AS u WHERE u.resource_id = r.id AND u.active AND (r.pooled OR NOT EXISTS ("
    "SELECT FROM inventory.claim AS c WHERE c.unit_id = u.id AND c.unit_id IS NOT NULL AND c.released_at IS NULL"
    " AND (c.held_until IS NULL OR c.held_until > %(now)s) AND c.during &&"
    " tstzrange((%(first)s::date + time '12:00') AT TIME ZONE p.zone,"
    " (%(end)s::date + time '12:00') AT TIME ZONE p.zone))))"
    " AND NOT (r.pooled AND EXISTS (SELECT FROM inventory.night_count AS n WHERE n.resource_id = r.id"
    " AND n.night >= %(first)s AND n.night < %(end)s AND n.claimed >= n.capacity + n.overbooking"
    " AND n.claimed - coalesce((SELECT sum(c.quantity) FROM inventory.claim AS c"
    " WHERE c.resource_id = n.resource_id AND c.unit_id IS NULL AND c.released_at IS NULL AND c.held_until <= %(now)s"
    " AND n.night BETWEEN c.first_night AND c.last_night), 0) >= n.capacity + n.overbooking))"
)


async def free_cards(
    tx: ReadTx, ids: Sequence[UUID], arrival: date, departure: date, *, now: datetime
) -> dict[UUID, dict[str, Any]]:
    """The same for those that have one place free for all nights [arrival, departure)."""
    values = {"ids": list(ids), "first": arrival, "end": departure, "now": now}
    rows = await tx.all(_CARDS + _FREE, values)
    return {row["id"]: row for row in rows}
