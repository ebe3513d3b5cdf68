"""Writes calendars (RFC 5545): events without a word about guests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class BusyEvent:
    """A busy time to be told: whole days [starts, ends) or UTC instants."""

    uid: str
    starts: date | datetime
    ends: date | datetime
    summary: str
    stamp: datetime


def write_calendar(name: str, events: Iterable[BusyEvent]) -> str:
    """The calendar; equal events give equal text."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hospes//Calendar 1.0//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(name)}"]
    for event in sorted(events, key=lambda each: (each.starts.isoformat(), each.uid)):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{_instant(event.stamp)}",
            f"DTSTART{_when(event.starts)}",
            f"DTEND{_when(event.ends)}",
            f"SUMMARY:{_escaped(event.summary)}",
            "TRANSP:OPAQUE",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _when(value: date | datetime) -> str:
    return f":{_instant(value)}" if isinstance(value, datetime) else f";VALUE=DATE:{value:%Y%m%d}"


def _instant(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = "".join(each for each in text.replace("\n", " ") if each.isprintable())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


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
