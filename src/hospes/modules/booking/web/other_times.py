"""Other times for what is booked: a week of free starts, or the next departures with places left."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from hospes.modules.booking.contracts import Booking, Hours
from hospes.modules.booking.policies.changing import wish_of
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Departure, Slot, SlotAsk
from hospes.platform.db import ReadTx
from hospes.platform.errors import HospesError

WEEK = timedelta(days=7)
AHEAD = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Week:
    """The free times of seven days from `first`, by day; `earlier` and `later` are where other weeks begin."""

    first: date
    last: date
    days: tuple[tuple[date, tuple[Slot, ...]], ...]
    earlier: date | None
    later: date | None


async def week_of(tx: ReadTx, booking: Booking, since: str, *, now: datetime) -> Week:
    """The week asked for, or the one the booking is in; times as long as what is booked, at the same place."""
    zone = ZoneInfo(booking.terms.zone)
    today = today_in(booking.terms.zone, now)
    wanted = _day(since) or booking.check_in_at.astimezone(zone).date()
    first = max(wanted, today)
    schedule = await inventory.schedule_of(tx, booking.resource_id)
    ends = today + timedelta(days=schedule.horizon_days if schedule else 0)
    first = min(first, max(ends, today))
    last = first + WEEK - timedelta(days=1)
    slots = await _slots(tx, booking, first, last, now)
    days = tuple(
        (day, tuple(each)) for day, each in groupby(slots, lambda slot: slot.starts_at.astimezone(zone).date())
    )
    earlier = max(first - WEEK, today) if first > today else None
    return Week(first, last, days, earlier, first + WEEK if first + WEEK <= ends else None)


async def departures_of(tx: ReadTx, booking: Booking, *, now: datetime) -> list[Departure]:
    """The next departures that can still be booked, the booked one among them."""
    today = today_in(booking.terms.zone, now)
    found = await inventory.departures(tx, booking.resource_id, today, today + AHEAD, now)
    return [
        each
        for each in found
        if each.status == "scheduled" and each.starts_at - timedelta(minutes=each.cutoff_minutes) > now
    ]


async def _slots(tx: ReadTx, booking: Booking, first: date, last: date, now: datetime) -> list[Slot]:
    when, ask = wish_of(booking).when, booking.terms.items[0].asks[0]
    try:
        sellable = await catalog.get_sellable(tx, booking.resource_id)
        units = ask.unit_ids if isinstance(ask, SlotAsk) else ()
        return await inventory.slots(
            tx,
            resource_id=sellable.resource_id,
            zone=sellable.zone,
            unit_ids=[each for each in sellable.unit_ids if each in units] or sellable.unit_ids,
            first=first,
            last=last,
            minutes=int((booking.check_out_at - booking.check_in_at).total_seconds()) // 60,
            place=when.place if isinstance(when, Hours) else None,
            now=now,
        )
    except HospesError:  # it is not sold like this any more: there are no times, and a change says why
        return []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
