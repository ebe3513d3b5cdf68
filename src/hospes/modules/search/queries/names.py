"""Cities with listings, and properties by name."""

from hospes.modules.search.queries.listings import LIVE
from hospes.platform.db import ReadTx, Row


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
        + LIVE
        + " AND p.name ILIKE %s ORDER BY p.name, p.id LIMIT %s::bigint",
        (pattern, limit),
    )


async def cities_with_listings(tx: ReadTx) -> list[Row]:
    """City and country as hosts write them, live listings, and their middle."""
    return await tx.all(
        "SELECT p.city, p.country, count(*) AS listings, avg(p.latitude) AS latitude, avg(p.longitude) AS longitude"
        + LIVE
        + " GROUP BY 1, 2"
    )
