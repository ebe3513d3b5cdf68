"""The nights of each unit, of listings where the calendar alone does not tell: every night has a free unit, but
perhaps no unit is free on all of them, and a guest does not move from room to room.

Only listings whose units are all partly taken, in different ways, have an entry here.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Listing
from hospes.modules.search.tables.lists import Lists, Rows, Table

WORDS = 8
Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]


class UnitNights(Table):
    """For some rows the calendar words of each unit, as `Listing.unit_words`."""

    def __init__(self) -> None:
        super().__init__(Lists({f"word{place}": np.uint64 for place in range(WORDS)}, {}))

    def has(self, listing: Listing) -> bool:
        """Whether its calendar alone does not tell."""
        return bool(listing.unit_words)

    def write(self, row: int, listing: Listing) -> None:
        """The units of a row from now on."""
        words = np.frombuffer(b"".join(listing.unit_words), np.uint64).reshape(-1, WORDS)
        self._lists.put(row, list(words.T), ())

    def roll(self, days: int) -> None:
        """The first night is now this many days later; nights that come into view are closed."""
        rolled = rolled_words([self._lists.records[f"word{place}"] for place in range(WORDS)], days)
        self._lists.records = {f"word{place}": each for place, each in enumerate(rolled)}

    def stay_in_one(self, rows: Rows, nights: Sequence[tuple[int, np.uint64]]) -> Mask:
        """Which of the rows have a unit that is free on all of these nights (calendar words and their bits); True where
        nothing is known here, since then the calendar tells."""
        fits = np.ones(len(rows), np.bool_)
        entries = self._lists.entries(rows)
        those = np.flatnonzero(entries)
        if len(those):
            counts, places = self._lists.all_of(entries[those])
            free = np.ones(len(places), np.bool_)
            for word, bits in nights:
                free &= self._lists.records[f"word{word}"][places] & bits == bits
            fits[those] = np.logical_or.reduceat(free, np.cumsum(counts) - counts)
        return fits

    def of(self, rows: Rows) -> tuple[Rows, Rows, Words]:
        """Of the rows that are known here: their places among the rows, how many units each has, and the words
        (`WORDS` by units) of these units in turn."""
        entries = self._lists.entries(rows)
        those = np.flatnonzero(entries)
        counts, places = self._lists.all_of(entries[those])
        words = np.zeros((WORDS, len(places)), np.uint64)
        for word in range(WORDS):
            words[word] = self._lists.records[f"word{word}"][places]
        return those, counts, words

    def words_of(self, row: int) -> list[bytes]:
        """The units of one row."""
        words = self.of(np.array([row]))[2]
        return [words[:, unit].tobytes() for unit in range(words.shape[1])]


def rolled_words(words: Sequence[Words], days: int) -> list[Words]:
    """Calendar words with the first night so many days later."""
    skipped, bits = divmod(min(days, WORDS * 64), 64)
    rolled = [np.zeros_like(each) for each in words]
    for place in range(len(words) - skipped):
        rolled[place] = words[place + skipped] >> np.uint64(bits)
        if bits and place + skipped + 1 < len(words):
            rolled[place] |= words[place + skipped + 1] << np.uint64(64 - bits)
    return rolled
