"""Search's words: what may be asked, and what is answered."""

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from hospes.platform.money import Money


class Sort(StrEnum):
    """`relevance`: rating weighted by how many rated, then instant booking, then price; see policies/relevance.py."""

    RELEVANCE = "relevance"
    PRICE = "price"
    RATING = "rating"
    DISTANCE = "distance"


@dataclass(frozen=True, slots=True)
class Box:
    """A map's view in degrees; `west` > `east` crosses the date line."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Prices are per night, in minor units of `currency`; dates are half-open nights."""

    latitude: float | None = None
    longitude: float | None = None
    radius_km: float = 25.0
    box: Box | None = None
    arrival: date | None = None
    departure: date | None = None
    guests: int = 1
    pets: int = 0
    infants: int = 0
    price_min: int | None = None
    price_max: int | None = None
    currency: str = "EUR"
    kinds: tuple[str, ...] = ()
    amenities: tuple[str, ...] = ()
    instant: bool = False
    rating_min: float | None = None
    sort: Sort = Sort.RELEVANCE
    limit: int = 24
    after: tuple[float, str] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One listing found, cheapest facts only; titles and totals are added by `use_cases/find_listings`."""

    resource_id: UUID
    score: float
    latitude: float
    longitude: float
    distance_km: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the price histogram: listings from `low` to below `high`, minor units of the asked currency."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """How many would be found with each value, all other filters applied."""

    kinds: dict[str, int]
    amenities: dict[str, int]
    instant: int
    prices: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, how many there are in all, and the facets."""

    hits: tuple[Hit, ...]
    total: int
    facets: Facets


@dataclass(frozen=True, slots=True)
class World:
    """Everything there is, as the home page tells it; `cities` as `queries.popular_cities` answers."""

    found: Found
    cities: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One result as shown. `nightly` is the average of the asked nights (or the base price), `total` the whole stay.

    `sold_by`: what `nightly` is the price of: a night, an hour, or a person on a departure."""

    resource_id: UUID
    property_id: UUID
    title: str
    subtitle: str
    city: str
    country: str
    kind: str
    latitude: float
    longitude: float
    picture: str | None
    picture_alt: str
    nightly: Money
    total: Money | None
    rating: float | None
    rating_count: int
    instant: bool
    max_guests: int
    bedrooms: int
    distance_km: float | None
    sold_by: Literal["night", "hour", "person"] = "night"


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results as shown; `cursor` continues it."""

    items: tuple[Item, ...]
    total: int
    facets: Facets
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to look around. `radius_km` fits its size."""

    name: str
    detail: str
    kind: str
    latitude: float
    longitude: float
    radius_km: float
    resource_id: UUID | None = None


@dataclass(slots=True)
class Listing:
    """A live listing as the index takes it. `open_nights`: nights from `first_night` on, True when sellable."""

    resource_id: UUID
    latitude: float
    longitude: float
    kind: str
    guests: int
    pets: bool
    instant: bool
    amenities: int
    rating: float
    rating_count: int
    currency: str
    base_amount: int
    min_nights: int
    max_nights: int
    notice_hours: int
    horizon_days: int
    nightly: bool
    open_words: bytes = b""
    day_prices: dict[int, int] = field(default_factory=dict)
    zone: str = "UTC"
    check_in_from: time = time(15)
