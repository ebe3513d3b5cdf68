"""What a visitor has said of an appointment or a departure, in an address or a form, and what it would cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.datastructures import FormData, QueryParams

from hospes.modules.booking.contracts import Extra, Hours, Leaving, Party, Place, Quote, When, Wish
from hospes.modules.booking.web.along import read_along, said_along
from hospes.modules.booking.web.besides import COUPON, coupon_in, quoted
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory.errors import DayFull, NotAvailable, WeekFull
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, Gone, HospesError, Invalid, NotFound
from hospes.platform.ids import as_id

NAMES = (
    "from",
    "day",
    "start",
    "minutes",
    "unit",
    "town",
    "latitude",
    "longitude",
    "times",
    "every",
    "month",
    "departure_id",
    "adults",
    "children",
    COUPON,
)
BESIDE = {
    "adults": "adults",
    "children": "adults",
    "ends_at": "minutes",
    "place": "place",
    "unit_id": "unit",
    "times": "times",
    "accept": "accept",
    COUPON: COUPON,
}
CHOOSE = "Choose one of the times."


@dataclass(frozen=True, slots=True)
class Said:
    """The texts that mean something here; what was not said is empty."""

    typed: Mapping[str, str]
    extras: tuple[Extra, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "")

    def query(self, **changed: Any) -> str:
        """The same as the query of an address; None leaves a part out. `since` stands for `from`."""
        if "since" in changed:
            changed["from"] = changed.pop("since")
        values = {**self.typed, **changed}
        return urlencode([*_filled(values), *said_along(self.extras)])

    def filled(self) -> list[tuple[str, str]]:
        """What was said, for a form that says it again."""
        return [*_filled(self.typed), *said_along(self.extras)]


def _filled(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in values.items() if value not in ("", None)]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: its quote, or the sentences of why not, by field; `taken`: one can wait for it."""

    quote: Quote | None = None
    errors: dict[str, str] = field(default_factory=dict)
    taken: bool = False


def said_in(values: QueryParams | FormData, sellable: Sellable) -> Said:
    """From a query or a form. A search for nights leads here too: its day of arrival is where looking begins."""
    typed = {name: str(values.get(name, "") or "").strip()[:60] for name in NAMES}
    arrival = str(values.get("arrival", "") or "")[:10]
    typed["from"] = typed["from"] or (arrival if day_in(arrival) and not typed["start"] else "")
    if sellable.max_guests == 1 and sellable.mode is Mode.TIMED:
        typed["adults"] = typed["children"] = ""
    return Said(typed, read_along(values.getlist("extra")) if sellable.mode is Mode.TIMED else ())


async def choice_of(tx: ReadTx, request: Request, sellable: Sellable, said: Said, *, now: datetime) -> Choice:
    """The quote of the time or the departure chosen, if one is."""
    when, errors = when_in(sellable, said)
    if when is None or errors:
        return Choice(None, errors)
    try:
        wish = wish_in(sellable, said, when)
        quote, why = await quoted(tx, request, wish, coupon_in(said[COUPON]), now=now)
    except (Invalid, Conflict, NotFound, Gone) as refusal:
        return Choice(None, beside(refusal), isinstance(refusal, NotAvailable | DayFull | WeekFull))
    if quote.available:
        return Choice(quote, {COUPON: why} if why else {})
    return Choice(None, {"form": "This has just been taken. Please choose another."}, True)


def wish_in(sellable: Sellable, said: Said, when: When) -> Wish:
    """What was chosen, as the core speaks of it."""
    unit_id = as_id(said["unit"]) if sellable.mode is Mode.TIMED else None
    return Wish(sellable.resource_id, when, party_in(said), extras=said.extras, unit_id=unit_id)


def when_in(sellable: Sellable, said: Said) -> tuple[When | None, dict[str, str]]:
    """The hours or the departure chosen, and the sentences of what could not be read."""
    if sellable.mode is Mode.DEPARTURE:
        departure_id = as_id(said["departure_id"])
        return (Leaving(departure_id) if departure_id else None), {}
    if not said["start"]:
        return None, {}
    try:
        start = datetime.fromisoformat(said["start"].replace(" ", "+"))
    except ValueError:
        return None, {"form": CHOOSE}
    minutes = said["minutes"]
    if start.tzinfo is None or not is_whole(minutes) or not 0 < int(minutes) <= 1440:
        return None, {"form": CHOOSE}
    return Hours(start, start + timedelta(minutes=int(minutes)), place_in(said)), {}


def place_in(said: Said) -> Place | None:
    """Where a professional is to come; None when that was not said, or cannot be."""
    try:
        latitude, longitude = float(said["latitude"]), float(said["longitude"])
    except ValueError:
        return None
    return Place(latitude, longitude) if -90 <= latitude <= 90 and -180 <= longitude <= 180 else None


def party_in(said: Said) -> Party:
    """One adult unless said otherwise; what is not a number counts as none."""
    adults, children = said["adults"], said["children"]
    if not (adults or children):
        return Party(1)
    return Party(int(adults) if is_whole(adults) else 0, int(children) if is_whole(children) else 0)


def beside(refusal: HospesError) -> dict[str, str]:
    """The sentences of a refusal by the field they stand at; what belongs to none of them is the form's."""
    placed = {BESIDE[name]: text for name, text in refusal.fields.items() if name in BESIDE}
    return placed or {"form": refusal.detail}


def day_in(text: str) -> date | None:
    """A day, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_whole(text: str, most: int = 4) -> bool:
    """Whether it is a whole number of at most so many digits."""
    return text.isascii() and text.isdecimal() and len(text) <= most
