"""Looks places up by what people type: cities, airports, regions and countries, in many languages, slips forgiven.

What fits and in which order is said in `naming/matching.py` and `naming/ranking.py`; here a process has its gazetteer.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log10
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Box, Place
from hospes.modules.search.naming.folding import LONGEST, fold
from hospes.modules.search.naming.gazetteer import Gazetteer, gather, open_gazetteer
from hospes.modules.search.naming.matching import Typed, exactly, fitting, read
from hospes.modules.search.naming.ranking import Asker, Known, ranked
from hospes.modules.search.naming.slips import Memo
from hospes.modules.search.naming.sources import CITY, KINDS, kilometres

__all__ = [
    "LONGEST",
    "Suggested",
    "country_name",
    "find_places",
    "fold",
    "largest_in",
    "open_places",
    "suggest",
    "tries",
]
SAME_TOWN_KM = 60.0
POPULAR = 0.5  # what ten times the listings are worth
KEPT = 4  # letters that must be left of what is typed when words are left out
BESIDE = frozenset(
    {"hotel", "hotels", "hostel", "apartment", "apartments", "flat", "room", "rooms", "house", "villa", "stay", "stays",
     "in", "at", "near", "to"}
)  # fmt: skip
NOBODY = Asker()


@dataclass(frozen=True, slots=True)
class Suggested:
    """A place, how well it fits, and how many slips were forgiven."""

    place: Place
    score: float
    edits: int


@dataclass(slots=True)
class _Opened:
    book: Gazetteer
    known: Known


_opened: list[_Opened] = []


async def open_places(folder: Path) -> None:
    """Have the gazetteer at hand from now on; it is kept in the folder. Once is enough for a process."""
    if not _opened:
        _open(await open_gazetteer(folder))
        find_places("Lisbon, Portgal")  # what is looked at by every question is at hand for the first one


def find_places(text: str, *, limit: int = 6) -> list[Place]:
    """Places of that name (or nearly), the likeliest first; nothing for an empty text. After the name may be said where
    it is: `Paris, Texas`. Words at the end that no place has are left out; `Place.corrected` says so."""
    return list(_found(text[:LONGEST], limit))


def suggest(
    typed: Typed, *, asker: Asker = NOBODY, kinds: Collection[str] = KINDS, enough: int = 6, memo: Memo | None = None
) -> Iterator[Suggested]:
    """Places that fit, the best first; two of the same name in the same country or region are told once."""
    opened = _gazetteer()
    book, wanted = opened.book, [KINDS.index(kind) for kind in KINDS if kind in kinds]
    if not wanted:
        return
    fits = fitting(book.lexicon, book.details, book.where, typed, enough=enough, memo={} if memo is None else memo)
    seen: set[tuple[str, str]] = set()
    for each in ranked(book.lexicon, opened.known, fits, asker):
        if book.kind[each.of] in wanted:
            place = _place(book, each.of)
            if (place.name, place.detail) not in seen:
                seen.add((place.name, place.detail))
                yield Suggested(replace(place, corrected=each.edits > 0), each.score, each.edits)


def tries(text: str) -> Iterator[Typed]:
    """What is typed, then what is left of it without what may be said beside a place's name."""
    whole = read(text[:LONGEST])
    if whole is None:
        return
    yield whole
    told = {whole.line}
    for less in _less(text[:LONGEST], whole):
        if less.line not in told and (len(less.line) >= KEPT or (less.line and not less.line.isascii())):
            told.add(less.line)
            yield less


def _less(text: str, whole: Typed) -> Iterator[Typed]:
    before, _, after = text.partition(",")
    if after and (said := read(before)):
        yield said
    words = tuple(word for word in whole.words if word not in BESIDE)
    yield Typed(" ".join(words), words)
    book, known = _gazetteer().book, _gazetteer().known
    for size in range(len(whole.words) - 1, 0, -1):
        parts = [whole.part(first, first + size) for first in range(len(whole.words) - size + 1)]
        named = [(float(known.weight[of].max()), part) for part in parts if len(of := exactly(book.lexicon, part))]
        yield from (part for _, part in sorted(named, key=lambda each: -each[0])[:1] if len(part.line) >= KEPT)
    yield whole.part(0, 1)


