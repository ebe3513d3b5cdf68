"""Writes calendars (RFC 5545). Equal events give equal text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event: whole days [starts, ends) or instants. What is empty or None is not written.

    `sequence` grows with each change; `status` is TENTATIVE, CONFIRMED or CANCELLED.
    """

    uid: str
    starts: date | datetime
    ends: date | datetime
    summary: str
    stamp: datetime
    sequence: int | None = None
    status: str = ""
    location: str = ""
    description: str = ""
    url: str = ""


def write_calendar(name: str, events: Iterable[CalendarEvent]) -> str:
    """The calendar as text/calendar, its events in order of time."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hospes//Calendar 1.0//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_one_line(name)}"]
    for event in sorted(events, key=lambda each: (each.starts.isoformat(), each.uid)):
        lines += _lines_of(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _lines_of(event: CalendarEvent) -> list[str]:
    more = [] if event.sequence is None else [f"SEQUENCE:{event.sequence}"]
    more += [f"STATUS:{event.status}"] if event.status else []
    more += [f"LOCATION:{_one_line(event.location)}"] if event.location else []
    more += [f"DESCRIPTION:{_escaped(event.description)}"] if event.description else []
    more += [f"URL:{event.url}"] if event.url else []
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_instant(event.stamp)}",
        f"DTSTART{_when(event.starts)}",
        f"DTEND{_when(event.ends)}",
        f"SUMMARY:{_one_line(event.summary)}",
        *more,
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]


def _when(value: date | datetime) -> str:
    return f":{_instant(value)}" if isinstance(value, datetime) else f";VALUE=DATE:{value:%Y%m%d}"


def _instant(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _one_line(text: str) -> str:
    return _escaped(text.replace("\n", " "))


def _escaped(text: str) -> str:
    lines = ("".join(each for each in line if each.isprintable()) for line in text.split("\n"))
    return "\\n".join(line.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") for line in lines)


def _folded(line: str) -> str:
    """At most 75 bytes a line, cut between characters."""
    parts, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > (75 if len(parts) == 1 else 74):
            parts.append("")
            size = 0
        parts[-1] += char
        size += width
    return "\r\n ".join(parts)
