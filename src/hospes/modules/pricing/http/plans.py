"""Rate plans: ways to buy the same place."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.pricing import facade
from hospes.modules.pricing.http.managing import ensure_mine
from hospes.modules.pricing.schemas import RatePlanIn, RatePlanOut, RatePlansOut
from hospes.platform.caller import require_caller
from hospes.platform.ids import new_id
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

router = APIRouter()


@router.get("/resources/{resource_id}/rate-plans", name="list_rate_plans")
async def list_all(request: Request, resource_id: UUID) -> RatePlansOut:
    """Every rate plan of a resource of the caller's, in its order."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await ensure_mine(tx, caller, resource_id)
        found = await facade.list_plans(tx, resource_id)
    return RatePlansOut(items=[RatePlanOut.of(each) for each in found])


@router.post("/resources/{resource_id}/rate-plans", name="create_rate_plan", status_code=201)
async def create(request: Request, response: Response, resource_id: UUID, body: RatePlanIn) -> RatePlanOut:
    """A new one."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        plan = await facade.put_plan(tx, body.plan(new_id(), resource_id), now=rt.clock.now())
    tag(response, plan.version)
    response.headers["Location"] = f"/api/v1/resources/{resource_id}/rate-plans/{plan.id}"
    return RatePlanOut.of(plan)


@router.get("/resources/{resource_id}/rate-plans/{rate_plan_id}", name="get_rate_plan")
async def get(request: Request, response: Response, resource_id: UUID, rate_plan_id: UUID) -> RatePlanOut:
    """One of them, with its ETag."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await ensure_mine(tx, caller, resource_id)
        plan = await facade.get_plan(tx, resource_id, rate_plan_id)
    tag(response, plan.version)
    return RatePlanOut.of(plan)


@router.put("/resources/{resource_id}/rate-plans/{rate_plan_id}", name="replace_rate_plan")
async def replace(
    request: Request,
    response: Response,
    resource_id: UUID,
    rate_plan_id: UUID,
    body: RatePlanIn,
    if_match: IfMatch = None,
) -> RatePlanOut:
    """All of it at once. With `If-Match`, only the version that was read."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        await facade.get_plan(tx, resource_id, rate_plan_id)
        plan = await facade.put_plan(
            tx, body.plan(rate_plan_id, resource_id), expected=expected_version(if_match), now=rt.clock.now()
        )
    tag(response, plan.version)
    return RatePlanOut.of(plan)


@router.delete("/resources/{resource_id}/rate-plans/{rate_plan_id}", name="delete_rate_plan", status_code=204)
async def delete(request: Request, resource_id: UUID, rate_plan_id: UUID) -> None:
    """Bookings keep the price they were made at. Its rules and restrictions go along."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        await facade.delete_plan(tx, resource_id, rate_plan_id, now=rt.clock.now())
