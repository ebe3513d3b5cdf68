"""Restrictions: what a stay must keep to."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.pricing import facade
from hospes.modules.pricing.http.managing import ensure_mine
from hospes.modules.pricing.schemas import RestrictionIn, RestrictionOut, RestrictionsOut
from hospes.platform.caller import require_caller
from hospes.platform.ids import new_id
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

router = APIRouter()


@router.get("/resources/{resource_id}/restrictions", name="list_restrictions")
async def list_all(request: Request, resource_id: UUID) -> RestrictionsOut:
    """Every restriction of a resource of the caller's, those without dates first."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await ensure_mine(tx, caller, resource_id)
        found = await facade.list_restrictions(tx, resource_id)
    return RestrictionsOut(items=[RestrictionOut.of(each) for each in found])


@router.post("/resources/{resource_id}/restrictions", name="create_restriction", status_code=201)
async def create(request: Request, response: Response, resource_id: UUID, body: RestrictionIn) -> RestrictionOut:
    """A new one."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        restriction = await facade.put_restriction(tx, body.restriction(new_id(), resource_id), now=rt.clock.now())
    tag(response, restriction.version)
    response.headers["Location"] = f"/api/v1/resources/{resource_id}/restrictions/{restriction.id}"
    return RestrictionOut.of(restriction)


@router.get("/resources/{resource_id}/restrictions/{restriction_id}", name="get_restriction")
async def get(request: Request, response: Response, resource_id: UUID, restriction_id: UUID) -> RestrictionOut:
    """One of them, with its ETag."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await ensure_mine(tx, caller, resource_id)
        restriction = await facade.get_restriction(tx, resource_id, restriction_id)
    tag(response, restriction.version)
    return RestrictionOut.of(restriction)


@router.put("/resources/{resource_id}/restrictions/{restriction_id}", name="replace_restriction")
async def replace(
    request: Request,
    response: Response,
    resource_id: UUID,
    restriction_id: UUID,
    body: RestrictionIn,
    if_match: IfMatch = None,
) -> RestrictionOut:
    """All of it at once. With `If-Match`, only the version that was read."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        await facade.get_restriction(tx, resource_id, restriction_id)
        restriction = await facade.put_restriction(
            tx, body.restriction(restriction_id, resource_id), expected=expected_version(if_match), now=rt.clock.now()
        )
    tag(response, restriction.version)
    return RestrictionOut.of(restriction)


@router.delete("/resources/{resource_id}/restrictions/{restriction_id}", name="delete_restriction", status_code=204)
async def delete(request: Request, resource_id: UUID, restriction_id: UUID) -> None:
    """From now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        await facade.delete_restriction(tx, resource_id, restriction_id, now=rt.clock.now())
