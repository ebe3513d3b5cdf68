"""Special days of opening hours: holidays, and days with other hours."""

from datetime import date, time, timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.inventory.contracts import DayException
from hospes.modules.inventory.errors import ExceptionNotFound, ScheduleInvalid, ScheduleNotFound
from hospes.modules.inventory.use_cases.put_exception import delete_exception, put_exception
from hospes.modules.inventory.web.local import read_day, read_time
from hospes.modules.inventory.web.schedules import show
from hospes.platform.caller import require_caller
from hospes.platform.ids import as_id
from hospes.platform.pages import flash
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/schedule/{resource_id}/days")
MOST_DAYS = 62


@router.post("")
async def add(request: Request, resource_id: UUID) -> Response:
    """Close the days [first, last], or open them at other hours."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    errors: dict[str, str] = {}
    days, hours, unit_id = _read(typed, errors)
    if not errors:
        try:
            async with rt.db.write() as tx:
                for day in days:
                    said = DayException(day, hours, unit_id, typed.get("note", "")[:200])
                    await put_exception(tx, caller, resource_id, said, expected=None, now=rt.clock.now())
        except ScheduleInvalid as refusal:
            errors = {"hours" if name.startswith("hours") else name: said for name, said in refusal.fields.items()}
        except ScheduleNotFound as refusal:
            errors = {"form": refusal.detail}
    if errors:
        return await show(request, resource_id, status=422, days_typed=typed, days_errors=errors)
    return _back(resource_id, "Closed then." if not hours else "These days have their own hours.")


@router.post("/delete")
async def delete(request: Request, resource_id: UUID) -> Response:
    """Back to the usual hours on one day."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    day, said = read_day(typed.get("day", "")), "The usual hours hold again."
    if day is None:
        return _back(resource_id, "There are no special hours on this day.")
    try:
        async with rt.db.write() as tx:
            unit_id = as_id(typed.get("unit_id", ""))
            await delete_exception(tx, caller, resource_id, day, unit_id, expected=None, now=rt.clock.now())
    except (ExceptionNotFound, ScheduleNotFound) as refusal:
        said = refusal.detail
    return _back(resource_id, said)


def _read(
    typed: dict[str, str], errors: dict[str, str]
) -> tuple[list[date], tuple[tuple[time, time], ...], UUID | None]:
    first = read_day(typed.get("first", ""))
    last = read_day(typed.get("last", "")) if typed.get("last") else first
    if first is None:
        errors["first"] = "Choose a day."
    if last is None:
        errors["last"] = "Choose a day, or leave it empty."
    days: list[date] = []
    if first is not None and last is not None:
        count = (last - first).days + 1
        if not 1 <= count <= MOST_DAYS:
            errors["last"] = f"From the first day on, at most {MOST_DAYS} days at once."
        days = [first + timedelta(days=at) for at in range(max(0, min(count, MOST_DAYS)))]
    hours = []
    if typed.get("kind") == "hours":
        for name in ("one", "two"):
            opens, closes = read_time(typed.get(f"{name}_opens", "")), read_time(typed.get(f"{name}_closes", ""))
            if opens is not None and closes is not None:
                hours.append((opens, closes))
            elif typed.get(f"{name}_opens") or typed.get(f"{name}_closes"):
                errors["hours"] = "Give both times."
        if not hours:
            errors.setdefault("hours", "Give the hours of these days, or close them.")
    return days, tuple(hours), as_id(typed.get("unit_id", ""))


def _back(resource_id: UUID, said: str) -> Response:
    response = RedirectResponse(f"/host/schedule/{resource_id}#special", 303)
    flash(response, said)
    return response
