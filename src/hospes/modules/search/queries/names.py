"""Cities with listings, and properties by name."""

from collections.abc import AsyncIterator, Sequence
from typing import LiteralString
from uuid import UUID

from hospes.modules.search.queries.listings import BATCH, LIVE
from hospes.modules.search.queries.standing import percent_of
from hospes.platform.db import ReadTx, Row


async def popular_cities(tx: ReadTx, *, limit: int = 8) -> list[Row]:
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


async def counted_places(tx: ReadTx) -> list[Row]:
    """Cities and their parts ("" for none) as hosts write them (city, country, neighbourhood), live listings, and their
    middle. Reads every listing."""
    return await tx.all(
        "SELECT p.city, p.country, p.neighbourhood, count(*) AS listings, avg(p.latitude) AS latitude,"
        " avg(p.longitude) AS longitude" + LIVE + " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )


_NAMED: LiteralString = (
    "SELECT p.id, p.name, p.city, p.country, p.latitude, p.longitude, min(r.id::text)::uuid AS resource_id,"
    " sum(r.rating_count) AS ratings" + LIVE + " AND p.id = ANY(%s) GROUP BY p.id ORDER BY p.id"
)


async def live_names(tx: ReadTx, only: Sequence[UUID] | None = None) -> AsyncIterator[list[Row]]:
    """Live properties (those of `only` that are live) with a listing of theirs and how many ratings, in batches, in
    order of their ids."""
    if only is not None:
        for first in range(0, len(only), BATCH):
            yield await tx.all(_NAMED, (sorted(only[first : first + BATCH]),))
        return
    last = UUID(int=0)
    while True:
        page = await tx.all(
            "SELECT p.id FROM catalog.property AS p WHERE p.id > %s AND p.status = 'approved' ORDER BY p.id"
            " LIMIT %s::bigint",
            (last, BATCH),
        )
        if not page:
            return
        yield await tx.all(_NAMED, ([row["id"] for row in page],))
        last = page[-1]["id"]


async def some_properties(tx: ReadTx, count: int, *, of: int) -> list[UUID]:
    """Some properties, live or not, drawn anew at every call; `of`: about how many there are."""
    rows = await tx.all(
        "SELECT id FROM (SELECT id FROM catalog.property TABLESAMPLE SYSTEM (%s)) AS p ORDER BY random()"
        " LIMIT %s::bigint",
        (percent_of(count, of), count),
    )
    return [row["id"] for row in rows]


async def told_since(tx: ReadTx, position: str, *, limit: int) -> list[Row]:
    """What events not committed at that position name (`whole`: a business, else a property), each once, at most
    `limit`."""
    return await tx.all(
        "SELECT DISTINCT type LIKE 'business.%%' AS whole, CASE WHEN type LIKE 'business.%%' THEN aggregate_id"
        " ELSE (data->>'property_id')::uuid END AS id FROM platform.outbox"
        " WHERE xact >= pg_snapshot_xmin(%(position)s::pg_snapshot)"
        " AND NOT pg_visible_in_snapshot(xact, %(position)s::pg_snapshot)"
        " AND (type LIKE 'business.%%' OR (type LIKE ANY('{property.%%,resource.%%}')"
        " AND data->>'property_id' ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'))"
        " LIMIT %(limit)s::bigint",
        {"position": position, "limit": limit},
    )


async def properties_of(tx: ReadTx, businesses: Sequence[UUID]) -> list[UUID]:
    """The properties of these businesses."""
    rows = await tx.all("SELECT id FROM catalog.property WHERE business_id = ANY(%s)", (list(businesses),))
    return [row["id"] for row in rows]
