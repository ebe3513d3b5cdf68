"""Who sleeps in which room: the plan, a better one with before and after, moves by hand, rooms out of service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Unit
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.policies.room_plans import RoomPlan
from hospes.modules.inventory.queries.room_plans import Outage, RoomStay, list_outages
from hospes.modules.inventory.use_cases.assign_room import assign_room
from hospes.modules.inventory.use_cases.close_room import close_room, open_room
from hospes.modules.inventory.use_cases.plan_rooms import Task, apply_plan, get_countable, plan_rooms, task_of
from hospes.modules.inventory.web.local import read_day, today_at
from hospes.platform.caller import require_caller
from hospes.platform.errors import Conflict, Invalid, NotFound
from hospes.platform.ids import as_id
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/rooms")
DAYS = 21
STEP = timedelta(days=14)
_WORDS = {
    ClaimKind.BOOKING: "Guest",
    ClaimKind.HOLD: "Being booked",
    ClaimKind.BLOCK: "Off sale",
    ClaimKind.EXTERNAL: "Other calendar",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A stay or an outage in a room's row, clipped to what is shown."""

    kind: str
    at: int
    span: int
    label: str
    detail: str
    href: str
    begins: bool
    ends: bool


@dataclass(slots=True)
class Form:
    """What was typed when taking a room out of service, with the faults."""

    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@router.get("")
