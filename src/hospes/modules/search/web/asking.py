"""A search as its address tells it. Nothing here refuses: what cannot be read is left out and said in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil, log2
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from hospes.modules.catalog.contracts import AMENITY_BY_CODE, CATEGORIES, KIND_BY_CODE, Mode
from hospes.modules.pricing.contracts import Party
from hospes.modules.search.contracts import Box, Find, Per, Place, Query, Sort
from hospes.modules.search.policies.asking import after_cursor
from hospes.modules.search.policies.grid import circle_box
from hospes.modules.search.web import when, where
from hospes.platform.errors import Invalid
from hospes.platform.money import exponent

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "AUD", "CAD", "INR", "BRL", "ZAR", "NGN", "SEK")
RATINGS = ("4.5", "4", "3.5")
ALSO = {"place": "q", "arrival": "check_in", "departure": "check_out", "rating": "rating_min"}  # as the API says it
ALONG = ("adults", "children", "infants", "pets")
USUAL = {"children": "0", "infants": "0", "pets": "0", "currency": "EUR"}
AGES = frozenset(map(str, range(18)))
PAGE, MOST_SHOWN = 24, 120
CELLS_ACROSS, FINER_ACROSS, A_CITY = 6, 32, 1.5  # in a city prices say more than numbers do
MOST_TEXT, MOST_SHAPE, MOST_CURSOR = 120, 6_000, 400


class Kept(dict[str, str]):
    """Texts by field; a field without one has the empty text, which is never stored."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Looking:
    """What is looked for: `typed` as in the address (lists for ticks), `faults` in sentences by field."""

    typed: dict[str, Any]
    party: Party
    place: Place | None
    query: Query
    faults: Kept = field(default_factory=Kept)

    def address(self, **changed: Any) -> str:
        """This search as an address, with some parts changed; None leaves a part out. How far down the list one is
        never stays."""
        pairs = self.pairs(**{"cursor": None, "shown": None, **changed})
        return "/search" + (f"?{urlencode(pairs)}" if pairs else "")

    def pairs(self, **changed: Any) -> list[tuple[str, Any]]:
        """The same as names with values, always in the same order, without what goes without saying."""
        values = {**self.typed, **changed}
        return [
            (name, each)
            for name, value in values.items()
            for each in (value if isinstance(value, list | tuple) else [value])
            if each not in (None, "", False) and str(each) != _usual(name, values)
        ]

    @property
    def people(self) -> list[tuple[str, str]]:
        """The party for the address of a listing."""
        counts = [(name, getattr(self.party, name)) for name in ALONG]
        ages = [("age", str(age)) for age in self.query.child_ages]
        return [(name, str(count)) for name, count in counts if count] + ages


def read_looking(said: QueryParams, *, today: date, meant: Callable[[str], Place | None] = where.by_name) -> Looking:
    """From the query of an address; `meant` finds what is typed. Who asks for a property by name wants it first."""
    faults, typed = Kept(), _typed(said)
    party = _party(said, typed, faults)
    wanted = when.read_when(typed, faults, today)
    place = where.read_place(typed, faults, meant)
    box, shape = where.read_part(typed["bbox"], faults), where.read_shape(typed["polygon"], faults)
    centre = None if box or shape else place
    radius = where.read_radius(typed["radius"])
    low, high = _prices(typed, faults)
    query = Query(
        latitude=centre.latitude if centre else None,
        longitude=centre.longitude if centre else None,
        radius_km=(radius or centre.radius_km) if centre else 25.0,
        box=None if shape else box,
        polygon=shape,
        arrival=wanted.arrival,
        departure=wanted.departure,
        flexible=wanted.flexible,
        hours=wanted.hours,
        party=party,
        child_ages=tuple(int(age) for age in typed["age"] if age),
        price_min=low,
        price_max=high,
        per=Per(typed["per"] or "night"),
        currency=typed["currency"],
        kinds=tuple(typed["kind"]),
        amenities=tuple(typed["amenity"]),
        instant=bool(typed["instant"]),
        rating_min=float(typed["rating"]) if typed["rating"] else None,
        comes_to_me=bool(typed["comes"] and centre),
        find=Find(typed["find"]),
        sort=Sort(typed["sort"] or ("distance" if centre and centre.kind == "property" else "relevance")),
        limit=int(typed["shown"] or PAGE),
        clusters=_cell(box, shape, centre, radius),
    )
    return Looking(typed, party, place, _page(query, typed["cursor"]), faults)


