"""Names of what hosts offer: properties, and the neighbourhoods they lie in. A shelf is made once and not changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming import places
from hospes.modules.search.naming.details import Details, Says
from hospes.modules.search.naming.folding import LONGEST, fold
from hospes.modules.search.naming.lexicon import Lexicon, build
from hospes.modules.search.naming.matching import Typed, exactly, fitting
from hospes.modules.search.naming.ranking import Asker, Known, ranked
from hospes.modules.search.naming.slips import Memo

NOTHING = b"\0" * 16


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
    """Entries by number: `titles` as written, `ids` of property and resource, `where` a number in `cities`."""

    kind: str
    radius_km: float
    lexicon: Lexicon
    known: Known
    titles: NDArray[np.uint8]
    titles_at: NDArray[np.uint32]
    ids: NDArray[np.uint8]
    where: NDArray[np.uint32]
    cities: tuple[tuple[str, str], ...]

    def __len__(self) -> int:
        return len(self.where)

    @cached_property
    def details(self) -> Says:
        """Entries by the words of their city and country."""
        return CityDetails(self.cities)

    def suggest(self, typed: Typed, *, asker: Asker, enough: int, memo: Memo) -> Iterator[places.Suggested]:
        """Entries that fit, the best first."""
        if len(self):
            fits = fitting(self.lexicon, self.details, self.where, typed, enough=enough, memo=memo)
            for each in ranked(self.lexicon, self.known, fits, asker):
                yield places.Suggested(self.place(each.of, corrected=each.edits > 0), each.score, each.edits)

    def named(self, typed: Typed) -> list[int]:
        """Whose whole name it is, the weightiest first."""
        found = set(exactly(self.lexicon, typed).tolist()) if len(self) else set()
        return sorted(found, key=lambda number: (-float(self.known.weight[number]), number))

    def place(self, number: int, *, corrected: bool = False) -> Place:
        """As it is shown."""
        title = self.titles[self.titles_at[number] : self.titles_at[number + 1]].tobytes().decode()
        city, country = self.cities[self.where[number]]
        ids = self.ids[number].tobytes()
        return Place(
            title, f"{city}, {places.country_name(country)}", self.kind, float(self.known.latitude[number]),
            float(self.known.longitude[number]), self.radius_km, _uuid(ids[16:]), country, "", _uuid(ids[:16]),
            corrected,
        )  # fmt: skip

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        known = sum(getattr(self.known, each.name).nbytes for each in fields(Known))
        rest = (self.titles, self.titles_at, self.ids, self.where)
        return int(self.lexicon.nbytes + known + sum(each.nbytes for each in rest))


def shelf_of(kind: str, radius_km: float, entries: Iterable[Entry]) -> Shelf:
    """From entries, in their order; those whose name has no letter are left out."""
    cities: dict[tuple[str, str], int] = {}
    names, titles, ids = list[bytes](), list[bytes](), bytearray()
    where, numbers, floats = list[int](), dict[str, int](), list[tuple[float, float, float]]()
    countries = list[int]()
    for entry in entries:
        folded = fold(entry.name[:LONGEST])
        if not folded:
            continue
        names.append(folded.encode())
        titles.append(entry.name.encode())
        ids += entry.property_id.bytes if entry.property_id else NOTHING
        ids += entry.resource_id.bytes if entry.resource_id else NOTHING
        where.append(cities.setdefault((entry.city, entry.country), len(cities)))
        if entry.country not in numbers:
            numbers[entry.country] = max(places.country_number(entry.country), 0)
        countries.append(numbers[entry.country])
        floats.append((entry.weight, entry.latitude, entry.longitude))
    figures = np.array(floats, np.float64).reshape(-1, 3)
    weight = figures[:, 0].astype(np.float32)
    lexicon = build(names, np.arange(len(names), dtype=np.uint32), np.zeros(len(names), np.int8), weight, within=True)
    return Shelf(
        kind, radius_km, lexicon,
        Known(weight, figures[:, 1].copy(), figures[:, 2].copy(), np.array(countries, np.uint16)),
        np.frombuffer(b"".join(titles), np.uint8), np.array([0, *accumulate(map(len, titles))], np.uint32),
        np.frombuffer(bytes(ids), np.uint8).reshape(-1, 32), np.array(where, np.uint32), tuple(cities),
    )  # fmt: skip


class CityDetails:
    """Cities, by number, by their own words and those of their countries."""

    def __init__(self, cities: Iterable[tuple[str, str]]) -> None:
        told = list(cities)
        self._cities = Details([[fold(city)] for city, _ in told])
        self._country = np.array([max(places.country_number(country), 0) for _, country in told], np.int64)

    def saying(self, word: str) -> NDArray[np.bool_] | None:
        """As `Details.saying`."""
        cities, countries = self._cities.saying(word), places.countries_saying(word)
        if countries is None:
            return cities
        found = countries[self._country]
        return found if cities is None else found | cities


def _uuid(raw: bytes) -> UUID | None:
    return None if raw == NOTHING else UUID(bytes=raw)
