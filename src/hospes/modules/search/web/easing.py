"""What the page of results offers where nothing fits: what to ask less of, and where the nearest places are. Both are
counted before they are offered, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hospes.modules.search import facade
from hospes.modules.search.contracts import Results
from hospes.modules.search.use_cases.count_listings import count_listings
from hospes.modules.search.web.asking import Looking
from hospes.modules.search.web.choices import price_unit
from hospes.modules.search.web.relaxing import (
    ANY_PRICE,
    MOST_PAIRS,
    MOST_WAYS,
    WHOLE,
    Way,
    fewer_people,
    in_pairs,
    relaxed,
)  # fmt: skip
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime

NEAREST, LOOKED_AT = 3, 6


def ways_out(rt: Runtime, looking: Looking, results: Results) -> list[dict[str, Any]]:
    """What to relax, with how many would be found. Two steps at once where none is enough alone; of smaller parties
    the largest that finds something."""
    ways = _counted(rt, looking, list(relaxed(looking))[:MOST_WAYS])
    for way in ways:
        if way["words"] == ANY_PRICE and looking.query.price_max is not None and results.facets.prices:
            cheapest = Money(results.facets.prices[0].low, looking.query.currency)
            way["words"] = f"{ANY_PRICE}: from {cheapest.text()}{price_unit(looking.query)}"
    for step in fewer_people(looking):
        if found := _counted(rt, looking, [step]):
            ways = [*found, *ways]
            break
    if all(way["words"] == WHOLE or way["far"] for way in ways):
        ways += _counted(rt, looking, list(in_pairs(looking)))[:MOST_PAIRS]
    return ways


async def elsewhere(rt: Runtime, looking: Looking) -> list[dict[str, Any]]:
    """The nearest cities where all of it fits; none where no place is asked for."""
    place = looking.place
    if place is None:
        return []
    found: list[dict[str, Any]] = []
    for _, other, _ in await facade.destinations_near(rt, place, most=LOOKED_AT):
        there = replace(
            looking.query, latitude=other.latitude, longitude=other.longitude, radius_km=other.radius_km,
            box=None, polygon=(),
        )  # fmt: skip
        total = count_listings(rt, there)
        if total and len(found) < NEAREST:
            typed = f"{other.name}, {other.detail}" if other.detail else other.name
            apart = dict.fromkeys(("lat", "lon", "radius", "bbox", "polygon"))
            found.append({"name": other.name, "total": total, "href": looking.address(**{**apart, "place": typed})})
    return found


def _counted(rt: Runtime, looking: Looking, ways: Sequence[Way]) -> list[dict[str, Any]]:
    counted = [(words, changed, count_listings(rt, query)) for words, changed, query in ways]
    return [
        {"words": words, "href": looking.address(**changed), "total": total, "far": "place" in changed}
        for words, changed, total in counted
        if total
    ]
