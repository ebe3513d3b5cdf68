"""Words that are nearly what was typed: an edit for four to seven letters, two for more.

The distance is the one of optimal string alignment (a letter more, less or other, or two neighbours swapped), for all
candidates at once by the bit-parallel recurrence of Hyyrö ("A bit-vector algorithm for computing Levenshtein and
Damerau edit distances", 2003), a column of bits for each word. What is typed may be the beginning of a word.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.naming.lexicon import MIDDLE, SHORT, Lexicon, letters_of, signs_of

LOOKED_AT = 14  # letters of what is typed
COMPARED = 20_000  # words at most, the best known first
LEAST = 4  # letters a word needs that a slip may have meant
FAR = 2  # words of one question that all words are compared with
Memo = dict[str, "Near"]


@dataclass(frozen=True, slots=True)
class Near:
    """Distinct words by number, how many edits away, whether the whole word (not only its beginning) is so near."""

    words: NDArray[np.int64]
    edits: NDArray[np.int16]
    whole: NDArray[np.bool_]


def forgiven(letters: int) -> int:
    """How many edits a word of so many letters may be wrong by."""
    return 0 if letters < 4 else 1 if letters < 8 else 2


def nearly(lexicon: Lexicon, word: str, *, alone: bool = True, anywhere: bool = True) -> Near:
    """Words that are not the word, but nearly; none for a short one.

    Among others (not `alone`) first those that begin with the same letter; only when none of them is near, and
    `anywhere`, all."""
    typed = letters_of(word[:LOOKED_AT])
    most = forgiven(len(typed))
    if not most:
        return _near(lexicon, np.empty(0, np.int64), typed, most)
    first, end = np.searchsorted(lexicon.words, lexicon.span(word[:1].encode())).tolist()
    if not alone or not anywhere:
        found = _near(lexicon, _likely(lexicon, first, end, typed, most), typed, most)
        if found.edits.any() or not anywhere:
            return found
    return _near(lexicon, _likely(lexicon, 0, len(lexicon.words), typed, most), typed, most)


def _near(lexicon: Lexicon, numbers: NDArray[np.int64], typed: list[int], most: int) -> Near:
    edits, whole = _distances(lexicon, numbers, typed, most)
    near = edits <= most
    if len(typed) == LEAST:  # of so few, the first is the one that is meant
        near &= lexicon.letters[numbers, 0] == typed[0]
    return Near(numbers[near], edits[near], whole[near] <= most)


def _likely(lexicon: Lexicon, first: int, end: int, typed: list[int], most: int) -> NDArray[np.int64]:
    """Words of a part of the alphabet, long enough, that lack no more of the typed letters than may be wrong, and none
    that is typed more often."""
    reach = len(typed) + most
    often = np.uint32(signs_of([each for each in typed if typed.count(each) > most]))
    signs = lexicon.short if reach <= SHORT else lexicon.middle if reach <= MIDDLE else lexicon.long
    lacking = ~signs[first:end] & np.uint32(signs_of(typed))
    fit = (np.bitwise_count(lacking) <= most) & (lexicon.size[first:end] >= max(len(typed) - most, LEAST))
    found = np.flatnonzero(fit & (lacking & often == 0) if often else fit) + first
    if len(found) > COMPARED:
        found = found[np.argpartition(-lexicon.best[found], COMPARED)[:COMPARED]]
    return found


def _distances(
    lexicon: Lexicon, numbers: NDArray[np.int64], typed: list[int], most: int
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Edits from what is typed to the nearest beginning of each word, and to the whole word (many if it is long)."""
    count, length = len(numbers), len(typed)
    masks = np.zeros(256, np.uint16)
    for at, letter in enumerate(typed):
        masks[letter] |= 1 << at
    columns = np.ascontiguousarray(lexicon.letters[numbers][:, : length + most].T)
    size, last = lexicon.size[numbers], np.uint16(1 << (length - 1)) if length else np.uint16(0)
    plus, minus = np.full(count, (1 << length) - 1, np.uint16), np.zeros(count, np.uint16)
    before, seen = np.zeros(count, np.uint16), np.zeros(count, np.uint16)
    score = np.full(count, length, np.int16)
    nearest, whole = score.copy(), np.full(count, 99, np.int16)
    one = np.uint16(1)
    for at in range(columns.shape[0]):
        match = masks[columns[at]]
        swapped = ((~before & match) << one) & seen
        before = (((match & plus) + plus) ^ plus) | match | minus | swapped
        up, down = minus | ~(before | plus), before & plus
        score += (up & last) != 0
        score -= (down & last) != 0
        up, down = (up << one) | one, down << one
        plus, minus, seen = down | ~(before | up), up & before, match
        np.minimum(nearest, score, out=nearest)
        np.copyto(whole, score, where=size == at + 1)
    return nearest, whole
