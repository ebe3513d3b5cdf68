"""The times that can be booked: a fortnight of days, and the times of one of them by the part of the day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.datastructures import FormData, QueryParams

from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web.choosing import Said, beside, day_in, is_whole, place_in
from hospes.modules.booking.web.views import next_month
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Sellable, Unit
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Schedule, Slot
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, Invalid
from hospes.platform.ids import as_id
from hospes.platform.runtime import runtime

STRIP = 14
MOST_LOOKED_AT = 8
MOST_MONTHS = 12
FARTHEST = 750  # days ahead that ways are asked for
USUAL_LONGEST = 480
PARTS = ((12, "Morning"), (17, "Afternoon"), (24, "Evening"))


@dataclass(frozen=True, slots=True)
class Times:
    """`days`: each with how many times it has; `parts`: the times of the day chosen; `error`: its field and sentence.

    `place_needed`: somebody comes, and where to has not been said. `units`: those one may choose from. `full`: the days
    of these on which it is open and nothing is free, so that one can wait."""

    first: date
    today: date
    last: date
    schedule: Schedule | None
    minutes: int = 0
    lengths: tuple[int, ...] = ()
    units: tuple[Unit, ...] = ()
    unit_id: UUID | None = None
    days: tuple[tuple[date, int], ...] = ()
    full: frozenset[date] = frozenset()
    chosen: date | None = None
    parts: tuple[tuple[str, tuple[Slot, ...]], ...] = ()
    place_needed: bool = False
    error: tuple[str, str] | None = None

    @property
    def earlier(self) -> date | None:
        """Where the fortnight before begins."""
        return max(self.first - timedelta(days=STRIP), self.today) if self.first > self.today else None

    @property
    def later(self) -> date | None:
        """Where the fortnight after begins."""
        after = self.first + timedelta(days=STRIP)
        return after if after <= self.last else None

    @property
    def months(self) -> list[tuple[date, date, bool]]:
        """The months on sale: the first of each, where looking begins, and whether it is the one shown."""
        found: list[tuple[date, date, bool]] = []
        month = self.today.replace(day=1)
        while month <= self.last and len(found) < MOST_MONTHS:
            shown = (self.chosen or self.first).replace(day=1) == month
            found.append((month, max(month, self.today), shown))
            month = next_month(month)
        return found

    @property
    def travels(self) -> bool:
        """Whether the professional comes."""
        return self.schedule is not None and self.schedule.travel_mode == "travel"


async def ways_to(
    request: Request, resource_id: UUID, values: QueryParams | FormData, *, now: datetime
) -> inventory.TravelTime:
    """What ways between jobs are estimated with on the days that are shown first, by road where a service is set up.
    Call it while no transaction is open."""
    rt = runtime(request)
    typed = {name: str(values.get(name, "") or "")[:60] for name in ("latitude", "longitude", "from", "arrival", "day")}
    place = place_in(Said(typed)) if rt.ports.road_times is not None else None
    if place is None:
        return inventory.GREAT_CIRCLE
    today = now.date()
    first = day_in(typed["from"]) or day_in(typed["arrival"]) or day_in(typed["day"]) or today
    first = min(max(first, today), today + timedelta(days=FARTHEST))
    last = first + timedelta(days=2 * STRIP)
    return await inventory.learn_ways(
        rt.db, rt.ports.road_times, resource_id, place, first=first, last=last, now=now
    )  # fmt: skip


async def times_of(
    tx: ReadTx, sellable: Sellable, said: Said, *, now: datetime, travel: inventory.TravelTime = inventory.GREAT_CIRCLE
) -> Times:
    """The fortnight asked for with `from`, or the first one with a free time in it."""
    today = today_in(sellable.zone, now)
    schedule = await inventory.schedule_of(tx, sellable.resource_id)
    if schedule is None:
        return Times(today, today, today, None)
    last = today + timedelta(days=schedule.horizon_days)
    first = min(max(day_in(said["from"]) or today, today), last)
    lengths = lengths_of(schedule)
    minutes = int(said["minutes"]) if is_whole(said["minutes"]) else 0
    units = await _units(tx, sellable)
    bare = Times(
        first,
        today,
        last,
        schedule,
        minutes if minutes in lengths else schedule.slot_minutes,
        lengths,
        units,
        next((each.id for each in units if each.id == as_id(said["unit"])), None),
        place_needed=schedule.travel_mode == "travel" and place_in(said) is None,
    )
    return bare if bare.place_needed else await _with_days(tx, sellable, said, bare, now, travel)


def lengths_of(schedule: Schedule) -> tuple[int, ...]:
    """How many minutes one may book: the usual length, then every multiple of the step up to the longest."""
    usual, step = schedule.slot_minutes, schedule.step_minutes
    longest = schedule.longest_minutes or max(USUAL_LONGEST, usual)
    every = range(step, longest + 1, step)
    wide = max(step, 30 if len(every) > 24 else step)
    return (usual, *(each for each in every if each > usual and each % wide == 0))


async def _units(tx: ReadTx, sellable: Sellable) -> tuple[Unit, ...]:
    if len(sellable.unit_ids) < 2:
        return ()
    units = (await catalog.units_of(tx, [sellable.resource_id])).get(sellable.resource_id, [])
    return tuple(each for each in units if each.id in sellable.unit_ids)


async def _with_days(
    tx: ReadTx, sellable: Sellable, said: Said, bare: Times, now: datetime, travel: inventory.TravelTime
) -> Times:
    first, error, slots = bare.first, None, list[Slot]()
    for _ in range(1 if said["from"] else MOST_LOOKED_AT):
        try:
            slots = await _slots(tx, sellable, said, bare, first, now, travel)
        except (Invalid, Conflict) as refusal:
            error = next(iter(beside(refusal).items()))
            break
        if slots or first + timedelta(days=STRIP) > bare.last:
            break
        first += timedelta(days=STRIP)
    first = first if slots else bare.first
    zone, by_day = ZoneInfo(sellable.zone), dict[date, list[Slot]]()
    for slot in slots:
        by_day.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
    shown = [first + timedelta(days=at) for at in range(min(STRIP, (bare.last - first).days + 1))]
    full = _full_days(sellable, bare, [day for day in shown if day not in by_day]) if error is None else frozenset()
    chosen = day_in(said["day"])
    chosen = chosen if chosen in by_day or chosen in full else min(by_day, default=None)
    return replace(
        bare,
        first=first,
        days=tuple((day, len(by_day.get(day, ()))) for day in shown),
        full=full,
        chosen=chosen,
        parts=_parts(by_day.get(chosen, []) if chosen else [], zone),
        error=error,
    )


def _full_days(sellable: Sellable, bare: Times, days: Sequence[date]) -> frozenset[date]:
    """Those after today, and after the notice asked for, on which somebody works."""
    assert bare.schedule is not None
    soon = bare.today + timedelta(minutes=bare.schedule.notice_minutes)
    units = (bare.unit_id,) if bare.unit_id else sellable.unit_ids
    return frozenset(day for day in days if day > soon and any(_works(bare.schedule, each, day) for each in units))


def _works(schedule: Schedule, unit_id: UUID, day: date) -> bool:
    """Whether a unit has hours on a day: its own before everyone's, exceptions before the week."""
    for whose in (unit_id, None):
        for exception in schedule.exceptions:
            if (exception.day, exception.unit_id) == (day, whose):
                return bool(exception.hours)
    own = [each for each in schedule.windows if each.unit_id == unit_id]
    every = own or [each for each in schedule.windows if each.unit_id is None]
    return any(each.weekday == day.weekday() for each in every)


async def _slots(
    tx: ReadTx,
    sellable: Sellable,
    said: Said,
    asked: Times,
    first: date,
    now: datetime,
    travel: inventory.TravelTime,
) -> list[Slot]:
    return await inventory.slots(
        tx,
        resource_id=sellable.resource_id,
        zone=sellable.zone,
        unit_ids=(asked.unit_id,) if asked.unit_id else sellable.unit_ids,
        first=first,
        last=min(first + timedelta(days=STRIP - 1), asked.last),
        minutes=asked.minutes,
        place=place_in(said),
        now=now,
        travel=travel,
    )


def _parts(slots: Sequence[Slot], zone: ZoneInfo) -> tuple[tuple[str, tuple[Slot, ...]], ...]:
    found: dict[str, list[Slot]] = {}
    for slot in slots:
        hour = slot.starts_at.astimezone(zone).hour
        found.setdefault(next(name for until, name in PARTS if hour < until), []).append(slot)
    return tuple((name, tuple(each)) for name, each in found.items())
