"""What a visitor asks for in an address or a form: dates and a party, with a sentence for each fault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from hospes.modules.booking.contracts import Party

COUNTS = ("adults", "children", "infants", "pets")


class Kept(dict[str, str]):
    """Texts by field; a field without one has the empty text, which is never stored."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Dates and party as asked for; `typed` is shown again, `faults` say what could not be read, by field.

    `more`: what else of an address goes along, name and text."""

    arrival: date | None
    departure: date | None
    party: Party
    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    more: tuple[tuple[str, str], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether there is something to quote."""
        return self.arrival is not None and self.departure is not None and not self.faults

    def query(self, **changed: Any) -> str:
        """The same as the query of an address; None leaves a part out."""
        values: dict[str, Any] = {**{name: text for name, text in self.typed.items() if text}, **changed}
        return urlencode([*((name, value) for name, value in values.items() if value is not None), *self.more])


def read_asked(said: Mapping[str, Any]) -> Asked:
    """From a query or a form."""
    typed = {name: str(said.get(name, "") or "").strip()[:40] for name in ("arrival", "departure", *COUNTS)}
    typed["adults"] = typed["adults"] or str(said.get("guests", "") or "").strip()[:40] or "2"
    faults: dict[str, str] = {}
    days = {name: _day(typed, name, faults) for name in ("arrival", "departure")}
    numbers = [_count(typed, name, faults) for name in COUNTS]
    return Asked(days["arrival"], days["departure"], Party(*numbers), typed, faults)


def _day(typed: dict[str, str], name: str, faults: dict[str, str]) -> date | None:
    if not typed[name]:
        return None
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        faults[name] = "Choose a day, such as 2026-07-14."
        return None


def _count(typed: dict[str, str], name: str, faults: dict[str, str]) -> int:
    text = typed[name] or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        faults[name] = "Enter a whole number."
        return 0
    return int(text)
