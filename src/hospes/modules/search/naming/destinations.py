"""Cities that have live listings, each with a readable address that stays: `lisbon-pt`.

A host may write `Lisboa`, another `Lisbon`: both are the city of the gazetteer nearby that has that name. A town that
the gazetteer does not know is a destination of its own, where its listings are. All of it is arrays, so that it can be
mapped from a file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming import places
from hospes.modules.search.naming.texts import Texts, texts_of

TOWN_KM = 8.0
A_TOWN = -1


@dataclass(frozen=True)
class Destinations:
    """Most listings first. `city`: the gazetteer's number, -1 for a town it does not know, which is in `towns` as a
    country, a tab and a name. `cities` and `counted`: listings by the gazetteer's number."""

    slugs: Texts
    towns: Texts
    city: NDArray[np.int32]
    listings: NDArray[np.int64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    cities: NDArray[np.int32]
    counted: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.city)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {self.slugs[number]: number for number in range(len(self))}

    @property
    def by_city(self) -> dict[int, int]:
        """Listings by the gazetteer's number of their city."""
        return dict(zip(self.cities.tolist(), self.counted.tolist(), strict=True))

    def all(self) -> list[tuple[str, Place, int]]:
        """Slug, place and listings, most listings first."""
        return [self._told(number) for number in range(len(self))]

    def addresses(self) -> list[str]:
        """The slugs of all, most listings first."""
        return list(self._numbers)

    def get(self, slug: str) -> Place | None:
        """The place with this slug, if it has listings."""
        number = self._numbers.get(slug)
        return None if number is None else self._place(number)

    def near(self, place: Place, *, most: int) -> list[tuple[str, Place, int]]:
        """As `all`, the nearest to it, without itself."""
        across = np.abs(self.longitude - place.longitude)
        away = (self.latitude - place.latitude) ** 2 + np.minimum(across, 360 - across) ** 2
        nearest = np.argsort(away, kind="stable")[: most + 1].tolist()
        return [self._told(number) for number in nearest if self.slugs[number] != place.slug][:most]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it."""
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("slugs", "towns")}
        return plain | {
            "slugs.run": self.slugs.run, "slugs.at": self.slugs.at,
            "towns.run": self.towns.run, "towns.at": self.towns.at,
        }  # fmt: skip

    def _told(self, number: int) -> tuple[str, Place, int]:
        return self.slugs[number], self._place(number), int(self.listings[number])

    def _place(self, number: int) -> Place:
        city = int(self.city[number])
        if city != A_TOWN:
            return places.place_of(city)
        country, _, name = self.towns[number].partition("\t")
        return _town(name, country, float(self.latitude[number]), float(self.longitude[number]))


def destinations_from(arrays: Mapping[str, NDArray[Any]]) -> Destinations:
    """From what `Destinations.arrays` told; raises `KeyError` or `TypeError` for anything else."""
    rest = {name: array for name, array in arrays.items() if "." not in name}
    slugs, towns = (Texts(arrays[f"{name}.run"], arrays[f"{name}.at"]) for name in ("slugs", "towns"))
    return Destinations(slugs=slugs, towns=towns, **rest)


def destinations_of(rows: Iterable[Mapping[str, Any]]) -> Destinations:
    """From rows of city, country, listings, latitude and longitude (the middle of its listings)."""
    found: dict[str, tuple[int, Place, int]] = {}
    counted: dict[int, int] = {}
    for row in rows:
        number, place = _place(row["city"], row["country"], row["latitude"], row["longitude"])
        if place is None:
            continue
        listings = int(row["listings"])
        first = found.get(place.slug, (number, place, 0))
        found[place.slug] = (*first[:2], first[2] + listings)
        if number != A_TOWN:
            counted[number] = counted.get(number, 0) + listings
    order = sorted(found.items(), key=lambda each: (-each[1][2], each[0]))
    told = [(number, place, listings) for _, (number, place, listings) in order]
    return Destinations(
        texts_of(slug for slug, _ in order),
        texts_of(f"{place.country}\t{place.name}" if number == A_TOWN else "" for number, place, _ in told),
        np.array([number for number, _, _ in told], np.int32),
        np.array([listings for _, _, listings in told], np.int64),
        np.array([place.latitude for _, place, _ in told], np.float64),
        np.array([place.longitude for _, place, _ in told], np.float64),
        np.array(list(counted), np.int32), np.array(list(counted.values()), np.int64),
    )  # fmt: skip


def slug_of(place: Place) -> str:
    """What the address of the place's own page ends with; "" for what has none."""
    return place.slug


def _place(city: str, country: str, latitude: float, longitude: float) -> tuple[int, Place | None]:
    name = places.fold(city)
    if not name:
        return A_TOWN, None
    known = places.city_near(name, country, latitude, longitude)
    if known is not None:
        return known, places.place_of(known)
    return A_TOWN, _town(city.strip(), country, latitude, longitude)


def _town(name: str, country: str, latitude: float, longitude: float) -> Place:
    town = Place(name, places.country_name(country), "city", latitude, longitude, TOWN_KM)
    return replace(town, country=country, slug=places.slug(places.fold(name), country))
