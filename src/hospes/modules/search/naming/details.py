"""What names are told apart by: the country and region of a city, the city and country of a property."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LEAST = 3  # letters of a word that may be the beginning of another


class Says(Protocol):
    """What tells apart."""

    def saying(self, word: str) -> NDArray[np.bool_] | None:
        """For each number whether a word of it is this one, or begins so; None when there is none."""


class Details:
    """Numbered descriptions, found by their words."""

    def __init__(self, described: Sequence[Iterable[str]]) -> None:
        """`described[i]`: folded texts that say where number `i` is."""
        entries = sorted({(word, at) for at, texts in enumerate(described) for text in texts for word in text.split()})
        self._words = [word for word, _ in entries]
        self._of = np.array([at for _, at in entries], np.int64)
        self._count = len(described)

    def saying(self, word: str) -> NDArray[np.bool_] | None:
        """For each number whether a word of it is this one, or begins so; None when there is none."""
        low = bisect_left(self._words, word)
        high = bisect_left(self._words, word + ("\U0010ffff" if len(word) >= LEAST else "\0"))
        if low == high:
            return None
        found = np.zeros(self._count, bool)
        found[self._of[low:high]] = True
        return found
