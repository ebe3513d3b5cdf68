"""Reads when what is sold by the hour and by departure can be had: three statements for a batch, however large.

What depends on the time of day (notice, horizon, cut-offs) is kept as a rule and asked when somebody searches.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import DayException, Schedule, Span, Window
from hospes.modules.search.contracts import ORIGIN, Diary, Listing, Mode, Rounds, Sailing
from hospes.modules.search.keeping.going import Going
from hospes.modules.search.policies.free_runs import Run, Terms, free_runs
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.queries import diaries as queries
from hospes.modules.search.tables.diaries import LOADED
from hospes.modules.search.tables.sailings import AHEAD_DAYS
from hospes.platform.db import ReadTx, Row

DAY = timedelta(days=1)
WEEK = timedelta(days=10)  # a week's bookings are counted, and a little more
EVERYBODY = UUID(int=0)
MOST_GUESTS = 2**16 - 1
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Timetable:
    """A diary, and for somebody who travels where from and how far."""

    diary: Diary
    home: tuple[float, float] | None = None
    range_km: float = 0.0
    rounds: Rounds | None = None
    travel_fee: int = 0
    travel_per_km: int = 0


async def by_time(tx: ReadTx, listings: Sequence[Listing], *, now: datetime) -> None:
    """Add the diaries and the departures to those of the listings that are sold so. Four statements at most.

    On a departure it is the group that the departure takes which counts."""
    timed = {each.resource_id: each for each in listings if each.mode is Mode.TIMED}
    tables = await diaries_of(tx, {key: each.zone for key, each in timed.items()}, now=now)
    for resource_id, table in tables.items():
        listing = timed[resource_id]
        for name in ("diary", "home", "range_km", "rounds", "travel_fee", "travel_per_km"):
            setattr(listing, name, getattr(table, name))
    tours = {each.resource_id: each for each in listings if each.mode is Mode.DEPARTURE}
    for resource_id, (sailings, child_amount) in (await sailings_of(tx, list(tours), now=now)).items():
        listing = tours[resource_id]
        listing.sailings, listing.child_amount = sailings, child_amount
        listing.guests = min(max(each.max_group or listing.guests for each in sailings), MOST_GUESTS)


async def diaries_of(tx: ReadTx, zones: dict[UUID, str], *, now: datetime) -> dict[UUID, Timetable]:
    """Those of these resources sold by the hour that have opening hours, given with the zone of each. Three
    statements at most, none for nobody."""
    if not zones:
        return {}
    first = earliest_today(now) - DAY
    last = first + timedelta(days=LOADED + 1)
    starts = datetime.combine(first, _MIDNIGHT, UTC) - WEEK
    rows = await queries.schedules(tx, list(zones), first=first, last=last)
    ends = starts + WEEK + WEEK + timedelta(days=LOADED)
    going = {row["resource_id"] for row in rows if row["travel_mode"] == "travel"}
    jobs: dict[UUID, Row] = {}
    for ids, places in ((set(zones) - going, False), (going, True)):
        found = await queries.jobs(tx, list(ids), starts, ends, places=places, now=now) if ids else []
        jobs |= {row["unit_id"]: row for row in found}
    return {row["resource_id"]: _timetable(row, zones[row["resource_id"]], jobs, (first, last)) for row in rows}


async def sailings_of(
    tx: ReadTx, ids: Sequence[UUID], *, now: datetime
) -> dict[UUID, tuple[tuple[Sailing, ...], int | None]]:
    """The departures to come of these resources, in order, and what a child's place costs there. One statement, none
    for nobody."""
    if not ids:
        return {}
    found: dict[UUID, list[Sailing]] = {}
    children: dict[UUID, int | None] = {}
    for row in await queries.departures(tx, ids, now - DAY, now + timedelta(days=AHEAD_DAYS), now=now):
        children[row["resource_id"]] = row["child_amount"]
        found.setdefault(row["resource_id"], []).append(
            Sailing(
                start=row["start"] - ORIGIN,
                day=row["first_day"].toordinal(),
                left=row["left"],
                min_group=row["min_group"],
                max_group=row["most"],
                cutoff=row["cutoff_minutes"] * 60,
                price=row["price_amount"],
            )
        )
    return {resource_id: (tuple(each), children[resource_id]) for resource_id, each in found.items()}


def _timetable(row: Row, zone: str, jobs: dict[UUID, Row], days: tuple[date, date]) -> Timetable:
    windows, exceptions = _windows(row["windows"] or "[]"), _exceptions(row["exceptions"] or "[]")
    own = {each.unit_id for each in windows} | {each.unit_id for each in exceptions}
    terms = Terms(*(row[f"{name}_minutes"] * 60 for name in ("slot", "step", "before", "after")))
    travels = row["travel_mode"] == "travel"
    runs, rounds = set[Run](), Going(row, terms) if travels else None
    for unit_id in row["units"] or ():
        whose = unit_id if unit_id in own else EVERYBODY
        opening = _opening(zone, windows, exceptions, whose, *days)
        job = jobs.get(unit_id)
        if job is None:
            free: Sequence[Run] = _unbroken(opening, terms)
            runs.update(free)
        else:
            busy = list(zip(job["starts"], job["ends"], strict=True))
            full = _full(zone, job["counted"] or (), row["max_per_day"], row["max_per_week"])
            free = free_runs(opening, busy, full, terms)
            runs.update(free_runs(opening, rounds.ways_home(job), full, terms) if rounds else free)
        if rounds:
            rounds.add(free, job)
    table = np.array(sorted(runs), np.int64).reshape(-1, 3) - ORIGIN
    diary = Diary(
        runs=table.astype(np.int32).tobytes(),
        slot=row["slot_minutes"],
        step=row["step_minutes"],
        longest=row["longest_minutes"] or 1440,
        notice=row["notice_minutes"],
        horizon=row["horizon_days"],
    )
    if rounds is None:
        return Timetable(diary)
    home = (row["home_latitude"], row["home_longitude"])
    return Timetable(diary, home, row["radius_km"], rounds.made(), row["travel_fee"], row["travel_per_km"])


def _full(zone: str, counted: Collection[int], day_most: int | None, week_most: int | None) -> list[Span]:
    """The days and the weeks there on which there are as many bookings as there may be."""
    if not counted or (day_most is None and week_most is None):
        return []
    info, spans = ZoneInfo(zone), list[Span]()
    days = Counter(datetime.fromtimestamp(each, info).date() for each in counted)
    if day_most is not None:
        spans += [_span(zone, day, 1) for day, count in days.items() if count >= day_most]
    if week_most is not None:
        weeks = Counter[date]()
        for day, count in days.items():
            weeks[day - timedelta(days=day.weekday())] += count
        spans += [_span(zone, monday, 7) for monday, count in weeks.items() if count >= week_most]
    return spans


def _span(zone: str, first: date, days: int) -> Span:
    ends = first + timedelta(days=days)
    return inventory.instant(zone, first, _MIDNIGHT), inventory.instant(zone, ends, _MIDNIGHT)


@lru_cache(maxsize=4096)
def _unbroken(opening: tuple[Span, ...], terms: Terms) -> tuple[Run, ...]:
    """The runs of a unit with nothing to do."""
    return tuple(free_runs(opening, (), (), terms))


@lru_cache(maxsize=4096)
def _opening(
    zone: str,
    windows: tuple[Window, ...],
    exceptions: tuple[DayException, ...],
    unit_id: UUID,
    first: date,
    last: date,
) -> tuple[Span, ...]:
    """A unit's hours; most places open at one of a few hundred ways, so they are worked out once."""
    said = Schedule(unit_id, 1, 1, windows=windows, exceptions=exceptions)
    return tuple(inventory.openings(said, zone, [unit_id], first, last)[unit_id])


@lru_cache(maxsize=4096)
def _windows(text: str) -> tuple[Window, ...]:
    return tuple(
        Window(day, _time(opens), _time(closes), _unit(unit)) for day, opens, closes, unit in orjson.loads(text)
    )


@lru_cache(maxsize=4096)
def _exceptions(text: str) -> tuple[DayException, ...]:
    return tuple(
        DayException(
            date.fromisoformat(day),
            tuple((_time(start), _time(end)) for start, end in zip(opens, closes, strict=True)),
            _unit(unit),
        )
        for day, opens, closes, unit in orjson.loads(text)
    )


def _time(said: str) -> time:
    return time.fromisoformat(said)


def _unit(said: Any) -> UUID | None:
    return None if said is None else UUID(said)
