"""Content lines and components of iCalendar (RFC 5545 §3.1), in linear time and bounded memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from hospes.modules.inventory.errors import FeedUnreadable

MAX_BYTES = 5_000_000
MAX_LINES = 300_000
MAX_COMPONENTS = 20_000
MAX_DEPTH = 8
_BREAK = re.compile(r"\r\n|\n|\r")
_MARK = re.compile('[":;]')
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_ESCAPE = re.compile(r"\\([\\;,nN])")


@dataclass(frozen=True, slots=True)
class Line:
    """One property: NAME;PARAM=…:value."""

    name: str
    params: dict[str, str]
    value: str


@dataclass(slots=True)
class Component:
    """BEGIN:NAME … END:NAME."""

    name: str
    lines: list[Line] = field(default_factory=list)
    children: list["Component"] = field(default_factory=list)

    def first(self, name: str) -> Line | None:
        """The first property of this name."""
        return next((each for each in self.lines if each.name == name), None)

    def every(self, name: str) -> list[Line]:
        """Every property of this name."""
        return [each for each in self.lines if each.name == name]


def read_calendars(body: bytes) -> list[Component]:
    """The calendars of a feed that is there from its first line to its last; raises `FeedUnreadable`."""
    if len(body) > MAX_BYTES:
        raise FeedUnreadable("The calendar is larger than 5 MB.")
    text = body.decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise FeedUnreadable("The answer was empty.")
    if not text.lstrip()[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise FeedUnreadable("The answer is not a calendar. Perhaps the address needs a sign-in, or has changed.")
    calendars = _nest(_unfold(text))
    if not calendars:
        raise FeedUnreadable("There is no calendar in the answer.")
    return calendars


def plain(text: str) -> str:
    """The text without its escapes."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def _unfold(text: str) -> Iterator[str]:
    parts: list[str] = []
    count = 0
    for raw in _BREAK.split(text):
        count += 1
        if count > MAX_LINES:
            raise FeedUnreadable(f"The calendar has more than {MAX_LINES:,} lines.")
        if raw[:1] in (" ", "\t") and parts:
            parts.append(raw[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [raw] if raw.strip() else []
    if parts:
        yield "".join(parts)


def _nest(lines: Iterator[str]) -> list[Component]:
    calendars: list[Component] = []
    stack: list[Component] = []
    count = 0
    for text in lines:
        line = _parse(text)
        if line is None:  # a text with unescaped line breaks; whatever it says, it is no property
            continue
        if line.name == "BEGIN":
            count += 1
            if count > MAX_COMPONENTS or len(stack) >= MAX_DEPTH:
                raise FeedUnreadable(f"The calendar has more than {MAX_COMPONENTS:,} entries.")
            opened = Component(line.value.strip().upper())
            if (opened.name == "VCALENDAR") is bool(stack):
                raise FeedUnreadable("The calendar's parts do not fit into each other.")
            (stack[-1].children if stack else calendars).append(opened)
            stack.append(opened)
        elif line.name == "END":
            if not stack or stack.pop().name != line.value.strip().upper():
                raise FeedUnreadable("The calendar's parts do not fit into each other.")
        elif stack:
            stack[-1].lines.append(line)
    if stack:
        raise FeedUnreadable("The calendar breaks off before its end.")
    return calendars


def _parse(text: str) -> Line | None:
    """Colons and semicolons within quotes separate nothing."""
    quoted, cuts, colon = False, [], -1
    for found in _MARK.finditer(text):
        if found[0] == '"':
            quoted = not quoted
        elif not quoted and found[0] == ":":
            colon = found.start()
            break
        elif not quoted:
            cuts.append(found.start())
    if colon < 0:
        return None
    edges = [*cuts, colon]
    name = text[: edges[0]].strip()
    if not _NAME.fullmatch(name):
        return None
    params = {}
    for begin, end in pairwise(edges):
        key, _, value = text[begin + 1 : end].partition("=")
        params[key.strip().upper()] = value.strip().strip('"')
    return Line(name.upper(), params, text[colon + 1 :])
