"""A host's editor of opening hours, with a preview of what it offers. Every button works without JavaScript."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable, Unit
from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import Schedule, Slot
from hospes.modules.inventory.errors import ScheduleInvalid
from hospes.modules.inventory.policies.opening_rules import check_schedule
from hospes.modules.inventory.providers.travel_time import GREAT_CIRCLE
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.modules.inventory.use_cases.preview_slots import preview_slots
from hospes.modules.inventory.use_cases.put_schedule import put_schedule
from hospes.modules.inventory.web.hours_form import (
    DAYS,
    HoursForm,
    as_schedule,
    filled,
    first_hours,
    read_hours,
    rearrange,
)
from hospes.modules.inventory.web.local import today_at
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/schedule/{resource_id}")
AHEAD = 21
PREVIEW_DAYS = 5


@router.get("")
async def edit(request: Request, resource_id: UUID) -> Response:
    """The hours as they are stored, or a first proposal."""
    return await show(request, resource_id)


@router.post("")
async def save(request: Request, resource_id: UUID) -> Response:
    """Store the hours; a button that only rearranges rows (`do`) shows the form again and stores nothing."""
    caller, rt = require_caller(request), runtime(request)
    form = read_hours(await request.form())
    do = form.typed.get("do", "")
    if do:
        rearrange(form, do)
        return await show(request, resource_id, form)
    async with rt.db.write() as tx:
        await get_managed(tx, caller, resource_id, Mode.TIMED)
        schedule = as_schedule(form, resource_id)
        if schedule is not None:
            version = form.typed.get("version", "")
            expected = int(version) if version.isdecimal() and len(version) < 9 else None
            try:
                await put_schedule(tx, caller, schedule, expected=expected, now=rt.clock.now())
            except ScheduleInvalid as refusal:
                form.blame(dict(refusal.fields))
                schedule = None
            except VersionChanged as refusal:
                form.errors["form"] = refusal.detail
                schedule = None
    if schedule is None:
        return await show(request, resource_id, form, 422)
    response = RedirectResponse(f"/host/schedule/{resource_id}", 303)
    flash(response, "Your hours are saved.")
    return response


@router.post("/preview")
async def preview(request: Request, resource_id: UUID) -> Response:
    """The next slots these hours would offer, with faults put beside their fields; for the editor while one types."""
    form = read_hours(await request.form())
    return await show(request, resource_id, form, part=True)


async def show(
    request: Request,
    resource_id: UUID,
    form: HoursForm | None = None,
    status: int = 200,
    *,
    part: bool = False,
    days_typed: dict[str, str] | None = None,
    days_errors: dict[str, str] | None = None,
) -> Response:
    """The editor; `part` is its preview alone."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await get_managed(tx, caller, resource_id, Mode.TIMED)
        stored = await facade.schedule_of(tx, resource_id)
        units = [each for each in (await catalog.units_of(tx, [resource_id]))[resource_id] if each.active]
        form = form or filled(stored or first_hours(resource_id))
        offered = await _offered(tx, form, stored, sellable, now, blame=part or form.typed.get("do", "") == "check")
    today = today_at(sellable.zone, now)
    context: dict[str, Any] = {
        "sellable": sellable,
        "stored": stored,
        "units": units,
        "form": form,
        "groups": form.groups(units),
        "days": DAYS,
        "others": [each for each in units if str(each.id) not in {row.unit for row in form.rows}],
        "offered": offered,
        "unit_options": [(each.id, each.name) for each in units],
        "special": _special(stored, units, today),
        "today": today,
        "days_typed": days_typed or {},
        "days_errors": days_errors or {},
    }
    name = "inventory/_preview.html" if part else "inventory/host_schedule.html"
    return render(request, name, {**context, "part": part}, status)


async def _offered(
    tx: ReadTx, form: HoursForm, stored: Schedule | None, sellable: Sellable, now: datetime, *, blame: bool
) -> list[tuple[date, list[Slot]]] | None:
    """The next days with slots; None when the hours cannot be right as typed."""
    looked_at = form if blame else HoursForm([replace(row) for row in form.rows], form.typed)
    schedule = as_schedule(looked_at, sellable.resource_id)
    if schedule is None:
        return None
    try:
        check_schedule(schedule, sellable.unit_ids)
    except ScheduleInvalid as refusal:
        looked_at.blame(dict(refusal.fields))
        return None
    today = today_at(sellable.zone, now)
    found = await preview_slots(
        tx,
        GREAT_CIRCLE,
        replace(schedule, exceptions=stored.exceptions if stored else ()),
        zone=sellable.zone,
        unit_ids=sellable.unit_ids,
        first=today,
        last=today + timedelta(days=AHEAD),
        now=now,
    )
    return list(found.items())[:PREVIEW_DAYS]


def _special(stored: Schedule | None, units: list[Unit], today: date) -> list[dict[str, Any]]:
    """Special days from today on, as the list shows them."""
    names = {each.id: each.name for each in units}
    return [
        {
            "day": each.day,
            "hours": ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in each.hours) or "Closed",
            "who": names.get(each.unit_id, "A unit out of use") if each.unit_id else "",
            "unit_id": each.unit_id,
            "note": each.note,
        }
        for each in (stored.exceptions if stored else ())
        if each.day >= today
    ]
