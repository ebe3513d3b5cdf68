"""What a result shows of a listing, from the schema of catalog."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from hospes.modules.search.faces import Face
from hospes.platform.db import ReadTx

_FACES: LiteralString = (
    "SELECT r.id, p.name AS title, r.name AS subtitle, p.city, p.country, m.storage_key AS picture, m.alt, r.bedrooms,"
    " r.rating_avg, r.rating_count FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
    " LEFT JOIN LATERAL (SELECT storage_key, alt FROM catalog.media AS m WHERE m.property_id = p.id"
    " AND (m.resource_id IS NULL OR m.resource_id = r.id)"
    " ORDER BY (m.resource_id IS NULL), m.position, m.id LIMIT 1) AS m ON true WHERE r.id = ANY(%s)"
)


async def faces_of(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The faces of these listings, packed."""
    return {
        row["id"]: Face(
            title=row["title"],
            subtitle=row["subtitle"],
            city=row["city"],
            country=row["country"],
            picture=row["picture"],
            picture_alt=row["alt"] or "",
            bedrooms=row["bedrooms"],
            rating=float(row["rating_avg"]) if row["rating_avg"] is not None else None,
            rating_count=row["rating_count"],
        ).packed()
        for row in await tx.all(_FACES, (list(ids),))
    }
