"""What people see of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from hospes.modules.search.contracts.found import Cluster, Facets
from hospes.platform.money import Money


class Item(NamedTuple):
    """One result as shown. `nightly` is the average of the asked nights (or the base price), `total` the whole stay.

    `zone`: of the place. `sold_by`: what `nightly` is the price of: a night, an hour, or a person on a departure."""

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
    arrival: date | None = None
    departure: date | None = None
    starts_at: datetime | None = None
    fitting: int = 1
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results as shown; `cursor` continues it, `previous` is of the page before. `skipped`: how many
    properties come before it."""

    items: tuple[Item, ...]
    total: int
    facets: Facets
    cursor: str | None
    clusters: tuple[Cluster, ...] = ()
    previous: str | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to look around. `radius_km` fits its size.

    `kind`: city, neighbourhood, region, country, airport, property or point. `country`: its two letters. `slug`: the
    end of the address of a city's own page. `corrected`: the name is not quite what was typed."""

    name: str
    detail: str
    kind: str
    latitude: float
    longitude: float
    radius_km: float
    resource_id: UUID | None = None
    country: str = ""
    slug: str = ""
    property_id: UUID | None = None
    corrected: bool = False
