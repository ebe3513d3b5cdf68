"""When things sold by the hour can start: the first free start of many of them at once, of all days or of each.

Not bits of quarters of an hour but runs of starts, to the second: opening hours need not be multiples of anything, and
a run says exactly what inventory's slots say, for any length. A run takes 12 bytes, a usual week of a professional
about 130, where bits would take 170. Of somebody who travels these are the starts of a job at home, the ways from the
other jobs counted; those of a job where somebody shall come to are found by `rounds.py`.

Starts are known `DAYS` ahead: nobody looks for an hour in three months, and each further week costs memory and a longer
load. What starts later is not found by the hour, and the edges say so (`search_invalid`). `LOADED` is a week more, so
that a process which has not read a listing again since the day before still knows all of `DAYS`.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Place
from hospes.modules.search.contracts import ORIGIN, Diary, Hours, Listing
from hospes.modules.search.policies.asking import HOURS_AHEAD
from hospes.modules.search.policies.wall_clock import today_in
from hospes.modules.search.tables.lists import Array, Lists, Numbers, Rows, Table, smallest
from hospes.modules.search.tables.rounds import HAIR, RoundsByRow, kilometres

DAYS = HOURS_AHEAD
LOADED = DAYS + 7
NEVER = 2**31 - 1
DAY = timedelta(days=1)
_MIDNIGHT = time()
_MOST = 2**16 - 1
_PAIRS = 32_768  # of rows and days looked at together
_RECORDS = {"first": np.int32, "until": np.int32, "end": np.int32}
_FACTS = {
    "latitude": np.float64, "longitude": np.float64, "reach": np.float64, "slot": np.uint16, "step": np.uint16,
    "longest": np.uint16, "notice": np.uint32, "horizon": np.uint16, "zone": np.uint16, "travel_fee": np.int64,
    "per_km": np.int64,
}  # fmt: skip
Mask = NDArray[np.bool_]
_CLOSED = Diary(b"", 1, 1)


class DayStarts(NamedTuple):
    """First starts by row and day: the places of the rows asked for, ascending, the days (ordinals), ascending within a
    row, and the starts in epoch seconds."""

    owners: Numbers
    days: Numbers
    starts: Numbers


_NO_STARTS = DayStarts(*np.zeros((3, 0), np.int64))


class Diaries(Table):
    """The diaries of the rows of an index."""

    def __init__(self) -> None:
        super().__init__(Lists(_RECORDS, _FACTS), weighs=100)
        self._zones: list[str] = []
        self._lasting = 0
        self._rounds = RoundsByRow()
        self.farthest_km = 0.0  # from a property that somebody of it goes to a guest

    @property
    def nbytes(self) -> int:
        """Memory of everything."""
        return super().nbytes + self._rounds.nbytes

    @property
    def changed(self) -> int:
        """Worth a `move` when there are many: entries that have moved, roughly."""
        return super().changed + self._rounds.loose // 100

    def has(self, listing: Listing) -> bool:
        """Whether it is sold by the hour, or somebody travels."""
        return listing.diary is not None or listing.range_km > 0

    def write(self, row: int, listing: Listing) -> None:
        """The diary of a row from now on, and how far somebody goes from where."""
        diary = listing.diary or _CLOSED
        home, there = listing.home or (listing.latitude, listing.longitude), (listing.latitude, listing.longitude)
        away = inventory.distance_km(Place(*home), Place(*there))
        self.farthest_km = max(self.farthest_km, away + listing.range_km)
        runs = np.frombuffer(diary.runs, np.int32).reshape(-1, 3)
        if len(runs):
            self._lasting = max(self._lasting, int((runs[:, 2] - runs[:, 0]).max()))
        lengths = (diary.slot, diary.step, min(diary.longest, _MOST))
        facts = (*home, listing.range_km, *lengths, diary.notice, diary.horizon, self._zone_code(listing.zone))
        fees = (listing.travel_fee, listing.travel_per_km)
        self._lists.put(row, (runs[:, 0], runs[:, 1], runs[:, 2]), (*facts, *fees))
        self._rounds.put(row, listing)

    def drop(self, row: int) -> None:
        """The row is gone."""
        super().drop(row)
        self._rounds.drop(row)

    def move(self, order: Rows) -> None:
        """Rows have been put in this order; those that are not in it are gone."""
        super().move(order)
        self._rounds.move(order)

    def first_start(
        self,
        rows: Rows,
        first: date,
        last: date,
        *,
        since: time = _MIDNIGHT,
        until: time | None = None,
        minutes: int | None = None,
        place: Place | None = None,
        now: datetime,
    ) -> tuple[Mask, Numbers]:
        """Which rows can be booked for so many minutes (None: their usual and shortest length) with a start on a day of
        [first, last] by the clock there, from `since` to before `until` (None: midnight), and the first such start
        in epoch seconds (0 where there is none). `place`: where they shall come to, which they must reach. As many days
        as asked are looked at; keep them few."""
        entries = self._lists.entries(rows)
        starts = np.zeros(len(rows), np.int64)
        left = np.flatnonzero(self._lists.counts[entries])
        length, sold = self._lengths(entries[left], minutes)
        left, length = left[sold], length[sold]
        earliest, latest = self._bounds(entries[left], now)
        codes = self._lists.facts["zone"][entries[left]]
        for day, end in _windows(first, last, since, until, now):
            if not len(left):
                break
            low, high = self._span(codes, day, since, end, until)
            low, high = np.maximum(low, earliest), np.minimum(high, latest)
            found = self._earliest(rows[left], length, low, high, place)
            free = found < NEVER
            starts[left[free]] = found[free] + ORIGIN
            left, length, codes = left[~free], length[~free], codes[~free]
            earliest, latest = earliest[~free], latest[~free]
        return starts > 0, starts

    def each_day(self, rows: Rows, asked: Hours, *, place: Place | None = None, now: datetime) -> DayStarts:
        """As `first_start`, but the first start of each row on each of the days that has one. Every day of every row is
        looked at."""
        entries = self._lists.entries(rows)
        left = np.flatnonzero(self._lists.counts[entries])
        length, sold = self._lengths(entries[left], asked.minutes)
        left, length = left[sold], length[sold]
        days = _days(asked.first, asked.last, now)
        size = max(_PAIRS // max(len(days), 1), 1)
        found = [
            self._each_day(rows, left[at : at + size], length[at : at + size], days, asked, place, now)
            for at in range(0, len(left) if days else 0, size)
        ]
        return DayStarts(*(np.concatenate(each) for each in zip(_NO_STARTS, *found, strict=True)))

    def _each_day(
        self, rows: Rows, those: Numbers, length: Numbers, days: list[date], asked: Hours, place: Place | None,
        now: datetime,
    ) -> DayStarts:  # fmt: skip
        entries = self._lists.entries(rows[those])
        codes, (earliest, latest) = self._lists.facts["zone"][entries], self._bounds(entries, now)
        spans = [self._span(codes, day, asked.since, day, asked.until) for day in days]
        low = np.stack([np.maximum(each, earliest) for each, _ in spans], axis=1).reshape(-1)
        high = np.stack([np.minimum(each, latest) for _, each in spans], axis=1).reshape(-1)
        owners = np.repeat(those, len(days))
        found = self._earliest(rows[owners], np.repeat(length, len(days)), low, high, place)
        free = np.flatnonzero(found < NEVER)
        ordinals = np.array([day.toordinal() for day in days])
        return DayStarts(owners[free], ordinals[free % len(days)], found[free] + ORIGIN)

    def reaches(self, rows: Rows, latitude: float, longitude: float) -> Mask:
        """Whose people come to this place: great circle (haversine) from their home, as booking measures it."""
        entries = self._lists.entries(rows)
        mask = self._lists.facts["reach"][entries] > 0
        going = np.flatnonzero(mask)
        km = self._away(rows[going], Place(latitude, longitude))
        mask[going] = km <= self._lists.facts["reach"][entries[going]]
        return mask

    def lengths(self, rows: Rows, minutes: int | None) -> Numbers:
        """For how many minutes each row is booked, asked for so many (None: its usual length)."""
        usual: Numbers = self._lists.facts["slot"][self._lists.entries(rows)].astype(np.int64)
        return usual if minutes is None else np.full(len(rows), minutes, np.int64)

    def days_of(self, rows: Rows, starts: Numbers, now: datetime) -> Numbers:
        """The ordinal of the local day of a start of each, at most `DAYS` from now."""
        codes, found = self._lists.facts["zone"][self._lists.entries(rows)], np.zeros(len(rows), np.int64)
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            today, mine = today_in(self._zones[code], now), np.flatnonzero(codes == code)
            ends = np.array(_ends_of_days(self._zones[code], today))
            found[mine] = today.toordinal() + np.searchsorted(ends, starts[mine] - ORIGIN, side="right")
        return found

    def travels(self, rows: Rows) -> Mask:
        """Whether somebody of theirs comes to guests."""
        found: Mask = self._lists.facts["reach"][self._lists.entries(rows)] > 0
        return found

    def travel_fees(self, rows: Rows, to: Place) -> Numbers:
        """What the way from home to there costs, once a visit and by the tenth of a kilometre; nothing at home."""
        facts, entries = self._lists.facts, self._lists.entries(rows)
        tenths = np.floor(self._away(rows, to, half=0.05) * 10 + 0.5).astype(np.int64)
        fees: Numbers = facts["travel_fee"][entries] + (2 * tenths * facts["per_km"][entries] + 10) // 20
        at_home = (facts["latitude"][entries] == to.latitude) & (facts["longitude"][entries] == to.longitude)
        return np.where(at_home, 0, fees)

    def _away(self, rows: Rows, to: Place, *, half: float | None = None) -> NDArray[np.float64]:
        """Kilometres from home to there, to the last digit where that decides: by the range, or by half a tenth."""
        facts, entries = self._lists.facts, self._lists.entries(rows)
        north, east = facts["latitude"][entries], facts["longitude"][entries]
        km = kilometres(north, east, to.latitude, to.longitude)
        edge = facts["reach"][entries] if half is None else np.floor(km * 10) / 10 + half
        for at in np.flatnonzero(np.abs(km - edge) < HAIR).tolist():
            exact = inventory.distance_km(Place(north[at], east[at]), to)
            km[at] = exact if half is None else float(Decimal(str(exact)).quantize(Decimal("0.1"), ROUND_HALF_UP))
        return km

    def _lengths(self, entries: Numbers, minutes: int | None) -> tuple[Numbers, Mask]:
        """Seconds asked of each, and whether it is sold for so long."""
        facts = self._lists.facts
        usual = facts["slot"][entries].astype(np.int64)
        if minutes is None:
            return usual * 60, np.ones(len(entries), np.bool_)
        several = (usual <= minutes) & (facts["longest"][entries] >= minutes) & (minutes % facts["step"][entries] == 0)
        sold: Mask = (usual == minutes) | several
        return np.full(len(entries), minutes * 60, np.int64), sold

    def _bounds(self, entries: Numbers, now: datetime) -> tuple[Numbers, Numbers]:
        """When each may start at the earliest, and before when."""
        facts = self._lists.facts
        earliest = facts["notice"][entries].astype(np.int64) * 60 + (ceil(now.timestamp()) - ORIGIN)
        days = np.minimum(facts["horizon"][entries], DAYS).astype(np.int64)
        codes = facts["zone"][entries]
        ends = np.zeros((len(self._zones), DAYS + 1), np.int64)
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            zone = self._zones[code]
            ends[code] = _ends_of_days(zone, today_in(zone, now))
        latest: Numbers = ends[codes, days]
        return earliest, latest

    def _span(self, codes: Array, day: date, since: time, end: date, until: time | None) -> tuple[Numbers, Numbers]:
        """From `since` on the day to `until` on the day `end`, for each zone code."""
        low, high = np.zeros(len(self._zones), np.int64), np.zeros(len(self._zones), np.int64)
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            zone = self._zones[code]
            low[code] = inventory.instant(zone, day, since) - ORIGIN
            closes = (end + DAY, _MIDNIGHT) if until is None else (end, until)
            high[code] = inventory.instant(zone, *closes) - ORIGIN
        return low[codes], high[codes]

    def _earliest(self, rows: Rows, length: Numbers, low: Numbers, high: Numbers, place: Place | None) -> Numbers:
        """The first start of each from `low` to before `high`, `NEVER` when there is none."""
        entries = self._lists.entries(rows)
        found = self._unhindered(entries, length, low, high)
        if place is not None:
            those = np.flatnonzero(self._rounds.known(rows))
            step = self._lists.facts["step"][entries[those]].astype(np.int64) * 60
            asked = (length[those], step, low[those], high[those])
            found[those] = self._rounds.earliest(rows[those], place, *asked)
        return found

    def _unhindered(self, entries: Numbers, length: Numbers, low: Numbers, high: Numbers) -> Numbers:
        counts, places = self._lists.between(entries, low - self._lasting, high)
        records, step = self._lists.records, self._lists.facts["step"][entries].astype(np.int64) * 60
        first = records["first"][places].astype(np.int64)
        every = np.repeat(step, counts)
        start = first + -(-np.maximum(np.repeat(low, counts) - first, 0) // every) * every
        fits = (
            (start <= records["until"][places])
            & (start + np.repeat(length, counts) <= records["end"][places])
            & (start < np.repeat(high, counts))
        )
        start[~fits] = NEVER
        return smallest(start, counts, NEVER)

    def _zone_code(self, zone: str) -> int:
        if zone not in self._zones:
            self._zones.append(zone)
        return self._zones.index(zone)

    def parts(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """The arrays, and what else there is to keep."""
        arrays, facts = super().parts()
        rounds, told = self._rounds.parts()
        arrays = {**arrays, **{f"rounds_{name}": each for name, each in rounds.items()}}
        mine = {"zones": self._zones, "lasting": self._lasting, "farthest_km": self.farthest_km, "rounds": told}
        return arrays, {**facts, **mine}

    @classmethod
    def from_parts(cls, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> Self:
        """What `parts` has told."""
        made = super().from_parts(arrays, facts)
        made._zones, made._lasting = list(facts["zones"]), facts["lasting"]
        made.farthest_km = facts["farthest_km"]
        rounds = {name.removeprefix("rounds_"): each for name, each in arrays.items() if name.startswith("rounds_")}
        made._rounds = RoundsByRow.from_parts(rounds, facts["rounds"])
        return made


def _windows(first: date, last: date, since: time, until: time | None, now: datetime) -> list[tuple[date, date]]:
    """The days to look at in turn: one by one, or where whole days are asked for one, then two, then four together."""
    together, windows = timedelta(), list[tuple[date, date]]()
    day, last = _known(first, last, now)
    while day <= last:
        windows.append((day, min(day + together, last)))
        day += together + DAY
        if since == _MIDNIGHT and until is None:
            together += together + DAY
    return windows


def _days(first: date, last: date, now: datetime) -> list[date]:
    """All of them on which something may be known."""
    day, last = _known(first, last, now)
    return [day + timedelta(days=each) for each in range((last - day).days + 1)]


def _known(first: date, last: date, now: datetime) -> tuple[date, date]:
    today = now.astimezone(UTC).date()
    return max(first, today - DAY), min(last, today + timedelta(days=DAYS + 1))


@lru_cache(maxsize=2048)
def _ends_of_days(zone: str, today: date) -> tuple[int, ...]:
    """When today and each of the next `DAYS` days ends there, seconds since `ORIGIN`."""
    ends = (today + timedelta(days=each + 1) for each in range(DAYS + 1))
    return tuple(inventory.instant(zone, end, _MIDNIGHT) - ORIGIN for end in ends)
