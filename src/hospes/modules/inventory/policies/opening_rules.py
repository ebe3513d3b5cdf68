"""What a host may say of opening hours. Faults are named beside their field."""

from collections.abc import Collection, Sequence
from datetime import time
from uuid import UUID

from hospes.modules.inventory.contracts import DayException, Schedule, Window
from hospes.modules.inventory.errors import ScheduleInvalid

DAY = 24 * 60
WEEK = 7 * DAY
LONGEST_WAY_HOURS = 12
_OVERLAPS = "This overlaps with other hours."


def check_schedule(schedule: Schedule, unit_ids: Collection[UUID]) -> None:
    """Raises `ScheduleInvalid`; exceptions are not looked at."""
    faults = {**_faults_of_windows(schedule, unit_ids), **_faults_of_travel(schedule)}
    if schedule.longest_minutes is not None and schedule.longest_minutes < schedule.slot_minutes:
        faults["longest_minutes"] = "This must be at least the length of a slot."
    _refuse(faults)


def check_exception(schedule: Schedule, exception: DayException, unit_ids: Collection[UUID]) -> None:
    """Raises `ScheduleInvalid`."""
    faults: dict[str, str] = {}
    if exception.unit_id is not None and exception.unit_id not in unit_ids:
        faults["unit_id"] = "There is no such unit here."
    spans = [(_minute(opens), length(opens, closes)) for opens, closes in exception.hours]
    for place in _overlapping(spans, around=None):
        faults[f"hours.{place}.opens"] = _OVERLAPS
    for place, (_, lasts) in enumerate(spans):
        if lasts < schedule.slot_minutes:
            faults[f"hours.{place}.closes"] = f"A slot of {schedule.slot_minutes} minutes does not fit in."
    _refuse(faults)


def length(opens: time, closes: time) -> int:
    """Minutes on the wall from opening to closing; closing at or before opening is on the next day."""
    lasts = _minute(closes) - _minute(opens)
    return lasts if lasts > 0 else lasts + DAY


def _faults_of_windows(schedule: Schedule, unit_ids: Collection[UUID]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for place, window in enumerate(schedule.windows):
        lasts = length(window.opens, window.closes)
        if window.unit_id is not None and window.unit_id not in unit_ids:
            faults[f"windows.{place}.unit_id"] = "There is no such unit here."
        if lasts < schedule.slot_minutes:
            faults[f"windows.{place}.closes"] = f"A slot of {schedule.slot_minutes} minutes does not fit in."
        if lasts < schedule.step_minutes:
            faults["step_minutes"] = f"This is longer than a window of {lasts} minutes."
    for unit_id in {window.unit_id for window in schedule.windows}:
        places = [place for place, window in enumerate(schedule.windows) if window.unit_id == unit_id]
        for place in _overlapping([_in_week(schedule.windows[each]) for each in places], around=WEEK):
            faults[f"windows.{places[place]}.opens"] = _OVERLAPS
    return faults


def _faults_of_travel(schedule: Schedule) -> dict[str, str]:
    if schedule.travel_mode == "local":
        return {}
    given = {"home": schedule.home, "radius_km": schedule.radius_km, "speed_kmh": schedule.speed_kmh}
    faults = {name: "Please fill this in for somebody who travels." for name, value in given.items() if value is None}
    if (
        schedule.radius_km is not None
        and schedule.speed_kmh is not None
        and 2 * schedule.radius_km / schedule.speed_kmh > LONGEST_WAY_HOURS
    ):
        faults["speed_kmh"] = f"Crossing the area would take more than {LONGEST_WAY_HOURS} hours."
    return faults


def _overlapping(spans: Sequence[tuple[int, int]], *, around: int | None) -> list[int]:
    """The places of spans (start, length) that begin within another; `around`: where the clock starts again."""
    order = sorted(range(len(spans)), key=lambda place: spans[place])
    found = []
    until = -1
    for place in order:
        start, lasts = spans[place]
        if start < until:
            found.append(place)
        until = max(until, start + lasts)
    if around is not None and len(order) > 1 and until - around > spans[order[0]][0] and order[0] not in found:
        found.append(order[0])
    return found


def _in_week(window: Window) -> tuple[int, int]:
    return window.weekday * DAY + _minute(window.opens), length(window.opens, window.closes)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _refuse(faults: dict[str, str]) -> None:
    if faults:
        raise ScheduleInvalid(next(iter(faults.values())), fields=faults)
