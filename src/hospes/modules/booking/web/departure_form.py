"""What a host types of a departure: days and times on the wall there, money as people write it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Request
from pydantic import BaseModel, Field, ValidationError

from hospes.modules.booking.policies.restrictions import instant
from hospes.modules.inventory.contracts import Departure, DepartureDraft
from hospes.modules.pricing.contracts import Rate
from hospes.platform.money import plain_amount, read_amount, read_decimal
from hospes.platform.validation import fields_of

MOST_WEEKS = 52
NUMBERS = ("capacity", "overbooking", "min_group", "max_group")
FIRST = {"capacity": "10", "overbooking": "0", "min_group": "1", "cutoff_hours": "2", "start": "09:00", "end": "12:00"}
_FIELDS = {"starts_at": "day", "ends_at": "end", "cutoff_minutes": "cutoff_hours", "price_amount": "price"}


@dataclass(slots=True)
class Form:
    """What was typed, and the faults by field."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "")

    def blame(self, faults: dict[str, str]) -> None:
        """Put faults beside the fields of this form."""
        for name, sentence in faults.items():
            self.errors.setdefault(_FIELDS.get(name, name), sentence)

    @property
    def weeks(self) -> int:
        """For how many weeks it is wanted."""
        text = self["repeat"] or "1"
        if text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= MOST_WEEKS:
            return int(text)
        self.errors["repeat"] = f"From 1 to {MOST_WEEKS} weeks."
        return 1

    @property
    def version(self) -> int | None:
        """Which version of it was read."""
        text = self["version"]
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


class _Numbers(BaseModel):
    capacity: Annotated[int, Field(ge=1, le=100_000)]
    overbooking: Annotated[int, Field(ge=0, le=1000)] = 0
    min_group: Annotated[int, Field(ge=1, le=1000)] = 1
    max_group: Annotated[int, Field(ge=1, le=1000)] | None = None


async def read(request: Request) -> Form:
    """The form as it was sent."""
    said = await request.form()
    return Form({name: value.strip()[:100] for name, value in said.items() if isinstance(value, str)})


def draft_of(form: Form, zone: str, rate: Rate | None, later: timedelta = timedelta()) -> DepartureDraft | None:
    """As typed, so much later on the wall; None with the faults in the form."""
    day, start, end = _day(form["day"]), _time(form["start"]), _time(form["end"])
    until = _day(form["end_day"]) if form["end_day"] else day
    for name, value in (("day", day), ("start", start), ("end", end), ("end_day", until)):
        if value is None and not (name == "end_day" and day is None):
            form.errors[name] = "Choose a day." if name.endswith("day") else "Give a time, such as 09:00."
    cutoff = read_decimal(form["cutoff_hours"] or "0")
    if cutoff is None or not 0 <= cutoff <= 8760:
        form.errors["cutoff_hours"] = "A number of hours, from 0 to 8760."
    price = _price(form, rate)
    try:
        numbers = _Numbers.model_validate({name: form[name] for name in NUMBERS if form[name]})
    except ValidationError as fault:
        form.blame(fields_of(fault.errors()))
        return None
    if form.errors or day is None or start is None or end is None or until is None or cutoff is None:
        return None
    return DepartureDraft(
        starts_at=instant(zone, day + later, start),
        ends_at=instant(zone, until + later, end),
        cutoff_minutes=int(cutoff * 60),
        price_amount=price,
        status="cancelled" if form["status"] == "cancelled" else "scheduled",
        **numbers.model_dump(),
    )


def as_typed(found: Departure, zone: str, rate: Rate | None) -> dict[str, str]:
    """A departure as its host would type it."""
    info = ZoneInfo(zone)
    starts, ends = found.starts_at.astimezone(info), found.ends_at.astimezone(info)
    own = found.price_amount
    return {
        **{name: "" if getattr(found, name) is None else str(getattr(found, name)) for name in NUMBERS},
        "price": "" if own is None or rate is None else plain_amount(own, rate.currency),
        "day": starts.date().isoformat(),
        "start": f"{starts:%H:%M}",
        "end_day": ends.date().isoformat() if ends.date() != starts.date() else "",
        "end": f"{ends:%H:%M}",
        "cutoff_hours": f"{found.cutoff_minutes / 60:g}",
        "status": found.status,
        "version": str(found.version),
    }


def day_or_none(text: str) -> date | None:
    """A day a page is asked for, None for anything else."""
    return _day(text)


def line_of(each: Departure, zone: str, now: datetime, rate: Rate | None) -> dict[str, Any]:
    """One of them as the list shows it."""
    info = ZoneInfo(zone)
    starts, ends = each.starts_at.astimezone(info), each.ends_at.astimezone(info)
    state = _state(each, now)
    amount = each.price_amount if each.price_amount is not None or rate is None else rate.base_amount
    return {
        "id": each.id,
        "starts": starts,
        "ends": ends,
        "same_day": starts.date() == ends.date(),
        "sold": each.claimed,
        "capacity": each.capacity,
        "full": round(10 * min(1, each.claimed / each.capacity)) if each.capacity else 0,
        "state": state,
        "tone": {"On sale": "good", "Full": "wait"}.get(state, "plain"),
        "price": amount if rate is not None else None,
        "currency": rate.currency if rate is not None else "",
        "own_price": each.price_amount is not None,
    }


def _state(each: Departure, now: datetime) -> str:
    if each.status == "cancelled":
        return "Off sale"
    if each.starts_at - timedelta(minutes=each.cutoff_minutes) <= now:
        return "Closed"
    return "On sale" if each.available else "Full"


def _price(form: Form, rate: Rate | None) -> int | None:
    if not form["price"]:
        return None
    if rate is None:
        form.errors["price"] = "Set the usual price first, on the page of rates."
        return None
    amount = read_amount(form["price"], rate.currency)
    if amount is None or not 0 <= amount <= 1_000_000_000:
        form.errors["price"] = "Enter an amount such as 45 or 45.50."
    return amount


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _time(text: str) -> time | None:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None
