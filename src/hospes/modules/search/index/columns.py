"""Where the index keeps its listings: columns of numbers, one row each, and a calendar of one bit a night.

Sorted rows lie in order of the geographic grid, then of their property, so that the rows of one property lie side by
side; `row_of` finds them by id. Rows that came after the last `compact` lie unsorted behind them; rows that went away
keep their place with capacity 0. docs/search.md tells how it is used.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Listing, Mode
from hospes.modules.search.index.batches import Batch, Coded, batch_of, uuid_of
from hospes.modules.search.policies.grid import cells
from hospes.modules.search.policies.reference_rates import many_cents
from hospes.modules.search.policies.relevance import relevances
from hospes.modules.search.policies.seeking import SLEPT_IN
from hospes.modules.search.policies.wall_clock import WallClock, clocks_today
from hospes.modules.search.tables.diaries import Diaries
from hospes.modules.search.tables.faces import Faces
from hospes.modules.search.tables.limits import Limits
from hospes.modules.search.tables.lists import Table
from hospes.modules.search.tables.own_prices import OwnPrices
from hospes.modules.search.tables.properties import Properties
from hospes.modules.search.tables.sailings import Sailings
from hospes.modules.search.tables.tariffs import Tariffs
from hospes.modules.search.tables.unit_nights import UnitNights, rolled_words

NIGHTS = 512
WORDS = NIGHTS // 64
SPARE = 4096
DEGREE = 10_000_000  # positions are whole numbers of 1e-7 degrees: a centimetre
MOST_CENTS = 2**31 - 1
MANY = 128  # are looked up together

ROW = np.dtype(
    [
        ("id", "S16"), ("property", "u4"), ("cell", "i4"), ("lat", "i4"), ("lon", "i4"), ("base", "i8"),
        ("euros", "i4"), ("amenities", "u8"), ("score", "i4"), ("rating", "f4"), ("guests", "u2"), ("kind", "u1"),
        ("currency", "u1"), ("instant", "?"), ("pets", "?"), ("mode", "u1"), ("own_prices", "?"), ("min_nights", "u2"),
        ("max_nights", "u2"), ("notice", "u2"), ("horizon", "u2"), ("clock", "u4"), ("cleaning", "i8"),
        ("service", "u2"), ("tariff", "u4"), ("limit", "u4"),
    ]
)  # fmt: skip

T = TypeVar("T")
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Span = tuple[int, int]
Arrays = dict[str, NDArray[Any]]


class Columns:
    """The listings of one process. `clock` is a place in `clocks`, `currency` one in `currencies`, `property` one in
    `properties`. `calendar[word, row]`: 64 nights of a row, the lowest bit the first, set where it can be sold."""

    def __init__(self, kinds: Sequence[str], first_night: date) -> None:
        self.kinds = tuple(kinds)
        self.first_night = first_night
        self.currencies: list[str] = []
        self.clocks: list[WallClock] = []
        self.own = OwnPrices()
        self.properties = Properties()
        self.tariffs = Tariffs(first_night)
        self.limits = Limits(first_night)
        self.diaries = Diaries()
        self.sailings = Sailings()
        self.unit_nights = UnitNights()
        self.faces = Faces()
        self.calendar: NDArray[np.uint64] = np.zeros((WORDS, 0), np.uint64)
        self.sorted = 0
        self.used = 0
        self._columns: Arrays = {}
        self._by_id: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self._fresh: dict[bytes, int] = {}
        self._clock_codes: dict[WallClock, int] = {}
        self._alive = 0
        self._today: tuple[tuple[int, int], NDArray[np.int64]] = ((0, 0), np.zeros(0, np.int64))
        self._allocate(SPARE)

    def __len__(self) -> int:
        return self._alive

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name]

    @property
    def nbytes(self) -> int:
        """Memory of everything a listing is found by: columns, calendar, order by id, and what lies beside the columns.
        Faces are only looked at to show a page, and stay in the mapped file."""
        arrays = sum(values.nbytes for values in self._columns.values()) + self.calendar.nbytes
        beside = sum(int(getattr(self, name).nbytes) for name in TABLES if name != "faces")
        return arrays + self._by_id.nbytes + beside

    def row_of(self, resource_id: UUID) -> int | None:
        """Where a listing lies, or None when it is not here."""
        key = resource_id.bytes
        if key in self._fresh:
            return self._fresh[key]
        ids = self._columns["id"][: self.sorted]
        place = bisect_left(self._by_id, key.rstrip(b"\0"), key=ids.__getitem__)  # `searchsorted` would copy `_by_id`
        if place == self.sorted:
            return None
        row = int(self._by_id[place])
        same = bytes(ids[row]).ljust(16, b"\0") == key
        return row if same and self._columns["guests"][row] else None

    def rows_of(self, resource_ids: Sequence[UUID]) -> Rows:
        """Where several lie, -1 for one that is not here."""
        if len(resource_ids) < MANY:
            found = (self.row_of(each) for each in resource_ids)
            return np.array([-1 if row is None else row for row in found], np.int64)
        keys = np.array([each.bytes for each in resource_ids], "S16")
        ids = self._columns["id"][: self.sorted]
        rows = np.full(len(keys), -1, np.int64)
        if self.sorted:
            places = np.searchsorted(ids, keys, sorter=self._by_id)
            there = self._by_id[np.minimum(places, self.sorted - 1)].astype(np.int64)
            rows = np.where((ids[there] == keys) & (self._columns["guests"][there] > 0), there, -1)
        for place, each in enumerate(resource_ids):
            rows[place] = self._fresh.get(each.bytes, rows[place])
        return rows

    def id_of(self, row: int) -> UUID:
        """The resource of a row."""
        return uuid_of(self._columns["id"][row])

    def open_words(self, row: int) -> bytes:
        """The calendar of a row as `Listing.open_words` has it."""
        return self.calendar[:, row].tobytes()

    def today(self, now: datetime) -> NDArray[np.int64]:
        """The date (as an ordinal) on the wall of each of `clocks`; nowhere does it change within a quarter of an
        hour of UTC."""
        key = (int(now.timestamp()) // 900, len(self.clocks))
        if self._today[0] != key:
            self._today = key, clocks_today(self.clocks, now)
        return self._today[1]

    def stays(self, rows: Rows) -> Mask:
        """Which of the rows are sold by the night and slept in."""
        slept_in = np.zeros(256, np.bool_)
        slept_in[[code for code, kind in enumerate(self.kinds) if kind in SLEPT_IN]] = True
        found: Mask = slept_in[self._columns["kind"][rows]]
        found &= self._columns["mode"][rows] == Mode.NIGHTLY
        return found

    def reserve(self, more: int) -> None:
        """Have room for so many more rows."""
        if self.used + more > self.calendar.shape[1]:
            self._allocate(self.used + more - self.calendar.shape[1])
        self.properties.reserve(more)

    def extend(self, batch: Batch) -> None:
        """Add listings that are not here yet; they are found by id, and with their property, after the next
        `compact`."""
        first = self.used
        rows = np.arange(first, first + len(batch))
        self._room_for(len(batch))
        self.used += len(batch)
        self._alive += len(batch)
        self._write(rows, batch)
        self._columns["property"][rows] = self.properties.extend(batch.properties)
        self.own.extend(first, batch.own)
        self.faces.extend(first, batch.faces)
        for place, listing in batch.special.items():
            for table in self._tables():
                if table.has(listing):
                    table.write(first + place, listing)

    def put(self, listing: Listing) -> None:
        """Add a listing or replace what was known of it."""
        self.put_all(batch_of([listing]))

    def put_all(self, batch: Batch) -> None:
        """The same of several, each of which is there once."""
        rows = self._rows_for(batch)
        self._write(rows, batch)
        prices, faces = batch.own.by_owner(), batch.faces.all()
        for place in np.flatnonzero(self.own.known(rows) | self._columns["own_prices"][rows]).tolist():
            self.own.put(int(rows[place]), prices.get(place, {}))
        for row, face in zip(rows.tolist(), faces, strict=True):
            self.faces.put(row, face)
        plain = np.ones(len(rows), np.bool_)
        plain[list(batch.special)] = False
        for table in self._tables():
            for row in rows[plain & table.known(rows)].tolist():
                table.drop(row)
            for place, listing in batch.special.items():
                table.put(int(rows[place]), listing)

    def _rows_for(self, batch: Batch) -> Rows:
        """Where each is written: where it was, or behind all others when it is new or has moved."""
        homes = self.properties.codes_of(batch.properties)
        here = cells(batch.latitude, batch.longitude)
        ids = batch.resource_ids()
        rows = self.rows_of(ids)
        moved = (self._columns["cell"][rows] != here) | (self._columns["property"][rows] != homes)
        for place in np.flatnonzero((rows < 0) | moved).tolist():
            if rows[place] >= 0:
                self.drop(ids[place])
            self._room_for(1)
            rows[place] = self._fresh[ids[place].bytes] = self.used
            self.used += 1
            self._alive += 1
        self._columns["property"][rows] = homes
        return rows

    def drop(self, resource_id: UUID) -> None:
        """Forget a listing."""
        row = self.row_of(resource_id)
        if row is not None:
            self._fresh.pop(resource_id.bytes, None)
            self._columns["guests"][row] = 0
            self._alive -= 1
            self.own.put(row, {})
            for table in self._tables():
                table.drop(row)

    def _tables(self) -> tuple[Table, ...]:
        return self.diaries, self.sailings, self.unit_nights

    def compact(self) -> None:
        """Sort every row into the grid, beside the others of its property, and give dropped rows back."""
        alive = np.flatnonzero(self._columns["guests"][: self.used] > 0)
        self._forget_terms(alive)
        homes = self.properties.tidy(self._columns["property"][alive])
        self._columns["property"][alive] = homes
        places = np.argsort(self._columns["cell"][alive].astype(np.int64) << 32 | homes, kind="stable")
        order = alive[places]
        size = len(order) + SPARE
        for name, values in self._columns.items():
            fresh = np.zeros(size, values.dtype)
            fresh[: len(order)] = values[order]
            self._columns[name] = fresh
        calendar = np.zeros((WORDS, size), np.uint64)
        for word in range(WORDS):
            calendar[word, : len(order)] = self.calendar[word][order]
        self.calendar = calendar
        for table in (self.own, self.diaries, self.sailings, self.unit_nights, self.faces):
            table.move(order)
        self._by_id = np.argsort(self._columns["id"][: len(order)], kind="stable").astype(np.uint32)
        self._fresh.clear()
        self.used = self.sorted = len(order)

    def _forget_terms(self, alive: Rows) -> None:
        """Of tariffs and restrictions keep those that some listing still has, when most are of the past."""
        if tariffs := self.tariffs.tidied(self._columns["tariff"][alive]):
            self.tariffs, self._columns["tariff"][alive] = tariffs
        if limits := self.limits.tidied(self._columns["limit"][alive]):
            self.limits, self._columns["limit"][alive] = limits

    @property
    def unsorted(self) -> int:
        """Rows and prices that lie beside the sorted ones; worth a `compact` when there are many."""
        tables = (self.own, self.diaries, self.sailings, self.unit_nights, self.faces)
        return self.used - self.sorted + sum(each.changed for each in tables)

    def roll(self, first_night: date) -> None:
        """Move the first night forward; nights that come into view are closed until their listing is read again."""
        days = (first_night - self.first_night).days
        if days <= 0:
            return
        self.calendar = np.array(rolled_words(list(self.calendar), days))
        self.own.roll(days)
        self.unit_nights.roll(days)
        self.first_night = first_night

    def parts(self) -> tuple[Arrays, dict[str, Any]]:
        """The arrays, room for new rows with them, and plain facts, for `from_parts`. Sorts first where needed."""
        if self.unsorted or self.properties.used != self.properties.sorted:
            self.compact()
        arrays = {f"columns.{name}": values for name, values in self._columns.items()}
        arrays |= {"columns.calendar": self.calendar, "columns.by_id": self._by_id}
        facts: dict[str, Any] = {
            "kinds": list(self.kinds),
            "first_night": self.first_night.isoformat(),
            "currencies": list(self.currencies),
            "clocks": [[each.zone, each.check_in_from.isoformat()] for each in self.clocks],
            "sorted": self.sorted,
            "alive": self._alive,
            "tables": {},
        }
        for name in TABLES:
            theirs, told = getattr(self, name).parts()
            arrays |= {f"{name}.{each}": values for each, values in theirs.items()}
            facts["tables"][name] = told
        return arrays, facts

    @classmethod
    def from_parts(cls, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> "Columns":
        """What `parts` gave; the arrays may be copy-on-write maps of a file, and are used as they are."""
        made = cls(facts["kinds"], date.fromisoformat(facts["first_night"]))
        made.currencies = list(facts["currencies"])
        made.clocks = [WallClock(zone, time.fromisoformat(clock)) for zone, clock in facts["clocks"]]
        made._clock_codes = {clock: code for code, clock in enumerate(made.clocks)}
        made.sorted = made.used = int(facts["sorted"])
        made._alive = int(facts["alive"])
        assert ROW.names is not None
        made._columns = {name: arrays[f"columns.{name}"] for name in ROW.names}
        made.calendar, made._by_id = arrays["columns.calendar"], arrays["columns.by_id"]
        for name, table in TABLES.items():
            theirs = {each.partition(".")[2]: values for each, values in arrays.items() if each.startswith(f"{name}.")}
            setattr(made, name, table.from_parts(theirs, facts["tables"][name]))
        return made

    def _room_for(self, count: int) -> None:
        if self.used + count > self.calendar.shape[1]:
            self._allocate(max(SPARE, count, self.used // 8))

    def _allocate(self, more: int) -> None:
        size = self.calendar.shape[1] + more
        assert ROW.names is not None
        for name in ROW.names:
            fresh = np.zeros(size, ROW[name])
            if name in self._columns:
                fresh[: self.used] = self._columns[name][: self.used]
            self._columns[name] = fresh
        calendar = np.zeros((WORDS, size), np.uint64)
        calendar[:, : self.used] = self.calendar[:, : self.used]
        self.calendar = calendar

    def _write(self, rows: Rows, batch: Batch) -> None:
        for name, values in self._values(batch).items():
            self._columns[name][rows] = values
        self.calendar[:, rows] = batch.words.T

    def _values(self, batch: Batch) -> Mapping[str, NDArray[Any]]:
        currency = _recoded(batch.currency, self._currency_code)
        euros = np.minimum(many_cents(batch.base.astype(np.float64), currency, self.currencies), MOST_CENTS)
        return {
            "id": batch.ids,
            "cell": cells(batch.latitude, batch.longitude),
            "lat": np.rint(batch.latitude * DEGREE),
            "lon": np.rint(batch.longitude * DEGREE),
            "base": batch.base,
            "euros": euros,
            "amenities": batch.amenities,
            "score": relevances(batch.rating, batch.rating_count, batch.instant, euros),
            "rating": batch.rating,
            "guests": batch.guests,
            "kind": _recoded(batch.kind, self.kinds.index),
            "currency": currency,
            "instant": batch.instant,
            "pets": batch.pets,
            "mode": batch.mode,
            "own_prices": np.bincount(batch.own.owners, minlength=len(batch)) > 0,
            "min_nights": batch.min_nights,
            "max_nights": batch.max_nights,
            "notice": batch.notice,
            "horizon": batch.horizon,
            "clock": _recoded(batch.clock, self._clock_code),
            "cleaning": batch.cleaning,
            "service": batch.service,
            "tariff": _recoded(batch.tariff, self.tariffs.intern),
            "limit": _recoded(batch.limit, self.limits.intern),
        }

    def _currency_code(self, currency: str) -> int:
        if currency not in self.currencies:
            self.currencies.append(currency)
        return self.currencies.index(currency)

    def _clock_code(self, clock: WallClock) -> int:
        code = self._clock_codes.setdefault(clock, len(self.clocks))
        if code == len(self.clocks):
            self.clocks.append(clock)
        return code


# What lies beside the columns; each has `parts` and `from_parts` of its own.
TABLES: dict[str, Any] = {
    "own": OwnPrices,
    "properties": Properties,
    "tariffs": Tariffs,
    "limits": Limits,
    "diaries": Diaries,
    "sailings": Sailings,
    "unit_nights": UnitNights,
    "faces": Faces,
}


def _recoded(values: Coded[T], code_of: Callable[[T], int]) -> NDArray[np.uint32]:
    """The codes that these values have here."""
    codes = np.fromiter(map(code_of, values.values), np.uint32, len(values.values))
    return codes[values.codes]
