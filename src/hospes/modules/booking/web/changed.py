"""What a guest or a host asks to be otherwise, read from an address or a form, and where its refusals stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from hospes.modules.booking.contracts import Booking, Change, Hours, Leaving, Mode, Refusal
from hospes.modules.booking.policies.changing import wish_of
from hospes.modules.booking.web import telling
from hospes.modules.booking.web.asking import COUNTS, read_asked
from hospes.platform.ids import as_id

NAMES = ("arrival", "departure", *COUNTS, "rooms", "start", "departure_id")
BESIDE = {
    **{name: name for name in (*COUNTS, "arrival", "departure", "resource_id")},
    "quantity": "rooms",
    "children_ages": "children",
    "starts_at": "start",
    "departure_id": "departure_id",
}
SAID_TIME = "Choose one of the times."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change as typed: `typed` is shown again, `errors` say by field what could not be read.

    `asked`: whether anything was said at all."""

    change: Change
    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    ages: tuple[str, ...] = ()
    asked: bool = False

    def hidden(self) -> list[tuple[str, str]]:
        """The same for a form that sends it again."""
        return [(name, text) for name, text in self.typed.items() if text] + [("age", each) for each in self.ages]

    def query(self, **changed: Any) -> str:
        """The same as the query of an address."""
        values = {**self.typed, **changed}
        return urlencode([(name, each) for name, each in values.items() if each] + [("age", age) for age in self.ages])


def read_wanted(booking: Booking, said: Mapping[str, Any], ages: Iterable[str] = ()) -> Wanted:
    """What was said; the rest as it is booked."""
    typed = {name: str(said.get(name, "") or "").strip()[:60] for name in NAMES}
    asked = any(typed.values())
    usual = as_typed(booking)
    if asked and booking.mode is not Mode.TIMED:
        typed = {name: text or usual.get(name, "") for name, text in typed.items()}
    typed = typed if asked else {**typed, **usual}
    years = tuple(each[:2] for each in ages)
    if booking.mode is Mode.TIMED:
        change, errors = _hours(booking, typed)
    elif booking.mode is Mode.DEPARTURE:
        change, errors = _departure(typed, years)
    else:
        change, errors = _nights(typed, years)
    return Wanted(change, typed, errors if asked else {}, years, asked)


def as_typed(booking: Booking) -> dict[str, str]:
    """What is booked, as its fields would say it."""
    party = booking.party
    counts = {name: str(getattr(party, name)) for name in COUNTS}
    if booking.mode is Mode.TIMED:
        return {"start": booking.check_in_at.isoformat()}
    when = wish_of(booking).when
    if isinstance(when, Leaving):
        return {"departure_id": str(when.departure_id), "adults": counts["adults"], "children": counts["children"]}
    days = {"arrival": booking.arrival.isoformat(), "departure": booking.departure.isoformat()}
    return {**days, **counts, "rooms": str(telling.rooms_of(booking))}


def placed(refusals: Iterable[Refusal]) -> dict[str, str]:
    """The sentences of refusals by the field they stand at; what belongs to none of them is the form's."""
    found: dict[str, str] = {}
    for refusal in refusals:
        beside = {BESIDE[name]: text for name, text in refusal.fields.items() if name in BESIDE}
        found |= beside or {"form": refusal.detail}
    return found


def _nights(typed: dict[str, str], ages: tuple[str, ...]) -> tuple[Change, dict[str, str]]:
    asked = read_asked(typed)
    errors = dict(asked.faults)
    rooms = _whole(typed["rooms"], errors, "rooms", least=1)
    party = asked.party
    change = Change(
        asked.arrival,
        asked.departure,
        adults=party.adults,
        children=party.children,
        infants=party.infants,
        pets=party.pets,
        quantity=rooms,
        children_ages=_ages(ages, party.children),
    )
    return change, errors


def _departure(typed: dict[str, str], ages: tuple[str, ...]) -> tuple[Change, dict[str, str]]:
    errors: dict[str, str] = {}
    departure_id = as_id(typed["departure_id"])
    if departure_id is None:
        errors["departure_id"] = "Choose one of the departures."
    counts = [_whole(typed[name], errors, name, least=0) for name in ("adults", "children")]
    return Change(
        departure_id=departure_id,
        adults=counts[0],
        children=counts[1],
        children_ages=_ages(ages, counts[1] or 0),
    ), errors


def _hours(booking: Booking, typed: dict[str, str]) -> tuple[Change, dict[str, str]]:
    try:
        start = datetime.fromisoformat(typed["start"].replace(" ", "+"))
    except ValueError:
        return Change(), {"start": SAID_TIME}
    if start.tzinfo is None or not date(2000, 1, 1) < start.date() < date(2200, 1, 1):
        return Change(), {"start": SAID_TIME}
    lasts: timedelta = booking.check_out_at - booking.check_in_at
    return Change(hours=Hours(start, start + lasts)), {}


def _whole(text: str, errors: dict[str, str], name: str, *, least: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) >= least):
        errors[name] = "Enter a whole number." if least == 0 else f"Enter a number from {least} on."
        return None
    return int(text)


def _ages(ages: tuple[str, ...], children: int) -> tuple[int, ...]:
    known = [int(each) for each in ages if each.isascii() and each.isdecimal() and int(each) <= 17]
    return tuple(known[:children])
