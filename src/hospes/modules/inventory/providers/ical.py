"""Reads calendars (RFC 5545) into busy times. Whatever the bytes, it ends soon and raises only `FeedUnreadable`."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from hospes.modules.inventory.errors import FeedUnreadable
from hospes.modules.inventory.policies.feeds import BusySpan, FeedContents, window
from hospes.modules.inventory.policies.recurrences import Budget, OverBudget, occurrences, parse_rule
from hospes.modules.inventory.providers.ical_lines import Component, Line, plain, read_calendars
from hospes.modules.inventory.providers.ical_zones import ToUtc, defined_zone, iana_name, in_zone

MAX_SPANS = 2_000
MAX_SUMMARY = 200
MAX_UID = 300
LONGEST = timedelta(days=3_660)
_DAY = timedelta(days=1)
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MOMENT = re.compile(r"([0-9]{8}T[0-9]{6})(Z?)")
_DURATION = re.compile(
    r"\+?P(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,8})S)?)?"
)


@dataclass(frozen=True, slots=True)
class _Moment:
    """A wall-clock time and the way to UTC; all-day ones at midnight."""

    local: datetime
    to_utc: ToUtc
    all_day: bool

    @property
    def utc(self) -> datetime:
        return self.to_utc(self.local)

    @property
    def key(self) -> date | datetime:
        return self.local.date() if self.all_day else self.utc

    def at(self, local: datetime) -> "_Moment":
        return _Moment(local, self.to_utc, self.all_day)


@dataclass(slots=True)
class _Reading:
    """One feed being read: its zones, the window [first, end) in days there, what may still be spent."""

    to_utc: ToUtc
    first: date
    end: date
    zones: dict[str, Component] = field(default_factory=dict)
    ready: dict[str, ToUtc] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    spans: dict[tuple[str, str], BusySpan] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def read_feed(body: bytes, *, zone: str, now: datetime) -> FeedContents:
    """The busy times of a feed within `feeds.window`, ordered; times without a zone are those of `zone` (IANA).

    Free and cancelled events are left out. Raises `FeedUnreadable` for what is no whole calendar, or too much of one.
    """
    first, end = window(now, zone)
    reading = _Reading(in_zone(zone), first, end)
    events: dict[str, list[Component]] = {}
    for calendar in read_calendars(body):
        for part in calendar.children:
            if part.name == "VTIMEZONE" and (named := part.first("TZID")):
                reading.zones[named.value.strip()] = part
            elif part.name == "VEVENT":
                events.setdefault(_uid(part), []).append(part)
    try:
        for uid, parts in events.items():
            _read_event(reading, uid, parts)
    except OverBudget as fault:
        raise FeedUnreadable("The calendar repeats too much to be read.") from fault
    ordered = sorted(reading.spans.values(), key=lambda each: (each.starts_at, each.ends_at, each.key))
    return FeedContents(tuple(ordered), tuple(reading.skipped))


def _read_event(reading: _Reading, uid: str, parts: list[Component]) -> None:
    """One uid: its event (several of equal standing are all kept) and the occurrences that were changed."""
    masters = [each for each in parts if each.first("RECURRENCE-ID") is None]
    newest = max((_sequence(each) for each in masters), default=0)
    masters = [each for each in masters if _sequence(each) == newest]
    changed = [each for each in parts if each.first("RECURRENCE-ID") is not None]
    try:
        replaced = {_moment(reading, each, "RECURRENCE-ID").key for each in changed}
        for index, master in enumerate(masters):
            _read_master(reading, uid, master, replaced, alone=index == 0)
        for each in sorted(changed, key=_sequence):
            if _is_busy(each):
                original = _moment(reading, each, "RECURRENCE-ID")
                start = _moment(reading, each, "DTSTART")
                _add(reading, uid, f"{original.local:%Y%m%dT%H%M%S}", each, start, _length(reading, each, start))
    except (ValueError, OverflowError) as fault:
        if len(reading.skipped) < 20:
            reading.skipped.append(f"{_summary(parts[0]) or uid[:60]}: {str(fault)[:200]}")


def _read_master(reading: _Reading, uid: str, event: Component, replaced: set[date | datetime], *, alone: bool) -> None:
    start = _moment(reading, event, "DTSTART")
    if not _is_busy(event):
        return
    length, rules, more = _length(reading, event, start), event.every("RRULE"), event.every("RDATE")
    if not rules and not more:
        if start.key not in replaced:
            _add(reading, uid, "" if alone else f"{start.local:%Y%m%dT%H%M%S}", event, start, length)
        return
    without = {each.key for line in event.every("EXDATE") for each in _moments(reading, line)} | replaced
    seen: set[datetime] = set()
    for local, lasts in _repeats(reading, start, length, rules, more):
        if local in seen or start.at(local).key in without:
            continue
        seen.add(local)
        _add(reading, uid, f"{local:%Y%m%dT%H%M%S}", event, start.at(local), lasts)


def _repeats(
    reading: _Reading, start: _Moment, length: timedelta, rules: list[Line], more: list[Line]
) -> Iterator[tuple[datetime, timedelta]]:
    first = datetime.combine(reading.first - 2 * _DAY, time()) - length
    end = datetime.combine(reading.end + 2 * _DAY, time())
    yield start.local, length
    for line in rules:
        rule = parse_rule(line.value)
        until = _until(rule.until, start) if rule.until else None
        for local in occurrences(rule, start.local, until=until, first=first, end=end, budget=reading.budget):
            yield local, length
    for line in more:
        for text in _values(reading, line):
            begins, _, ends = text.partition("/")
            each = _one(reading, line, begins)
            local = each.local if each.all_day or start.all_day else start.local + (each.utc - start.utc)
            yield local, _period(reading, line, each, ends) if ends else length


def _period(reading: _Reading, line: Line, start: _Moment, ends: str) -> timedelta:
    length = _duration(ends) if "P" in ends.upper() else _one(reading, line, ends).utc - start.utc
    if not timedelta() <= length <= LONGEST:
        raise ValueError("ends before it starts, or after ten years")
    return length


def _until(text: str, start: _Moment) -> datetime:
    """The last wall-clock time that counts; a date means the whole day, UTC is turned into the event's own clock."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return datetime.combine(_day(text[:8]), time(23, 59, 59))
    local = _parse(found[1])
    if start.all_day:
        return datetime.combine(local.date(), time(23, 59, 59))
    if not found[2]:
        return local
    shift = start.to_utc(local) - local.replace(tzinfo=UTC)
    return local - shift


