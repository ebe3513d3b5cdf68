"""Create and edit a listing: one form each, working without JavaScript."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import (
    AMENITIES,
    KIND_BY_CODE,
    KINDS,
    Amenity,
    Business,
    BusinessType,
    CancellationPolicy,
    Mode,
    Property,
    PropertyDraft,
    Resource,
    ResourceDraft,
    draft_values,
)
from hospes.modules.catalog.errors import (
    BusinessExists,
    BusinessNotFound,
    DraftInvalid,
    NotReady,
    PropertyNotFound,
    ResourceNotFound,
    VersionChanged,
    ZoneInUse,
)
from hospes.modules.catalog.locking import refuse_without
from hospes.modules.catalog.policies.permissions import Permission
from hospes.modules.catalog.providers import places
from hospes.modules.catalog.schemas import BusinessIn, PropertyIn, ResourceEdit, ResourceIn, as_draft_values
from hospes.modules.catalog.use_cases.create_business import create_business
from hospes.modules.catalog.use_cases.create_property import checked_property, create_property
from hospes.modules.catalog.use_cases.create_resource import create_resource
from hospes.modules.catalog.use_cases.edit_property import edit_property
from hospes.modules.catalog.use_cases.edit_resource import edit_resource
from hospes.modules.catalog.use_cases.submit_property import submit_property
from hospes.modules.catalog.web.forms import Typed, filled, read_typed
from hospes.modules.identity import facade as identity
from hospes.modules.identity.errors import EmailNotVerified
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/host/listings")
BUSINESS_TYPES = [(each, each.replace("_", "-").capitalize()) for each in BusinessType]
CANCELLATION = [
    (CancellationPolicy.FLEXIBLE, "Flexible: all back until a day before, half until check-in"),
    (CancellationPolicy.MODERATE, "Moderate: all back until 5 days before, half until a day before"),
    (CancellationPolicy.STRICT, "Strict: all back until 14 days before, half until 7 days before"),
    (CancellationPolicy.NON_REFUNDABLE, "Non-refundable"),
]
_NOBODY = UUID(int=0)
_FIRST: dict[str, dict[str, Any]] = {
    "business": {"type": BusinessType.HOME},
    "property": {"check_in_from": "15:00", "check_out_until": "11:00", "cancellation_policy": "moderate"},
    "resource": {
        "kind": "HOME",
        "max_guests": 2,
        "bedrooms": 1,
        "beds": 1,
        "bathrooms": 1,
        "units": 1,
        "instant": True,
        "min_nights": 1,
        "max_nights": 90,
        "notice_hours": 0,
        "horizon_days": 365,
    },
}


@router.get("/new")
async def new(request: Request, property_id: UUID | None = None) -> Response:
    """The empty form: business if there is none, place, and the first thing that can be booked there."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        business, place = await _where(tx, caller, property_id)
    return render(request, "catalog/new.html", _new_page(business, place, filled(_FIRST)))


@router.post("/new")
async def create(request: Request, property_id: UUID | None = None) -> Response:
    """Creates all of it in one commit and goes on to the photos, or shows what is wrong beside the fields."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    async with rt.db.read() as tx:
        business, place = await _where(tx, caller, property_id)
    resource = await _create(rt, caller, business, place, typed)
    if resource is None:
        return render(request, "catalog/new.html", _new_page(business, place, typed), status=422)
    response = RedirectResponse(f"/host/listings/{resource.id}/photos", 303)
    flash(response, "Your draft is saved. Now show what it looks like.")
    return response


@router.get("/{resource_id}/edit")
async def edit(request: Request, resource_id: UUID) -> Response:
    """The form as it was last saved."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        resource, place = await find_mine(tx, caller, resource_id)
    typed = filled(
        {
            "property": {**draft_values(place, PropertyDraft), "version": place.version},
            "resource": {**draft_values(resource, ResourceDraft), "version": resource.version},
        }
    )
    return render(request, "catalog/edit.html", _edit_page(resource, place, typed))


