"""The availability index: finds listings by place, dates, party and wishes, and counts what else there is.

The neighbourhood of a place is a handful of slices of the columns. Filters run over those only, the cheapest first, and
each looks only at what the one before has kept. Equal scores are ordered by id, so pages never repeat or skip.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.columns import DEGREE, Columns, Mask, Rows
from hospes.modules.search.contracts import Box, Facets, Found, Hit, Listing, Query, Sort
from hospes.modules.search.contracts.listing import NOWHERE
from hospes.modules.search.facets import facets_of
from hospes.modules.search.policies.grid import COLUMNS, EARTH_KM, band, circle_box, column
from hospes.modules.search.policies.reference_rates import cents, many_cents
from hospes.modules.search.policies.wall_clock import MAX_INFANTS, MAX_PETS
from hospes.modules.search.sellable import sellable

Kilometres = NDArray[np.float64]


class SearchIndex:
    """All live listings of the world in one process. Not for several threads."""

    def __init__(self, kinds: Sequence[str], amenities: Sequence[str], first_night: date) -> None:
        self._amenities = tuple(amenities)
        self.columns = Columns(kinds, first_night)

    def __len__(self) -> int:
        return len(self.columns)

    def load(self, listings: Iterable[Listing]) -> None:
        """Start anew with these."""
        fresh = Columns(self.columns.kinds, self.columns.first_night)
        batch: list[Listing] = []
        for listing in listings:
            batch.append(listing)
            if len(batch) == 5_000:
                fresh.extend(batch)
                batch.clear()
        fresh.extend(batch)
        fresh.compact()
        self.columns = fresh

    # Each change is seen by the next search.

    def put(self, listing: Listing) -> None:
        """Add a listing or replace what was known of it."""
        self.columns.put(listing)

    def drop(self, resource_id: UUID) -> None:
        """Forget a listing."""
        self.columns.drop(resource_id)

    def find(self, query: Query, *, now: datetime, facets: bool = True) -> Found:
        """Listings that fit, best first, and unless told otherwise facets. Prices are compared by reference rates."""
        rows = self._that_take_the_party(query, self._near(query))
        if query.arrival is not None and query.departure is not None:
            rows = sellable(self.columns, rows, query.arrival, query.departure, now)
        rows, distance = self._within(query, rows)
        prices = self._night_prices(query, rows)
        choices = self._choices(query, rows, prices)
        everything = np.ones(len(rows), np.bool_)
        for mask in choices.values():
            everything &= mask
        chosen = np.flatnonzero(everything)
        page = self._page(query, rows[chosen], prices[chosen], distance[chosen] if distance is not None else None)
        counts = Facets({}, {}, 0, ())
        if facets:
            counts = facets_of(self.columns, self._amenities, rows, prices, choices, query.currency)
        return Found(page, len(chosen), counts)

    def _near(self, query: Query) -> Rows:
        """Rows of the cells around; some lie outside what is asked for."""
        if query.latitude is not None and query.longitude is not None:
            return self._in_box(circle_box(query.latitude, query.longitude, query.radius_km))
        if query.box is not None:
            return self._in_box(query.box)
        return np.arange(self.columns.used)

    def _in_box(self, box: Box) -> Rows:
        spans = [(box.west, box.east)] if box.west <= box.east else [(box.west, 180.0), (-180.0, box.east)]
        cells = self.columns["cell"][: self.columns.sorted]
        first, last = band(box.south), band(box.north)
        if last - first > 400:
            return np.arange(self.columns.used)
        bands = np.arange(first, last + 1, dtype=np.int32) * COLUMNS
        parts: list[Rows] = []
        for west, east in spans:
            starts = np.searchsorted(cells, bands + column(west), "left")
            ends = np.searchsorted(cells, bands + column(east), "right")
            parts += [np.arange(a, b) for a, b in zip(starts, ends, strict=True) if b > a]
        parts.append(np.arange(self.columns.sorted, self.columns.used))
        return np.concatenate(parts)

    def _that_take_the_party(self, query: Query, rows: Rows) -> Rows:
        if query.party.pets > MAX_PETS or query.party.infants > MAX_INFANTS:
            return rows[:0]
        rows = rows[self.columns["guests"][rows] >= max(query.guests, 1)]
        if query.party.pets:
            rows = rows[self.columns["pets"][rows]]
        if query.rating_min is not None:
            rows = rows[self.columns["rating"][rows] >= np.float32(query.rating_min)]
        return rows

    def _within(self, query: Query, rows: Rows) -> tuple[Rows, Kilometres | None]:
        """Those truly inside the box and the circle, with their distance from its middle."""
        if query.box is not None:
            rows = rows[self._inside(rows, query.box)]
        if query.latitude is None or query.longitude is None:
            return rows, None
        distance = self._distance(rows, query.latitude, query.longitude)
        inside = distance <= query.radius_km
        return rows[inside], distance[inside]

    def _inside(self, rows: Rows, box: Box) -> Mask:
        south, west, north, east = (round(side * DEGREE) for side in (box.south, box.west, box.north, box.east))
        lat, lon = self.columns["lat"][rows], self.columns["lon"][rows]
        across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
        inside: Mask = (lat >= south) & (lat <= north) & across
        return inside

    def _distance(self, rows: Rows, latitude: float, longitude: float) -> Kilometres:
        """Great-circle kilometres (haversine), to the millimetre so that they are the same for every page."""
        lat, lon = np.radians(self.columns["lat"][rows] / DEGREE), np.radians(self.columns["lon"][rows] / DEGREE)
        here, there = np.radians(latitude), np.radians(longitude)
        half = np.sin((lat - here) / 2) ** 2 + np.cos(here) * np.cos(lat) * np.sin((lon - there) / 2) ** 2
        km: Kilometres = np.round(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1))), 6)
        return km

    def _night_prices(self, query: Query, rows: Rows) -> NDArray[np.int64]:
        """Euro cents a night: the average of the asked nights where some have prices of their own."""
        prices = self.columns["euros"][rows].astype(np.int64)
        if query.arrival is None or query.departure is None:
            return prices
        own = np.flatnonzero(self.columns["own_prices"][rows])
        if len(own):
            first, count = (query.arrival - self.columns.first_night).days, (query.departure - query.arrival).days
            sums, nights = self.columns.own.sums(rows[own], first, count)
            averages = np.rint((sums + (count - nights) * self.columns["base"][rows[own]]) / count)
            prices[own] = many_cents(averages, self.columns["currency"][rows[own]], self.columns.currencies)
        return prices

    def _choices(self, query: Query, rows: Rows, prices: NDArray[np.int64]) -> dict[str, Mask]:
        """The filters that facets leave out in turn."""
        masks: dict[str, Mask] = {}
        kinds = self.columns.kinds
        if query.kinds:
            wanted = [kinds.index(kind) for kind in query.kinds if kind in kinds]
            masks["kinds"] = np.isin(self.columns["kind"][rows], np.array(wanted, np.uint8))
        if query.amenities:
            mask = np.uint64(self.amenity_mask(query.amenities))
            masks["amenities"] = (self.columns["amenities"][rows] & mask) == mask
        if query.instant:
            masks["instant"] = self.columns["instant"][rows]
        if query.price_min is not None or query.price_max is not None:
            low = cents(query.price_min, query.currency) if query.price_min is not None else 0
            high = cents(query.price_max, query.currency) if query.price_max is not None else np.iinfo(np.int64).max
            masks["prices"] = (prices >= low) & (prices <= high)
        return masks

    def amenity_mask(self, codes: Iterable[str]) -> int:
        """The bits of amenities; an unknown code is a bit that nothing has."""
        return sum(1 << (self._amenities.index(code) if code in self._amenities else 63) for code in set(codes))

    def _page(
        self, query: Query, rows: Rows, prices: NDArray[np.int64], distance: Kilometres | None
    ) -> tuple[Hit, ...]:
        scores = self._scores(query.sort, rows, prices, distance)
        keep = np.arange(len(rows))
        if query.after is not None:
            score, last = query.after[0], np.bytes_(UUID(query.after[1]).bytes)
            keep = np.flatnonzero((scores > score) | ((scores == score) & (self.columns["id"][rows] > last)))
        if len(keep) > query.limit * 4:
            edge = np.partition(scores[keep], query.limit)[query.limit]
            keep = keep[scores[keep] <= edge]
        ids = self.columns["id"][rows[keep]]
        best = np.lexsort((ids, scores[keep]))[: query.limit]
        lat, lon = self.columns["lat"], self.columns["lon"]
        return tuple(
            Hit(
                UUID(bytes=bytes(ids[i]).ljust(16, b"\0")),
                NOWHERE,
                float(scores[keep[i]]),
                int(lat[rows[keep[i]]]) / DEGREE,
                int(lon[rows[keep[i]]]) / DEGREE,
                round(float(distance[keep[i]]), 2) if distance is not None else None,
            )
            for i in best
        )

    def _scores(
        self, sort: Sort, rows: Rows, prices: NDArray[np.int64], distance: Kilometres | None
    ) -> NDArray[np.float64]:
        """The smaller the better."""
        scores: NDArray[Any]
        match sort:
            case Sort.PRICE:
                scores = prices
            case Sort.RATING:
                scores = -self.columns["rating"][rows]
            case Sort.DISTANCE if distance is not None:
                scores = distance
            case _:
                scores = -self.columns["score"][rows]
        return scores.astype(np.float64)
