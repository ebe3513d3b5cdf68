"""What the index is filled with: SQL across the schemas of catalog, pricing and inventory."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, Row

BATCH = 1_000  # a reload must not keep searches waiting for longer than this takes to read

FROM: LiteralString = (
    " FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
    " JOIN catalog.business AS b ON b.id = p.business_id JOIN pricing.rate AS t ON t.resource_id = r.id"
)
WHERE: LiteralString = " WHERE r.active AND p.status = 'approved' AND b.status = 'ACTIVE'"
LIVE: LiteralString = FROM + WHERE

_LISTINGS: LiteralString = (
    "SELECT r.id, r.property_id, p.latitude, p.longitude, r.kind, r.mode, r.pooled, r.max_guests, r.pets_allowed,"
    " r.instant, p.amenities || r.amenities AS amenities, r.rating_avg, r.rating_count, t.currency, t.base_amount,"
    " r.min_nights, r.max_nights, r.notice_hours, r.horizon_days, p.zone, p.check_in_from,"
    " (SELECT count(*) FROM catalog.unit AS u WHERE u.resource_id = r.id AND u.active) AS units"
)


async def live_listings(tx: ReadTx, only: Sequence[UUID] | None = None) -> AsyncIterator[list[Row]]:
    """Every live listing (or those of `only` that are live), in batches."""
    if only is not None:
        yield await tx.all(_LISTINGS + LIVE + " AND r.id = ANY(%s)", (list(only),))
        return
    last = UUID(int=0)
    while True:
        # ids first: joined in one statement, the planner may choose to sort all listings for every batch
        page = await tx.all(
            "SELECT r.id FROM catalog.resource AS r WHERE r.id > %s ORDER BY r.id LIMIT %s::bigint", (last, BATCH)
        )
        if not page:
            return
        yield await tx.all(_LISTINGS + LIVE + " AND r.id = ANY(%s)", ([row["id"] for row in page],))
        last = page[-1]["id"]


async def full_nights(tx: ReadTx, ids: Sequence[UUID], *, today: date, now: datetime) -> list[Row]:
    """Of counted rooms the nights that are sold out, expired soft claims taken off: resource and spans from `starts` to
    before `ends`, days from today."""
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


async def resources_below(tx: ReadTx, properties_or_businesses: Sequence[UUID]) -> list[UUID]:
    """The resources of these properties and businesses."""
    rows = await tx.all(
        "SELECT r.id FROM catalog.resource AS r WHERE r.property_id = ANY(%(ids)s) UNION"
        " SELECT r.id FROM catalog.property AS p JOIN catalog.resource AS r ON r.property_id = p.id"
        " WHERE p.business_id = ANY(%(ids)s)",
        {"ids": list(properties_or_businesses)},
    )
    return [row["id"] for row in rows]
