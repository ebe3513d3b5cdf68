"""Cities that have live listings, each with a readable address that stays: `lisbon-pt`.

A host may write `Lisboa`, another `Lisbon`: both are the city of the gazetteer nearby that has that name. A town that
the gazetteer does not know is a destination of its own, where its listings are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hospes.modules.search import places
from hospes.modules.search.contracts import Place

TOWN_KM = 8.0


@dataclass(frozen=True, slots=True)
class Destinations:
    """Places by slug and their numbers of listings, most listings first."""

    by_slug: Mapping[str, tuple[Place, int]] = field(default_factory=dict)

    def all(self) -> list[tuple[str, Place, int]]:
        """Slug, place and listings, most listings first."""
        return [(slug, place, listings) for slug, (place, listings) in self.by_slug.items()]

    def get(self, slug: str) -> Place | None:
        """The place with this slug, if it has listings."""
        found = self.by_slug.get(slug)
        return found[0] if found else None


def destinations_of(rows: Iterable[Mapping[str, Any]]) -> Destinations:
    """From rows of city, country, listings, latitude and longitude (the middle of its listings)."""
    counted: dict[str, tuple[Place, int]] = {}
    for row in rows:
        place = _place(row["city"], row["country"], row["latitude"], row["longitude"])
        if place is not None:
            counted[place.slug] = (place, counted.get(place.slug, (place, 0))[1] + int(row["listings"]))
    return Destinations(dict(sorted(counted.items(), key=lambda each: (-each[1][1], each[0]))))


def slug_of(place: Place) -> str:
    """What the address of the place's own page ends with; "" for what has none."""
    return place.slug


def _place(city: str, country: str, latitude: float, longitude: float) -> Place | None:
    name = places.fold(city)
    if not name:
        return None
    known = places.city_near(name, country, latitude, longitude)
    if known is not None:
        return places.place_of(known)
    town = Place(city.strip(), places.country_name(country), "city", latitude, longitude, TOWN_KM)
    return replace(town, country=country, slug=places.slug(name, country))
