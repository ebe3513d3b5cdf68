"""The choices of the filters, with how many there would be of each, and those in force."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from math import ceil, floor
from typing import Any

from hospes.modules.catalog.contracts import AMENITIES, AMENITY_BY_CODE, CATEGORIES, KIND_BY_CODE
from hospes.modules.search.contracts import Find, Found, Per, Query, Results
from hospes.modules.search.web import wording
from hospes.modules.search.web.asking import RATINGS, Looking
from hospes.modules.search.web.sides import beside_each_other
from hospes.modules.search.web.when import MINUTES, months_ahead
from hospes.platform.money import Money, exponent

SHOWN_AMENITIES = 14
KIND_ICONS = {
    "HOME": "home", "HOTEL_ROOM": "bed", "DOCTOR_SLOT": "stethoscope", "SALON_CHAIR": "scissors", "DESK": "desk",
    "MEETING_ROOM": "users", "PROFESSIONAL": "briefcase", "TOUR": "compass", "PACKAGE": "luggage", "PARKING": "car",
    "EQUIPMENT": "bike", "OTHER": "box",
}  # fmt: skip
ACCESS = tuple(each.code for each in AMENITIES if each.group == "Access")


def bar_of(looking: Looking, today: date) -> dict[str, Any]:
    """What the form of place, dates and guests needs."""
    return {
        "looking": looking,
        "today": today,
        "months": [(month.isoformat()[:7], month) for month in months_ahead(today)],
        "lengths": MINUTES,
        "people": wording.companions(looking),
        "in_short": wording.in_short(looking),
    }


def kinds_of(results: Results | Found, looking: Looking) -> list[dict[str, Any]]:
    """Kinds that are chosen or found."""
    return [
        {"code": code, "label": info.label, "count": results.facets.kinds.get(code, 0), "icon": KIND_ICONS[code],
         "chosen": code in looking.typed["kind"]}
        for code, info in KIND_BY_CODE.items()
        if results.facets.kinds.get(code) or code in looking.typed["kind"]
    ]  # fmt: skip


def amenities_of(results: Results, looking: Looking) -> list[dict[str, Any]]:
    """The most common ones and those that are chosen, in the order of the list, so that none moves when pressed; what
    professionals are and ways of access are asked apart."""
    shown = [each for each in _counted(results, looking) if each["code"] not in (*CATEGORIES, *ACCESS)]
    common = sorted(shown, key=lambda each: (not each["chosen"], -each["count"]))
    kept = {each["code"] for each in common[: max(SHOWN_AMENITIES, sum(each["chosen"] for each in shown))]}
    return [each for each in shown if each["code"] in kept]


def access_of(results: Results, looking: Looking) -> list[dict[str, Any]]:
    """What makes a place easy to reach and use."""
    return [each for each in _counted(results, looking) if each["code"] in ACCESS]


def categories_of(results: Results, looking: Looking) -> list[dict[str, Any]]:
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


def ratings_of(results: Results, looking: Looking) -> list[dict[str, Any]]:
    """The bands of ratings; a count of None is not known."""
    counts = results.facets.ratings
    return [{"value": value, "count": counts.get(value, 0 if counts else None)} for value in RATINGS]


@dataclass(frozen=True, slots=True)
class Prices:
    """The histogram: bars with their height in hundredths, and the ends of a slider in whole units of the currency.

    `low`, `high`: where the thumbs stand."""

    bars: list[dict[str, Any]]
    least: int
    most: int
    step: int
    low: int
    high: int
    sign: tuple[str, str]


def prices_of(results: Results, looking: Looking) -> Prices | None:
    """None when there is nothing to choose between."""
    found, currency = results.facets.prices, looking.query.currency
    tallest = max((bar.count for bar in found), default=0)
    if not tallest:
        return None
    whole = int(10 ** exponent(currency))
    least, most = floor(found[0].low / whole), ceil(found[-1].high / whole)
    if most <= least:
        return None
    step = _step(most - least)
    most = least + ceil((most - least) / step) * step
    low, high = looking.query.price_min, looking.query.price_max
    bars = [
        {"height": round(100 * bar.count / tallest), "count": bar.count, "low": Money(bar.low, currency).text(),
         "high": Money(bar.high, currency).text(),
         "out": (low is not None and bar.high <= low) or (high is not None and bar.low > high)}
        for bar in found
    ]  # fmt: skip
    around = Money(0, currency).text().partition("0")
    return Prices(
        bars, least, most, step, min(max(low // whole, least), most) if low is not None else least,
        max(min(high // whole, most), least) if high is not None else most, (around[0], around[2]),
    )  # fmt: skip


def _step(width: int) -> int:
    """A round step, a hundred of which at the most make the width."""
    steps = (step for ten in count() for step in (10**ten, 2 * 10**ten, 5 * 10**ten))
    return next(int(step) for step in steps if step * 100 >= width)


def chosen_of(looking: Looking) -> list[tuple[str, str]]:
    """The wishes in force, each with the address without it."""
    typed, query = looking.typed, looking.query
    found: list[tuple[str, str]] = []
    for name, labels in (("kind", KIND_BY_CODE), ("amenity", AMENITY_BY_CODE)):
        for code in typed[name]:
            rest = [each for each in typed[name] if each != code]
            found.append((labels[code].label, looking.address(**{name: rest})))
    if query.find in wording.FOUND and not beside_each_other(query):
        found.append((wording.FOUND[query.find], looking.address(find=None)))
    if typed["instant"]:
        found.append(("Booked at once", looking.address(instant=None)))
    if typed["rating"]:
        found.append((f"Rated {typed['rating']} or better", looking.address(rating=None)))
    if words := _price_words(looking):
        found.append((words, looking.address(price_min=None, price_max=None)))
    if query.comes_to_me:
        found.append(("They come to me", looking.address(comes=None)))
    if query.polygon:
        found.append(("The area drawn on the map", looking.address(polygon=None)))
    if query.box:
        found.append(("This part of the map", looking.address(bbox=None)))
    if typed["radius"] and query.latitude is not None:
        found.append((f"Within {query.radius_km:g} km", looking.address(radius=None)))
    return found


def _price_words(looking: Looking) -> str:
    query = looking.query
    low, high = (
        Money(each, query.currency).text() if each is not None else "" for each in (query.price_min, query.price_max)
    )
    each = price_unit(query)
    if low and high:
        return f"{low} to {high}{each}"
    return f"From {low}{each}" if low else f"Up to {high}{each}" if high else ""


def price_unit(query: Query) -> str:
    """What the prices asked for are of: ` a night`."""
    each, whole = (" an hour", " in all") if query.hours else (" a night", " for the stay")
    each, whole = (" an hour or a person", " in all") if query.find is Find.THINGS else (each, whole)
    return whole if query.per is Per.STAY else each
