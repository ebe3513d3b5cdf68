"""Looks places up by what people type: cities and airports of the world, in many languages, small slips forgiven.

Names are folded (lower case, no accents) and kept sorted, so a prefix is one binary search; a slip of the finger is
found by comparing first names that share the first two letters. Bigger places come first.
"""

import bisect
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from math import cos, hypot, radians
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Box, Place
from hospes.modules.search.gazetteer import CITY, Gazetteer, fold, gather, open_gazetteer

__all__ = ["country_name", "find_places", "fold", "largest_in", "open_places"]
CLOSE_ENOUGH = 0.78
EXACTLY = 3.0
SAME_TOWN_KM = 60.0
_opened: list[Gazetteer] = []


async def open_places(folder: Path) -> None:
    """Have the gazetteer at hand from now on; it is kept in the folder. Once is enough for a process."""
    if not _opened:
        _opened.append(await open_gazetteer(folder))


def find_places(text: str, *, limit: int = 6) -> list[Place]:
    """Places whose name begins so (or nearly so), the likeliest first; nothing for an empty text."""
    wanted = fold(text.split(",")[0])[:80]
    return list(_found(wanted, limit)) if len(wanted) > 1 else []


@lru_cache(maxsize=4096)
def _found(wanted: str, limit: int) -> tuple[Place, ...]:
    book, key = _gazetteer(), wanted.encode()
    names = _Names(book)
    start, end = bisect.bisect_left(names, key), bisect.bisect_left(names, key + b"\xff")
    likely = book.weight[start:end].copy()
    likely[: bisect.bisect_right(names, key) - start] += EXACTLY
    numbers = np.arange(start, end)
    if not len(numbers) and len(wanted) > 3:
        numbers, likely = _nearly(wanted, book, names)
    places = book.of[numbers]
    order = np.lexsort((places, -likely))
    return _distinct(book, places[order].tolist(), limit)


def largest_in(box: Box, *, limit: int = 24) -> list[Place]:
    """The largest cities of a part of the map, the largest first."""
    book = _gazetteer()
    lon = book.longitude
    across = (lon >= box.west) & (lon <= box.east) if box.west <= box.east else (lon >= box.west) | (lon <= box.east)
    inside = np.flatnonzero(across & (book.latitude >= box.south) & (book.latitude <= box.north) & (book.kind == CITY))
    largest = inside[np.argsort(-book.size[inside], kind="stable")][:limit]
    return [_place(book, number) for number in largest.tolist()]


def country_name(code: str) -> str:
    """`Portugal` for `PT`; the code itself when it is unknown."""
    return _country_names().get(code, code)


def slug(name: str, country: str) -> str:
    """`lisbon-pt` for the folded name of a town and its country's two letters."""
    return f"{name.replace(' ', '-')}-{country.lower()}"


def city_near(name: str, country: str, latitude: float, longitude: float) -> Place | None:
    """The city of this folded name, in any language, in the country and within 60 km; the nearest if there are more."""
    book, names, key = _gazetteer(), _Names(_gazetteer()), name.encode()
    start, end = bisect.bisect_left(names, key), bisect.bisect_right(names, key)
    found = []
    for number in set(book.of[start:end].tolist()):
        place = _place(book, number)
        away = _km(place, latitude, longitude)
        if place.kind == "city" and place.country == country and away <= SAME_TOWN_KM:
            found.append((away, number, place))
    return min(found)[2] if found else None


def _km(place: Place, latitude: float, longitude: float) -> float:
    east = (place.longitude - longitude + 180) % 360 - 180
    return 111.2 * hypot(place.latitude - latitude, east * cos(radians(latitude)))


class _Names(Sequence[bytes]):
    """The folded names, for `bisect`."""

    def __init__(self, book: Gazetteer) -> None:
        self._book = book

    def __len__(self) -> int:
        return len(self._book.of)

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes]:
        return self._book.name(at) if isinstance(at, int) else [self._book.name(each) for each in range(len(self))[at]]


def _gazetteer() -> Gazetteer:
    if not _opened:
        _opened.append(gather())
    return _opened[0]


@cache
def _country_names() -> dict[str, str]:
    book = _gazetteer()
    return dict(
        zip(book.codes.tobytes().decode().split("\n"), book.countries.tobytes().decode().split("\n"), strict=True)
    )


@cache
def _country_codes() -> list[str]:
    return list(_country_names())


@cache
def _country_list() -> list[str]:
    return list(_country_names().values())


def _nearly(wanted: str, book: Gazetteer, names: _Names) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """First names that are nearly the same, the nearest and largest weighing most."""
    start, end = (bisect.bisect_left(names, wanted[:2].encode() + last) for last in (b"", b"\xff"))
    lengths = np.diff(book.names_at[start : end + 1].astype(np.int64))
    alike = np.flatnonzero(book.own[start:end] & (np.abs(lengths - len(wanted.encode())) <= 3)) + start
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    found: list[int] = []
    weights: list[float] = []
    for number in alike.tolist():
        matcher.set_seq1(book.name(number).decode())
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < CLOSE_ENOUGH:
            continue
        if (likeness := matcher.ratio()) >= CLOSE_ENOUGH:
            found.append(number)
            weights.append(float(book.weight[number]) + 20 * likeness)
    return np.array(found, np.int64), np.array(weights, np.float32)


def _distinct(book: Gazetteer, numbers: Iterable[int], limit: int) -> tuple[Place, ...]:
    seen: dict[tuple[str, int], int] = {}
    for number in numbers:
        seen.setdefault((book.title(number), int(book.country[number])), number)
        if len(seen) == limit:
            break
    return tuple(_place(book, number) for number in seen.values())


def _place(book: Gazetteer, number: int) -> Place:
    size, city = float(book.size[number]), book.kind[number] == CITY
    country, title = _country_codes()[book.country[number]], book.title(number)
    return Place(
        title,
        _country_list()[book.country[number]],
        "city" if city else "airport",
        float(book.latitude[number]),
        float(book.longitude[number]),
        30.0 if not city else 8.0 if size < 5 else 15.0 if size < 6 else 25.0,
        country=country,
        slug=slug(fold(title), country) if city else "",
    )