@router.post("/{resource_id}/edit")
async def save(request: Request, resource_id: UUID) -> Response:
    """Keeps the changes, or shows what is wrong beside the fields."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    async with rt.db.read() as tx:
        resource, place = await find_mine(tx, caller, resource_id)
    if not await _save(rt, caller, resource, place, typed):
        return render(request, "catalog/edit.html", _edit_page(resource, place, typed), status=422)
    response = RedirectResponse(f"/host/listings/{resource_id}/edit", 303)
    flash(response, "Saved.")
    return response


@router.post("/{resource_id}/submit")
async def submit(request: Request, resource_id: UUID) -> Response:
    """Asks for approval, or says what is still missing."""
    caller, rt = require_caller(request), runtime(request)
    response = RedirectResponse("/host", 303)
    try:
        async with rt.db.write() as tx:
            _, place = await find_mine(tx, caller, resource_id)
            await submit_property(tx, user_id=caller.user_id, property_id=place.id, now=rt.clock.now())
    except EmailNotVerified:
        response = RedirectResponse("/verify?next=/host", 303)
        flash(response, "Confirm your email address first, then submit your place.")
    except NotReady as fault:
        flash(response, "Not yet: " + " ".join(fault.fields.values()))
    else:
        flash(response, f"{place.name} has been submitted. We look at it soon.")
    return response


async def find_mine(tx: ReadTx, caller: Caller, resource_id: UUID) -> tuple[Resource, Property]:
    """A resource the caller may change, with its place; raises `ResourceNotFound`, `NotYourPart`."""
    resource = await queries.find_my_resource(tx, caller.user_id, resource_id)
    if resource is None:
        raise ResourceNotFound()
    place = await queries.find_property(tx, resource.property_id)
    if place is None:
        raise ResourceNotFound()
    await refuse_without(tx, caller.user_id, place.business_id, Permission.LISTINGS)
    return resource, place


async def _where(tx: ReadTx, caller: Caller, property_id: UUID | None) -> tuple[Business | None, Property | None]:
    business = await queries.find_business_of(tx, caller.user_id)
    if business is not None:
        await refuse_without(tx, caller.user_id, business.id, Permission.LISTINGS)
    if property_id is None:
        return business, None
    place = await queries.find_my_property(tx, caller.user_id, property_id)
    if place is None:
        raise PropertyNotFound()
    await refuse_without(tx, caller.user_id, place.business_id, Permission.LISTINGS)
    return business, place


async def _create(
    rt: Runtime, caller: Caller, business: Business | None, place: Property | None, typed: Typed
) -> Resource | None:
    firm = typed.section("business", BusinessIn) if business is None else None
    house = None if place else _property_of(typed)
    info = KIND_BY_CODE.get(typed["resource.kind"])
    mode = Mode(typed["resource.mode"]) if typed["resource.mode"] in set(Mode) else None
    known: dict[str, Any] = {"property_id": _NOBODY, "active": True, "amenities": [], "unit_names": [], "mode": mode}
    thing = typed.section("resource", ResourceIn, **known, pooled=info.pooled if info else False)
    if typed.errors or thing is None or info is None:
        return None
    draft = thing.draft(mode=thing.mode or info.modes[0], pooled=bool(thing.pooled))
    try:
        async with rt.db.write() as tx:
            if firm is not None:
                business = await _register(tx, rt, caller, firm, typed)
            if house is not None and business is not None:
                place = await _add_place(tx, rt, caller, business, house, typed)
            if place is None:
                raise BusinessNotFound()
            resource = await create_resource(
                tx,
                user_id=caller.user_id,
                property_id=place.id,
                draft=draft,
                unit_names=thing.names(),
                now=rt.clock.now(),
            )
            owner = await identity.get_user(tx, caller.user_id)
    except DraftInvalid as fault:
        if not typed.errors:
            typed.blame("resource", fault.fields)
        return None
    except BusinessExists as fault:
        typed.errors["form"] = fault.detail
        return None
    await identity.refresh_sessions(rt, owner)
    return resource


async def _register(tx: WriteTx, rt: Runtime, caller: Caller, said: BusinessIn, typed: Typed) -> Business:
    try:
        return await create_business(tx, owner_id=caller.user_id, **said.model_dump(), now=rt.clock.now())
    except DraftInvalid as fault:
        typed.blame("business", fault.fields)
        raise


async def _add_place(
    tx: WriteTx, rt: Runtime, caller: Caller, business: Business, said: PropertyIn, typed: Typed
) -> Property:
    try:
        return await create_property(
            tx, user_id=caller.user_id, business_id=business.id, draft=said.draft(), now=rt.clock.now()
        )
    except DraftInvalid as fault:
        typed.blame("property", fault.fields)
        raise


async def _save(rt: Runtime, caller: Caller, resource: Resource, place: Property, typed: Typed) -> bool:
    house = _property_of(typed)
    thing = typed.section("resource", ResourceEdit, amenities=list(resource.amenities))
    if house is None or thing is None:
        return False
    now = rt.clock.now()
    try:
        async with rt.db.write() as tx:
            try:
                await edit_property(
                    tx,
                    rt.ports.taken_until,
                    user_id=caller.user_id,
                    property_id=place.id,
                    changes=draft_values(checked_property(house.draft()), PropertyDraft),
                    expected=typed.version("property.version"),
                    now=now,
                )
            except DraftInvalid as fault:
                typed.blame("property", fault.fields)
                raise
            await edit_resource(
                tx,
                user_id=caller.user_id,
                resource_id=resource.id,
                changes=as_draft_values(thing.model_dump()),
                expected=typed.version("resource.version"),
                now=now,
            )
    except DraftInvalid as fault:
        if not typed.errors:
            typed.blame("resource", fault.fields)
    except ZoneInUse as fault:
        typed.blame("property", fault.fields)
    except VersionChanged as fault:
        typed.errors["form"] = f"{fault.detail}. Open the page again to see what is there now."
    return not typed.errors


def _property_of(typed: Typed) -> PropertyIn | None:
    """The place as typed; without coordinates it is put at its city's centre."""
    known: dict[str, Any] = {"business_id": _NOBODY}
    if not typed["property.latitude"] and not typed["property.longitude"] and typed["property.city"]:
        centre = places.city_centre(typed["property.city"], typed["property.country"])
        if centre is None:
            typed.errors["property.latitude"] = "We do not know where this city lies: please give the coordinates."
        else:
            known |= {"latitude": centre[0], "longitude": centre[1]}
    return typed.section("property", PropertyIn, **known)


def _amenity_groups() -> dict[str, list[Amenity]]:
    groups: dict[str, list[Amenity]] = {}
    for each in AMENITIES:
        groups.setdefault(each.group, []).append(each)
    return groups


def _words() -> dict[str, Any]:
    return {
        "kinds": [(info.code, info.label) for info in KINDS],
        "modes": [(Mode.NIGHTLY, "Nights"), (Mode.TIMED, "Hours"), (Mode.DEPARTURE, "Places on a date")],
        "types": BUSINESS_TYPES,
        "policies": CANCELLATION,
        "countries": places.countries(),
        "amenity_groups": _amenity_groups(),
    }


def _new_page(business: Business | None, place: Property | None, typed: Typed) -> dict[str, Any]:
    return {**_words(), "business": business, "place": place, "typed": typed}


def _edit_page(resource: Resource, place: Property, typed: Typed) -> dict[str, Any]:
    kind = KIND_BY_CODE[resource.kind]
    return {**_words(), "resource": resource, "place": place, "typed": typed, "kind": kind}
