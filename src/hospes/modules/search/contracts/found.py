"""What the index finds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from hospes.modules.search.contracts.asking import Box


class Hit(NamedTuple):
    """A property with its cheapest fitting resource (without dates: the one with the lowest base price; then the
    smaller id).

    `score` is what the page is ordered by, the smaller the better. `nightly`: the average of the nights (the hour, an
    adult's place) before fees and taxes, or the base price; `total`: what the stay (the hours from `starts_at`, the
    party's places) costs with everything, None without dates; both minor units of `currency`. `arrival`, `departure`:
    the stay it is the price of. `starts_at`: the cheapest free start of hours or departures, of equally cheap ones the
    first. `fitting`: how many of the property's resources fit. `row`: where the index holds the resource until it
    changes next; -1 for what no index has found."""

    resource_id: UUID
    property_id: UUID
    score: float
    latitude: float
    longitude: float
    distance_km: float | None
    currency: str = "EUR"
    nightly: int = 0
    total: int | None = None
    arrival: date | None = None
    departure: date | None = None
    starts_at: datetime | None = None
    fitting: int = 1
    row: int = -1


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the price histogram: properties from `low` to below `high`, minor units of the asked currency."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """How many properties would be found with each value, all other filters applied. `ratings`: by "4.5", "4", "3.5",
    with that rating or better. `find`: by `stays` and `things`, empty unless nights are asked for or one of these."""

    kinds: dict[str, int]
    amenities: dict[str, int]
    instant: int
    prices: tuple[Bar, ...]
    ratings: dict[str, int] = field(default_factory=dict)
    find: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Properties that lie together on a map: their middle, how many, the lowest price in euro cents as asked (`Per`),
    and the box around them. One alone has its `property_id` and `resource_id`."""

    latitude: float
    longitude: float
    count: int
    cheapest: int
    box: Box
    property_id: UUID | None = None
    resource_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, how many properties there are in all, the facets, and the clusters when asked for.

    `skipped`: how many properties come before the page."""

    hits: tuple[Hit, ...]
    total: int
    facets: Facets
    clusters: tuple[Cluster, ...] = ()
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """Everything there is, as the home page tells it; `cities` as `queries/names.popular_cities` answers."""

    found: Found
    cities: tuple[dict[str, Any], ...]
