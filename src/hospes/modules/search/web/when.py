"""When somebody wants to come, as an address tells it: days, days give or take, a weekend, some nights, or an hour.

`flex` says how `arrival` and `departure` are meant: empty, exactly; `1`, `2`, `3` or `7`, that many days earlier or
later; `weekend`, Friday to Sunday; `nights`, any so many of them; the last two in `month` (2026-08), or between the two
days, or within the next two months. With `hours` a start is looked for: on `day` (or any day of the next seven)
from `since` to `until` for `minutes`.
"""

from calendar import monthrange
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from hospes.modules.search.contracts import Flexible, Hours
from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.policies.asking import MOST_ARRIVALS, check_dates, check_hours

NAMES = ("arrival", "departure", "flex", "month", "nights", "day", "since", "until", "minutes")
DAYS = ("1", "2", "3", "7")
FLEX = (*DAYS, "weekend", "nights", "hours")
FRIDAY = 1 << 4
MOST_NIGHTS = 30
MONTHS = 12
SOON = timedelta(days=MOST_ARRIVALS)
WEEK = timedelta(days=6)
MINUTES = (15, 30, 45, 60, 90, 120, 180, 240, 480)
_FIELDS = {"check_in": "arrival", "check_out": "departure"}
_CALLED = {"arrival": "arrival", "departure": "departure", "day": "day"}
_WORDS = {
    ("arrival", "Please add this date."): "Choose a day of arrival too.",
    ("departure", "Please add this date."): "Choose a day of departure too.",
    ("departure", "Choose a day after check-in."): "Choose a day of departure after the arrival.",
    ("departure", "Choose an earlier day."): "A stay is at most a year: choose an earlier departure.",
    ("arrival", "Choose today or a later day."): "This arrival is over: choose today or a later day.",
}  # the form says arrival and departure where the API says check-in and check-out

Typed = Mapping[str, str]
Faults = MutableMapping[str, str]


@dataclass(frozen=True, slots=True)
class When:
    """Exact dates, or flexible ones, or hours, or nothing."""

    arrival: date | None = None
    departure: date | None = None
    flexible: Flexible | None = None
    hours: Hours | None = None


def read_when(typed: Typed, faults: Faults, today: date) -> When:
    """What was typed; what cannot be is told in `faults` by field, and then counts as not said."""
    flex = typed["flex"]
    if flex == "hours":
        return When(hours=_hours(typed, faults, today))
    if flex in ("weekend", "nights"):
        return When(flexible=_within(typed, faults, today))
    arrival, departure = _dates(typed, faults, today)
    if arrival is None or departure is None:
        if flex in DAYS and not faults:
            faults["arrival"] = "Choose the days around which to look."
        return When()
    if flex not in DAYS:
        return When(arrival, departure)
    around = timedelta(days=min(int(flex), (date.max - departure).days))
    first = max(arrival - around, min(today, arrival))
    return When(flexible=Flexible(((departure - arrival).days,), first, arrival + around))


def months_ahead(today: date) -> list[date]:
    """The first days of the months one may choose."""
    start = today.year * 12 + today.month - 1
    return [date((start + at) // 12, (start + at) % 12 + 1, 1) for at in range(MONTHS)]


def _within(typed: Typed, faults: Faults, today: date) -> Flexible | None:
    """A weekend or some nights; all of the nights lie within the month or the days."""
    count = 2 if typed["flex"] == "weekend" else _nights(typed["nights"], faults)
    span = _span(typed, faults, today)
    if span is None or not count:
        return None
    first, end = span
    last = end - timedelta(days=count)
    if (last - first).days >= MOST_ARRIVALS:
        faults["departure"] = "Choose days at most two months apart."
        return None
    if last < first:
        faults["departure" if not typed["month"] else "month"] = "There are not that many nights in between."
        return None
    return Flexible((count,), first, last, FRIDAY) if typed["flex"] == "weekend" else Flexible((count,), first, last)


def _nights(text: str, faults: Faults) -> int:
    if not text:
        return 7
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:4]) <= MOST_NIGHTS:
        faults["nights"] = f"Between 1 and {MOST_NIGHTS} nights."
        return 0
    return int(text)


def _span(typed: Typed, faults: Faults, today: date) -> tuple[date, date] | None:
    """The first day somebody may come, and the last on which they may leave."""
    if typed["month"]:
        month = next((each for each in months_ahead(today) if each.isoformat()[:7] == typed["month"]), None)
        if month is None:
            faults["month"] = "Choose one of the months."
            return None
        return max(month, today), month + timedelta(days=monthrange(month.year, month.month)[1])
    arrival, departure = _dates(typed, faults, today)
    if arrival and departure:
        return max(arrival, today), departure
    return None if faults else (today, today + SOON)


def _dates(typed: Typed, faults: Faults, today: date) -> tuple[date | None, date | None]:
    days = [_day(typed, name, faults) for name in ("arrival", "departure")]
    if faults.get("arrival") or faults.get("departure"):
        return None, None
    try:
        check_dates(days[0], days[1], today=today)
    except SearchInvalid as refusal:
        named = [(_FIELDS.get(name, name), text) for name, text in refusal.fields.items()]
        faults.update({name: _WORDS.get((name, text), text) for name, text in named})
        return None, None
    return days[0], days[1]


def _day(typed: Typed, name: str, faults: Faults) -> date | None:
    try:
        return date.fromisoformat(typed[name]) if typed[name] else None
    except ValueError:
        faults[name] = f"We cannot read this {_CALLED[name]}. Choose a day, such as 2026-07-14."
        return None


def _hours(typed: Typed, faults: Faults, today: date) -> Hours | None:
    before = len(faults)
    day = _day(typed, "day", faults)
    try:
        check_hours(Hours(day, day) if day else None, today=today)
    except SearchInvalid as refusal:
        faults.update(refusal.fields)
    since, until = _clock(typed, "since", faults), _clock(typed, "until", faults)
    if since and until and until <= since:
        faults["until"] = "Choose a later time than the first one."
    minutes = typed["minutes"]
    if minutes and minutes not in map(str, MINUTES):
        faults["minutes"] = "Choose one of the lengths."
    if len(faults) > before:
        return None
    return Hours(day or today, day or today + WEEK, since or time(), until or None, int(minutes) if minutes else None)


def _clock(typed: Typed, name: str, faults: Faults) -> time | None:
    try:
        return time.fromisoformat(typed[name]).replace(tzinfo=None) if typed[name] else None
    except ValueError:
        faults[name] = "Write a time such as 17:30."
        return None
