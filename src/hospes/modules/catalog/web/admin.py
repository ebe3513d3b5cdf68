"""The admins' approvals: places and businesses that wait, with the decision beside them."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import AMENITY_BY_CODE, KIND_BY_CODE, BusinessStatus, BusinessType, PropertyStatus
from hospes.modules.catalog.errors import DraftInvalid, VersionChanged
from hospes.modules.catalog.http.admin import BusinessReview, PropertyReview
from hospes.modules.catalog.review_queue import find_candidates
from hospes.modules.catalog.states import BusinessAction, PropertyAction, business_actions, property_actions
from hospes.modules.catalog.use_cases.approve_together import approve_together
from hospes.modules.catalog.use_cases.move_business import move_business
from hospes.modules.catalog.use_cases.review_property import review_property
from hospes.modules.catalog.web.forms import read_typed
from hospes.modules.identity import facade as identity
from hospes.platform.caller import require_caller
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin")
_SHOWN = 50


@router.get("")
async def approvals(
    request: Request, status: PropertyStatus = PropertyStatus.SUBMITTED, after: UUID | None = None
) -> Response:
    """Places of one status, those that wait for approval unless another is asked for."""
    return render(request, "catalog/admin_properties.html", await _properties_page(request, status, after))


@router.get("/businesses")
async def businesses(
    request: Request,
    status: BusinessStatus = BusinessStatus.PENDING,
    after: UUID | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    type: str = "",
) -> Response:
    """Businesses of one status, the oldest first, those that wait for verification unless another is asked for; by
    name, owner's address and kind."""
    page = await _businesses_page(request, status, after, q.strip(), type)
    return render(request, "catalog/admin_businesses.html", page)


@router.post("/properties/{property_id}/approve-with-business")
async def approve_both(request: Request, property_id: UUID) -> Response:
    """A new host's place and business, approved in one step."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.REVIEW_LISTINGS)
    note = (await read_typed(request))["note"]
    async with rt.db.write() as tx:
        place = await approve_together(
            tx, property_id=property_id, admin_id=caller.user_id, note=note, now=rt.clock.now()
        )
    response = RedirectResponse("/admin", 303)
    flash(response, f"{place.name} is approved now, and its business is verified.")
    return response


@router.post("/properties/{property_id}/{action}")
async def review(request: Request, property_id: UUID, action: PropertyReview) -> Response:
    """The decision on a place; back to the queue, or the fault beside the note."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.REVIEW_LISTINGS)
    note = (await read_typed(request))["note"]
    try:
        async with rt.db.write() as tx:
            place = await review_property(
                tx,
                property_id=property_id,
                action=PropertyAction(action),
                admin_id=caller.user_id,
                note=note,
                now=rt.clock.now(),
            )
    except DraftInvalid as fault:
        async with rt.db.read() as tx:
            seen = await queries.find_property(tx, property_id)
        page = await _properties_page(request, seen.status if seen else PropertyStatus.SUBMITTED, None)
        page |= {"faulty": property_id, "fault": fault.fields["note"], "note": note}
        return render(request, "catalog/admin_properties.html", page, status=422)
    response = RedirectResponse("/admin", 303)
    flash(response, f"{place.name} is {place.status} now.")
    return response


@router.post("/businesses/{business_id}/{action}")
async def verify(request: Request, business_id: UUID, action: BusinessReview) -> Response:
    """The decision on a business; back to where it was taken, or the fault beside the note."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.REVIEW_LISTINGS)
    typed = await read_typed(request)
    try:
        async with rt.db.write() as tx:
            business = await move_business(
                tx,
                business_id=business_id,
                action=BusinessAction(action),
                member_id=None,
                admin_id=caller.user_id,
                note=typed["note"],
                expected=typed.version("version"),
                now=rt.clock.now(),
            )
    except (DraftInvalid, VersionChanged) as fault:
        async with rt.db.read() as tx:
            seen = await queries.find_business(tx, business_id)
        page = await _businesses_page(request, seen.status if seen else BusinessStatus.PENDING, None)
        page |= {"faulty": business_id, "fault": fault.fields.get("note", fault.detail), "note": typed["note"]}
        return render(request, "catalog/admin_businesses.html", page, status=fault.status)
    response = RedirectResponse("/admin" if typed["back"] == "properties" else "/admin/businesses", 303)
    done = "is asked for more" if action is BusinessReview.ASK else f"is {business.status.lower()} now"
    flash(response, f"{business.name} {done}.")
    return response


async def _properties_page(request: Request, status: PropertyStatus, after: UUID | None) -> dict[str, Any]:
    identity.require_deed(require_caller(request), identity.Deed.REVIEW_LISTINGS)
    async with runtime(request).db.read() as tx:
        found = await queries.list_properties(tx, user_id=None, status=status, after=after, limit=_SHOWN + 1)
        cards = await queries.list_cards(tx, found[:_SHOWN])
        media = await queries.list_media_of(tx, [each.id for each in found[:_SHOWN]])
        owners = await identity.users_by_id(tx, [card.business.owner_id for card in cards])
    return {
        "faulty": None,
        "fault": "",
        "note": "",
        "cards": cards,
        "media": media,
        "owners": owners,
        "status": status,
        "statuses": PropertyStatus,
        "actions": sorted(property_actions(status) & {PropertyAction(each) for each in PropertyReview}),
        "next_after": found[_SHOWN - 1].id if len(found) > _SHOWN else None,
        "kinds": KIND_BY_CODE,
        "amenities": AMENITY_BY_CODE,
    }


async def _businesses_page(
    request: Request, status: BusinessStatus, after: UUID | None, said: str = "", kind: str = ""
) -> dict[str, Any]:
    identity.require_deed(require_caller(request), identity.Deed.REVIEW_LISTINGS)
    rt = runtime(request)
    chosen = BusinessType(kind) if kind in set(BusinessType) else None
    async with rt.db.read() as tx:
        found = await find_candidates(rt, tx, status=status, kind=chosen, said=said, after=after, limit=_SHOWN + 1)
    more = (
        {"status": status, "q": said, "type": chosen or "", "after": found[_SHOWN - 1].business.id}
        if len(found) > _SHOWN
        else {}
    )
    return {
        "faulty": None,
        "fault": "",
        "note": "",
        "candidates": found[:_SHOWN],
        "q": said,
        "type": chosen or "",
        "types": [(each.value, each.replace("_", "-").capitalize()) for each in BusinessType],
        "status": status,
        "statuses": [each for each in BusinessStatus if each is not BusinessStatus.DELETED],
        "actions": [each for each in BusinessReview if BusinessAction(each) in business_actions(status)],
        "next_href": f"/admin/businesses?{urlencode(more)}" if more else "",
    }
