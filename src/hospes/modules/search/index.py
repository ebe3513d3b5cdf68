"""The availability index: every live listing as columns of numbers, and a calendar of one bit a night.

Rows lie in order of a geographic grid, so the neighbourhood of a place is a handful of slices. Filters run over those
slices only, cheapest first. Rows that came after the last rebuild lie unsorted behind the others and are always looked
at; rows that went away keep their place with capacity 0. `compact` sorts everything again.

Relevance: 20·rating − 60/(1 + number of ratings) + 6 when bookable at once − 4·ln(price in euros): well rated by many
first, then the easy and the cheap. Equal scores are ordered by id, so pages never repeat or skip.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Bar, Box, Facets, Found, Hit, Listing, Query, Sort
from hospes.modules.search.policies.grid import COLUMNS, EARTH_KM, band, cell, circle_box, column
from hospes.modules.search.policies.reference_rates import cents, from_cents

NIGHTS = 512
WORDS = NIGHTS // 64
SPARE = 1024
BARS = 12

ROW = np.dtype(
    [
        ("id", "S16"), ("cell", "i4"), ("lat", "f4"), ("lon", "f4"), ("base", "i8"), ("euros", "i4"),
        ("amenities", "u8"), ("score", "f4"), ("rating", "f4"), ("guests", "u2"), ("kind", "u1"), ("currency", "u1"),
        ("instant", "?"), ("pets", "?"), ("nightly", "?"), ("own_prices", "?"), ("min_nights", "u2"),
        ("max_nights", "u2"), ("notice", "u2"), ("horizon", "u2"),
    ]
)  # fmt: skip

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


class SearchIndex:
    """All live listings of the world in one process. Not for several threads."""

    def __init__(self, kinds: Sequence[str], amenities: Sequence[str], first_night: date) -> None:
        self.first_night = first_night
        self._kinds = tuple(kinds)
        self._amenities = tuple(amenities)
        self._currencies: list[str] = []
        self._columns: dict[str, NDArray[Any]] = {}
        self._calendar: NDArray[np.uint64] = np.zeros((0, WORDS), np.uint64)
        self._row_of: dict[bytes, int] = {}
        self._day_prices: dict[int, dict[int, int]] = {}
        self._sorted = 0
        self._used = 0
        self._allocate(SPARE)

    def __len__(self) -> int:
        return len(self._row_of)

    @property
    def nbytes(self) -> int:
        """Memory of the columns and the calendar."""
        return sum(values.nbytes for values in self._columns.values()) + self._calendar.nbytes

    # -- changes ------------------------------------------------------------------------------------------------------

    def load(self, listings: Iterable[Listing]) -> None:
        """Start anew with these."""
        self._row_of.clear()
        self._day_prices.clear()
        self._used = self._sorted = 0
        for listing in listings:
            self.put(listing)
        self.compact()

    def put(self, listing: Listing) -> None:
        """Add a listing or replace what was known of it; seen by the next search."""
        key = listing.resource_id.bytes
        row = self._row_of.get(key)
        place = cell(listing.latitude, listing.longitude)
        if row is not None and int(self._columns["cell"][row]) != place:
            self.drop(listing.resource_id)
            row = None
        if row is None:
            row = self._used
            if row >= len(self._calendar):
                self._allocate(max(SPARE, row // 8))
            self._used += 1
            self._row_of[key] = row
        self._write(row, key, place, listing)

    def drop(self, resource_id: UUID) -> None:
        """Forget a listing."""
        row = self._row_of.pop(resource_id.bytes, None)
        if row is not None:
            self._columns["guests"][row] = 0
            self._day_prices.pop(row, None)

    def compact(self) -> None:
        """Sort every row into the grid and give dropped rows back."""
        alive = np.flatnonzero(self._columns["guests"][: self._used] > 0)
        order = alive[np.argsort(self._columns["cell"][alive], kind="stable")]
        size = len(order) + SPARE
        for name, values in self._columns.items():
            fresh = np.zeros(size, values.dtype)
            fresh[: len(order)] = values[order]
            self._columns[name] = fresh
        calendar = np.zeros((size, WORDS), np.uint64)
        calendar[: len(order)] = self._calendar[order]
        self._calendar = calendar
        moved = {int(old): new for new, old in enumerate(order)}
        self._day_prices = {moved[row]: prices for row, prices in self._day_prices.items() if row in moved}
        self._row_of = {bytes(key).ljust(16, b"\0"): row for row, key in enumerate(self._columns["id"][: len(order)])}
        self._used = self._sorted = len(order)

    @property
    def unsorted(self) -> int:
        """Rows behind the sorted ones; worth a `compact` when there are many."""
        return self._used - self._sorted

    def roll(self, today: date) -> None:
        """Move the calendar's first night forward to today; nights that come into view are closed until reloaded."""
        days = (today - self.first_night).days
        if days <= 0:
            return
        bits = np.unpackbits(self._calendar.view(np.uint8), axis=1, bitorder="little")
        shifted = np.zeros_like(bits)
        if days < NIGHTS:
            shifted[:, : NIGHTS - days] = bits[:, days:]
        self._calendar = np.packbits(shifted, axis=1, bitorder="little").view(np.uint64)
        self._day_prices = {
            row: {day - days: amount for day, amount in prices.items() if day >= days}
            for row, prices in self._day_prices.items()
        }
        self.first_night = today

    # -- questions ----------------------------------------------------------------------------------------------------

    def find(self, query: Query, *, today: date) -> Found:
        """Listings that fit, best first, with facets. Prices are compared by reference rates."""
        near, distance = self._around(query)
        fits = self._fixed_filters(query, near, today)
        near = near[fits]
        distance = distance[fits] if distance is not None else None
        prices = self._night_prices(query, near)
        choices = self._choices(query, near, prices)
        everything = np.ones(len(near), np.bool_)
        for mask in choices.values():
            everything = everything & mask
        chosen = np.flatnonzero(everything)
        return Found(
            self._page(query, near[chosen], prices[chosen], distance[chosen] if distance is not None else None),
            len(chosen),
            self._facets(query, near, prices, choices),
        )

    def _around(self, query: Query) -> tuple[Rows, NDArray[np.float32] | None]:
        box = query.box
        if query.latitude is not None and query.longitude is not None:
            circle = circle_box(query.latitude, query.longitude, query.radius_km)
            rows = self._in_box(circle)
            distance = self._distance(rows, query.latitude, query.longitude)
            inside = distance <= query.radius_km
            rows, distance = rows[inside], distance[inside]
            if box is not None:
                keep = self._inside(rows, box)
                rows, distance = rows[keep], distance[keep]
            return rows, distance
        if box is not None:
            rows = self._in_box(box)
            return rows[self._inside(rows, box)], None
        return np.arange(self._used), None

    def _in_box(self, box: Box) -> Rows:
        """Rows of the cells that touch the box; some lie outside it."""
        spans = [(box.west, box.east)] if box.west <= box.east else [(box.west, 180.0), (-180.0, box.east)]
        cells = self._columns["cell"][: self._sorted]
        first, last = band(box.south), band(box.north)
        if last - first > 400:
            return np.arange(self._used)
        bands = np.arange(first, last + 1, dtype=np.int32) * COLUMNS
        parts: list[Rows] = []
        for west, east in spans:
            starts = np.searchsorted(cells, bands + column(west), "left")
            ends = np.searchsorted(cells, bands + column(east), "right")
            parts += [np.arange(a, b) for a, b in zip(starts, ends, strict=True) if b > a]
        parts.append(np.arange(self._sorted, self._used))
        return np.concatenate(parts)

    def _inside(self, rows: Rows, box: Box) -> Mask:
        lat, lon = self._columns["lat"][rows], self._columns["lon"][rows]
        across = (
            (lon >= box.west) & (lon <= box.east) if box.west <= box.east else (lon >= box.west) | (lon <= box.east)
        )
        inside: Mask = (lat >= box.south) & (lat <= box.north) & across
        return inside

    def _distance(self, rows: Rows, latitude: float, longitude: float) -> NDArray[np.float32]:
        lat, lon = np.radians(self._columns["lat"][rows]), np.radians(self._columns["lon"][rows])
        here, there = np.float32(np.radians(latitude)), np.float32(np.radians(longitude))
        half = np.sin((lat - here) / 2) ** 2 + np.cos(here) * np.cos(lat) * np.sin((lon - there) / 2) ** 2
        km: NDArray[np.float32] = (2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))).astype(np.float32)
        return km

    def _fixed_filters(self, query: Query, rows: Rows, today: date) -> Rows:
        """Positions of rows that can take the party on the dates and are rated well enough."""
        column = self._columns
        fits = column["guests"][rows] >= max(query.guests, 1)
        if query.pets:
            fits &= column["pets"][rows]
        if query.rating_min is not None:
            fits &= column["rating"][rows] >= np.float32(query.rating_min)
        positions = np.flatnonzero(fits)
        if query.arrival is None or query.departure is None:
            return positions
        return positions[self._sellable(rows[positions], query.arrival, query.departure, today)]

    def _sellable(self, rows: Rows, arrival: date, departure: date, today: date) -> Mask:
        first, count = (arrival - self.first_night).days, (departure - arrival).days
        if first < 0 or first + count > NIGHTS:
            return np.zeros(len(rows), np.bool_)
        column = self._columns
        ahead = (arrival - today).days
        fits: Mask = (
            column["nightly"][rows] & (column["min_nights"][rows] <= count) & (column["max_nights"][rows] >= count)
            & (column["horizon"][rows] >= (departure - today).days)
            & (column["notice"][rows] <= max(ahead, 0) * 24 + 24)
        )  # fmt: skip
        for word, mask in _night_words(first, count):
            fits &= (self._calendar[rows, word] & mask) == mask
        return fits

    def _night_prices(self, query: Query, rows: Rows) -> NDArray[np.int64]:
        """Euro cents a night: the average of the asked nights where some have prices of their own."""
        prices = self._columns["euros"][rows].astype(np.int64)
        if query.arrival is None or query.departure is None:
            return prices
        first = (query.arrival - self.first_night).days
        nights = range(first, first + (query.departure - query.arrival).days)
        for position in np.flatnonzero(self._columns["own_prices"][rows]):
            row = int(rows[position])
            base, own = int(self._columns["base"][row]), self._day_prices.get(row, {})
            average = sum(own.get(night, base) for night in nights) / len(nights)
            prices[position] = cents(round(average), self._currencies[self._columns["currency"][row]])
        return prices

    def _choices(self, query: Query, rows: Rows, prices: NDArray[np.int64]) -> dict[str, Mask]:
        """The filters that facets leave out in turn."""
        masks: dict[str, Mask] = {}
        if query.kinds:
            wanted = [self._kinds.index(kind) for kind in query.kinds if kind in self._kinds]
            masks["kinds"] = np.isin(self._columns["kind"][rows], np.array(wanted, np.uint8))
        if query.amenities:
            mask = np.uint64(self.amenity_mask(query.amenities))
            masks["amenities"] = (self._columns["amenities"][rows] & mask) == mask
        if query.instant:
            masks["instant"] = self._columns["instant"][rows]
        if query.price_min is not None or query.price_max is not None:
            low = cents(query.price_min, query.currency) if query.price_min is not None else 0
            high = cents(query.price_max, query.currency) if query.price_max is not None else np.iinfo(np.int64).max
            masks["prices"] = (prices >= low) & (prices <= high)
        return masks

    def amenity_mask(self, codes: Iterable[str]) -> int:
        """The bits of amenities; an unknown code is a bit that nothing has."""
        return sum(1 << (self._amenities.index(code) if code in self._amenities else 63) for code in set(codes))

    def _page(
        self, query: Query, rows: Rows, prices: NDArray[np.int64], distance: NDArray[np.float32] | None
    ) -> tuple[Hit, ...]:
        scores: NDArray[Any]
        match query.sort:
            case Sort.PRICE:
                scores = prices.astype(np.float64)
            case Sort.RATING:
                scores = -self._columns["rating"][rows].astype(np.float64)
            case Sort.DISTANCE if distance is not None:
                scores = distance.astype(np.float64)
            case _:
                scores = -self._columns["score"][rows].astype(np.float64)
        ids = self._columns["id"][rows]
        keep = np.arange(len(rows))
        if query.after is not None:
            score, last = query.after[0], UUID(query.after[1]).bytes
            keep = np.flatnonzero((scores > score) | ((scores == score) & (ids > np.bytes_(last))))
        if len(keep) > query.limit * 4:
            edge = np.partition(scores[keep], query.limit)[query.limit]
            keep = keep[scores[keep] <= edge]
        best = keep[np.lexsort((ids[keep], scores[keep]))][: query.limit]
        return tuple(
            Hit(
                UUID(bytes=bytes(ids[i]).ljust(16, b"\0")),
                float(scores[i]),
                round(float(self._columns["lat"][rows[i]]), 6),
                round(float(self._columns["lon"][rows[i]]), 6),
                round(float(distance[i]), 2) if distance is not None else None,
            )
            for i in best
        )

    def _facets(self, query: Query, rows: Rows, prices: NDArray[np.int64], choices: dict[str, Mask]) -> Facets:
        def without(name: str) -> Rows:
            mask = np.ones(len(rows), np.bool_)
            for other, part in choices.items():
                if other != name:
                    mask &= part
            return np.flatnonzero(mask)

        kinds = np.bincount(self._columns["kind"][rows[without("kinds")]], minlength=len(self._kinds))
        every = without("")
        bits = self._columns["amenities"][rows[every]]
        amenities = {
            code: int(np.count_nonzero(bits & np.uint64(1 << place))) for place, code in enumerate(self._amenities)
        }
        return Facets(
            {kind: int(kinds[place]) for place, kind in enumerate(self._kinds) if kinds[place]},
            {code: count for code, count in amenities.items() if count},
            int(np.count_nonzero(self._columns["instant"][rows[without("instant")]])),
            _histogram(prices[without("prices")], query.currency),
        )

    # -- storage ------------------------------------------------------------------------------------------------------

    def _allocate(self, more: int) -> None:
        size = len(self._calendar) + more
        assert ROW.names is not None
        for name in ROW.names:
            fresh = np.zeros(size, ROW[name])
            if name in self._columns:
                fresh[: self._used] = self._columns[name][: self._used]
            self._columns[name] = fresh
        calendar = np.zeros((size, WORDS), np.uint64)
        calendar[: self._used] = self._calendar[: self._used]
        self._calendar = calendar

    def _write(self, row: int, key: bytes, place: int, listing: Listing) -> None:
        if listing.currency not in self._currencies:
            self._currencies.append(listing.currency)
        euros = cents(listing.base_amount, listing.currency)
        score = (
            20 * listing.rating
            - 60 / (1 + listing.rating_count)
            + 6 * listing.instant
            - 4 * np.log(max(euros, 100) / 100)
        )
        values = {
            "id": key, "cell": place, "lat": listing.latitude, "lon": listing.longitude, "base": listing.base_amount,
            "euros": min(euros, 2**31 - 1), "amenities": listing.amenities, "score": score, "rating": listing.rating,
            "guests": listing.guests, "kind": self._kinds.index(listing.kind),
            "currency": self._currencies.index(listing.currency), "instant": listing.instant, "pets": listing.pets,
            "nightly": listing.nightly, "own_prices": bool(listing.day_prices), "min_nights": listing.min_nights,
            "max_nights": listing.max_nights, "notice": listing.notice_hours, "horizon": listing.horizon_days,
        }  # fmt: skip
        for name, value in values.items():
            self._columns[name][row] = value
        words = np.frombuffer(listing.open_words.ljust(WORDS * 8, b"\0"), np.uint64)
        self._calendar[row] = words
        if listing.day_prices:
            self._day_prices[row] = listing.day_prices
        else:
            self._day_prices.pop(row, None)


def all_nights_but(closed: Iterable[int]) -> bytes:
    """Calendar words with every night open except these."""
    bits = np.ones(NIGHTS, np.uint8)
    bits[[night for night in closed if 0 <= night < NIGHTS]] = 0
    return np.packbits(bits, bitorder="little").tobytes()


def _night_words(first: int, count: int) -> list[tuple[int, np.uint64]]:
    """Which bits of which calendar words the nights [first, first + count) are."""
    words: list[tuple[int, np.uint64]] = []
    for word in range(first // 64, (first + count - 1) // 64 + 1):
        low, high = max(first, word * 64) - word * 64, min(first + count, word * 64 + 64) - word * 64
        words.append((word, np.uint64(((1 << (high - low)) - 1) << low)))
    return words


def _histogram(prices: NDArray[np.int64], currency: str) -> tuple[Bar, ...]:
    if not len(prices):
        return ()
    top = max(float(np.percentile(prices, 98)), float(prices.min()) + 1)
    edges = np.linspace(float(prices.min()), top, BARS + 1)
    counts = np.histogram(np.minimum(prices, top), edges)[0]
    return tuple(
        Bar(from_cents(edges[i], currency), from_cents(edges[i + 1], currency), int(counts[i])) for i in range(BARS)
    )
