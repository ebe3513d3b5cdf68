"""Places of a business."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import Property, PropertyStatus
from hospes.modules.catalog.errors import PropertyNotFound
from hospes.modules.catalog.http.paging import page_of
from hospes.modules.catalog.schemas import ListOut, PropertyIn, PropertyOut, PropertyPatch, as_draft_values
from hospes.modules.catalog.use_cases.create_property import create_property
from hospes.modules.catalog.use_cases.edit_property import edit_property
from hospes.modules.catalog.use_cases.submit_property import submit_property
from hospes.modules.identity import facade as identity
from hospes.platform.caller import Caller, find_caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.listing import Cursor, Limit, after_of
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

router = APIRouter()


@router.post("/properties", name="create_property", status_code=201)
async def create(request: Request, response: Response, body: PropertyIn) -> PropertyOut:
    """A draft place of the caller's business."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        place = await create_property(
            tx, user_id=caller.user_id, business_id=body.business_id, draft=body.draft(), now=rt.clock.now()
        )
    tag(response, place.version)
    response.headers["Location"] = f"/api/v1/properties/{place.id}"
    return PropertyOut.model_validate(place)


@router.get("/properties", name="list_my_properties")
async def list_mine(
    request: Request,
    status: Annotated[PropertyStatus | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListOut[PropertyOut]:
    """The places of the caller's businesses. (What is on sale is found by `/search`.)"""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_properties(
            tx, user_id=caller.user_id, status=status, after=after_of(cursor), limit=limit + 1
        )
    return page_of(found, limit, PropertyOut.model_validate)


@router.get("/properties/{property_id}", name="get_property")
async def get(request: Request, response: Response, property_id: UUID) -> PropertyOut:
    """A place: its members and admins see it always, everyone else once it is on sale."""
    caller = find_caller(request)
    async with runtime(request).db.read() as tx:
        place, inside = await find_visible(tx, caller, property_id)
    tag(response, place.version)
    return PropertyOut.of(place, inside=inside)


@router.patch("/properties/{property_id}", name="edit_property")
async def edit(
    request: Request, response: Response, property_id: UUID, body: PropertyPatch, if_match: IfMatch = None
) -> PropertyOut:
    """Change a place. With `If-Match`, only the version that was read."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        place = await edit_property(
            tx,
            rt.ports.taken_until,
            user_id=caller.user_id,
            property_id=property_id,
            changes=as_draft_values(body.model_dump(exclude_none=True)),
            expected=expected_version(if_match),
            now=rt.clock.now(),
        )
    tag(response, place.version)
    return PropertyOut.model_validate(place)


@router.post("/properties/{property_id}/submit", name="submit_property")
async def submit(request: Request, response: Response, property_id: UUID) -> PropertyOut:
    """Ask for approval; refused with all that is still missing."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        place = await submit_property(tx, user_id=caller.user_id, property_id=property_id, now=rt.clock.now())
    tag(response, place.version)
    return PropertyOut.model_validate(place)


async def find_visible(tx: ReadTx, caller: Caller | None, property_id: UUID) -> tuple[Property, bool]:
    """The place, and whether the caller sees it from inside; raises `PropertyNotFound`."""
    place = None
    if caller is not None and identity.may_do(caller, identity.Deed.REVIEW_LISTINGS):
        place = await queries.find_property(tx, property_id)
    elif caller is not None:
        place = await queries.find_my_property(tx, caller.user_id, property_id)
    if place is not None:
        return place, True
    place = await queries.find_live_property(tx, property_id)
    if place is None:
        raise PropertyNotFound()
    return place, False
