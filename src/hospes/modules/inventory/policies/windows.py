"""Opening hours as instants. Hours are read off the wall at the property, spans are real elapsed time.

A time that a clock change skips becomes the first instant after the gap, one that comes twice is the first of the two:
so later on the wall is never earlier in time, and hours that do not overlap on the wall never overlap at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from hospes.modules.inventory.contracts import DayException, Schedule, Span, Window

Wall = tuple[time, time]
_DAY = timedelta(days=1)


@lru_cache(maxsize=32768)
def instant(zone: str, day: date, at: time) -> int:
    """Epoch seconds of a wall-clock time."""
    info = ZoneInfo(zone)
    wall = datetime.combine(day, at.replace(fold=0), info)
    found = int(wall.timestamp())
    if datetime.fromtimestamp(found, info).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None):
        return found
    return _end_of_gap(info, int(wall.replace(fold=1).timestamp()), found)


def local_day(zone: str, at: int) -> date:
    """The date on the wall at an instant."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone there is."""
    return frozenset(available_timezones())


def _end_of_gap(info: ZoneInfo, before: int, after: int) -> int:
    """The instant of the clock change in (before, after]."""
    new = datetime.fromtimestamp(after, info).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, info).utcoffset() == new:
            after = middle
        else:
            before = middle
    return after


@dataclass(frozen=True, slots=True)
class Hours:
    """One unit's hours: by weekday, and of the dates that differ."""

    weekly: Mapping[int, tuple[Wall, ...]]
    special: Mapping[date, tuple[Wall, ...]]

    def on(self, day: date) -> tuple[Wall, ...]:
        """What holds on a date; empty when closed."""
        return self.special[day] if day in self.special else self.weekly.get(day.weekday(), ())


def hours_of(windows: Sequence[Window], exceptions: Sequence[DayException], unit_id: UUID | None) -> Hours:
    """The hours of a unit: its own windows if it has any, else everyone's; its own exceptions before everyone's."""
    own = [each for each in windows if each.unit_id is not None and each.unit_id == unit_id]
    weekly: dict[int, tuple[Wall, ...]] = {}
    for window in own or [each for each in windows if each.unit_id is None]:
        weekly[window.weekday] = (*weekly.get(window.weekday, ()), (window.opens, window.closes))
    special = {each.day: each.hours for each in exceptions if each.unit_id is None}
    special.update(
        {each.day: each.hours for each in exceptions if each.unit_id is not None and each.unit_id == unit_id}
    )
    return Hours(weekly, special)


def spans_between(hours: Hours, zone: str, first: date, last: date) -> list[Span]:
    """When it is open, [start, end) in epoch seconds, for hours that open on a day of [first, last]; sorted.

    Hours whose closing is at or before their opening close on the next day; hours that a clock change swallows are
    left out.
    """
    return sorted(set(_spans(hours, zone, first, last)))


def _spans(hours: Hours, zone: str, first: date, last: date) -> Iterator[Span]:
    day = first
    while day <= last:
        for opens, closes in hours.on(day):
            start = instant(zone, day, opens)
            end = instant(zone, day if closes > opens else day + _DAY, closes)
            if start < end:
                yield start, end
        day += _DAY


def openings(
    schedule: Schedule, zone: str, unit_ids: Sequence[UUID], first: date, last: date
) -> dict[UUID, list[Span]]:
    """Each unit's spans for hours that open on a day of [first, last]; others than everyone's are read apart."""
    own = {each.unit_id for each in schedule.windows} | {each.unit_id for each in schedule.exceptions}
    shared: dict[UUID | None, list[Span]] = {}
    for unit_id in {each if each in own else None for each in unit_ids}:
        hours = hours_of(schedule.windows, schedule.exceptions, unit_id)
        shared[unit_id] = spans_between(hours, zone, first, last)
    return {each: shared[each if each in own else None] for each in unit_ids}
