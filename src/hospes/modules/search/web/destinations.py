"""A page for each destination: what there is, from what price, and the best of it. Search engines may list it."""

from dataclasses import replace
from datetime import UTC
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import QueryParams

from hospes.modules.catalog.contracts import AMENITY_BY_CODE, KIND_BY_CODE
from hospes.modules.ledger import facade as ledger
from hospes.modules.search import facade, wishes
from hospes.modules.search.contracts import Place, Results
from hospes.modules.search.web import cards, choices, known, wording
from hospes.modules.search.web.asking import read_looking
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
    typed = f"{place.name}, {place.detail}" if place.detail else place.name
    today = rt.clock.now().astimezone(UTC).date()
    looking = read_looking(QueryParams({"place": typed}), today=today, meant=lambda _: place)
    await ledger.display_for(request)
    results = facade.search(rt, replace(looking.query, limit=SHOWN))
    shown, site = cards.cards_of(results, looking), site_of(request)
    title = f"{results.total:,} place{'s' if results.total != 1 else ''} to book in {place.name}"
    context = {
        **choices.bar_of(looking, today),
        "by_words": wishes.likeness_of(rt) is not None,
        "place": place,
        "typed": typed,
        "results": results,
        "cards": shown,
        "saved": await wishlists.saved_here(request, [item.resource_id for item in results.items]),
        "cheapest": _cheapest(results, looking.query.currency),
        "kinds": [(KIND_BY_CODE[code], count) for code, count in _most(results.facets.kinds, WISHES)],
        "many": wording.MANY,
        "kind_icons": choices.KIND_ICONS,
        "wishes": [(AMENITY_BY_CODE[code], count) for code, count in _most(results.facets.amenities, WISHES)],
        "neighbours": await facade.destinations_near(rt, place, most=NEIGHBOURS),
        "labels": KIND_BY_CODE,
        "canonical": f"{site}/places/{slug}",
        "title": title,
        "told": known.told_of(results.total, f"Places to book in {typed}"),
        "picture": known.picture_of(site, shown),
        "json_ld": [_breadcrumbs(site, slug, place), known.items_of(site, results, shown)],
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
