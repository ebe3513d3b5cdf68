"""The wire forms of search."""

from typing import Any

from pydantic import BaseModel

from hospes.modules.search.contracts import Facets, Item, Results


class SearchOut(BaseModel):
    """A page of results."""

    items: list[dict[str, Any]]
    total: int
    facets: dict[str, Any]
    next_cursor: str | None


def results_out(results: Results) -> SearchOut:
    """As answered."""
    return SearchOut(
        items=[item_out(item) for item in results.items],
        total=results.total,
        facets=facets_out(results.facets),
        next_cursor=results.cursor,
    )


def item_out(item: Item) -> dict[str, Any]:
    """One result."""
    return {
        "resource_id": str(item.resource_id),
        "property_id": str(item.property_id),
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
        "starts_at": item.starts_at.isoformat() if item.starts_at else None,
    }


def facets_out(facets: Facets) -> dict[str, Any]:
    """Counts by value."""
    return {
        "kinds": facets.kinds,
        "amenities": facets.amenities,
        "instant": facets.instant,
        "prices": [{"low": bar.low, "high": bar.high, "count": bar.count} for bar in facets.prices],
    }
