"""Things sold at a place, and their units."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.catalog import facade, queries
from hospes.modules.catalog.contracts import AMENITIES, KIND_BY_CODE, KINDS
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.catalog.http.paging import page_of
from hospes.modules.catalog.schemas import (
    AmenityOut,
    KindOut,
    ListingOut,
    ListOut,
    MediaOut,
    PropertyOut,
    ResourceIn,
    ResourceOut,
    ResourcePatch,
    UnitOut,
    UnitPatch,
    UnitsIn,
    VocabularyOut,
    as_draft_values,
)
from hospes.modules.catalog.use_cases.add_units import add_units
from hospes.modules.catalog.use_cases.create_resource import create_resource
from hospes.modules.catalog.use_cases.edit_resource import edit_resource
from hospes.modules.catalog.use_cases.edit_unit import edit_unit
from hospes.modules.identity import facade as identity
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.listing import Cursor, Limit, after_of
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

router = APIRouter()


@router.get("/catalog/vocabulary", name="get_catalog_vocabulary")
async def vocabulary() -> VocabularyOut:
    """Every kind of resource and every amenity."""
    return VocabularyOut(
        kinds=[KindOut.model_validate(each) for each in KINDS],
        amenities=[AmenityOut.model_validate(each) for each in AMENITIES],
    )


@router.post("/resources", name="create_resource", status_code=201)
async def create(request: Request, response: Response, body: ResourceIn) -> ResourceOut:
    """Something that can be booked at a place of the caller's, with its units."""
    caller, rt = require_caller(request), runtime(request)
    usual = KIND_BY_CODE[body.kind]
    mode = body.mode or usual.modes[0]
    pooled = usual.pooled if body.pooled is None else body.pooled
    async with rt.db.write() as tx:
        resource = await create_resource(
            tx,
            user_id=caller.user_id,
            property_id=body.property_id,
            draft=body.draft(mode=mode, pooled=pooled),
            unit_names=body.names(),
            now=rt.clock.now(),
        )
    tag(response, resource.version)
    response.headers["Location"] = f"/api/v1/resources/{resource.id}"
    return ResourceOut.model_validate(resource)


@router.get("/resources", name="list_my_resources")
async def list_mine(
    request: Request,
    property_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListOut[ResourceOut]:
    """What the caller's businesses sell, at one place if named."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_my_resources(
            tx, user_id=caller.user_id, property_id=property_id, after=after_of(cursor), limit=limit + 1
        )
    return page_of(found, limit, ResourceOut.model_validate)


@router.get("/resources/{resource_id}", name="get_resource")
async def get(request: Request, response: Response, resource_id: UUID) -> ListingOut:
    """A listing: members and admins see it always, everyone else while it is on sale. The ETag is the resource's."""
    caller = find_caller(request)
    async with runtime(request).db.read() as tx:
        listing = await facade.get_listing(tx, resource_id)
        inside = caller is not None and (
            identity.may_do(caller, identity.Deed.REVIEW_LISTINGS)
            or await queries.is_member(tx, listing.business.id, caller.user_id)
        )
    if not (inside or listing.sellable.live):
        raise ResourceNotFound()
    tag(response, listing.resource.version)
    return ListingOut(
        resource=ResourceOut.model_validate(listing.resource),
        property=PropertyOut.of(listing.property, inside=inside),
        host_name=listing.host_name,
        host_verified=listing.host_verified,
        media=[MediaOut.of(each) for each in listing.media],
        siblings=[ResourceOut.model_validate(each) for each in listing.siblings],
    )


@router.patch("/resources/{resource_id}", name="edit_resource")
async def edit(
    request: Request, response: Response, resource_id: UUID, body: ResourcePatch, if_match: IfMatch = None
) -> ResourceOut:
    """Change a resource. With `If-Match`, only the version that was read."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        resource = await edit_resource(
            tx,
            user_id=caller.user_id,
            resource_id=resource_id,
            changes=as_draft_values(body.model_dump(exclude_none=True)),
            expected=expected_version(if_match),
            now=rt.clock.now(),
        )
    tag(response, resource.version)
    return ResourceOut.model_validate(resource)


@router.get("/resources/{resource_id}/units", name="list_units")
async def list_units(request: Request, resource_id: UUID) -> ListOut[UnitOut]:
    """Every unit of a resource of the caller's, at most 500."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        if await queries.find_my_resource(tx, caller.user_id, resource_id) is None:
            raise ResourceNotFound()
        units = await queries.list_units(tx, resource_id)
    return ListOut(items=[UnitOut.model_validate(unit) for unit in units], next_cursor=None)


@router.post("/resources/{resource_id}/units", name="add_units", status_code=201)
async def add(request: Request, resource_id: UUID, body: UnitsIn) -> ListOut[UnitOut]:
    """New units; a name the resource has already is refused with 409."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        units = await add_units(
            tx, user_id=caller.user_id, resource_id=resource_id, names=tuple(body.names), now=rt.clock.now()
        )
    return ListOut(items=[UnitOut.model_validate(unit) for unit in units], next_cursor=None)


@router.patch("/resources/{resource_id}/units/{unit_id}", name="edit_unit")
async def change_unit(request: Request, resource_id: UUID, unit_id: UUID, body: UnitPatch) -> UnitOut:
    """Rename a unit, or take it out of use and back; one that is needed for what is sold stays (409, `taken`)."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        unit = await edit_unit(
            tx,
            rt.ports.sold_with,
            user_id=caller.user_id,
            resource_id=resource_id,
            unit_id=unit_id,
            name=body.name,
            active=body.active,
            now=rt.clock.now(),
        )
    return UnitOut.model_validate(unit)
