"""The admins' queue: which places and businesses may sell."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import BusinessStatus, PropertyStatus
from hospes.modules.catalog.http.paging import page_of
from hospes.modules.catalog.schemas import BusinessOut, ListOut, PropertyOut, ReviewIn
from hospes.modules.catalog.states import BusinessAction, PropertyAction
from hospes.modules.catalog.use_cases.approve_together import approve_together
from hospes.modules.catalog.use_cases.move_business import move_business
from hospes.modules.catalog.use_cases.review_property import review_property
from hospes.modules.identity import facade as identity
from hospes.platform.caller import require_caller
from hospes.platform.listing import Cursor, Limit, after_of
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

router = APIRouter(prefix="/admin", tags=["admin"])


class PropertyReview(StrEnum):
    """What an admin may decide about a place."""

    APPROVE = "approve"
    REJECT = "reject"
    SUSPEND = "suspend"


class BusinessReview(StrEnum):
    """What an admin may decide about a business."""

    ACTIVATE = "activate"
    ASK = "ask"
    SUSPEND = "suspend"


@router.get("/properties", name="list_properties_for_review")
async def list_properties(
    request: Request,
    status: Annotated[PropertyStatus | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListOut[PropertyOut]:
    """Every place, of one status if named: `?status=submitted` is the queue."""
    identity.require_deed(require_caller(request), identity.Deed.REVIEW_LISTINGS)
    async with runtime(request).db.read() as tx:
        found = await queries.list_properties(tx, user_id=None, status=status, after=after_of(cursor), limit=limit + 1)
    return page_of(found, limit, PropertyOut.model_validate)


@router.get("/businesses", name="list_businesses_for_review")
async def list_businesses(
    request: Request,
    status: Annotated[BusinessStatus | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListOut[BusinessOut]:
    """Every business, of one status if named: `?status=PENDING` waits for verification."""
    identity.require_deed(require_caller(request), identity.Deed.REVIEW_LISTINGS)
    async with runtime(request).db.read() as tx:
        found = await queries.list_businesses(tx, user_id=None, status=status, after=after_of(cursor), limit=limit + 1)
    return page_of(found, limit, BusinessOut.model_validate)


@router.post("/properties/{property_id}/approve-with-business", name="approve_property_with_business")
async def approve_both(
    request: Request, response: Response, property_id: UUID, body: ReviewIn | None = None
) -> PropertyOut:
    """Approve a new host's place and verify its business in one step: both or neither."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.REVIEW_LISTINGS)
    note = body.note if body else ""
    async with rt.db.write() as tx:
        place = await approve_together(
            tx, property_id=property_id, admin_id=caller.user_id, note=note, now=rt.clock.now()
        )
    tag(response, place.version)
    return PropertyOut.model_validate(place)


@router.post("/properties/{property_id}/{action}", name="review_property")
async def review(
    request: Request, response: Response, property_id: UUID, action: PropertyReview, body: ReviewIn | None = None
) -> PropertyOut:
    """Approve, reject or suspend a place; the last two need a note for the host."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.REVIEW_LISTINGS)
    async with rt.db.write() as tx:
        place = await review_property(
            tx,
            property_id=property_id,
            action=PropertyAction(action),
            admin_id=caller.user_id,
            note=body.note if body else "",
            now=rt.clock.now(),
        )
    tag(response, place.version)
    return PropertyOut.model_validate(place)


@router.post("/businesses/{business_id}/{action}", name="review_business")
async def verify(
    request: Request,
    response: Response,
    business_id: UUID,
    action: BusinessReview,
    body: ReviewIn | None = None,
    if_match: IfMatch = None,
) -> BusinessOut:
    """Verify a business so that it may sell, ask it for more, or suspend it; the last two need a note. With `If-Match`
    only what was read is decided about."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.REVIEW_LISTINGS)
    async with rt.db.write() as tx:
        business = await move_business(
            tx,
            business_id=business_id,
            action=BusinessAction(action),
            member_id=None,
            admin_id=caller.user_id,
            note=body.note if body else "",
            expected=expected_version(if_match),
            now=rt.clock.now(),
        )
    tag(response, business.version)
    return BusinessOut.model_validate(business)
