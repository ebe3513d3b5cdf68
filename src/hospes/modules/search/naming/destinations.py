"""Cities that have live listings, each with a readable address that stays: `lisbon-pt`.

A host may write `Lisboa`, another `Lisbon`: both are the city of the gazetteer nearby that has that name. A town that
the gazetteer does not know is a destination of its own, where its listings are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming import places

TOWN_KM = 8.0


@dataclass(frozen=True, slots=True)
class Destinations:
    """Places by slug and their numbers of listings, most listings first; `counted`: by the gazetteer's number."""

    by_slug: Mapping[str, tuple[Place, int]] = field(default_factory=dict)
    counted: Mapping[int, int] = field(default_factory=dict)

    def all(self) -> list[tuple[str, Place, int]]:
        """Slug, place and listings, most listings first."""
        return [(slug, place, listings) for slug, (place, listings) in self.by_slug.items()]

    def get(self, slug: str) -> Place | None:
        """The place with this slug, if it has listings."""
        found = self.by_slug.get(slug)
        return found[0] if found else None


def destinations_of(rows: Iterable[Mapping[str, Any]]) -> Destinations:
    """From rows of city, country, listings, latitude and longitude (the middle of its listings)."""
    found: dict[str, tuple[Place, int]] = {}
    counted: dict[int, int] = {}
    for row in rows:
        number, place = _place(row["city"], row["country"], row["latitude"], row["longitude"])
        if place is None:
            continue
        listings = int(row["listings"])
        found[place.slug] = (place, found.get(place.slug, (place, 0))[1] + listings)
        if number is not None:
            counted[number] = counted.get(number, 0) + listings
    return Destinations(dict(sorted(found.items(), key=lambda each: (-each[1][1], each[0]))), counted)


def slug_of(place: Place) -> str:
    """What the address of the place's own page ends with; "" for what has none."""
    return place.slug


def _place(city: str, country: str, latitude: float, longitude: float) -> tuple[int | None, Place | None]:
    name = places.fold(city)
    if not name:
        return None, None
    known = places.city_near(name, country, latitude, longitude)
    if known is not None:
        return known, places.place_of(known)
    town = Place(city.strip(), places.country_name(country), "city", latitude, longitude, TOWN_KM)
    return None, replace(town, country=country, slug=places.slug(name, country))
