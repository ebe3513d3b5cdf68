"""What the page of a listing shows of appointments and departures: days, times, places left, and their price."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Hours, Leaving, Party, Place, Quote, When, Wish
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web.asking import as_id
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Departure, Schedule, Slot
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, Gone, HospesError, Invalid, NotFound

STRIP = 14
AHEAD = 120
PARTS = ((12, "Morning"), (17, "Afternoon"), (24, "Evening"))
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Times:
    """A fortnight of days with how many times each has, and the times of the day chosen by the part of the day."""

    first: date
    today: date
    days: tuple[tuple[date, int], ...]
    chosen: date | None
    parts: tuple[tuple[str, tuple[Slot, ...]], ...]
    schedule: Schedule | None
    next_free: date | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: its quote, or the sentences of why not, by field."""

    quote: Quote | None = None
    errors: dict[str, str] = field(default_factory=dict)


async def times_of(tx: ReadTx, sellable: Sellable, typed: Typed, *, now: datetime) -> Times:
    """The fortnight asked for with `from`, or the first one with a free time in it."""
    today = today_in(sellable.zone, now)
    schedule = await inventory.schedule_of(tx, sellable.resource_id)
    first = max(_day(typed.get("from", "")) or today, today)
    if schedule is None:
        return Times(first, today, (), None, (), None)
    slots = await _slots(tx, sellable, schedule, typed, first, now)
    found = first
    while not slots and not typed.get("from") and found < today + timedelta(days=min(schedule.horizon_days, 84)):
        found += timedelta(days=STRIP)
        slots = await _slots(tx, sellable, schedule, typed, found, now)
    first = found if slots else first
    zone = ZoneInfo(sellable.zone)
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        by_day.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
    days = tuple((day, len(by_day.get(day, ()))) for day in (first + timedelta(days=n) for n in range(STRIP)))
    chosen = _day(typed.get("day", ""))
    chosen = chosen if chosen in by_day else min(by_day, default=None)
    return Times(first, today, days, chosen, _parts(by_day.get(chosen, []) if chosen else [], zone), schedule)


async def departures_of(tx: ReadTx, sellable: Sellable, *, now: datetime) -> list[Departure]:
    """The next departures that can still be booked, or are full."""
    today = today_in(sellable.zone, now)
    found = await inventory.departures(tx, sellable.resource_id, today, today + timedelta(days=AHEAD), now)
    return [
        each
        for each in found
        if each.status == "scheduled" and each.starts_at - timedelta(minutes=each.cutoff_minutes) > now
    ]


async def choice_of(tx: ReadTx, sellable: Sellable, typed: Typed, *, now: datetime) -> Choice:
    """The quote of the time or the departure chosen."""
    when, errors = when_of(sellable, typed)
    if when is None or errors:
        return Choice(None, errors)
    try:
        quote = await facade.quote_wish(tx, Wish(sellable.resource_id, when, party_of(typed)), now=now)
    except (Invalid, Conflict, NotFound, Gone) as refusal:
        return Choice(None, refusal.fields or {"form": refusal.detail})
    return Choice(quote, {} if quote.available else {"form": "This has just been taken. Please choose another."})


def typed_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a query or a form that mean something here."""
    names = ("from", "day", "start", "minutes", "departure_id", "adults", "children", "latitude", "longitude")
    return {name: str(values.get(name, "") or "").strip()[:60] for name in names}


def party_of(typed: Typed) -> Party:
    """One adult unless said otherwise; what is not a number counts as none."""
    adults, children = (typed.get(name, "") for name in ("adults", "children"))
    return Party(int(adults) if whole(adults) else 1, int(children) if whole(children) else 0)


async def _slots(
    tx: ReadTx, sellable: Sellable, schedule: Schedule, typed: Typed, first: date, now: datetime
) -> list[Slot]:
    minutes = typed.get("minutes", "")
    try:
        return await inventory.slots(
            tx,
            resource_id=sellable.resource_id,
            zone=sellable.zone,
            unit_ids=sellable.unit_ids,
            first=first,
            last=first + timedelta(days=STRIP - 1),
            minutes=int(minutes) if whole(minutes) and schedule.slot_minutes != int(minutes) else None,
            place=_place(typed),
            now=now,
        )
    except HospesError:
        return []


def when_of(sellable: Sellable, typed: Typed) -> tuple[When | None, dict[str, str]]:
    """The hours or the departure chosen, and the sentences of what could not be read."""
    if sellable.mode is Mode.DEPARTURE:
        departure_id = as_id(typed.get("departure_id", ""))
        return (Leaving(departure_id) if departure_id else None), {}
    if not typed.get("start"):
        return None, {}
    try:
        start = datetime.fromisoformat(typed["start"].replace(" ", "+"))
    except ValueError:
        return None, {"form": "Choose one of the times."}
    minutes = typed.get("minutes", "")
    if start.tzinfo is None or not whole(minutes) or not 0 < int(minutes) <= 1440:
        return None, {"form": "Choose one of the times."}
    return Hours(start, start + timedelta(minutes=int(minutes)), _place(typed)), {}


def _place(typed: Typed) -> Place | None:
    try:
        latitude, longitude = float(typed.get("latitude", "")), float(typed.get("longitude", ""))
    except ValueError:
        return None
    return Place(latitude, longitude) if -90 <= latitude <= 90 and -180 <= longitude <= 180 else None


def _parts(slots: list[Slot], zone: ZoneInfo) -> tuple[tuple[str, tuple[Slot, ...]], ...]:
    found: dict[str, list[Slot]] = {}
    for slot in slots:
        hour = slot.starts_at.astimezone(zone).hour
        found.setdefault(next(name for until, name in PARTS if hour < until), []).append(slot)
    return tuple((name, tuple(each)) for name, each in found.items())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def whole(text: str, most: int = 4) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= most
