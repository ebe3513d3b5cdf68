"""The pictures of listings, as a guest leafs through them."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, Row

_FIRST: LiteralString = """
SELECT r.id, m.storage_key, m.alt FROM catalog.resource AS r
  JOIN catalog.property AS p ON p.id = r.property_id JOIN catalog.business AS b ON b.id = p.business_id
 CROSS JOIN LATERAL (SELECT storage_key, alt, row_number() OVER (ORDER BY (m.resource_id IS NULL), position, m.id) AS at
                       FROM catalog.media AS m
                      WHERE m.property_id = p.id AND (m.resource_id IS NULL OR m.resource_id = r.id)) AS m
 WHERE r.id = ANY(%s) AND m.at <= %s::bigint AND r.active AND p.status = 'approved' AND b.status = 'ACTIVE'
 ORDER BY r.id, m.at
"""


async def first_pictures(tx: ReadTx, ids: Sequence[UUID], *, limit: int) -> list[Row]:
    """Of each of these listings that is on sale the first pictures, its own before those of the property: id,
    storage_key, alt; in the order in which its page shows them."""
    return await tx.all(_FIRST, (list(ids), limit))
