"""Listings around a place as rows of numbers, for who compares them: one array a fact, one row a property."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.pricing.contracts import Party
from hospes.modules.search.contracts import Find, Hit, Query, Sort
from hospes.modules.search.errors import IndexLoading
from hospes.modules.search.index.columns import DEGREE
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.policies.asking import check_dates
from hospes.modules.search.policies.reference_rates import cents
from hospes.platform.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Neighbours:
    """`hits` and, in the same order, degrees, kind (a number), amenities (bits), euro cents, rating (0: none yet) and
    how many it takes."""

    hits: tuple[Hit, ...]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    kind: NDArray[np.uint8]
    amenities: NDArray[np.uint64]
    euro_cents: NDArray[np.int64]
    rating: NDArray[np.float32]
    guests: NDArray[np.uint16]


def neighbours(
    rt: Runtime,
    resource_id: UUID,
    *,
    stay: tuple[date, date] | None,
    party: Party,
    km: float,
    most: int,
    sorts: Sequence[frozenset[str]] = (),
) -> Neighbours | None:
    """As `neighbours_of`, of this process's index; raises `IndexLoading`."""
    live = rt.ports.index
    if not isinstance(live, LiveIndex):
        raise IndexLoading("Search is being loaded. Please try again in a few seconds.")
    now = rt.clock.now()
    return neighbours_of(live.index, resource_id, stay=stay, party=party, km=km, most=most, sorts=sorts, now=now)


def euro_cents(amount: int, currency: str) -> int:
    """Euro cents for an amount in minor units, to compare by; never to pay by."""
    return cents(amount, currency)


def checked_stay(rt: Runtime, arrival: date | None, departure: date | None) -> tuple[date, date] | None:
    """Both dates when they make a stay from today on, None without any; raises `SearchInvalid` by field."""
    check_dates(arrival, departure, today=rt.clock.now().astimezone(UTC).date())
    return None if arrival is None or departure is None else (arrival, departure)


def neighbours_of(
    index: SearchIndex,
    resource_id: UUID,
    *,
    stay: tuple[date, date] | None,
    party: Party,
    km: float,
    most: int,
    sorts: Sequence[frozenset[str]] = (),
    now: datetime,
) -> Neighbours | None:
    """The listing itself first, then the `most` nearest within `km` that can be had for the stay; None when the listing
    is not on sale. `sorts`: kinds that stand for one another; only those of the listing's own sort are found."""
    row = index.columns.row_of(resource_id)
    if row is None:
        return None
    columns = index.columns
    latitude, longitude = int(columns["lat"][row]) / DEGREE, int(columns["lon"][row]) / DEGREE
    arrival, departure = stay or (None, None)
    kind = columns.kinds[int(columns["kind"][row])]
    kinds = next((tuple(sort) for sort in sorts if kind in sort), ())
    query = Query(
        latitude=latitude, longitude=longitude, radius_km=km, arrival=arrival, departure=departure, party=party,
        kinds=kinds, find=Find.ALL, sort=Sort.DISTANCE, limit=most,
    )  # fmt: skip
    itself = Hit(resource_id, UUID(int=0), 0.0, latitude, longitude, 0.0, row=row)
    hits = (itself, *(hit for hit in index.find(query, now=now, facets=False).hits if hit.row != row))
    rows = np.array([hit.row for hit in hits], np.int64)

    def told(name: str, kind: type[Any]) -> NDArray[Any]:
        return columns[name][rows].astype(kind)

    return Neighbours(
        hits,
        told("lat", np.float64) / DEGREE,
        told("lon", np.float64) / DEGREE,
        told("kind", np.uint8),
        told("amenities", np.uint64),
        told("euros", np.int64),
        told("rating", np.float32),
        told("guests", np.uint16),
    )
