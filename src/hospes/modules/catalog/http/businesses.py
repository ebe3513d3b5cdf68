"""Businesses: one per owner."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import BusinessStatus
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.modules.catalog.http.paging import page_of
from hospes.modules.catalog.schemas import BusinessIn, BusinessOut, BusinessPatch, ListOut
from hospes.modules.catalog.states import BusinessAction
from hospes.modules.catalog.use_cases.create_business import create_business
from hospes.modules.catalog.use_cases.edit_business import edit_business
from hospes.modules.catalog.use_cases.move_business import move_business
from hospes.modules.identity import facade as identity
from hospes.platform.caller import require_caller
from hospes.platform.listing import Cursor, Limit, after_of
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

router = APIRouter()


class OwnerAction(StrEnum):
    """What members may do with their business."""

    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    CLOSE = "close"


@router.post("/businesses", name="create_business", status_code=201)
async def create(request: Request, response: Response, body: BusinessIn) -> BusinessOut:
    """Register a business; it waits for verification. The owner becomes a host. A second one is refused with 409."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        business = await create_business(
            tx,
            owner_id=caller.user_id,
            name=body.name,
            type=body.type,
            description=body.description,
            now=rt.clock.now(),
        )
        owner = await identity.get_user(tx, caller.user_id)
    await identity.refresh_sessions(rt, owner)
    tag(response, business.version)
    response.headers["Location"] = f"/api/v1/businesses/{business.id}"
    return BusinessOut.model_validate(business)


@router.get("/businesses", name="list_my_businesses")
async def list_mine(
    request: Request,
    status: Annotated[BusinessStatus | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListOut[BusinessOut]:
    """The businesses the caller is a member of."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_businesses(
            tx, user_id=caller.user_id, status=status, after=after_of(cursor), limit=limit + 1
        )
    return page_of(found, limit, BusinessOut.model_validate)


@router.get("/businesses/{business_id}", name="get_business")
async def get(request: Request, response: Response, business_id: UUID) -> BusinessOut:
    """A business of the caller's."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        if identity.may_do(caller, identity.Deed.REVIEW_LISTINGS):
            business = await queries.find_business(tx, business_id)
        else:
            business = await queries.find_my_business(tx, caller.user_id, business_id)
    if business is None:
        raise BusinessNotFound()
    tag(response, business.version)
    return BusinessOut.model_validate(business)


@router.patch("/businesses/{business_id}", name="edit_business")
async def edit(
    request: Request, response: Response, business_id: UUID, body: BusinessPatch, if_match: IfMatch = None
) -> BusinessOut:
    """Change name, type or description. With `If-Match`, only the version that was read."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        business = await edit_business(
            tx,
            user_id=caller.user_id,
            business_id=business_id,
            changes=body.model_dump(exclude_none=True),
            expected=expected_version(if_match),
            now=rt.clock.now(),
        )
    tag(response, business.version)
    return BusinessOut.model_validate(business)


@router.post("/businesses/{business_id}/{action}", name="move_business")
async def move(request: Request, response: Response, business_id: UUID, action: OwnerAction) -> BusinessOut:
    """Take everything off sale (deactivate), put it back (reactivate), or close the business for good."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        business = await move_business(
            tx,
            business_id=business_id,
            action=BusinessAction(action),
            member_id=caller.user_id,
            now=rt.clock.now(),
        )
    tag(response, business.version)
    return BusinessOut.model_validate(business)
