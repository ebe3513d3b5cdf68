"""Tells cities of one name in one country apart: `Santa Rita, near João Pessoa`.

The package names regions of the United States only, and gives bare codes elsewhere. The largest city nearby is known
for all of them, and is what people know a small town by.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import cos, hypot, radians
from typing import Protocol

from hospes.modules.search.naming.folding import fold

FAR_KM = 150.0
HALF_KM = 30.0  # so much further away counts as half as large
SAME_KM = 10.0  # one place that is listed twice
PLAIN = 5  # times as large as all others of its name: no one means another
KM_PER_DEGREE = 111.2


class City(Protocol):
    """What is looked at of a city (`sources.Source`); `region`: the part of the country it lies in, if known."""

    title: str
    country: str
    latitude: float
    longitude: float
    people: int
    region: str


def tell_apart(cities: Sequence[City]) -> None:
    """Sets `region` of cities that share their name with another one of the country and have none; one that is much
    larger than the others needs none, nor does one with no larger city around."""
    by_country: dict[str, list[City]] = defaultdict(list)
    for city in cities:
        by_country[city.country].append(city)
    for all_there in by_country.values():
        by_name: dict[tuple[str, str], list[City]] = defaultdict(list)
        for city in all_there:
            by_name[fold(city.title), city.region].append(city)
        for (name, region), alike in by_name.items():
            if not region and _differ(alike):
                for city in _unclear(alike):
                    city.region = _beside(city, name, all_there)


def _differ(alike: Sequence[City]) -> bool:
    first = alike[0]
    return any(_km(first, other) > SAME_KM for other in alike[1:])


def _unclear(alike: Sequence[City]) -> list[City]:
    ordered = sorted(alike, key=lambda each: -each.people)
    others = [each for each in ordered[1:] if _km(ordered[0], each) > SAME_KM]
    return ordered[1:] if ordered[0].people >= PLAIN * max((each.people for each in others), default=0) else ordered


def _beside(city: City, name: str, others: Sequence[City]) -> str:
    """By the city that is felt most there; empty where there is none larger."""
    most, found = 0.0, ""
    for other in others:
        if other.people <= city.people or abs(other.latitude - city.latitude) > FAR_KM / KM_PER_DEGREE:
            continue
        away = _km(city, other)
        felt = other.people / (HALF_KM + away)
        if away <= FAR_KM and felt > most and fold(other.title) != name:
            most, found = felt, f"near {other.title}"
    return found


def _km(one: City, other: City) -> float:
    """About; good enough for neighbours."""
    across = (other.longitude - one.longitude + 180) % 360 - 180
    return KM_PER_DEGREE * hypot(other.latitude - one.latitude, across * cos(radians(one.latitude)))
