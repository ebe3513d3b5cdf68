"""The order of what fits: fewer slips first, then fit + weight + nearness, as docs/search-text.md says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.naming.lexicon import Lexicon
from hospes.modules.search.naming.matching import BROUGHT, Fits

NEAR = 1.5  # what being where the asker is is worth
NEAR_KM = 300.0  # and how far away it is worth 1/e of that
SAME_COUNTRY = 0.7


@dataclass(frozen=True, slots=True)
class Asker:
    """Where somebody asks from, as far as is known: degrees, and a country's number."""

    latitude: float | None = None
    longitude: float | None = None
    country: int = -1


@dataclass(frozen=True, slots=True)
class Known:
    """What is ranked by, for each that a name may be of."""

    weight: NDArray[np.float32]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    country: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Whose name it is, the name, its score and the slips forgiven."""

    of: int
    name: int
    score: float
    edits: int


def ranked(lexicon: Lexicon, known: Known, fits: Fits, asker: Asker) -> list[Ranked]:
    """At most 400, the best first, each thing once."""
    names = fits.names
    of = lexicon.of[names]
    score = fits.bonus + known.weight[of] - lexicon.less[names] / np.float32(10)
    if len(names) > BROUGHT:
        best = np.argpartition(8.0 * fits.edits - score, BROUGHT)[:BROUGHT]
        names, of, score, edits = names[best], of[best], score[best], fits.edits[best]
    else:
        edits = fits.edits
    score = score + _near(known, of, asker)
    order = np.lexsort((names, of, -score, edits)).tolist()
    seen: dict[int, Ranked] = {}
    for at in order:
        whose = int(of[at])
        if whose not in seen:
            seen[whose] = Ranked(whose, int(names[at]), float(score[at]), int(edits[at]))
    return list(seen.values())


def _near(known: Known, of: NDArray[np.uint32], asker: Asker) -> NDArray[np.float64]:
    worth = np.where(known.country[of] == asker.country, SAME_COUNTRY, 0.0)
    if asker.latitude is None or asker.longitude is None:
        return worth
    lat, lon = np.radians(known.latitude[of]), np.radians(known.longitude[of])
    here, east = np.radians(asker.latitude), lon - np.radians(asker.longitude)
    half = np.sin((lat - here) / 2) ** 2 + np.cos(lat) * np.cos(here) * np.sin(east / 2) ** 2
    away = 2 * 6371.0 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    found: NDArray[np.float64] = worth + NEAR * np.exp(-away / NEAR_KM)
    return found
