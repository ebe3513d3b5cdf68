"""Names of what hosts offer: properties, and the neighbourhoods they lie in. A shelf is made once and not changed.

All of it is arrays, so that it can be mapped from a file and shared between processes.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming import places
from hospes.modules.search.naming.details import Details, Says, details_of
from hospes.modules.search.naming.folding import LONGEST, fold
from hospes.modules.search.naming.lexicon import Lexicon, lexicon_of
from hospes.modules.search.naming.matching import BROUGHT, Typed, exactly, fitting
from hospes.modules.search.naming.ranking import Asker, Known, ranked
from hospes.modules.search.naming.slips import Memo
from hospes.modules.search.naming.texts import Texts, texts_of

NOTHING = b"\0" * 16
PASSED_OVER = -1_000.0  # the weight of what has changed: nothing else shall miss a place among the best for it


@dataclass(frozen=True, slots=True)
class Entry:
    """What is put on a shelf. `weight` is comparable with that of places (`sources.Source`)."""

    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    weight: float
    property_id: UUID | None = None
    resource_id: UUID | None = None


@dataclass(frozen=True)
class Shelf:
    """Entries by number: `titles` as written, `ids` of property and resource, `where` a number in `cities`, which are
    each a country, a tab and a city; `said`: their words, `countries`: numbers of the gazetteer."""

    kind: str
    radius_km: float
    lexicon: Lexicon
    known: Known
    titles: Texts
    ids: NDArray[np.uint8]
    where: NDArray[np.uint32]
    cities: Texts
    countries: NDArray[np.uint16]
    said: Details

    def __len__(self) -> int:
        return len(self.where)

    @cached_property
    def details(self) -> Says:
        """Entries by the words of their city and country."""
        return CityDetails(self.said, self.countries)

    def suggest(self, typed: Typed, *, asker: Asker, enough: int, memo: Memo) -> Iterator[places.Suggested]:
        """Entries that fit, the best first."""
        if len(self):
            fits = fitting(self.lexicon, self.details, self.where, typed, enough=enough, memo=memo)
            for each in ranked(self.lexicon, self.known, fits, asker):
                yield places.Suggested(self.place(each.of, corrected=each.edits > 0), each.score, each.edits)

    def named(self, typed: Typed) -> list[int]:
        """Whose whole name it is, at most 400, the weightiest first."""
        if not len(self):
            return []
        found = exactly(self.lexicon, typed)
        if len(found) > BROUGHT:
            found = found[np.argpartition(-self.known.weight[found], BROUGHT)[:BROUGHT]]
        order = np.lexsort((found, -self.known.weight[found]))
        return [int(number) for number in found[order]]

    def place(self, number: int, *, corrected: bool = False) -> Place:
        """As it is shown."""
        country, _, city = self.cities[self.where[number]].partition("\t")
        ids = self.ids[number].tobytes()
        return Place(
            self.titles[number], f"{city}, {places.country_name(country)}", self.kind,
            float(self.known.latitude[number]), float(self.known.longitude[number]), self.radius_km, _uuid(ids[16:]),
            country, "", _uuid(ids[:16]), corrected,
        )  # fmt: skip

    def entry(self, number: int) -> Entry:
        """As it was put here."""
        place = self.place(number)
        city = self.cities[self.where[number]].partition("\t")[2]
        weight = float(self.known.weight[number])
        return Entry(place.name, city, place.country, place.latitude, place.longitude, weight, place.property_id,
                     place.resource_id)  # fmt: skip

    def number_of(self, property_id: UUID) -> int | None:
        """Which is of this property, where the entries were put here in order of their properties' ids."""
        key, ids = property_id.bytes, self.ids
        found = bisect_left(range(len(self)), key, key=lambda number: ids[number, :16].tobytes())
        return found if found < len(self) and ids[found, :16].tobytes() == key else None

    def property_of(self, number: int) -> UUID:
        """Whose name it is."""
        return UUID(bytes=self.ids[number, :16].tobytes())

    def pass_over(self, number: int) -> None:
        """What it is called has changed: it comes last from now on, in this process. Who asks leaves it out."""
        self.known.weight[number] = PASSED_OVER

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it but `kind` and `radius_km`."""
        groups: dict[str, Any] = {
            "lexicon": self.lexicon, "known": self.known, "titles": self.titles, "cities": self.cities,
            "words": self.said.words,
        }  # fmt: skip
        inner = {f"{name}.{each.name}": getattr(part, each.name) for name, part in groups.items()
                 for each in fields(part)}  # fmt: skip
        return inner | {"ids": self.ids, "where": self.where, "countries": self.countries, "words_of": self.said.of}

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        return sum(each.nbytes for each in self.arrays().values())


def shelf_from(kind: str, radius_km: float, arrays: Mapping[str, NDArray[Any]]) -> Shelf:
    """From what `Shelf.arrays` told; raises `KeyError` or `TypeError` for anything else."""

    def part(of: type[Any], name: str) -> Any:
        return of(**{each.name: arrays[f"{name}.{each.name}"] for each in fields(of)})

    countries = arrays["countries"]
    return Shelf(
        kind, radius_km, part(Lexicon, "lexicon"), part(Known, "known"), part(Texts, "titles"), arrays["ids"],
        arrays["where"], part(Texts, "cities"), countries,
        Details(part(Texts, "words"), arrays["words_of"], len(countries)),
    )  # fmt: skip


def shelf_of(kind: str, radius_km: float, entries: Iterable[Entry]) -> Shelf:
    """From entries, in their order; those whose name has no letter are left out."""
    drafted = Draft()
    for entry in entries:
        drafted.add(entry)
    return drafted.shelf(kind, radius_km)


class Draft:
    """What a shelf is made of, collected without keeping objects: a million entries take some 150 MB."""

    def __init__(self) -> None:
        self._names, self._names_at = bytearray(), array("I", [0])
        self._titles, self._titles_at = bytearray(), array("I", [0])
        self._ids, self._where, self._country = bytearray(), array("I"), array("H")
        self._weight, self._latitude, self._longitude = array("f"), array("d"), array("d")
        self._cities: dict[tuple[str, str], int] = {}
        self._numbers: dict[str, int] = {}

    def add(self, entry: Entry) -> None:
        """Put it behind the others, if its name has a letter."""
        folded = fold(entry.name[:LONGEST])
        if not folded:
            return
        self._names += folded.encode() + b"\n"
        self._names_at.append(len(self._names))
        self._titles += entry.name.encode()
        self._titles_at.append(len(self._titles))
        self._ids += entry.property_id.bytes if entry.property_id else NOTHING
        self._ids += entry.resource_id.bytes if entry.resource_id else NOTHING
        self._where.append(self._cities.setdefault((entry.country, entry.city), len(self._cities)))
        self._country.append(self._country_number(entry.country))
        self._weight.append(entry.weight)
        self._latitude.append(entry.latitude)
        self._longitude.append(entry.longitude)

    def shelf(self, kind: str, radius_km: float) -> Shelf:
        """What has been collected; nothing can be added any more."""
        weight, count = np.array(self._weight, np.float32), len(self._where)
        number = np.arange(count, dtype=np.uint32)
        lexicon = lexicon_of(self._names, np.array(self._names_at, np.uint32), number, np.zeros(count, np.int8), weight,
                             within=True)  # fmt: skip
        return Shelf(
            kind, radius_km, lexicon,
            Known(weight, np.array(self._latitude, np.float64), np.array(self._longitude, np.float64),
                  np.array(self._country, np.uint16)),
            Texts(np.frombuffer(self._titles, np.uint8), np.array(self._titles_at, np.uint32)),
            np.frombuffer(self._ids, np.uint8).reshape(-1, 32), np.array(self._where, np.uint32),
            texts_of(f"{country}\t{city}" for country, city in self._cities),
            np.array([self._country_number(country) for country, _ in self._cities], np.uint16),
            details_of([[fold(city)] for _, city in self._cities]),
        )  # fmt: skip

    def _country_number(self, country: str) -> int:
        if country not in self._numbers:
            self._numbers[country] = max(places.country_number(country), 0)
        return self._numbers[country]


class CityDetails:
    """Cities, by number, by their own words and those of their countries."""

    def __init__(self, said: Details, countries: NDArray[np.uint16]) -> None:
        self._said, self._countries = said, countries

    def saying(self, word: str) -> NDArray[np.bool_] | None:
        """As `Details.saying`."""
        cities, countries = self._said.saying(word), places.countries_saying(word)
        if countries is None:
            return cities
        found = countries[self._countries]
        return found if cities is None else found | cities


def _uuid(raw: bytes) -> UUID | None:
    return None if raw == NOTHING else UUID(bytes=raw)
