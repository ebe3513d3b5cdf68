"""The wire forms of search. Answers are made as plain data, and described here: a page of 60 is checked by tests."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from hospes.modules.search.contracts import Cluster, Facets, Item, Results


class AmountOut(BaseModel):
    """Minor units."""

    amount: int
    currency: str


class PointOut(BaseModel):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


class ItemOut(BaseModel):
    """A property with its cheapest fitting resource."""

    resource_id: UUID
    property_id: UUID
    title: str
    subtitle: str
    city: str
    country: str
    kind: str
    location: PointOut
    thumbnail: str | None
    price_per_night: AmountOut = Field(
        description="Before fees and taxes; of an hour or a place where price_for says so"
    )
    total: AmountOut | None = Field(
        description="With dates or hours: the whole stay, the hours from starts_at or the party's places, with fees,"
        " taxes and, where somebody comes, their way"
    )
    rating: float | None
    rating_count: int
    instant: bool
    max_guests: int
    bedrooms: int
    distance_km: float | None
    price_for: Literal["night", "hour", "person"]
    check_in: date | None = Field(description="The stay that it is the price of")
    check_out: date | None
    starts_at: datetime | None = Field(description="The cheapest free start or departure, the first of equal ones")
    fitting: int = Field(description="How many resources of the property fit")


class BarOut(BaseModel):
    """Properties from low to below high, minor units of the asked currency."""

    low: int
    high: int
    count: int


class FacetsOut(BaseModel):
    """How many properties each choice would find, all other filters applied."""

    kinds: dict[str, int]
    amenities: dict[str, int]
    instant: int
    prices: list[BarOut]
    ratings: dict[str, int] = Field(description="With this rating or better")
    find: dict[str, int] = Field(description="stays and things, where nights are asked for or one of these; else empty")


class ClusterOut(BaseModel):
    """Properties that lie together on a map; one alone is named."""

    latitude: float
    longitude: float
    count: int
    cheapest_euro_cents: int
    bbox: list[float] = Field(description="south, west, north, east")
    property_id: UUID | None
    resource_id: UUID | None


class SearchOut(BaseModel):
    """A page of results."""

    items: list[ItemOut]
    total: int
    facets: FacetsOut
    next_cursor: str | None
    previous_cursor: str | None = Field(
        description="Of the page before; where fewer than `limit` come before, that is the first page"
    )
    clusters: list[ClusterOut] = Field(description="Empty unless asked for")


def results_out(results: Results) -> dict[str, Any]:
    """As answered: plain data, and ids and times as orjson writes them."""
    return {
        "items": [item_out(item) for item in results.items],
        "total": results.total,
        "facets": facets_out(results.facets),
        "next_cursor": results.cursor,
        "previous_cursor": results.previous,
        "clusters": [cluster_out(each) for each in results.clusters],
    }


def item_out(item: Item) -> dict[str, Any]:
    """One result."""
    return {
        "resource_id": item.resource_id,
        "property_id": item.property_id,
        "title": item.title,
        "subtitle": item.subtitle,
        "city": item.city,
        "country": item.country,
        "kind": item.kind,
        "location": {"latitude": item.latitude, "longitude": item.longitude},
        "thumbnail": item.picture,
        "price_per_night": item.nightly.as_json(),
        "total": item.total.as_json() if item.total else None,
        "rating": item.rating,
        "rating_count": item.rating_count,
        "instant": item.instant,
        "max_guests": item.max_guests,
        "bedrooms": item.bedrooms,
        "distance_km": item.distance_km,
        "price_for": item.sold_by,
        "check_in": item.arrival,
        "check_out": item.departure,
        "starts_at": item.starts_at,
        "fitting": item.fitting,
    }


def facets_out(facets: Facets) -> dict[str, Any]:
    """Counts by value."""
    return {
        "kinds": {str(kind): count for kind, count in facets.kinds.items()},
        "amenities": facets.amenities,
        "instant": facets.instant,
        "prices": [{"low": bar.low, "high": bar.high, "count": bar.count} for bar in facets.prices],
        "ratings": facets.ratings,
        "find": facets.find,
    }


def cluster_out(cluster: Cluster) -> dict[str, Any]:
    """One cluster."""
    box = cluster.box
    return {
        "latitude": cluster.latitude,
        "longitude": cluster.longitude,
        "count": cluster.count,
        "cheapest_euro_cents": cluster.cheapest,
        "bbox": [box.south, box.west, box.north, box.east],
        "property_id": cluster.property_id,
        "resource_id": cluster.resource_id,
    }