async def overview(request: Request) -> Response:
    """Every room type whose rooms are given later."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        cards = []
        for each in await catalog.resources_of_business(tx, business.id):
            if each.mode is Mode.NIGHTLY and each.pooled and each.capacity:
                today = today_at(each.zone, now)
                task = await task_of(tx, each, today, today + timedelta(days=DAYS), now)
                cards.append({"sellable": each, "without": sum(1 for stay in task.told if stay.unit_id is None)})
    return render(request, "inventory/host_rooms.html", {"cards": cards, "days": DAYS})


@router.get("/{resource_id}")
async def rooms(request: Request, resource_id: UUID, start: Annotated[str, Query(alias="from")] = "") -> Response:
    """Rooms × nights."""
    return await _show(request, resource_id, read_day(start), Form())


@router.post("/{resource_id}/plan")
async def plan(request: Request, resource_id: UUID) -> Response:
    """Show a better plan; with `stamp` give the rooms it proposes."""
    caller, rt = require_caller(request), runtime(request)
    typed = await _typed(request)
    first = read_day(typed.get("from", ""))
    if not typed.get("stamp") or first is None:
        return await _show(request, resource_id, first, Form(), propose=True)
    try:
        async with rt.db.write() as tx:
            await apply_plan(
                tx,
                caller,
                resource_id,
                first=first,
                departure=first + timedelta(days=DAYS),
                stamp=typed["stamp"][:64],
                now=rt.clock.now(),
            )
    except Conflict as refusal:
        form = Form(errors={"form": (refusal.detail or refusal.title) + " Here is a new one."})
        return await _show(request, resource_id, first, form, refusal.status, propose=True)
    return _back(resource_id, typed, "Everybody has the room that was proposed.")


@router.post("/{resource_id}/assign")
async def assign(request: Request, resource_id: UUID) -> Response:
    """Give one stay a room, another room, or none; `unit_id` empty is none."""
    caller, rt = require_caller(request), runtime(request)
    typed = await _typed(request)
    key, _, place = typed.get("stay", "").partition(":")
    claim_id, unit_id = as_id(key), as_id(typed.get("unit_id", ""))
    if claim_id is None or not (place.isdecimal() and len(place) < 4):
        form = Form(typed, {"stay": "Choose a stay."})
        return await _show(request, resource_id, read_day(typed.get("from", "")), form, 422)
    said = "The room is given." if unit_id else "This stay has no room now."
    try:
        async with rt.db.write() as tx:
            await assign_room(
                tx, caller, claim_id, unit_id, place=int(place), pinned=unit_id is not None, now=rt.clock.now()
            )
    except (Conflict, Invalid, NotFound) as refusal:
        form = Form(typed, {"stay": refusal.detail or refusal.title})
        return await _show(request, resource_id, read_day(typed.get("from", "")), form, refusal.status)
    return _back(resource_id, typed, said)


@router.post("/{resource_id}/close")
async def close(request: Request, resource_id: UUID) -> Response:
    """Take a room out of service for [first_night, departure)."""
    caller, rt = require_caller(request), runtime(request)
    typed = await _typed(request)
    unit_id, first, last = as_id(typed.get("unit_id", "")), *(read_day(typed.get(n, "")) for n in ("first", "until"))
    errors = {}
    if unit_id is None:
        errors["unit_id"] = "Choose a room."
    if first is None:
        errors["first"] = "Choose a day."
    if last is None:
        errors["until"] = "Choose a day."
    if not typed.get("reason"):
        errors["reason"] = "Say why, such as the shower."
    if unit_id and first and last and not errors:
        try:
            async with rt.db.write() as tx:
                await close_room(
                    tx,
                    caller,
                    resource_id,
                    unit_id=unit_id,
                    first=first,
                    departure=last,
                    reason=typed["reason"][:200],
                    now=rt.clock.now(),
                )
        except (Conflict, Invalid) as refusal:
            names = {"first_night": "first", "departure": "until"}
            errors = {names.get(name, name): said for name, said in refusal.fields.items()}
            errors = errors or {"close": refusal.detail or refusal.title}
    if errors:
        return await _show(request, resource_id, read_day(typed.get("from", "")), Form(typed, errors), 422)
    return _back(resource_id, typed, "The room is out of service. One room less is on sale.")


@router.post("/{resource_id}/open")
async def reopen(request: Request, resource_id: UUID) -> Response:
    """The room is in service again."""
    caller, rt = require_caller(request), runtime(request)
    typed, said = await _typed(request), "The room is in service again."
    outage_id = as_id(typed.get("outage_id", ""))
    try:
        if outage_id is not None:
            async with rt.db.write() as tx:
                await open_room(tx, caller, resource_id, outage_id, now=rt.clock.now())
    except NotFound as refusal:
        said = refusal.detail or refusal.title
    return _back(resource_id, typed, said)


async def _show(
    request: Request, resource_id: UUID, start: date | None, form: Form, status: int = 200, *, propose: bool = False
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:  # not read(): a replica may not have what was just changed
        sellable = await get_countable(tx, caller, resource_id)
        today = today_at(sellable.zone, now)
        first = start or today
        task = await task_of(tx, sellable, first, first + timedelta(days=DAYS), now)
        outages = await list_outages(tx, resource_id, first, first + timedelta(days=DAYS))
        units = [each for each in (await catalog.units_of(tx, [resource_id]))[resource_id] if each.active]
        bookings = {each.claim.owner_id for each in task.told if each.claim.kind is ClaimKind.BOOKING}
        guests = await rt.ports.guest_names(tx, sorted(bookings))
    names = {each.id: each.name for each in units}
    proposal = await plan_rooms(task) if propose else None
    context: dict[str, Any] = {
        "sellable": sellable,
        "first": first,
        "today": today,
        "before": first - STEP,
        "after": first + STEP,
        "days": [first + timedelta(days=at) for at in range(DAYS)],
        "rows": [(unit, _row(unit, task.told, outages, first, guests)) for unit in units],
        "without": [each for each in task.told if each.unit_id is None],
        "stays": [(f"{each.claim.id}:{each.place}", _stay_words(each, names, guests)) for each in task.told],
        "units": [(each.id, each.name) for each in units],
        "names": names,
        "outages": outages,
        "proposal": proposal,
        "moves": _moves(task, proposal, names, guests) if proposal else [],
        "stamp": task.stamp,
        "form": form,
    }
    return render(request, "inventory/host_room_plan.html", context, status)


def _row(
    unit: Unit, stays: Sequence[RoomStay], outages: Sequence[Outage], first: date, guests: Mapping[UUID, str]
) -> dict[int, Bar]:
    """What is in a room, by the column it begins in."""
    bars = {}
    for stay in stays:
        if stay.unit_id == unit.id:
            claim = stay.claim
            label = guests.get(claim.owner_id, _WORDS[claim.kind]) + (", stays here" if stay.pinned else "")
            href = f"/host/bookings/{claim.owner_id}" if claim.kind is ClaimKind.BOOKING else ""
            bar = _bar(str(claim.kind), label, claim.first_night, claim.departure, first, href)
            bars[bar.at] = bar
    for outage in outages:
        if outage.unit_id == unit.id:
            bar = _bar("block", outage.reason, outage.first_night, outage.departure, first, "")
            bars[bar.at] = bar
    return bars


def _bar(kind: str, label: str, first_night: date, departure: date, first: date, href: str) -> Bar:
    begin, end = max(0, (first_night - first).days), min(DAYS, (departure - first).days)
    detail = f"{first_night:%-d %b} to {departure:%-d %b}"
    ends = (departure - first).days <= DAYS
    return Bar(kind, begin, max(1, end - begin), label, detail, href, first_night >= first, ends)


def _stay_words(stay: RoomStay, names: dict[UUID, str], guests: Mapping[UUID, str]) -> str:
    claim = stay.claim
    room = names.get(stay.unit_id, "a room out of use") if stay.unit_id else "no room yet"
    who = guests.get(claim.owner_id, _WORDS[claim.kind])
    return f"{who}, {claim.first_night:%-d %b} to {claim.departure:%-d %b} ({room})"


def _moves(task: Task, proposal: RoomPlan, names: dict[UUID, str], guests: Mapping[UUID, str]) -> list[dict[str, str]]:
    """Who would move, in words."""
    told = {each.key: each for each in task.told}
    return [
        {
            "who": _stay_words(told[key], names, guests),
            "to": names.get(proposal.rooms[key], "another room"),
        }
        for key in proposal.moved
    ]


async def _typed(request: Request) -> dict[str, str]:
    return {name: value.strip()[:200] for name, value in (await request.form()).items() if isinstance(value, str)}


def _back(resource_id: UUID, typed: dict[str, str], said: str) -> Response:
    start = read_day(typed.get("from", ""))
    response = RedirectResponse(f"/host/rooms/{resource_id}" + (f"?from={start}" if start else ""), 303)
    flash(response, said)
    return response
