"""A restriction: new, changed, deleted."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.pricing import facade
from hospes.modules.pricing.contracts import Restriction
from hospes.modules.pricing.errors import RateInvalid, RateNotFound
from hospes.modules.pricing.web.managing import Managed, back, managed, version_of
from hospes.modules.pricing.web.typed import WEEK, Typed, days_of, plain_values, read_typed
from hospes.platform.caller import require_caller
from hospes.platform.ids import new_id
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/rates/{resource_id}/restrictions")
NUMBERS = ("min_stay", "max_stay", "min_stay_on_arrival", "min_advance_days", "max_advance_days")
FLAGS = ("closed_to_arrival", "closed_to_departure", "stop_sell")
_SAID = {"yes": True, "no": False}


@router.get("/new")
async def new(request: Request, resource_id: UUID) -> Response:
    """An empty form."""
    return await _show(request, resource_id, None, Typed({}))


@router.post("/new")
async def create(request: Request, resource_id: UUID) -> Response:
    """A new restriction."""
    return await _save(request, resource_id, None)


@router.get("/{restriction_id}")
async def edit(request: Request, resource_id: UUID, restriction_id: UUID) -> Response:
    """The restriction as it is."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await managed(tx, caller, resource_id)
        found = await facade.get_restriction(tx, resource_id, restriction_id)
    values = plain_values(found, ("plan_id", "first", "last", "version", *NUMBERS))
    values |= {name: {True: "yes", False: "no", None: ""}[getattr(found, name)] for name in FLAGS}
    return await _show(request, resource_id, restriction_id, Typed(values, days_of(found.weekdays)))


@router.post("/{restriction_id}")
async def change(request: Request, resource_id: UUID, restriction_id: UUID) -> Response:
    """All of it at once."""
    return await _save(request, resource_id, restriction_id)


@router.post("/{restriction_id}/delete")
async def delete(request: Request, resource_id: UUID, restriction_id: UUID) -> Response:
    """From now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await managed(tx, caller, resource_id)
        await facade.delete_restriction(tx, resource_id, restriction_id, now=rt.clock.now())
    return back(resource_id, "The restriction is deleted.")


async def _save(request: Request, resource_id: UUID, restriction_id: UUID | None) -> Response:
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    try:
        async with rt.db.write() as tx:
            mine = await managed(tx, caller, resource_id)
            if restriction_id is not None:
                await facade.get_restriction(tx, resource_id, restriction_id)
            said = _restriction_of(typed, mine, restriction_id or new_id())
            if not typed.errors:
                expected = version_of(typed["version"]) if restriction_id else None
                await facade.put_restriction(tx, said, expected=expected, now=rt.clock.now())
    except RateInvalid as refusal:
        typed.blame(refusal.fields)
    except (RateNotFound, VersionChanged) as refusal:
        typed.errors["form"] = refusal.detail or refusal.title
    if typed.errors:
        return await _show(request, resource_id, restriction_id, typed, 422)
    return back(resource_id, "The restriction is saved.")


async def _show(
    request: Request, resource_id: UUID, restriction_id: UUID | None, typed: Typed, status: int = 200
) -> Response:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        mine = await managed(tx, caller, resource_id)
    context: dict[str, Any] = {
        "sellable": mine.sellable,
        "restriction_id": restriction_id,
        "typed": typed,
        "plans": mine.plan_options(),
        "week": WEEK,
    }
    return render(request, "pricing/host_restriction.html", context, status)


def _restriction_of(typed: Typed, mine: Managed, restriction_id: UUID) -> Restriction:
    numbers: dict[str, Any] = {name: typed.whole(name) for name in NUMBERS}
    flags: dict[str, Any] = {name: _SAID.get(typed[name]) for name in FLAGS}
    return Restriction(
        id=restriction_id,
        resource_id=mine.sellable.resource_id,
        plan_id=typed.one_of("plan_id"),
        first=typed.day("first"),
        last=typed.day("last"),
        weekdays=typed.mask(),
        **numbers,
        **flags,
    )
