"""Places that the same people looked at: cosine of who looked at them, pulled towards nothing where few did.

Plain NumPy, so that it works without any library for factors.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hospes.modules.recommendations.contracts import Past
from hospes.modules.recommendations.policies.counting import FEWEST_PEOPLE

LATEST = 30  # of a person's places; what they did before is left out of pairs
SHRINK = 4.0
MOST = 20
PEOPLE_AT_ONCE = 5_000

Pairs = Mapping[int, tuple[list[int], list[float]]]


def seen_together(past: Past, *, fewest: int = FEWEST_PEOPLE, most: int = MOST) -> Pairs:
    """Of each place the `most` closest others that at least `fewest` people did something with too."""
    keys, counts = _pairs(past)
    enough = counts >= fewest
    keys, counts = keys[enough], counts[enough].astype(np.float64)
    if not len(keys):
        return {}
    one, other = keys // past.items, keys % past.items
    reach = np.bincount(past.item, minlength=past.items).astype(np.float64)
    scores = counts / np.sqrt(reach[one] * reach[other]) * counts / (counts + SHRINK)
    order = np.lexsort((other, -scores, one))
    one, other, scores = one[order], other[order], scores[order]
    starts = np.flatnonzero(np.diff(one, prepend=-1))
    found: dict[int, tuple[list[int], list[float]]] = {}
    for start, end in zip(starts, [*starts[1:], len(one)], strict=True):
        end = min(end, start + most)
        found[int(one[start])] = (other[start:end].tolist(), scores[start:end].round(4).tolist())
    return found


def _pairs(past: Past) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ordered pairs of different places as one number (one * items + other), and how many people had both."""
    order = np.lexsort((-past.at, past.person))
    person, item = past.person[order], past.item[order].astype(np.int64)
    starts = np.flatnonzero(np.diff(person, prepend=-1))
    ends = np.minimum(np.append(starts[1:], len(person)), starts + LATEST)
    keys, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for first in range(0, len(starts), PEOPLE_AT_ONCE):
        made = [
            (item[a:b, None] * past.items + item[None, a:b])[~np.eye(b - a, dtype=np.bool_)]
            for a, b in zip(starts[first : first + PEOPLE_AT_ONCE], ends[first : first + PEOPLE_AT_ONCE], strict=True)
            if b - a > 1
        ]
        if made:
            some, how_often = np.unique(np.concatenate(made), return_counts=True)
            keys, counts = _added(keys, counts, some, how_often)
    return keys, counts


def _added(
    keys: NDArray[np.int64], counts: NDArray[np.int64], more: NDArray[np.int64], how_often: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    every, where = np.unique(np.concatenate([keys, more]), return_inverse=True)
    sums = np.bincount(where, np.concatenate([counts, how_often]), len(every)).astype(np.int64)
    return every, sums