def largest_in(box: Box, *, limit: int = 24) -> list[Place]:
    """The largest cities of a part of the map, the largest first."""
    book = _gazetteer().book
    lon = book.longitude
    across = (lon >= box.west) & (lon <= box.east) if box.west <= box.east else (lon >= box.west) | (lon <= box.east)
    inside = np.flatnonzero(across & (book.latitude >= box.south) & (book.latitude <= box.north) & (book.kind == CITY))
    largest = inside[np.argsort(-book.weight[inside], kind="stable")][:limit]
    return [_place(book, number) for number in largest.tolist()]


def country_name(code: str) -> str:
    """`Portugal` for `PT`; the code itself when it is unknown."""
    number = country_number(code)
    return code if number < 0 else _gazetteer().book.country_names[number]


def country_number(code: str) -> int:
    """What `Asker.country` takes; -1 for an unknown one."""
    book = _gazetteer().book
    return book.country_codes.index(code) if code in book.country_codes else -1


def countries_saying(word: str) -> NDArray[np.bool_] | None:
    """For each country, by number, whether a word of its name in some language, or a code, begins so; None: none."""
    book = _gazetteer().book
    found = book.details.saying(word)
    return None if found is None else found[: len(book.country_codes)]


def slug(name: str, country: str) -> str:
    """`lisbon-pt` for the folded name of a town and its country's two letters."""
    return f"{name.replace(' ', '-')}-{country.lower()}"


def city_near(name: str, country: str, latitude: float, longitude: float) -> int | None:
    """The number of the city of this folded name, in any language, in the country and within 60 km; the nearest."""
    book = _gazetteer().book
    low, high = book.lexicon.span(f"{name}\n".encode())
    numbers = set(book.lexicon.of[book.lexicon.name[low:high]].tolist())
    found = []
    for number in numbers:
        if book.kind[number] == CITY and book.country_codes[book.country[number]] == country:
            away = kilometres(latitude, longitude, float(book.latitude[number]), float(book.longitude[number]))
            found += [(away, number)] if away <= SAME_TOWN_KM else []
    return min(found)[1] if found else None


def called(place: Place, typed: Typed) -> bool:
    """Whether that is one of the place's names, and nothing else was typed."""
    book = _gazetteer().book
    return any(_place(book, number) == place for number in set(exactly(book.lexicon, typed).tolist()))


def place_of(number: int) -> Place:
    """A place by its number."""
    return _place(_gazetteer().book, number)


def set_listings(counted: Mapping[int, int]) -> None:
    """How many live listings there are in which cities, by number: they are likelier to be meant."""
    opened = _gazetteer()
    weight = opened.book.weight.copy()
    for number, listings in counted.items():
        weight[number] += POPULAR * log10(1 + listings)
    opened.known = replace(opened.known, weight=weight)
    _found.cache_clear()


@lru_cache(maxsize=4096)
def _found(text: str, limit: int) -> tuple[Place, ...]:
    memo: Memo = {}
    for at, typed in enumerate(tries(text)):
        found = [each.place for each, _ in zip(suggest(typed, enough=limit, memo=memo), range(limit), strict=False)]
        if found:
            return tuple(replace(place, corrected=place.corrected or at > 0) for place in found)
    return ()


def _gazetteer() -> _Opened:
    if not _opened:
        _open(gather())
    return _opened[0]


def _open(book: Gazetteer) -> None:
    _opened.append(_Opened(book, Known(book.weight, book.latitude, book.longitude, book.country)))


def _place(book: Gazetteer, number: int) -> Place:
    return Place(
        book.title(number),
        book.where_names[book.where[number]],
        KINDS[book.kind[number]],
        float(book.latitude[number]),
        float(book.longitude[number]),
        float(book.radius[number]),
        country=book.country_codes[book.country[number]],
        slug=book.slug(number),
    )
