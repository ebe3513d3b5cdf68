"""The read model: SQL across the schemas of catalog, pricing and inventory. Nothing is written here."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, Row

BATCH = 1_000  # a reload must not keep searches waiting for longer than this takes to read

_FROM: LiteralString = (
    " FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
    " JOIN catalog.business AS b ON b.id = p.business_id JOIN pricing.rate AS t ON t.resource_id = r.id"
)
_WHERE: LiteralString = " WHERE r.active AND p.status = 'approved' AND b.status = 'ACTIVE'"
_LIVE: LiteralString = _FROM + _WHERE

_LISTINGS: LiteralString = (
    "SELECT r.id, p.latitude, p.longitude, r.kind, r.mode, r.pooled, r.max_guests, r.pets_allowed, r.instant,"
    " p.amenities || r.amenities AS amenities, r.rating_avg, r.rating_count, t.currency, t.base_amount, r.min_nights,"
    " r.max_nights, r.notice_hours, r.horizon_days, p.zone, p.check_in_from,"
    " (SELECT count(*) FROM catalog.unit AS u WHERE u.resource_id = r.id AND u.active) AS units"
)


async def live_listings(tx: ReadTx, only: Sequence[UUID] | None = None) -> AsyncIterator[list[Row]]:
    """Every live listing (or those of `only` that are live), in batches."""
    if only is not None:
        yield await tx.all(_LISTINGS + _LIVE + " AND r.id = ANY(%s)", (list(only),))
        return
    last = UUID(int=0)
    while True:
        # ids first: joined in one statement, the planner may choose to sort all listings for every batch
        page = await tx.all(
            "SELECT r.id FROM catalog.resource AS r WHERE r.id > %s ORDER BY r.id LIMIT %s::bigint", (last, BATCH)
        )
        if not page:
            return
        yield await tx.all(_LISTINGS + _LIVE + " AND r.id = ANY(%s)", ([row["id"] for row in page],))
        last = page[-1]["id"]


async def taken_nights(tx: ReadTx, ids: Sequence[UUID], *, today: date, now: datetime) -> list[Row]:
    """Resource and the nights when every active unit is claimed: spans from `starts` to before `ends`, days from today.

    Soft claims that have expired do not count. Per unit the claims are united, over the units they are intersected.
    """
    return await tx.all(
        "SELECT t.resource_id, array_agg(lower(s)) AS starts, array_agg(upper(s)) AS ends FROM ("
        " SELECT b.resource_id, range_intersect_agg(b.busy) AS busy FROM ("
        "  SELECT c.resource_id, c.unit_id, range_agg(int4range(greatest(c.first_night - %(today)s::date, 0),"
        "   c.last_night - %(today)s::date + 1)) AS busy FROM inventory.claim AS c"
        "  JOIN catalog.unit AS u ON u.id = c.unit_id AND u.active WHERE c.resource_id = ANY(%(ids)s)"
        "  AND c.released_at IS NULL AND c.last_night >= %(today)s"
        "  AND (c.held_until IS NULL OR c.held_until > %(now)s) GROUP BY 1, 2) AS b GROUP BY 1"
        " HAVING count(*) = (SELECT count(*) FROM catalog.unit AS a WHERE a.resource_id = b.resource_id AND a.active)"
        ") AS t CROSS JOIN LATERAL unnest(t.busy) AS s GROUP BY 1",
        {"ids": list(ids), "today": today, "now": now},
    )


async def full_nights(tx: ReadTx, ids: Sequence[UUID], *, today: date, now: datetime) -> list[Row]:
    """The same for counted rooms: the nights that are sold out, expired soft claims taken off."""
    return await tx.all(
        "SELECT n.resource_id, array_agg(n.night - %(today)s::date) AS starts,"
        " array_agg(n.night - %(today)s::date + 1) AS ends"
        " FROM inventory.night_count AS n WHERE n.resource_id = ANY(%(ids)s) AND n.night >= %(today)s"
        " AND n.claimed >= n.capacity + n.overbooking"
        " AND n.claimed - coalesce((SELECT sum(c.quantity) FROM inventory.claim AS c"
        " WHERE c.resource_id = n.resource_id AND c.unit_id IS NULL AND c.released_at IS NULL"
        " AND c.held_until <= %(now)s AND n.night BETWEEN c.first_night AND c.last_night), 0)"
        " >= n.capacity + n.overbooking GROUP BY 1",
        {"ids": list(ids), "today": today, "now": now},
    )


async def own_prices(tx: ReadTx, ids: Sequence[UUID], *, today: date, end: date) -> list[Row]:
    """Resource, the nights of [today, end) with a price of their own (`days` from today) and those `amounts`."""
    return await tx.all(
        "SELECT resource_id, array_agg(day - %(today)s::date) AS days, array_agg(amount) AS amounts"
        " FROM pricing.day_price WHERE resource_id = ANY(%(ids)s) AND day >= %(today)s AND day < %(end)s GROUP BY 1",
        {"ids": list(ids), "today": today, "end": end},
    )


async def resources_of(tx: ReadTx, property_or_business: UUID) -> list[UUID]:
    """The resources of a property or of a business."""
    rows = await tx.all(
        "SELECT r.id FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
        " WHERE p.id = %s OR p.business_id = %s",
        (property_or_business, property_or_business),
    )
    return [row["id"] for row in rows]


_PICTURE: LiteralString = (
    " LEFT JOIN LATERAL (SELECT storage_key, alt FROM catalog.media AS m WHERE m.property_id = p.id"
    " AND (m.resource_id IS NULL OR m.resource_id = r.id)"
    " ORDER BY (m.resource_id IS NULL), m.position, m.id LIMIT 1) AS m ON true"
)

_CARDS: LiteralString = (
    "SELECT r.id, p.id AS property_id, p.name AS property_name, r.name AS resource_name, p.city, p.country, r.kind,"
    " p.latitude, p.longitude, r.rating_avg, r.rating_count, r.instant, r.max_guests, r.bedrooms, r.mode, t.currency,"
    " t.base_amount, m.storage_key, m.alt, p.zone" + _FROM + _PICTURE + _WHERE + " AND r.id = ANY(%(ids)s)"
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


async def popular_cities(tx: ReadTx, *, limit: int = 12) -> list[Row]:
    """Cities with the most live listings: city, country, listings, middle, and some pictures."""
    return await tx.all(
        "SELECT p.city, p.country, count(*) AS listings, avg(p.latitude) AS latitude, avg(p.longitude) AS longitude,"
        " (array_agg(m.storage_key ORDER BY md5(p.id::text)) FILTER (WHERE m.id IS NOT NULL))[1:12] AS pictures"
        " FROM catalog.property AS p"
        " JOIN catalog.business AS b ON b.id = p.business_id"
        " LEFT JOIN catalog.media AS m ON m.property_id = p.id AND m.position = 0"
        " WHERE p.status = 'approved' AND b.status = 'ACTIVE' GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT %s::bigint",
        (limit,),
    )


async def named_like(tx: ReadTx, text: str, *, limit: int = 4) -> list[Row]:
    """Live properties whose name begins with or contains the text."""
    pattern = "%" + text.replace("\\", "").replace("%", "").replace("_", "") + "%"
    return await tx.all(
        "SELECT DISTINCT ON (p.name, p.id) p.name, p.city, p.country, p.latitude, p.longitude, r.id"
        + _LIVE
        + " AND p.name ILIKE %s ORDER BY p.name, p.id LIMIT %s::bigint",
        (pattern, limit),
    )