def _add(reading: _Reading, uid: str, occurrence: str, event: Component, start: _Moment, length: timedelta) -> None:
    if not length:
        return
    first_day, last_day = (start.local.date(), start.local.date() + length) if start.all_day else (None, None)
    begins = start.utc
    ends = start.to_utc(start.local + length) if start.all_day else begins + length
    if ends <= reading.to_utc(datetime.combine(reading.first, time())):
        return
    if begins >= reading.to_utc(datetime.combine(reading.end, time())):
        return
    if len(reading.spans) >= MAX_SPANS:
        raise FeedUnreadable(f"The calendar has more than {MAX_SPANS:,} busy times in the next two years.")
    tentative = _value(event, "STATUS") == "TENTATIVE"
    span = BusySpan(uid, occurrence, begins, ends, first_day, last_day, _summary(event), tentative)
    reading.spans[span.key] = span


def _length(reading: _Reading, event: Component, start: _Moment) -> timedelta:
    """How long it takes; raises ValueError. All-day events take at least a day, others may take no time at all."""
    end, duration = event.first("DTEND"), event.first("DURATION")
    if end is not None:
        until = _moment(reading, event, "DTEND")
        length = until.local - start.local if start.all_day else until.utc - start.utc
    elif duration is not None:
        length = _duration(duration.value)
    else:
        length = timedelta()
    if start.all_day:
        length = max(_DAY, timedelta(days=length.days))
    if not timedelta() <= length <= LONGEST:
        raise ValueError("ends before it starts, or after ten years")
    return length


def _is_busy(event: Component) -> bool:
    return _value(event, "STATUS") != "CANCELLED" and _value(event, "TRANSP") != "TRANSPARENT"


def _moment(reading: _Reading, event: Component, name: str) -> _Moment:
    line = event.first(name)
    found = _moments(reading, line) if line else []
    if len(found) != 1:
        raise ValueError(f"has no {name}")
    return found[0]


def _moments(reading: _Reading, line: Line) -> list[_Moment]:
    return [_one(reading, line, each) for each in _values(reading, line)]


def _values(reading: _Reading, line: Line) -> list[str]:
    values = [each.strip() for each in line.value.split(",") if each.strip()]
    reading.budget.spend(len(values))
    return values


def _one(reading: _Reading, line: Line, text: str) -> _Moment:
    if _DATE.fullmatch(text) or line.params.get("VALUE", "").upper() == "DATE":
        return _Moment(datetime.combine(_day(text[:8]), time()), reading.to_utc, all_day=True)
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{line.name} is no time: {text[:30]!r}")
    local = _parse(found[1])
    if found[2]:
        return _Moment(local, _from_utc, all_day=False)
    named = line.params.get("TZID")
    return _Moment(local, _zone(reading, named) if named else reading.to_utc, all_day=False)


def _zone(reading: _Reading, name: str) -> ToUtc:
    if name not in reading.ready:
        known = iana_name(name[:200])
        if known is not None:
            reading.ready[name] = in_zone(known)
        elif name in reading.zones:
            reading.ready[name] = defined_zone(
                reading.zones[name], first=reading.first, end=reading.end, budget=reading.budget
            )
        else:
            raise ValueError(f"there is no zone {name[:60]!r}")
    return reading.ready[name]


def _from_utc(local: datetime) -> datetime:
    return local.replace(tzinfo=UTC)


def _parse(text: str) -> datetime:
    day, seconds = _day(text[:8]), min(int(text[13:15]), 59)  # a leap second is the one before
    return datetime.combine(day, time(int(text[9:11]), int(text[11:13]), seconds))


def _day(text: str) -> date:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"there is no day {text[:20]!r}")
    return date(int(found[1]), int(found[2]), int(found[3]))


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or text.strip().upper().endswith(("P", "T")):
        raise ValueError(f"{text[:30]!r} is no length of time")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _uid(event: Component) -> str:
    line = event.first("UID")
    uid = line.value.strip().replace("\0", "") if line else ""
    if 0 < len(uid) <= MAX_UID:
        return uid
    said = uid or "".join(each.value for name in ("DTSTART", "DTEND", "SUMMARY") for each in event.every(name))
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()


def _sequence(event: Component) -> int:
    text = _value(event, "SEQUENCE")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _summary(event: Component) -> str:
    line = event.first("SUMMARY")
    return plain(line.value).replace("\0", "").strip()[:MAX_SUMMARY] if line else ""


def _value(event: Component, name: str) -> str:
    line = event.first(name)
    return line.value.strip().upper() if line else ""
