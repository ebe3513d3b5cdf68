"""Delete a rate plan."""

from datetime import datetime
from uuid import UUID

from hospes.modules.pricing import queries, store
from hospes.modules.pricing.contracts import RatePlan
from hospes.modules.pricing.errors import PlanInUse, RatePlanNotFound
from hospes.modules.pricing.use_cases.change_rules import begin_change, end_change
from hospes.platform.db import WriteTx


async def delete_plan(tx: WriteTx, resource_id: UUID, plan_id: UUID, *, now: datetime) -> None:
    """Remove it; bookings keep the price they were made at. Raises `RatePlanNotFound`, `PlanInUse` while
    others are derived from it."""
    await begin_change(tx, resource_id, now=now)
    if any(each.parent_id == plan_id for each in await queries.list_plans(tx, resource_id)):
        raise PlanInUse("Delete the plans derived from this one first.")
    if not await store.delete(tx, RatePlan, resource_id, plan_id):
        raise RatePlanNotFound()
    await end_change(tx, resource_id, now=now)
