"""A host's departures: the list, new ones (also every week), changes, and taking one off sale."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from hospes.modules.catalog.contracts import Mode
from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.inventory import facade, queries
from hospes.modules.inventory.contracts import Departure, DepartureDraft
from hospes.modules.inventory.errors import CapacityBelowSold, DepartureHasGuests, DepartureInvalid
from hospes.modules.inventory.schemas import DepartureIn
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.modules.inventory.use_cases.put_departure import add_departure, cancel_departure, put_departure
from hospes.modules.inventory.web.local import instant_at, read_day, read_time, today_at
from hospes.platform.caller import require_caller
from hospes.platform.money import read_decimal
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime
from hospes.platform.validation import fields_of

router = APIRouter(prefix="/host/departures")
AHEAD = timedelta(days=120)
MOST_WEEKS = 52
NUMBERS = ("capacity", "overbooking", "min_group", "max_group")
_FIRST = {"capacity": "10", "overbooking": "0", "min_group": "1", "cutoff_hours": "2", "start": "09:00", "end": "12:00"}


@dataclass(slots=True)
class Form:
    """What was typed, and the faults by field."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "")


@router.get("")
async def overview(request: Request) -> Response:
    """They are listed with everything that has a schedule."""
    require_caller(request)
    return RedirectResponse("/host/schedule#departures", 303)


@router.get("/{resource_id}")
async def departures(request: Request, resource_id: UUID, start: Annotated[str, Query(alias="from")] = "") -> Response:
    """Four months of them, and the form for more."""
    return await _show(request, resource_id, read_day(start), Form(dict(_FIRST)))


@router.post("/{resource_id}")
async def add(request: Request, resource_id: UUID) -> Response:
    """One, or one a week."""
    caller, rt = require_caller(request), runtime(request)
    form, now = await _read(request), rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await get_managed(tx, caller, resource_id, Mode.DEPARTURE)
    weeks = _weeks(form)
    drafts = [_draft(form, sellable.zone, timedelta(weeks=at)) for at in range(weeks)]
    try:
        if not form.errors:
            async with rt.db.write() as tx:
                for draft in drafts:
                    if draft is not None:
                        await add_departure(tx, caller, resource_id, draft, now=now)
    except DepartureInvalid as refusal:
        _blame(form, dict(refusal.fields))
    if form.errors:
        return await _show(request, resource_id, None, form, 422)
    return _back(
        f"/host/departures/{resource_id}", "It is on sale." if weeks == 1 else f"{weeks} departures are on sale."
    )


@router.get("/{resource_id}/{departure_id}")
async def departure(request: Request, resource_id: UUID, departure_id: UUID) -> Response:
    """One of them, to change."""
    return await _show_one(request, resource_id, departure_id, None)


@router.post("/{resource_id}/{departure_id}")
async def change(request: Request, resource_id: UUID, departure_id: UUID) -> Response:
    """Other times, places or terms; `status` scheduled puts a cancelled one on sale again."""
    caller, rt = require_caller(request), runtime(request)
    form, now = await _read(request), rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await get_managed(tx, caller, resource_id, Mode.DEPARTURE)
    draft = _draft(form, sellable.zone, timedelta())
    try:
        if draft is not None:
            async with rt.db.write() as tx:
                version = form["version"]
                await put_departure(
                    tx,
                    caller,
                    resource_id,
                    departure_id,
                    draft,
                    expected=int(version) if version.isdecimal() and len(version) < 9 else None,
                    now=now,
                )
    except (DepartureInvalid, CapacityBelowSold) as refusal:
        _blame(form, dict(refusal.fields))
    except VersionChanged as refusal:
        form.errors["form"] = refusal.detail
    if form.errors:
        return await _show_one(request, resource_id, departure_id, form, 422)
    return _back(f"/host/departures/{resource_id}/{departure_id}", "Saved.")


@router.post("/{resource_id}/{departure_id}/cancel")
async def cancel(request: Request, resource_id: UUID, departure_id: UUID) -> Response:
    """Take it off sale; with guests on it, it says who has to be told first."""
    caller, rt = require_caller(request), runtime(request)
    try:
        async with rt.db.write() as tx:
            await cancel_departure(tx, caller, resource_id, departure_id, expected=None, now=rt.clock.now())
    except DepartureHasGuests:
        sentence = "Somebody is coming already. Cancel their bookings first; they are listed below."
        return await _show_one(request, resource_id, departure_id, None, 409, {"form": sentence})
    return _back(f"/host/departures/{resource_id}", "It is off sale.")


