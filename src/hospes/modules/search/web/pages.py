"""Home, and results with their map. Filters are a form: the address holds the whole state."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from hospes.modules.catalog.contracts import AMENITIES, AMENITY_BY_CODE, CATEGORIES, KIND_BY_CODE
from hospes.modules.ledger import facade as ledger
from hospes.modules.search import facade, places
from hospes.modules.search.contracts import Facets, Found, Results, World
from hospes.modules.search.errors import IndexLoading
from hospes.modules.search.policies.asking import read_box
from hospes.modules.search.web.asking import CURRENCIES, RATINGS, Looking, read_looking, relaxed
from hospes.platform.money import Money
from hospes.platform.pages import render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()
EACH = {"night": "a night", "hour": "an hour", "person": "a person"}
NOTHING = World(Found((), 0, Facets({}, {}, 0, ())), ())
EMPTY = Results((), 0, Facets({}, {}, 0, ()), None)
SHOWN_AMENITIES = 14
KIND_ICONS = {
    "HOME": "home", "HOTEL_ROOM": "bed", "DOCTOR_SLOT": "stethoscope", "SALON_CHAIR": "scissors", "DESK": "desk",
    "MEETING_ROOM": "users", "PROFESSIONAL": "briefcase", "TOUR": "compass", "PACKAGE": "luggage", "PARKING": "car",
    "EQUIPMENT": "bike", "OTHER": "box",
}  # fmt: skip


@router.get("/")
async def home_page(request: Request) -> Response:
    """Where a visit begins."""
    rt = runtime(request)
    today = rt.clock.now().astimezone(UTC).date()
    looking = read_looking(request.query_params, today=today)
    try:
        world, loading = facade.world(rt), False
    except IndexLoading:
        world, loading = NOTHING, True
    context = {
        "looking": looking,
        "today": today,
        "cities": _cities(world),
        "kinds": _kinds(world.found, looking),
        "total": world.found.total,
        "loading": loading,
        "weekend": _weekend(today),
    }
    return render(request, "search/home.html", context)


@router.get("/search")
async def results_page(request: Request) -> Response:
    """A page of results; for htmx only the part that changes."""
    rt = runtime(request)
    today = rt.clock.now().astimezone(UTC).date()
    looking = read_looking(request.query_params, today=today)
    nowhere = "place" in looking.faults
    await ledger.display_for(request)
    results, loading = (EMPTY, False) if nowhere else await _found(rt, looking)
    context = {
        "looking": looking,
        "results": results,
        "loading": loading,
        "today": today,
        "kinds": _kinds(results, looking),
        "amenities": _amenities(results, looking),
        "categories": _categories(results, looking),
        "currencies": [(code, code) for code in CURRENCIES],
        "ratings": RATINGS,
        "bars": _bars(results, looking),
        "pins": [_pin(item, looking) for item in results.items],
        "area": _area(looking),
        "ways": [] if results.total or nowhere or loading else await _ways(rt, looking),
        "labels": KIND_BY_CODE,
        "kind_icons": KIND_ICONS,
        "money": Money,
        "known_amenities": AMENITY_BY_CODE,
        "country_name": places.country_name,
        "first_page": not request.query_params.get("cursor"),
    }
    partial = request.headers.get("hx-request") == "true"
    response = render(request, "search/_results.html" if partial else "search/results.html", context)
    response.headers["Vary"] = "HX-Request"
    return response


@router.get("/search/labels")
async def map_labels(bbox: str = "") -> Response:
    """The names of the largest cities in a part of the map, for its labels."""
    box = read_box(bbox[:120] or None)
    labels = [
        {"name": place.name, "lat": round(place.latitude, 4), "lng": round(place.longitude, 4)}
        for place in (places.largest_in(box) if box else [])
    ]
    return JSONResponse(labels, headers={"Cache-Control": "public, max-age=86400"})


async def _found(rt: Runtime, looking: Looking) -> tuple[Results, bool]:
    try:
        return await facade.search(rt, looking.query, looking.party), False
    except IndexLoading:
        return EMPTY, True


async def _ways(rt: Runtime, looking: Looking) -> list[dict[str, Any]]:
    """What to relax, with how many would be found."""
    ways = []
    for words, changed, query in relaxed(looking):
        found = await facade.search(rt, replace(query, limit=1, after=None), looking.party)
        if found.total:
            ways.append({"words": words, "href": looking.address(**changed), "total": found.total})
    return ways


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


def _weekend(today: date) -> tuple[date, date]:
    friday = today + timedelta(days=(4 - today.weekday()) % 7 or 7)
    return friday, friday + timedelta(days=2)


def _kinds(results: Results | Found, looking: Looking) -> list[dict[str, Any]]:
    return [
        {"code": code, "label": info.label, "count": results.facets.kinds.get(code, 0), "icon": KIND_ICONS[code],
         "chosen": code in looking.typed["kind"]}
        for code, info in KIND_BY_CODE.items()
        if results.facets.kinds.get(code) or code in looking.typed["kind"]
    ]  # fmt: skip


def _amenities(results: Results, looking: Looking) -> list[dict[str, Any]]:
    """The chosen ones first, then the most common; what professionals are is asked apart."""
    shown = [each for each in _counted(results, looking) if each["code"] not in CATEGORIES]
    shown.sort(key=lambda each: (not each["chosen"], -each["count"]))
    return shown[: max(SHOWN_AMENITIES, sum(each["chosen"] for each in shown))]


def _categories(results: Results, looking: Looking) -> list[dict[str, Any]]:
    """What the professionals found are, always in the same order."""
    return [each for each in _counted(results, looking) if each["code"] in CATEGORIES]


def _counted(results: Results, looking: Looking) -> list[dict[str, Any]]:
    """Each amenity that is chosen or that something found has."""
    counted: list[dict[str, Any]] = [
        {"code": each.code, "label": each.label, "icon": each.icon, "count": results.facets.amenities.get(each.code, 0),
         "chosen": each.code in looking.typed["amenity"]}
        for each in AMENITIES
    ]  # fmt: skip
    return [each for each in counted if each["chosen"] or each["count"]]


def _bars(results: Results, looking: Looking) -> list[dict[str, Any]]:
    most = max((bar.count for bar in results.facets.prices), default=0)
    currency = looking.query.currency
    return [
        {"height": round(100 * bar.count / most), "count": bar.count, "low": Money(bar.low, currency).text(),
         "high": Money(bar.high, currency).text()}
        for bar in results.facets.prices
        if most
    ]  # fmt: skip


def _pin(item: Any, looking: Looking) -> dict[str, Any]:
    price = f"{item.total.text()} in all" if item.total else f"{item.nightly.text()} {EACH[item.sold_by]}"
    return {
        "id": str(item.resource_id),
        "lat": item.latitude,
        "lng": item.longitude,
        "text": item.nightly.text(),
        "title": item.title,
        "price": price,
        "picture": item.picture,
        "href": f"/stays/{item.resource_id}?{looking.stay}",
    }


def _area(looking: Looking) -> dict[str, Any]:
    """What the map shows first."""
    box, place = looking.query.box, looking.place
    if box is not None:
        return {"bbox": [box.south, box.west, box.north, box.east]}
    if place is not None:
        return {"lat": place.latitude, "lng": place.longitude, "km": place.radius_km}
    return {}
