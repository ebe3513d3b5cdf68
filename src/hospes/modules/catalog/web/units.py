"""The units of a listing: add, rename, take out of use and back."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import queries
from hospes.modules.catalog.errors import DraftInvalid, UnitInUse, UnitNameTaken
from hospes.modules.catalog.use_cases.add_units import add_units
from hospes.modules.catalog.use_cases.edit_unit import edit_unit
from hospes.modules.catalog.web.forms import read_typed
from hospes.modules.catalog.web.listings import find_mine
from hospes.platform.caller import require_caller
from hospes.platform.errors import HospesError
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/listings/{resource_id}/units")


@router.get("")
async def units(request: Request, resource_id: UUID) -> Response:
    """Every unit, and the form for more."""
    return render(request, "catalog/units.html", await _page(request, resource_id, {}))


@router.post("")
async def add(request: Request, resource_id: UUID) -> Response:
    """New units, one name a line."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    names = tuple(line.strip() for line in typed["names"].splitlines() if line.strip())
    try:
        async with rt.db.write() as tx:
            await add_units(tx, user_id=caller.user_id, resource_id=resource_id, names=names, now=rt.clock.now())
    except (DraftInvalid, UnitNameTaken, UnitInUse) as fault:
        page = await _page(request, resource_id, {"names": _reason(fault)}, names=typed["names"])
        return render(request, "catalog/units.html", page, status=422)
    return _back(resource_id, "The units are added.")


@router.post("/{unit_id}")
async def change(request: Request, resource_id: UUID, unit_id: UUID) -> Response:
    """Another name (`name`) or activity (`active` = yes or no)."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    try:
        async with rt.db.write() as tx:
            await edit_unit(
                tx,
                rt.ports.sold_with,
                user_id=caller.user_id,
                resource_id=resource_id,
                unit_id=unit_id,
                name=typed["name"] if "name" in typed.form else None,
                active=typed["active"] == "yes" if "active" in typed.form else None,
                now=rt.clock.now(),
            )
    except (DraftInvalid, UnitNameTaken) as fault:
        page = await _page(request, resource_id, {str(unit_id): _reason(fault)}, renamed={unit_id: typed["name"]})
        return render(request, "catalog/units.html", page, status=422)
    return _back(resource_id, "Saved.")


async def _page(request: Request, resource_id: UUID, errors: dict[str, str], **typed: Any) -> dict[str, Any]:
    async with runtime(request).db.read() as tx:
        resource, place = await find_mine(tx, require_caller(request), resource_id)
        found = await queries.list_units(tx, resource_id)
    page = {"resource": resource, "place": place, "units": found, "errors": errors, "names": "", "renamed": {}}
    return {**page, **typed}


def _reason(fault: HospesError) -> str:
    return next(iter(fault.fields.values()), fault.detail)


def _back(resource_id: UUID, said: str) -> Response:
    response = RedirectResponse(f"/host/listings/{resource_id}/units", 303)
    flash(response, said)
    return response
