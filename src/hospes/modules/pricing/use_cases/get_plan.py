"""Find one rate plan of a resource."""

from uuid import UUID

from hospes.modules.pricing import queries
from hospes.modules.pricing.contracts import RatePlan
from hospes.modules.pricing.errors import RatePlanNotFound
from hospes.platform.db import ReadTx


async def get_plan(tx: ReadTx, resource_id: UUID, plan_id: UUID) -> RatePlan:
    """The rate plan; raises `RatePlanNotFound`, also for one of another resource."""
    for each in await queries.list_plans(tx, resource_id):
        if each.id == plan_id:
            return each
    raise RatePlanNotFound()
