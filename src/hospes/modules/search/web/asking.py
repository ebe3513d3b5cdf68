"""A search as its address tells it. Nothing here refuses: what cannot be read is left out and said in a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from hospes.modules.catalog.contracts import AMENITY_BY_CODE, CATEGORIES, KIND_BY_CODE
from hospes.modules.pricing.contracts import Party
from hospes.modules.search import places
from hospes.modules.search.contracts import Box, Place, Query, Sort
from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.policies.asking import check_dates, read_after, read_box
from hospes.platform import paging
from hospes.platform.errors import Invalid
from hospes.platform.money import exponent

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "AUD", "CAD", "INR", "BRL", "ZAR", "NGN", "SEK")
RATINGS = ("4.5", "4", "3.5")
ALSO = {"place": "q", "arrival": "check_in", "departure": "check_out", "rating": "rating_min"}  # as the API says it
_FIELDS = {"check_in": "arrival", "check_out": "departure"}


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
        """This search as an address, with some parts changed; None leaves a part out. The cursor never stays."""
        values = {**self.typed, "cursor": None, **changed}
        pairs = [
            (name, each)
            for name, value in values.items()
            for each in (value if isinstance(value, list | tuple) else [value])
            if each not in (None, "", False)
        ]
        return "/search" + (f"?{urlencode(pairs)}" if pairs else "")

    @property
    def stay(self) -> str:
        """Dates and party for the address of a listing."""
        pairs = {name: self.typed[name] for name in ("arrival", "departure") if self.typed[name] and not self.faults}
        pairs |= {"adults": str(self.party.adults)}
        for name in ("children", "infants", "pets"):
            if getattr(self.party, name):
                pairs[name] = str(getattr(self.party, name))
        return urlencode(pairs)


def read_looking(said: QueryParams, *, today: date) -> Looking:
    """From the query of an address."""
    faults = Kept()
    typed: dict[str, Any] = {
        name: (said.get(name) or said.get(ALSO.get(name, "")) or "").strip()[:120]
        for name in ("place", "arrival", "departure", "price_min", "price_max", "rating", "bbox", "lat", "lon")
    }
    typed["kind"] = [code for code in said.getlist("kind") if code in KIND_BY_CODE]
    typed["amenity"] = [
        code for code in [*said.getlist("amenity"), *said.getlist("amenities")] if code in AMENITY_BY_CODE
    ]
    typed["amenity"] += [
        code for code in said.getlist("category") if code in CATEGORIES and code not in typed["amenity"]
    ]
    typed["instant"] = "1" if said.get("instant") else ""
    typed["currency"] = said.get("currency", "") if said.get("currency", "") in CURRENCIES else "EUR"
    typed["sort"] = said.get("sort", "") if said.get("sort", "") in set(Sort) else ""
    for name, usual in (("adults", 2), ("children", 0), ("infants", 0), ("pets", 0)):
        typed[name] = str(_count(said.get(name) or "", usual, name, faults))
    party = Party(*(int(typed[name]) for name in ("adults", "children", "infants", "pets")))
    arrival, departure = _dates(typed, faults, today)
    place = _place(typed, faults)
    box = _box(typed)
    centre = None if box else place
    query = Query(
        latitude=centre.latitude if centre else None,
        longitude=centre.longitude if centre else None,
        radius_km=centre.radius_km if centre else 25.0,
        box=box,
        arrival=arrival,
        departure=departure,
        party=party,
        price_min=_minor(typed, "price_min", faults),
        price_max=_minor(typed, "price_max", faults),
        currency=typed["currency"],
        kinds=tuple(typed["kind"]),
        amenities=tuple(typed["amenity"]),
        instant=bool(typed["instant"]),
        rating_min=float(typed["rating"]) if typed["rating"] in RATINGS else None,
        sort=Sort(typed["sort"] or "relevance"),
        after=_after(said.get("cursor")),
    )
    return Looking(typed, party, place, query, faults)


def relaxed(looking: Looking) -> Iterable[tuple[str, dict[str, Any], Query]]:
    """Ways to ask for less: words, what to change in the address, and the query."""
    query = looking.query
    wishes = {"price_min": None, "price_max": None, "amenity": None, "kind": None, "rating": None, "instant": None}
    if sum(bool(looking.typed[name]) for name in wishes) > 1:
        bare = replace(query, price_min=None, price_max=None, amenities=(), kinds=(), rating_min=None, instant=False)
        yield "without any filter", dict(wishes), bare
    if query.price_min is not None or query.price_max is not None:
        changed = {"price_min": None, "price_max": None}
        yield "any price", changed, replace(query, price_min=None, price_max=None)
    if query.amenities:
        yield "without the amenities", {"amenity": None}, replace(query, amenities=())
    if query.kinds:
        yield "any kind of place", {"kind": None}, replace(query, kinds=())
    if query.rating_min is not None:
        yield "any rating", {"rating": None}, replace(query, rating_min=None)
    if query.instant:
        yield "also where the host answers first", {"instant": None}, replace(query, instant=False)
    if query.arrival is not None:
        yield "any dates", {"arrival": None, "departure": None}, replace(query, arrival=None, departure=None)
    if query.party.pets:
        yield "without pets", {"pets": None}, replace(query, party=replace(query.party, pets=0))
    if query.box is not None or query.latitude is not None:
        everywhere = replace(query, box=None, latitude=None, longitude=None)
        yield "anywhere", {"bbox": None, "place": None, "lat": None, "lon": None}, everywhere


def _dates(typed: dict[str, Any], faults: dict[str, str], today: date) -> tuple[date | None, date | None]:
    days: list[date | None] = []
    for name in ("arrival", "departure"):
        try:
            days.append(date.fromisoformat(typed[name]) if typed[name] else None)
        except ValueError:
            faults[name] = "Choose a day, such as 2026-07-14."
            days.append(None)
    if faults.get("arrival") or faults.get("departure"):
        return None, None
    try:
        check_dates(days[0], days[1], today=today)
    except SearchInvalid as refusal:
        faults.update({_FIELDS.get(name, name): text for name, text in refusal.fields.items()})
        return None, None
    return days[0], days[1]


def _place(typed: dict[str, Any], faults: dict[str, str]) -> Place | None:
    lat, lon = _degree(typed["lat"], 90), _degree(typed["lon"], 180)
    if lat is not None and lon is not None:
        known = [each for each in places.find_places(typed["place"]) if abs(each.latitude - lat) < 0.2]
        return known[0] if known else Place(typed["place"] or "here", "", "point", lat, lon, 20.0)
    typed["lat"] = typed["lon"] = ""
    if not typed["place"]:
        return None
    found = _likeliest(typed["place"])
    if found is None and not typed["bbox"]:
        faults["place"] = f"We do not know “{typed['place']}”. Try a city or an airport nearby."
    return found


def _likeliest(text: str) -> Place | None:
    """The first place of that name; after a comma the country decides."""
    found = places.find_places(text, limit=12)
    _, comma, country = text.partition(",")
    if comma:
        wanted = places.fold(country)
        found = [each for each in found if places.fold(each.detail) == wanted] or found
    return found[0] if found else None


def _box(typed: dict[str, Any]) -> Box | None:
    try:
        return read_box(typed["bbox"] or None)
    except SearchInvalid:
        typed["bbox"] = ""
        return None


def _degree(text: str, most: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -most <= value <= most else None


def _count(text: str, usual: int, name: str, faults: dict[str, str]) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal()) or int(text[:6]) > 50 or (name == "adults" and int(text) < 1):
        faults[name] = "Between 1 and 50." if name == "adults" else "Between 0 and 50."
        return usual
    return int(text)


def _minor(typed: dict[str, Any], name: str, faults: dict[str, str]) -> int | None:
    text = typed[name]
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        faults[name] = "Enter a whole number."
        return None
    return int(text) * int(10 ** exponent(typed["currency"]))


def _after(cursor: str | None) -> tuple[float, str] | None:
    try:
        return read_after(paging.decode(cursor, 2))
    except Invalid:
        return None
