"""Home, and results with their map. Filters are a form: the address holds the whole state."""

from datetime import UTC
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from hospes.modules.catalog.contracts import KIND_BY_CODE
from hospes.modules.ledger import facade as ledger
from hospes.modules.search import facade, places, wishes
from hospes.modules.search.contracts import Facets, Found, Results, World
from hospes.modules.search.errors import IndexLoading
from hospes.modules.search.naming.wishing import Wish
from hospes.modules.search.policies.asking import read_box
from hospes.modules.search.web import cards, choices, easing, wished, wording
from hospes.modules.search.web.asking import CURRENCIES, MOST_SHOWN, PAGE, Looking, read_looking
from hospes.modules.search.web.crawling import site_of
from hospes.modules.search.web.known import known_as
from hospes.modules.search.web.sides import sides_of
from hospes.modules.wishlists import facade as wishlists
from hospes.platform.pages import render
from hospes.platform.runtime import Runtime, runtime
from hospes.platform.shelves import shelves_for, shown_on

router = APIRouter()
NOTHING = World(Found((), 0, Facets({}, {}, 0, ())), ())
EMPTY = Results((), 0, Facets({}, {}, 0, ()), None)


@router.get("/")
async def home_page(request: Request) -> Response:
    """Where a visit begins."""
    rt = runtime(request)
    today = rt.clock.now().astimezone(UTC).date()
    looking = read_looking(request.query_params, today=today, meant=partial(facade.place_meant, rt))
    try:
        world, loading = facade.world(rt), False
    except IndexLoading:
        world, loading = NOTHING, True
    shelves = await shelves_for(request, "home")
    context = {
        **choices.bar_of(looking, today),
        "cities": _cities(world),
        "kinds": choices.kinds_of(world.found, looking),
        "many": wording.MANY,
        "total": world.found.total,
        "loading": loading,
        "by_words": wishes.likeness_of(rt) is not None,
        "weekend": wording.weekend_of(today),
        "site": site_of(request),
        "shelves": shelves,
        "saved": await wishlists.saved_here(request, shown_on(shelves)),
    }
    return render(request, "search/home.html", context)


@router.get("/search")
async def results_page(request: Request) -> Response:
    """A page of results with its map."""
    rt = runtime(request)
    today = rt.clock.now().astimezone(UTC).date()
    looking, wish = wished.read_wished(rt, request.query_params, today=today)
    nowhere = "place" in looking.faults
    await ledger.display_for(request)
    results, loading, compared = (EMPTY, False, False) if nowhere else await _found(rt, looking, wish)
    shown = cards.cards_of(results, looking)
    empty = not (results.total or nowhere or loading)
    context = {
        **choices.bar_of(looking, today),
        **_choices(results, looking),
        "results": results,
        "cards": shown,
        "saved": await wishlists.saved_here(request, [card.item.resource_id for card in shown]),
        "loading": loading,
        "pins": cards.pins_of(shown),
        "clusters": cards.clusters_of(results, looking),
        "area": cards.area_of(looking),
        "ways": easing.ways_out(rt, looking, results) if empty else [],
        "elsewhere": await easing.elsewhere(rt, looking) if empty else [],
        "labels": KIND_BY_CODE,
        "kind_icons": choices.KIND_ICONS,
        "left_out": wording.left_out(looking),
        "title": wording.title_of(looking),
        **_more(results, looking),
        "by_words": wishes.likeness_of(rt) is not None,
        **wished.told(looking, wish, results, compared=compared),
    }
    context |= known_as(
        looking,
        results,
        shown,
        site=site_of(request),
        title=context["title"],
        listable=wish is None,
        has_page=looking.place is not None and await facade.destination_of(rt, looking.place.slug) is not None,
        meant=partial(facade.place_meant, rt),
    )
    return render(request, "search/results.html", context)


@router.get("/search/labels")
async def map_labels(bbox: str = "") -> Response:
    """The names of the largest cities in a part of the map, for its labels."""
    box = read_box(bbox[:120] or None)
    labels = [
        {"name": place.name, "lat": round(place.latitude, 4), "lng": round(place.longitude, 4)}
        for place in (places.largest_in(box) if box else [])
    ]
    return JSONResponse(labels, headers={"Cache-Control": "public, max-age=86400"})


async def _found(rt: Runtime, looking: Looking, wish: Wish | None) -> tuple[Results, bool, bool]:
    """What is found, whether it is still being loaded, and whether it says what is wished for."""
    try:
        results, compared = await wished.find(rt, looking, wish)
    except IndexLoading:
        return EMPTY, True, False
    return results, False, compared


def _choices(results: Results, looking: Looking) -> dict[str, Any]:
    """What the filters offer, with counts, and which of them are in force."""
    return {
        "kinds": choices.kinds_of(results, looking),
        "amenities": choices.amenities_of(results, looking),
        "access": choices.access_of(results, looking),
        "categories": choices.categories_of(results, looking),
        "ratings": choices.ratings_of(results, looking),
        "prices": choices.prices_of(results, looking),
        "sides": sides_of(results, looking),
        "currencies": CURRENCIES,
        "chosen": choices.chosen_of(looking),
    }


def _more(results: Results, looking: Looking) -> dict[str, Any]:
    """The pages before and after this one, and the address that shows this and the next in one: empty where there is
    none, or it would be too long."""
    query, skipped = looking.query, results.skipped
    first = query.after is None and not skipped
    shown = query.limit + PAGE
    before = looking.address(cursor=results.previous if skipped > PAGE else None)
    return {
        "first_page": not skipped,
        "before": before if skipped else "",
        "after": looking.address(cursor=results.cursor) if results.cursor else "",
        "longer": looking.address(shown=str(shown)) if results.cursor and first and shown <= MOST_SHOWN else "",
        "page_size": PAGE,
        "most_shown": MOST_SHOWN,
    }


def _cities(world: World) -> list[dict[str, Any]]:
    """The cities with most to offer, each with a picture no other one shows."""
    used: set[str] = set()
    return [
        {**row, "country_name": places.country_name(row["country"]), "storage_key": _unlike(row["pictures"], used)}
        for row in world.cities
    ]


def _unlike(pictures: list[str] | None, used: set[str]) -> str | None:
    """The first picture no other city shows."""
    for key in pictures or ():
        if key not in used:
            used.add(key)
            return key
    return pictures[0] if pictures else None