def _typed(said: QueryParams) -> dict[str, Any]:
    """What the address says, cut to size; a choice that is none of ours is left out."""
    names = (*where.NAMES, *when.NAMES, "price_min", "price_max")
    typed: dict[str, Any] = {
        name: (said.get(name) or said.get(ALSO.get(name, "")) or "").strip()[: _most(name)] for name in names
    }
    if not typed["lat"] or not typed["lon"]:
        typed["lat"] = typed["lon"] = ""
    typed["flex"] = typed["flex"] if typed["flex"] in when.FLEX else ""
    typed["kind"] = _distinct(code for code in said.getlist("kind") if code in KIND_BY_CODE)
    codes = [*said.getlist("amenity"), *said.getlist("amenities")]
    codes = [code for code in codes if code in AMENITY_BY_CODE]
    typed["amenity"] = _distinct([*codes, *(code for code in said.getlist("category") if code in CATEGORIES)])
    typed["find"] = said.get("find", "") if said.get("find", "") in set(Find) else ""
    typed["instant"] = "1" if said.get("instant") else ""
    typed["comes"] = "1" if said.get("comes") else ""
    rating = said.get("rating") or said.get("rating_min") or ""
    typed["rating"] = rating if rating in RATINGS else ""
    typed["currency"] = said.get("currency", "") if said.get("currency", "") in CURRENCIES else "EUR"
    typed["per"] = "stay" if said.get("per") == "stay" else ""
    typed["sort"] = said.get("sort", "") if said.get("sort", "") in set(Sort) - {Sort.RELEVANCE} else ""
    shown = said.get("shown", "")
    typed["shown"] = shown if shown in map(str, range(2 * PAGE, MOST_SHOWN + 1, PAGE)) else ""
    typed["cursor"] = said.get("cursor", "")[:MOST_CURSOR]
    return typed


def _most(name: str) -> int:
    return MOST_SHAPE if name == "polygon" else MOST_TEXT


def _distinct(codes: Any) -> list[str]:
    return list(dict.fromkeys(codes))


def _party(said: QueryParams, typed: dict[str, Any], faults: Kept) -> Party:
    for name in ALONG:
        typed[name] = (said.get(name) or _usual(name, typed))[:MOST_TEXT].strip()
    party = Party(*(_count(typed[name], name, _usual(name, typed), faults) for name in ALONG))
    ages = [each if each in AGES else "" for each in (said.getlist("age") or said.getlist("children_ages"))]
    typed["age"] = ages[: party.children]
    return party


def _usual(name: str, typed: Mapping[str, Any]) -> str:
    """What goes without saying: two come to stay, one to a doctor."""
    if name != "adults":
        return USUAL.get(name, "")
    kinds = [KIND_BY_CODE[code].modes[0] for code in typed["kind"] or ()]
    by_the_hour = kinds and all(mode is Mode.TIMED for mode in kinds)
    called = any(code in CATEGORIES for code in typed["amenity"] or ())
    return "1" if by_the_hour or called or typed["flex"] == "hours" else "2"


def _count(text: str, name: str, usual: str, faults: Kept) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:6]) > 50 or (name == "adults" and int(text) < 1):
        faults[name] = f"{name.capitalize()}: a number from {1 if name == 'adults' else 0} to 50."
        return int(usual)
    return int(text)


def _prices(typed: dict[str, Any], faults: Kept) -> tuple[int | None, int | None]:
    low, high = _minor(typed, "price_min", faults), _minor(typed, "price_max", faults)
    if low is not None and high is not None and high < low:
        faults["price_max"] = "The highest price is below the lowest. Change one of them."
        return None, None
    return low, high


def _minor(typed: dict[str, Any], name: str, faults: Kept) -> int | None:
    text = typed[name]
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        faults[name] = "Enter the price as a whole number, such as 80."
        return None
    return int(text) * int(10 ** exponent(typed["currency"]))


def _page(query: Query, cursor: str) -> Query:
    """The page that is meant; the first one where the cursor belongs to another search."""
    try:
        return after_cursor(query, cursor)
    except Invalid:
        return query


def _cell(box: Box | None, shape: tuple[tuple[float, float], ...], centre: Place | None, radius: float | None) -> float:
    """How wide the cells of the map's clusters are, in degrees: halves of halves of the world, so that they stay where
    they are while the map moves."""
    if shape:
        box = where.around(shape)
    elif centre:
        box = circle_box(centre.latitude, centre.longitude, radius or centre.radius_km)
    width = 360.0 if box is None else box.east - box.west if box.west <= box.east else box.east - box.west + 360
    across = FINER_ACROSS if width < A_CITY else CELLS_ACROSS
    return float(360 / 2 ** ceil(log2(360 * across / max(width, 0.001))))
