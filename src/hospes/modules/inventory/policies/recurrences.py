"""Repeating dates (RFC 5545 §3.3.10) on the wall clock, bounded: no rule, however odd, takes longer than its budget."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, datetime, time, timedelta

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class RuleInvalid(ValueError):
    """A rule that makes no sense, or repeats more often than daily."""


class OverBudget(Exception):
    """Looking further would take too long."""


@dataclass(slots=True)
class Budget:
    """How many days and times may still be looked at."""

    left: int = 1_000_000

    def spend(self, steps: int) -> None:
        """Raises `OverBudget` when nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise OverBudget


@dataclass(frozen=True, slots=True)
class Rule:
    """A parsed RRULE. `by_day` holds (n, weekday): n is 0 for every such day, 2 for the second, -1 for the last."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str | None = None
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_week: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_position: tuple[int, ...] = ()
    times: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]] = field(default=((), (), ()))
    week_start: int = 0


def parse_rule(text: str) -> Rule:
    """The rule as written; raises `RuleInvalid`."""
    parts: dict[str, str] = {}
    for part in text.strip().rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name.upper() in parts:
            raise RuleInvalid(f"The rule {text[:80]!r} cannot be read.")
        parts[name.strip().upper()] = value.strip().upper()
    if parts.get("FREQ") not in FREQUENCIES:
        raise RuleInvalid(f"The rule {text[:80]!r} repeats more often than daily, or not at all.")
    start = parts.get("WKST", "MO")
    if start not in WEEKDAYS:
        raise RuleInvalid(f"There is no weekday {start[:10]!r}.")
    return Rule(
        frequency=parts["FREQ"],
        interval=_number(parts.get("INTERVAL", "1"), 1, 10_000),
        count=_number(parts["COUNT"], 1, 1_000_000) if "COUNT" in parts else None,
        until=parts.get("UNTIL"),
        by_month=_numbers(parts, "BYMONTH", 1, 12),
        by_month_day=_numbers(parts, "BYMONTHDAY", 1, 31, signed=True),
        by_year_day=_numbers(parts, "BYYEARDAY", 1, 366, signed=True),
        by_week=_numbers(parts, "BYWEEKNO", 1, 53, signed=True),
        by_day=tuple(_weekday(each) for each in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        by_position=_numbers(parts, "BYSETPOS", 1, 366, signed=True),
        times=(
            _numbers(parts, "BYHOUR", 0, 23),
            _numbers(parts, "BYMINUTE", 0, 59),
            _numbers(parts, "BYSECOND", 0, 59),
        ),
        week_start=WEEKDAYS.index(start),
    )


def occurrences(
    rule: Rule, start: datetime, *, until: datetime | None, first: datetime, end: datetime, budget: Budget
) -> Iterator[datetime]:
    """The times within [first, end) of a rule that begins at `start`, in order; all on one wall clock, without a zone.

    `until` is inclusive. `start` itself is given only if the rule says so. Raises `OverBudget`.
    """
    if until is not None:
        end = min(end, until + timedelta(seconds=1)) if until.year < MAXYEAR else end
    times = _times(rule, start)
    seen = 0
    for days in _periods(rule, start.date(), first.date() if rule.count is None else start.date(), end.date(), budget):
        kept = [day for day in days if _fits(rule, day, start.date())]
        budget.spend(len(kept) * len(times))
        found = [datetime.combine(day, at) for day in kept for at in times]
        for when in _positions(rule, found):
            if when < start:
                continue
            seen += 1
            if when >= end or (rule.count is not None and seen > rule.count):
                return
            if when >= first:
                yield when


def _periods(rule: Rule, start: date, first: date, end: date, budget: Budget) -> Iterator[list[date]]:
    """The days of every period of the rule, beginning shortly before `first`."""
    number = max(0, _between(rule, start, first) // rule.interval - 1) if first > start else 0
    while True:
        try:
            begins, ends = _period(rule, start, number * rule.interval)
        except (ValueError, OverflowError):
            return
        if begins > end:
            return
        days = _days(rule, start, begins, ends)
        budget.spend(len(days) + 1)
        yield days
        number += 1


def _days(rule: Rule, start: date, begins: date, ends: date) -> list[date]:
    """The days of a period that may fit; of a year only the months that matter."""
    if rule.frequency != "YEARLY" or not (months := _months(rule, start)):
        return [begins + timedelta(days=each) for each in range((ends - begins).days)]
    firsts = [date(begins.year, month, 1) for month in sorted(set(months))]
    return [first + timedelta(days=each) for first in firsts for each in range(_month_length(first))]


def _months(rule: Rule, start: date) -> tuple[int, ...]:
    if rule.by_month or rule.by_week or rule.by_year_day or rule.by_month_day or rule.by_day:
        return rule.by_month
    return (start.month,)


def _between(rule: Rule, start: date, first: date) -> int:
    if rule.frequency == "YEARLY":
        return first.year - start.year
    if rule.frequency == "MONTHLY":
        return (first.year - start.year) * 12 + first.month - start.month
    return (first - start).days // (7 if rule.frequency == "WEEKLY" else 1)


def _period(rule: Rule, start: date, steps: int) -> tuple[date, date]:
    if rule.frequency == "YEARLY":
        return date(start.year + steps, 1, 1), date(start.year + steps + 1, 1, 1)
    if rule.frequency == "MONTHLY":
        months = start.year * 12 + start.month - 1 + steps
        return _month(months), _month(months + 1)
    if rule.frequency == "WEEKLY":
        begins = start - timedelta(days=(start.weekday() - rule.week_start) % 7) + timedelta(weeks=steps)
        return begins, begins + timedelta(days=7)
    return start + timedelta(days=steps), start + timedelta(days=steps + 1)


def _month(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _fits(rule: Rule, day: date, start: date) -> bool:
    months, month_days, weekdays = rule.by_month, rule.by_month_day, rule.by_day
    if not (rule.by_week or rule.by_year_day or month_days or weekdays):
        if rule.frequency == "YEARLY":
            months, month_days = months or (start.month,), (start.day,)
        elif rule.frequency == "MONTHLY":
            month_days = (start.day,)
        elif rule.frequency == "WEEKLY":
            weekdays = ((0, start.weekday()),)
    return (
        (not months or day.month in months)
        and (not month_days or day.day in month_days or day.day - _month_length(day) - 1 in month_days)
        and (not weekdays or any(_is_weekday(rule, day, *each) for each in weekdays))
        and (not rule.by_year_day or _in_year(day, rule.by_year_day))
        and (not rule.by_week or _in_week(day, rule))
    )


def _is_weekday(rule: Rule, day: date, nth: int, weekday: int) -> bool:
    if day.weekday() != weekday:
        return False
    if nth == 0 or rule.frequency in ("WEEKLY", "DAILY"):
        return True
    if rule.frequency == "MONTHLY" or rule.by_month:
        place, length = day.day, _month_length(day)
    else:
        place, length = _year_day(day), _year_length(day.year)
    return (place - 1) // 7 + 1 == nth if nth > 0 else (length - place) // 7 + 1 == -nth


def _in_year(day: date, wanted: tuple[int, ...]) -> bool:
    place = _year_day(day)
    return place in wanted or place - _year_length(day.year) - 1 in wanted


def _in_week(day: date, rule: Rule) -> bool:
    year = day.year
    if year < MAXYEAR and day >= _first_week(year + 1, rule.week_start):
        year += 1
    elif day < _first_week(year, rule.week_start):
        year -= 1
    number = (day - _first_week(year, rule.week_start)).days // 7 + 1
    weeks = (_first_week(year + 1, rule.week_start) - _first_week(year, rule.week_start)).days // 7
    return number in rule.by_week or number - weeks - 1 in rule.by_week


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)  # always in week 1
    return fourth - timedelta(days=(fourth.weekday() - week_start) % 7)


def _year_day(day: date) -> int:
    return day.timetuple().tm_yday


def _year_length(year: int) -> int:
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365


def _month_length(day: date) -> int:
    if day.month == 2:
        return _year_length(day.year) - 337
    return 30 if day.month in (4, 6, 9, 11) else 31


def _times(rule: Rule, start: datetime) -> list[time]:
    hours, minutes, seconds = rule.times
    return [
        time(hour, minute, second)
        for hour in sorted(set(hours)) or [start.hour]
        for minute in sorted(set(minutes)) or [start.minute]
        for second in sorted(set(seconds)) or [start.second]
    ]


def _positions(rule: Rule, found: list[datetime]) -> list[datetime]:
    if not rule.by_position:
        return found
    places = {each - 1 if each > 0 else len(found) + each for each in rule.by_position}
    return [found[place] for place in sorted(places) if 0 <= place < len(found)]


def _number(text: str, low: int, high: int, *, signed: bool = False) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,7}", text):
        raise RuleInvalid(f"{text[:20]!r} is not a number.")
    value = int(text)
    if not low <= (abs(value) if signed else value) <= high:
        raise RuleInvalid(f"{value} is not between {low} and {high}.")
    return value


def _numbers(parts: dict[str, str], name: str, low: int, high: int, *, signed: bool = False) -> tuple[int, ...]:
    if name not in parts:
        return ()
    return tuple(_number(each, low, high, signed=signed) for each in parts[name].split(","))


def _weekday(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text.strip())
    if found is None or (found[1] and not 1 <= abs(int(found[1])) <= 53):
        raise RuleInvalid(f"{text[:20]!r} is not a weekday.")
    return int(found[1] or 0), WEEKDAYS.index(found[2])