async def _show(request: Request, resource_id: UUID, start: date | None, form: Form, status: int = 200) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await get_managed(tx, caller, resource_id, Mode.DEPARTURE)
        today = today_at(sellable.zone, now)
        first = start or today
        found = await queries.list_departures(tx, resource_id, first, first + AHEAD, now)
    context: dict[str, Any] = {
        "sellable": sellable,
        "departures": [_line(each, sellable.zone, now) for each in found],
        "first": first,
        "today": today,
        "before": first - AHEAD,
        "after": first + AHEAD,
        "form": form,
    }
    return render(request, "inventory/host_departures.html", context, status)


async def _show_one(
    request: Request,
    resource_id: UUID,
    departure_id: UUID,
    form: Form | None,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await get_managed(tx, caller, resource_id, Mode.DEPARTURE)
        found = await facade.get_departure(tx, resource_id, departure_id, now=now)
        claims = await queries.list_claims_on(tx, departure_id, now)
    form = form or Form(_as_typed(found, sellable.zone), errors or {})
    context = {
        "sellable": sellable,
        "departure": found,
        "line": _line(found, sellable.zone, now),
        "claims": claims,
        "form": form,
        "today": today_at(sellable.zone, now),
    }
    return render(request, "inventory/host_departure.html", context, status)


async def _read(request: Request) -> Form:
    said = await request.form()
    return Form({name: value.strip()[:100] for name, value in said.items() if isinstance(value, str)})


def _weeks(form: Form) -> int:
    text = form["repeat"] or "1"
    if text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= MOST_WEEKS:
        return int(text)
    form.errors["repeat"] = f"From 1 to {MOST_WEEKS} weeks."
    return 1


def _draft(form: Form, zone: str, later: timedelta) -> DepartureDraft | None:
    """As typed, so much later on the wall; None with the faults in the form."""
    day, start, end = read_day(form["day"]), read_time(form["start"]), read_time(form["end"])
    until = read_day(form["end_day"]) if form["end_day"] else day
    for name, value in (("day", day), ("start", start), ("end", end), ("end_day", until)):
        if value is None and not (name == "end_day" and day is None):
            form.errors[name] = "Choose a day." if name.endswith("day") else "Give a time, such as 09:00."
    cutoff = read_decimal(form["cutoff_hours"] or "0")
    if cutoff is None or not 0 <= cutoff <= 8760:
        form.errors["cutoff_hours"] = "A number of hours, from 0 to 8760."
    if form.errors or day is None or start is None or end is None or until is None or cutoff is None:
        return None
    said: dict[str, Any] = {name: form[name] for name in NUMBERS if form[name]}
    said["starts_at"] = instant_at(zone, day + later, start)
    said["ends_at"] = instant_at(zone, until + later, end)
    said["cutoff_minutes"] = int(cutoff * 60)
    said["status"] = "cancelled" if form["status"] == "cancelled" else "scheduled"
    if form["price_amount"]:
        said["price_amount"] = form["price_amount"]
    try:
        return DepartureIn.model_validate(said).draft()
    except ValidationError as fault:
        _blame(form, fields_of(fault.errors()))
        return None


def _blame(form: Form, faults: dict[str, str]) -> None:
    names = {"starts_at": "day", "ends_at": "end", "cutoff_minutes": "cutoff_hours"}
    for name, sentence in faults.items():
        form.errors.setdefault(names.get(name, name), sentence)


def _as_typed(found: Departure, zone: str) -> dict[str, str]:
    info = ZoneInfo(zone)
    starts, ends = found.starts_at.astimezone(info), found.ends_at.astimezone(info)
    typed = {
        name: "" if getattr(found, name) is None else str(getattr(found, name)) for name in (*NUMBERS, "price_amount")
    }
    return {
        **typed,
        "day": starts.date().isoformat(),
        "start": f"{starts:%H:%M}",
        "end_day": ends.date().isoformat() if ends.date() != starts.date() else "",
        "end": f"{ends:%H:%M}",
        "cutoff_hours": f"{found.cutoff_minutes / 60:g}",
        "status": found.status,
        "version": str(found.version),
    }


def _line(each: Departure, zone: str, now: datetime) -> dict[str, Any]:
    """One of them as the list shows it."""
    info = ZoneInfo(zone)
    starts, ends = each.starts_at.astimezone(info), each.ends_at.astimezone(info)
    closes = each.starts_at - timedelta(minutes=each.cutoff_minutes)
    state = (
        "Off sale"
        if each.status == "cancelled"
        else "Closed"
        if closes <= now
        else "Full"
        if not each.available
        else "On sale"
    )
    return {
        "id": each.id,
        "starts": starts,
        "ends": ends,
        "same_day": starts.date() == ends.date(),
        "sold": each.claimed,
        "capacity": each.capacity,
        "full": round(10 * min(1, each.claimed / each.capacity)) if each.capacity else 0,
        "state": state,
        "tone": {"On sale": "good", "Full": "wait"}.get(state, "plain"),
    }


def _back(path: str, said: str) -> Response:
    response = RedirectResponse(path, 303)
    flash(response, said)
    return response
