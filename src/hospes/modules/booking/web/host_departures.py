"""A host's departures: the list, new ones (also every week), changes, their price, and who comes."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import queries
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web import departure_form, views
from hospes.modules.booking.web.departure_form import FIRST, Form, as_typed, draft_of, line_of
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.identity import facade as users
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.errors import CapacityBelowSold, DepartureInvalid
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/departures")
AHEAD = timedelta(days=120)


@router.get("")
async def overview(request: Request) -> Response:
    """They are listed with everything that has a schedule."""
    require_caller(request)
    return RedirectResponse("/host/schedule#departures", 303)


@router.get("/{resource_id}")
async def departures(request: Request, resource_id: UUID, start: Annotated[str, Query(alias="from")] = "") -> Response:
    """Four months of them, and the form for more."""
    return await _show(request, resource_id, departure_form.day_or_none(start), Form(dict(FIRST)))


@router.post("/{resource_id}")
async def add(request: Request, resource_id: UUID) -> Response:
    """One, or one a week."""
    caller, rt = require_caller(request), runtime(request)
    form, now = await departure_form.read(request), rt.clock.now()
    async with rt.db.read() as tx:
        sellable, rate = await _managed(request, tx, resource_id)
    weeks = form.weeks
    drafts = [draft_of(form, sellable.zone, rate, timedelta(weeks=at)) for at in range(weeks)]
    try:
        if not form.errors:
            async with rt.db.write() as tx:
                for draft in drafts:
                    if draft is not None:
                        await inventory.add_departure(tx, caller, resource_id, draft, now=now)
    except DepartureInvalid as refusal:
        form.blame(dict(refusal.fields))
    if form.errors:
        return await _show(request, resource_id, None, form, 422)
    said = "It is on sale." if weeks == 1 else f"{weeks} departures are on sale."
    return back(f"/host/departures/{resource_id}", said)


@router.get("/{resource_id}/{departure_id}")
async def departure(request: Request, resource_id: UUID, departure_id: UUID) -> Response:
    """One of them, to change."""
    return await _show_one(request, resource_id, departure_id, None)


@router.post("/{resource_id}/{departure_id}")
async def change(request: Request, resource_id: UUID, departure_id: UUID) -> Response:
    """Other times, places, price or terms; `status` scheduled puts a cancelled one on sale again."""
    caller, rt = require_caller(request), runtime(request)
    form, now = await departure_form.read(request), rt.clock.now()
    async with rt.db.read() as tx:
        sellable, rate = await _managed(request, tx, resource_id)
    draft = draft_of(form, sellable.zone, rate)
    try:
        if draft is not None:
            async with rt.db.write() as tx:
                await inventory.put_departure(
                    tx, caller, resource_id, departure_id, draft, expected=form.version, now=now
                )
    except (DepartureInvalid, CapacityBelowSold) as refusal:
        form.blame(dict(refusal.fields))
    except VersionChanged as refusal:
        form.errors["form"] = refusal.detail
    if form.errors:
        return await _show_one(request, resource_id, departure_id, form, 422)
    return back(f"/host/departures/{resource_id}/{departure_id}", "Saved.")


async def _managed(request: Request, tx: ReadTx, resource_id: UUID) -> tuple[Sellable, Rate | None]:
    sellable = await inventory.get_managed(tx, require_caller(request), resource_id, Mode.DEPARTURE)
    return sellable, await pricing.find_rate(tx, resource_id)


async def _show(request: Request, resource_id: UUID, start: date | None, form: Form, status: int = 200) -> Response:
    rt = runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable, rate = await _managed(request, tx, resource_id)
        today = today_in(sellable.zone, now)
        first = start or today
        found = await inventory.departures(tx, resource_id, first, first + AHEAD, now)
    context: dict[str, Any] = {
        "sellable": sellable,
        "rate": rate,
        "departures": [line_of(each, sellable.zone, now, rate) for each in found],
        "first": first,
        "today": today,
        "before": first - AHEAD,
        "after": first + AHEAD,
        "form": form,
    }
    return render(request, "booking/host_departures.html", context, status)


async def _show_one(
    request: Request, resource_id: UUID, departure_id: UUID, form: Form | None, status: int = 200
) -> Response:
    rt = runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable, rate = await _managed(request, tx, resource_id)
        found = await inventory.get_departure(tx, resource_id, departure_id, now=now)
        claims = await inventory.claims_on_departure(tx, departure_id, now=now)
        owners = [each.owner_id for each in claims if each.kind is ClaimKind.BOOKING]
        bookings = {each.id: each for each in await queries.list_bookings(tx, owners)}
        guests = await users.users_by_id(tx, list({each.guest_id for each in bookings.values()}))
    context = {
        "sellable": sellable,
        "rate": rate,
        "departure": found,
        "line": line_of(found, sellable.zone, now, rate),
        "claims": claims,
        "bookings": bookings,
        "guests": guests,
        "gone": found.starts_at <= now,
        "form": form or Form(as_typed(found, sellable.zone, rate)),
        "today": today_in(sellable.zone, now),
        "views": views,
    }
    return render(request, "booking/host_departure.html", context, status)


def back(path: str, said: str) -> Response:
    """To a page that says this."""
    response = RedirectResponse(path, 303)
    flash(response, said)
    return response
