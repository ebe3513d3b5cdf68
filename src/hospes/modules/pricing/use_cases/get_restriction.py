"""Find one restriction of a resource."""

from uuid import UUID

from hospes.modules.pricing import queries
from hospes.modules.pricing.contracts import Restriction
from hospes.modules.pricing.errors import RestrictionNotFound
from hospes.platform.db import ReadTx


async def get_restriction(tx: ReadTx, resource_id: UUID, restriction_id: UUID) -> Restriction:
    """The restriction; raises `RestrictionNotFound`, also for one of another resource."""
    for each in await queries.list_restrictions(tx, resource_id):
        if each.id == restriction_id:
            return each
    raise RestrictionNotFound()
