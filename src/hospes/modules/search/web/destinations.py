"""A page for each destination: what there is, from what price, and the best of it. Search engines may list it."""

from typing import Any

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog.contracts import AMENITY_BY_CODE, KIND_BY_CODE
from hospes.modules.pricing.contracts import Party
from hospes.modules.search import facade, places
from hospes.modules.search.contracts import Place, Query, Results
from hospes.modules.search.web.crawling import site_of
from hospes.modules.wishlists import facade as wishlists
from hospes.platform.errors import NotFound
from hospes.platform.money import Money
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter()
SHOWN = 12
NEIGHBOURS = 8
WISHES = 8


@router.get("/places/{slug}")
async def destination_page(request: Request, slug: str) -> Response:
    """What can be booked there."""
    rt = runtime(request)
    place = await facade.destination_of(rt, slug)
    if place is None:
        raise NotFound("We have nothing at a place of this name.")
    party = Party(2)
    query = Query(
        latitude=place.latitude, longitude=place.longitude, radius_km=place.radius_km, party=party, limit=SHOWN
    )
    results = facade.search(rt, query)
    site = site_of(request)
    context = {
        "place": place,
        "typed": f"{place.name}, {place.detail}" if place.detail else place.name,
        "results": results,
        "saved": await wishlists.saved_here(request, [item.resource_id for item in results.items]),
        "cheapest": _cheapest(results, query.currency),
        "kinds": [(KIND_BY_CODE[code], count) for code, count in _most(results.facets.kinds, WISHES)],
        "wishes": [(AMENITY_BY_CODE[code], count) for code, count in _most(results.facets.amenities, WISHES)],
        "neighbours": await facade.destinations_near(rt, place, most=NEIGHBOURS),
        "labels": KIND_BY_CODE,
        "country_name": places.country_name,
        "canonical": f"{site}/places/{slug}",
        "json_ld": [_breadcrumbs(site, slug, place), _items(site, results)],
    }
    return render(request, "search/destination.html", context)


def _most(counts: dict[str, int], most: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:most]


def _cheapest(results: Results, currency: str) -> Money | None:
    return Money(results.facets.prices[0].low, currency) if results.facets.prices else None


def _breadcrumbs(site: str, slug: str, place: Place) -> dict[str, Any]:
    steps = [("Hospes", f"{site}/"), (place.name, f"{site}/places/{slug}")]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": name, "item": address}
            for at, (name, address) in enumerate(steps, 1)
        ],
    }


def _items(site: str, results: Results) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "numberOfItems": results.total,
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": item.title, "url": f"{site}/stays/{item.resource_id}"}
            for at, item in enumerate(results.items, 1)
        ],
    }
