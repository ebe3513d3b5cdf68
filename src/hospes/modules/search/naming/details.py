"""What names are told apart by: the country and region of a city, the city and country of a property."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.naming.texts import Texts, texts_of

LEAST = 3  # letters of a word that may be the beginning of another


class Says(Protocol):
    """What tells apart."""

    def saying(self, word: str) -> NDArray[np.bool_] | None:
        """For each number whether a word of it is this one, or begins so; None when there is none."""


@dataclass(frozen=True, slots=True)
class Details:
    """Numbered descriptions by their words: these in alphabetical order, `of`: the number of whose each is."""

    words: Texts
    of: NDArray[np.uint32]
    count: int

    def saying(self, word: str) -> NDArray[np.bool_] | None:
        """For each number whether a word of it is this one, or begins so; None when there is none."""
        end, every = word + ("\U0010ffff" if len(word) >= LEAST else "\0"), range(len(self.of))
        low = bisect_left(every, word.encode(), key=self.words.raw)
        high = bisect_left(every, end.encode(), lo=low, key=self.words.raw)
        if low == high:
            return None
        found = np.zeros(self.count, bool)
        found[self.of[low:high]] = True
        return found


def details_of(described: Sequence[Iterable[str]]) -> Details:
    """`described[i]`: folded texts that say where number `i` is."""
    entries = sorted({(word, at) for at, texts in enumerate(described) for text in texts for word in text.split()})
    return Details(
        texts_of(word for word, _ in entries), np.array([at for _, at in entries], np.uint32), len(described)
    )
