"""A host's overview, and their business."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import queries
from hospes.modules.catalog.errors import BusinessNotFound, DraftInvalid, VersionChanged
from hospes.modules.catalog.schemas import BusinessIn
from hospes.modules.catalog.states import OWNER_ACTIONS, BusinessAction, business_actions
from hospes.modules.catalog.use_cases.answer_admin import answer_admin
from hospes.modules.catalog.use_cases.edit_business import edit_business
from hospes.modules.catalog.use_cases.move_business import move_business
from hospes.modules.catalog.web.forms import filled, read_typed
from hospes.modules.catalog.web.listings import BUSINESS_TYPES
from hospes.platform.caller import require_caller
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
_MOST = 200


@router.get("/host")
async def overview(request: Request) -> Response:
    """Every listing with its status and what to do next; for a newcomer, the way to the first one."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        business = await queries.find_business_of(tx, caller.user_id)
        found = await queries.list_properties(tx, user_id=caller.user_id, status=None, after=None, limit=_MOST)
        cards = await queries.list_cards(tx, found)
    return render(request, "catalog/overview.html", {"business": business, "cards": cards})


@router.get("/host/business")
async def business(request: Request) -> Response:
    """The business's own words and what may be done with it."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await queries.find_business_of(tx, caller.user_id)
    if found is None:
        return RedirectResponse("/host/listings/new", 303)
    typed = filled({"business": {"name": found.name, "type": found.type, "description": found.description}})
    return render(request, "catalog/business.html", _business_page(found, typed))


@router.post("/host/business")
async def save_business(request: Request) -> Response:
    """Keeps the changes, or shows what is wrong beside the fields."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    said = typed.section("business", BusinessIn)
    async with rt.db.write() as tx:
        found = await queries.find_business_of(tx, caller.user_id)
        if found is None:
            raise BusinessNotFound()
        if said is not None:
            try:
                await edit_business(
                    tx,
                    user_id=caller.user_id,
                    business_id=found.id,
                    changes=said.model_dump(),
                    expected=typed.version("business.version"),
                    now=rt.clock.now(),
                )
            except DraftInvalid as fault:
                typed.blame("business", fault.fields)
            except VersionChanged as fault:
                typed.errors["form"] = fault.detail
    if typed.errors:
        return render(request, "catalog/business.html", _business_page(found, typed), status=422)
    response = RedirectResponse("/host", 303)
    flash(response, "Your business has been saved.")
    return response


@router.post("/host/business/answer")
async def answer(request: Request) -> Response:
    """What an admin has asked for."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    async with rt.db.write() as tx:
        found = await queries.find_business_of(tx, caller.user_id)
        if found is None:
            raise BusinessNotFound()
        try:
            await answer_admin(
                tx, user_id=caller.user_id, business_id=found.id, answer=typed["answer"], now=rt.clock.now()
            )
        except DraftInvalid as fault:
            typed.errors["answer"] = fault.fields["answer"]
            page = _business_page(found, typed)
            return render(request, "catalog/business.html", page, status=422)
    response = RedirectResponse("/host/business", 303)
    flash(response, "Thank you. We look at it again.")
    return response


@router.post("/host/business/{action}")
async def move(request: Request, action: BusinessAction) -> Response:
    """Take everything off sale, or put it back."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        found = await queries.find_business_of(tx, caller.user_id)
        if found is None:
            raise BusinessNotFound()
        await move_business(tx, business_id=found.id, action=action, member_id=caller.user_id, now=rt.clock.now())
    response = RedirectResponse("/host", 303)
    flash(response, _SAID[action])
    return response


_SAID = {
    BusinessAction.DEACTIVATE: "Your listings are off sale. Existing bookings stay.",
    BusinessAction.REACTIVATE: "Your listings are on sale again.",
    BusinessAction.CLOSE: "Your business has been closed.",
}


def _business_page(found: Any, typed: Any) -> dict[str, Any]:
    actions = sorted(business_actions(found.status) & OWNER_ACTIONS - {BusinessAction.ANSWER})
    return {"business": found, "typed": typed, "types": BUSINESS_TYPES, "actions": actions}
