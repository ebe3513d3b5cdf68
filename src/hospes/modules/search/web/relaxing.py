"""What to ask less of when nothing fits."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from hospes.modules.catalog.contracts import AMENITY_BY_CODE
from hospes.modules.search.contracts import Flexible, Query
from hospes.modules.search.web import where
from hospes.modules.search.web.asking import Looking

MOST_WAYS = 16
ONE_BY_ONE = 6
AROUND = 3
STEPS, MOST_PAIRS = 6, 4
WHOLE, ANY_PRICE = "without any filter", "any price"
PARTIES = (30, 20, 16, 12, 10, 8, 6, 5, 4, 3, 2, 1)
WISHES = ("price_min", "price_max", "amenity", "kind", "rating", "instant", "comes")
DATES = ("arrival", "departure", "flex", "month", "nights", "day", "since", "until", "minutes")
PLACES = ("bbox", "polygon", "place", "lat", "lon", "radius")

Way = tuple[str, dict[str, Any], Query]


def relaxed(looking: Looking) -> Iterable[Way]:
    """Ways to ask for less, the smallest steps of a sort first: words, what to change in the address, and the query."""
    yield from _fewer_wishes(looking)
    yield from _other_dates(looking)
    query = looking.query
    if query.party.pets:
        yield "without pets", {"pets": None}, replace(query, party=replace(query.party, pets=0))
    yield from _further_away(looking)


def fewer_people(looking: Looking) -> Iterable[Way]:
    """Smaller parties of adults, the largest first: who are many may look for two places."""
    party = looking.party
    for adults in PARTIES:
        if adults < party.adults:
            words = f"for {adults} adult{'s' if adults > 1 else ''} in one place"
            yield words, {"adults": str(adults)}, replace(looking.query, party=replace(party, adults=adults))


def in_pairs(looking: Looking) -> Iterable[Way]:
    """Two of the smaller steps at once, for when none of them is enough alone."""
    base = looking.query
    around = [way for way in _other_dates(looking) if way[1] != dict.fromkeys(DATES)]
    steps = [way for way in [*_fewer_wishes(looking), *around] if way[0] != WHOLE][:STEPS]
    for (one, first, query), (other, second, less) in combinations(steps, 2):
        if not first.keys() & second.keys():
            fresh = {name: getattr(less, name) for name in _changed(base, less)}
            yield f"{one} and {other}", {**first, **second}, replace(query, **fresh)


def _changed(base: Query, less: Query) -> list[str]:
    return [each.name for each in fields(Query) if getattr(base, each.name) != getattr(less, each.name)]


def _fewer_wishes(looking: Looking) -> Iterable[Way]:
    query = looking.query
    if sum(bool(looking.typed[name]) for name in WISHES) > 1:
        bare = replace(
            query, price_min=None, price_max=None, amenities=(), kinds=(), rating_min=None, instant=False,
            comes_to_me=False,
        )  # fmt: skip
        yield WHOLE, dict.fromkeys(WISHES), bare
    if query.price_min is not None or query.price_max is not None:
        changed = {"price_min": None, "price_max": None}
        yield ANY_PRICE, changed, replace(query, price_min=None, price_max=None)
    if 1 < len(query.amenities) <= ONE_BY_ONE:
        for code in query.amenities:
            rest = [each for each in query.amenities if each != code]
            words = f"without “{AMENITY_BY_CODE[code].label}”"
            yield words, {"amenity": rest}, replace(query, amenities=tuple(rest))
    if query.amenities:
        yield "without the amenities", {"amenity": None}, replace(query, amenities=())
    if query.kinds:
        yield "any kind of place", {"kind": None}, replace(query, kinds=())
    if query.rating_min is not None:
        yield "any rating", {"rating": None}, replace(query, rating_min=None)
    if query.instant:
        yield "also where the host answers first", {"instant": None}, replace(query, instant=False)


def _other_dates(looking: Looking) -> Iterable[Way]:
    query = looking.query
    if query.arrival is not None and query.departure is not None:
        around = min(timedelta(days=AROUND), date.max - query.departure)
        nights = (query.departure - query.arrival).days
        flexible = Flexible((nights,), query.arrival - around, query.arrival + around)
        words = f"up to {AROUND} days earlier or later"
        yield words, {"flex": str(AROUND)}, replace(query, arrival=None, departure=None, flexible=flexible)
    if query.arrival is not None or query.flexible is not None:
        yield "any dates", dict.fromkeys(DATES), replace(query, arrival=None, departure=None, flexible=None)
    if query.hours is not None:
        yield "at any time", dict.fromkeys(DATES), replace(query, hours=None)


def _further_away(looking: Looking) -> Iterable[Way]:
    query = looking.query
    if query.latitude is not None:
        wider = [radius for radius in where.RADII if radius > 1.5 * query.radius_km][:2]
        for radius in wider:
            yield f"within {radius:g} km", {"radius": f"{radius:g}"}, replace(query, radius_km=radius)
    if query.box is not None or query.polygon or query.latitude is not None:
        everywhere = replace(query, box=None, polygon=(), latitude=None, longitude=None, comes_to_me=False)
        yield "anywhere", dict.fromkeys(PLACES), everywhere
