"""The form of opening hours: what was typed, as rows, and as a schedule."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import FormData

from hospes.modules.inventory.contracts import Schedule, Window
from hospes.modules.inventory.schemas import ScheduleIn
from hospes.platform.money import read_decimal
from hospes.platform.validation import fields_of

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PLAIN = ("slot_minutes", "step_minutes", "longest_minutes", "before_minutes", "after_minutes", "horizon_days")
LIMITS = ("max_per_day", "max_per_week")
TRAVEL = ("radius_km", "speed_kmh", "latitude", "longitude")
MOST_ROWS = 200


@dataclass(slots=True)
class Row:
    """One line of hours as typed; `unit` is empty for everyone's."""

    day: int
    unit: str
    opens: str = ""
    closes: str = ""
    error: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing has been typed."""
        return not (self.opens or self.closes)


@dataclass(slots=True)
class HoursForm:
    """What was typed, with the faults found so far by field."""

    rows: list[Row]
    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def groups(self, units: Sequence[Any]) -> list[tuple[str, str, list[tuple[str, list[tuple[int, Row]]]]]]:
        """(unit, its name, weekdays with their rows and places): everyone's first, then units with hours of their
        own."""
        own = {row.unit for row in self.rows if row.unit}
        names = [("", "Everyone" if len(units) > 1 else "Opening hours")]
        names += [(str(unit.id), unit.name) for unit in units if str(unit.id) in own]
        placed = list(enumerate(self.rows))
        return [
            (
                unit,
                name,
                [
                    (DAYS[day], [each for each in placed if each[1].unit == unit and each[1].day == day])
                    for day in range(7)
                ],
            )
            for unit, name in names
        ]

    def sort(self) -> None:
        """Rows in the order they are shown."""
        self.rows.sort(key=lambda row: (row.unit, row.day))

    def blame(self, faults: dict[str, str], kept: Sequence[Row] | None = None) -> None:
        """Put faults beside their fields; `windows.N.…` counts the rows that are not blank."""
        rows = [row for row in self.rows if not row.blank] if kept is None else list(kept)
        for name, sentence in faults.items():
            parts = name.split(".")
            if parts[0] == "windows" and len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(rows):
                rows[int(parts[1])].error = rows[int(parts[1])].error or sentence
            else:
                self.errors.setdefault(parts[0] if parts[0] != "home" else "latitude", sentence)


def filled(schedule: Schedule) -> HoursForm:
    """The form as it is stored."""
    rows = [
        Row(each.weekday, str(each.unit_id or ""), f"{each.opens:%H:%M}", f"{each.closes:%H:%M}")
        for each in schedule.windows
    ]
    typed = {name: _text(getattr(schedule, name)) for name in (*PLAIN, *LIMITS, "radius_km", "speed_kmh")}
    typed["notice_hours"] = _text(Decimal(schedule.notice_minutes) / 60)
    typed["travel_mode"] = schedule.travel_mode
    typed["latitude"] = _text(schedule.home.latitude if schedule.home else None)
    typed["longitude"] = _text(schedule.home.longitude if schedule.home else None)
    typed["version"] = str(schedule.version)
    return HoursForm(rows, typed)


def first_hours(resource_id: UUID) -> Schedule:
    """What a host begins with: an hour at a time, from nine to five on weekdays."""
    windows = tuple(Window(day, time(9), time(17)) for day in range(5))
    return Schedule(resource_id=resource_id, slot_minutes=60, step_minutes=60, notice_minutes=120, windows=windows)


def read_hours(said: FormData) -> HoursForm:
    """What a browser has sent."""
    typed = {name: value.strip()[:200] for name, value in said.items() if isinstance(value, str)}
    columns = [
        [value.strip() if isinstance(value, str) else "" for value in said.getlist(f"w_{name}")][:MOST_ROWS]
        for name in ("day", "unit", "opens", "closes")
    ]
    rows = [
        Row(int(day), unit[:40], opens[:8], closes[:8])
        for day, unit, opens, closes in zip(*columns, strict=False)
        if day in "0123456" and len(day) == 1
    ]
    return HoursForm(rows, typed)


def rearrange(form: HoursForm, do: str) -> None:
    """What a button does to the rows: `add:<unit>:<day>`, `remove:<place>`, `copy:<unit>:<day>:<week|all>`, `own` (the
    unit in `own_unit` gets hours of its own), `shared:<unit>` (it follows everyone's again)."""
    step, _, rest = do.partition(":")
    parts = rest.split(":")
    if step == "add" and len(parts) == 2 and _is_day(parts[1]) and len(form.rows) < MOST_ROWS:
        form.rows.append(Row(int(parts[1]), parts[0]))
    elif step == "remove" and rest.isdecimal() and int(rest) < len(form.rows):
        del form.rows[int(rest)]
    elif step == "copy" and len(parts) == 3 and _is_day(parts[1]):
        _copy(form, parts[0], int(parts[1]), range(5) if parts[2] == "week" else range(7))
    elif step == "own" and form.typed.get("own_unit"):
        unit = form.typed["own_unit"]
        if all(row.unit != unit for row in form.rows):
            form.rows += [Row(row.day, unit, row.opens, row.closes) for row in form.rows if not row.unit]
    elif step == "shared" and rest:
        form.rows = [row for row in form.rows if row.unit != rest]
    form.sort()


def _copy(form: HoursForm, unit: str, day: int, days: range) -> None:
    model = [row for row in form.rows if row.unit == unit and row.day == day and not row.blank]
    form.rows = [row for row in form.rows if row.unit != unit or row.day == day or row.day not in days]
    form.rows += [Row(other, unit, row.opens, row.closes) for other in days if other != day for row in model]


def as_schedule(form: HoursForm, resource_id: UUID) -> Schedule | None:
    """The schedule, or None with the faults beside their fields. What fits together is not looked at."""
    kept = [row for row in form.rows if not row.blank]
    said: dict[str, Any] = {name: form.typed[name] for name in (*PLAIN, *LIMITS) if form.typed.get(name)}
    said["travel_mode"] = "travel" if form.typed.get("travel_mode") == "travel" else "local"
    if said["travel_mode"] == "travel":
        said |= {name: form.typed[name] for name in ("radius_km", "speed_kmh") if form.typed.get(name)}
        if form.typed.get("latitude") or form.typed.get("longitude"):
            said["home"] = {name: form.typed.get(name, "") for name in ("latitude", "longitude")}
    notice = read_decimal(form.typed.get("notice_hours", "") or "0")
    if notice is None or not 0 <= notice <= 8760:
        form.errors["notice_hours"] = "A number of hours, from 0 to 8760."
    else:
        said["notice_minutes"] = int(notice * 60)
    said["windows"] = [
        {"weekday": row.day, "opens": row.opens, "closes": row.closes, "unit_id": row.unit or None} for row in kept
    ]
    for row in kept:
        if not (row.opens and row.closes):
            row.error = "Give both times, or take the row away."
    try:
        schedule = ScheduleIn.model_validate(said).schedule(resource_id)
    except ValidationError as fault:
        form.blame(fields_of(fault.errors()), kept)
        return None
    return None if form.errors or any(row.error for row in kept) else schedule


def _is_day(text: str) -> bool:
    return len(text) == 1 and text in "0123456"


def _text(value: float | Decimal | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{float(value):.10g}"
