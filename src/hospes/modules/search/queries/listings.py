"""Which listings are live, and whose they are."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx

BATCH = 1_000

FROM: LiteralString = (
    " FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
    " JOIN catalog.business AS b ON b.id = p.business_id JOIN pricing.rate AS t ON t.resource_id = r.id"
)
WHERE: LiteralString = " WHERE r.active AND p.status = 'approved' AND b.status = 'ACTIVE'"
LIVE: LiteralString = FROM + WHERE


async def resources_below(tx: ReadTx, properties_or_businesses: Sequence[UUID]) -> list[UUID]:
    """The resources of these properties and businesses."""
    rows = await tx.all(
        "SELECT r.id FROM catalog.resource AS r WHERE r.property_id = ANY(%(ids)s) UNION"
        " SELECT r.id FROM catalog.property AS p JOIN catalog.resource AS r ON r.property_id = p.id"
        " WHERE p.business_id = ANY(%(ids)s)",
        {"ids": list(properties_or_businesses)},
    )
    return [row["id"] for row in rows]
