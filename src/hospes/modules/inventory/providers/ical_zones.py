"""Time zones as calendars name them: IANA names, those of Windows, and definitions of their own in the same feed."""

import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from hospes.modules.inventory.policies.recurrences import Budget, RuleInvalid, occurrences, parse_rule
from hospes.modules.inventory.providers.ical_lines import Component

ToUtc = Callable[[datetime], datetime]
_OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1024)
def iana_name(name: str) -> str | None:
    """The IANA name meant by this one, or None: "Europe/Paris", "/x.org/Europe/Paris", "Romance Standard Time"."""
    cleaned = name.strip().strip("/")
    windows = get_global("windows_zone_mapping").get(cleaned)
    if windows:
        return str(windows)
    parts = cleaned.split("/")
    for length in (len(parts), 3, 2):
        candidate = "/".join(parts[-length:])
        if candidate in _known():
            return candidate
    return None


def in_zone(name: str) -> ToUtc:
    """Turns wall-clock times of an IANA zone into UTC."""
    zone = ZoneInfo(name)
    return lambda local: local.replace(tzinfo=zone).astimezone(UTC)


def defined_zone(component: Component, *, first: date, end: date, budget: Budget) -> ToUtc:
    """The zone a VTIMEZONE defines, good for the days [first, end); raises ValueError."""
    onsets: list[tuple[datetime, timedelta]] = []
    for part in component.children:
        if part.name in ("STANDARD", "DAYLIGHT"):
            offset = _offset(part)
            onsets += [(each, offset) for each in _onsets(part, first, end, budget)]
    if not onsets:
        raise ValueError("A zone without a rule.")
    onsets.sort(key=lambda each: each[0])
    starts = [each[0] for each in onsets]

    def to_utc(local: datetime) -> datetime:
        _, offset = onsets[max(0, bisect_right(starts, local) - 1)]
        return (local - offset).replace(tzinfo=UTC)

    return to_utc


def _onsets(part: Component, first: date, end: date, budget: Budget) -> list[datetime]:
    start = _local(part)
    found = [start]
    before = datetime.combine(first - timedelta(days=800), start.time())
    for line in part.every("RRULE"):
        rule = parse_rule(line.value)
        until = _stamp(rule.until[:8]) + timedelta(days=1) if rule.until else None
        if rule.frequency != "YEARLY":
            raise RuleInvalid("Zones change by the year.")
        if until is not None and until < before:  # long gone: its last onset is what counts
            before_until = max(start, until - timedelta(days=800))
            found += occurrences(rule, start, until=until, first=before_until, end=until, budget=budget)
        else:
            last = datetime.combine(end, start.time())
            found += occurrences(rule, start, until=until, first=max(start, before), end=last, budget=budget)
    for line in part.every("RDATE"):
        dates = line.value.split(",")
        budget.spend(len(dates))
        found += [_stamp(each) for each in dates]
    return found


def _local(part: Component) -> datetime:
    line = part.first("DTSTART")
    if line is None:
        raise ValueError("A zone rule without a start.")
    return _stamp(line.value)


def _stamp(text: str) -> datetime:
    text = text.strip()
    return datetime.strptime(text[:15], "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d")  # noqa: DTZ007  by the clock of its zone


def _offset(part: Component) -> timedelta:
    line = part.first("TZOFFSETTO")
    found = _OFFSET.fullmatch(line.value.strip()) if line else None
    if found is None or int(found[2]) > 18:
        raise ValueError("A zone rule without an offset.")
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -size if found[1] == "-" else size
