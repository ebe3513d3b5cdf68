"""Where the index keeps its listings: columns of numbers, one row each, and a calendar of one bit a night.

Sorted rows lie in order of the geographic grid, and `by_id` finds them by id. Rows that came after the last `compact`
lie unsorted behind them; rows that went away keep their place with capacity 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Listing
from hospes.modules.search.own_prices import OwnPrices
from hospes.modules.search.policies.grid import cell
from hospes.modules.search.policies.reference_rates import cents
from hospes.modules.search.policies.relevance import relevance
from hospes.modules.search.policies.wall_clock import WallClock

NIGHTS = 512
WORDS = NIGHTS // 64
SPARE = 1024
DEGREE = 10_000_000  # positions are whole numbers of 1e-7 degrees: a centimetre
MOST_CENTS = 2**31 - 1

ROW = np.dtype(
    [
        ("id", "S16"), ("cell", "i4"), ("lat", "i4"), ("lon", "i4"), ("base", "i8"), ("euros", "i4"),
        ("amenities", "u8"), ("score", "i4"), ("rating", "f4"), ("guests", "u2"), ("kind", "u1"), ("currency", "u1"),
        ("instant", "?"), ("pets", "?"), ("nightly", "?"), ("own_prices", "?"), ("min_nights", "u2"),
        ("max_nights", "u2"), ("notice", "u2"), ("horizon", "u2"), ("clock", "u4"),
    ]
)  # fmt: skip

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Span = tuple[int, int]


class Columns:
    """The listings of one process. `clock` is a place in `clocks`, `currency` one in `currencies`."""

    def __init__(self, kinds: Sequence[str], first_night: date) -> None:
        self.kinds = tuple(kinds)
        self.first_night = first_night
        self.currencies: list[str] = []
        self.clocks: list[WallClock] = []
        self.own = OwnPrices()
        self.calendar: NDArray[np.uint64] = np.zeros((0, WORDS), np.uint64)
        self.sorted = 0
        self.used = 0
        self._columns: dict[str, NDArray[Any]] = {}
        self._by_id: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self._fresh: dict[bytes, int] = {}
        self._clock_codes: dict[WallClock, int] = {}
        self._alive = 0
        self._allocate(SPARE)

    def __len__(self) -> int:
        return self._alive

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name]

    @property
    def nbytes(self) -> int:
        """Memory of the columns, the calendar, the order by id and the prices of single nights."""
        arrays = sum(values.nbytes for values in self._columns.values()) + self.calendar.nbytes
        return arrays + self._by_id.nbytes + self.own.nbytes

    def row_of(self, resource_id: UUID) -> int | None:
        """Where a listing lies, or None when it is not here."""
        key = resource_id.bytes
        if key in self._fresh:
            return self._fresh[key]
        ids = self._columns["id"][: self.sorted]
        place = int(np.searchsorted(ids, np.array(key, "S16"), sorter=self._by_id))
        if place == self.sorted:
            return None
        row = int(self._by_id[place])
        same = bytes(ids[row]).ljust(16, b"\0") == key
        return row if same and self._columns["guests"][row] else None

    def extend(self, listings: Sequence[Listing]) -> None:
        """Add listings that are not here yet; they are found by id after the next `compact`."""
        rows = np.arange(self.used, self.used + len(listings))
        self._room_for(len(listings))
        self.used += len(listings)
        self._alive += len(listings)
        self._write(rows, listings)
        self.own.extend(int(rows[0]) if len(rows) else 0, listings)

    def put(self, listing: Listing) -> None:
        """Add a listing or replace what was known of it."""
        row = self.row_of(listing.resource_id)
        if row is not None and int(self._columns["cell"][row]) != cell(listing.latitude, listing.longitude):
            self.drop(listing.resource_id)
            row = None
        if row is None:
            self._room_for(1)
            row = self.used
            self.used += 1
            self._alive += 1
            self._fresh[listing.resource_id.bytes] = row
        self._write(np.array([row]), [listing])
        self.own.put(row, listing.day_prices)

    def drop(self, resource_id: UUID) -> None:
        """Forget a listing."""
        row = self.row_of(resource_id)
        if row is not None:
            self._fresh.pop(resource_id.bytes, None)
            self._columns["guests"][row] = 0
            self._alive -= 1
            self.own.put(row, {})

    def compact(self) -> None:
        """Sort every row into the grid and give dropped rows back."""
        alive = np.flatnonzero(self._columns["guests"][: self.used] > 0)
        order = alive[np.argsort(self._columns["cell"][alive], kind="stable")]
        size = len(order) + SPARE
        for name, values in self._columns.items():
            fresh = np.zeros(size, values.dtype)
            fresh[: len(order)] = values[order]
            self._columns[name] = fresh
        calendar = np.zeros((size, WORDS), np.uint64)
        calendar[: len(order)] = self.calendar[order]
        self.calendar = calendar
        self.own.move(order)
        self._by_id = np.argsort(self._columns["id"][: len(order)], kind="stable").astype(np.uint32)
        self._fresh.clear()
        self.used = self.sorted = len(order)

    @property
    def unsorted(self) -> int:
        """Rows and prices that lie beside the sorted ones; worth a `compact` when there are many."""
        return self.used - self.sorted + self.own.changed

    def roll(self, first_night: date) -> None:
        """Move the first night forward; nights that come into view are closed until their listing is read again."""
        days = (first_night - self.first_night).days
        if days <= 0:
            return
        bits = np.unpackbits(self.calendar.view(np.uint8), axis=1, bitorder="little")
        shifted = np.zeros_like(bits)
        if days < NIGHTS:
            shifted[:, : NIGHTS - days] = bits[:, days:]
        self.calendar = np.packbits(shifted, axis=1, bitorder="little").view(np.uint64)
        self.own.roll(days)
        self.first_night = first_night

    def _room_for(self, count: int) -> None:
        if self.used + count > len(self.calendar):
            self._allocate(max(SPARE, count, self.used // 8))

    def _allocate(self, more: int) -> None:
        size = len(self.calendar) + more
        assert ROW.names is not None
        for name in ROW.names:
            fresh = np.zeros(size, ROW[name])
            if name in self._columns:
                fresh[: self.used] = self._columns[name][: self.used]
            self._columns[name] = fresh
        calendar = np.zeros((size, WORDS), np.uint64)
        calendar[: self.used] = self.calendar[: self.used]
        self.calendar = calendar

    def _write(self, rows: Rows, listings: Sequence[Listing]) -> None:
        for name, values in self._values(listings).items():
            self._columns[name][rows] = values
        words = b"".join(each.open_words.ljust(WORDS * 8, b"\0") for each in listings)
        self.calendar[rows] = np.frombuffer(words, np.uint64).reshape(-1, WORDS)

    def _values(self, listings: Sequence[Listing]) -> Mapping[str, list[Any]]:
        euros = [min(cents(each.base_amount, each.currency), MOST_CENTS) for each in listings]
        return {
            "id": [each.resource_id.bytes for each in listings],
            "cell": [cell(each.latitude, each.longitude) for each in listings],
            "lat": [round(each.latitude * DEGREE) for each in listings],
            "lon": [round(each.longitude * DEGREE) for each in listings],
            "base": [each.base_amount for each in listings],
            "euros": euros,
            "amenities": [each.amenities for each in listings],
            "score": [
                relevance(each.rating, each.rating_count, instant=each.instant, euro_cents=price)
                for each, price in zip(listings, euros, strict=True)
            ],
            "rating": [each.rating for each in listings],
            "guests": [each.guests for each in listings],
            "kind": [self.kinds.index(each.kind) for each in listings],
            "currency": [self._currency_code(each.currency) for each in listings],
            "instant": [each.instant for each in listings],
            "pets": [each.pets for each in listings],
            "nightly": [each.nightly for each in listings],
            "own_prices": [bool(each.day_prices) for each in listings],
            "min_nights": [each.min_nights for each in listings],
            "max_nights": [each.max_nights for each in listings],
            "notice": [each.notice_hours for each in listings],
            "horizon": [each.horizon_days for each in listings],
            "clock": [self._clock_code(WallClock(each.zone, each.check_in_from)) for each in listings],
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


_ALL_OPEN = (1 << NIGHTS) - 1


def all_nights_but(closed: Iterable[Span]) -> bytes:
    """Calendar words with every night open except those of these spans [start, end), counted from the first night."""
    nights = _ALL_OPEN
    for start, end in closed:
        first, last = max(start, 0), min(end, NIGHTS)
        if first < last:
            nights &= ~(((1 << (last - first)) - 1) << first)
    return nights.to_bytes(NIGHTS // 8, "little")
