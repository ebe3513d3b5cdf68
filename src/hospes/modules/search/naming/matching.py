"""Which names fit what was typed, and how well: exactly, by their beginning, by their words in any order, or nearly.

Work is bounded: eight words, and of many candidates only the weightiest are looked at twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.naming.details import Says
from hospes.modules.search.naming.folding import fold
from hospes.modules.search.naming.lexicon import END, KEY, SPACE, Lexicon
from hospes.modules.search.naming.slips import FAR, Memo, forgiven, nearly

WORDS = 8
EXACT = 4.0  # the name, and nothing else
BEGINS = 1.0  # the name begins so
WHOLE = 0.5  # what is typed ends where a word ends
OTHER_FIRST_LETTER = -1.0
BROUGHT = 400  # candidates that are ranked with all that is known
SLIPS = 48  # words that a slip may have meant
WIDE = 20_000  # names with a slip; and beginnings that are all looked at
MANY = 100_000  # names with the rarest of several words
NOT_NAMED = 99

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Typed:
    """What is looked for: folded words. `line` is all of them."""

    line: str
    words: tuple[str, ...]

    def part(self, first: int, end: int) -> "Typed":
        """Some of its words."""
        return Typed(" ".join(self.words[first:end]), self.words[first:end])


@dataclass(frozen=True, slots=True)
class Fits:
    """Names by number, what their fit is worth, and edits that were forgiven."""

    names: Ints
    bonus: Floats
    edits: NDArray[np.int16]


def read(text: str) -> Typed | None:
    """None for what has no letter or digit, or only one of a script where a letter says nothing."""
    words = tuple(fold(text).split()[:WORDS])
    line = " ".join(words)
    return Typed(line, words) if len(line) > 1 or (line and not line.isascii()) else None


def fitting(
    lexicon: Lexicon, where: Says, place_of: NDArray[np.integer[Any]], typed: Typed, *, enough: int, memo: Memo
) -> Fits:
    """Names that fit; those with slips only when none is exactly what is typed and fewer than `enough` fit. `place_of`:
    the number in `where` of what a name is of. `memo` is kept while less and less of a text is looked for."""
    found = [_said_so(lexicon, typed.line)]
    if len(typed.words) > 1:
        lists = [_beginning(lexicon, word) for word in typed.words]
        found.append(_together(lexicon, where, place_of, typed.words, lists))
    exact = any((each.bonus >= EXACT).any() for each in found)
    some = [lexicon.of[each.names[: 50 * enough]].tolist() for each in found]
    if not exact and len({whose for each in some for whose in each}) < enough:
        found.append(_with_slips(lexicon, where, place_of, typed.words, memo))
    return _joined(found)


def exactly(lexicon: Lexicon, typed: Typed) -> NDArray[np.uint32]:
    """Whose whole name it is."""
    low, high = lexicon.span(f"{typed.line}\n".encode())
    names = lexicon.name[low:high]
    found: NDArray[np.uint32] = lexicon.of[names[lexicon.starts[low:high] == lexicon.at[names]]]
    return found


def _said_so(lexicon: Lexicon, line: str) -> Fits:
    """Names in which a word begins what is typed."""
    key = line.encode()
    at = _among(lexicon, key)
    starts, names = lexicon.starts[at].astype(np.int64), lexicon.name[at].astype(np.int64)
    begins = starts == lexicon.at[names]
    bonus = np.zeros(len(names), np.float32)
    if len(key) > KEY:
        kept = np.array([key in lexicon.spelt(number) for number in names[:WIDE].tolist()], bool)
        names, begins = names[:WIDE][kept], begins[:WIDE][kept]
        bonus = np.where(begins, np.float32(BEGINS), np.float32(0))
        bonus[[lexicon.spelt(number) == key for number in names.tolist()]] = EXACT
    else:
        after = lexicon.text[starts + len(key)]
        bonus += begins * np.float32(BEGINS)
        bonus += ((after == END) | (after == SPACE)) * np.float32(WHOLE)
        bonus[begins & (after == END)] = EXACT
    return Fits(names, bonus, np.zeros(len(names), np.int16))


def _among(lexicon: Lexicon, key: bytes) -> slice | Ints:
    """Where in `starts` it begins so; of very many the weightiest of each kind that is worth something of its own."""
    low, high = lexicon.span(key)
    if high - low <= WIDE or len(key) >= KEY:
        return slice(low, high)
    spans = ((low, high), lexicon.span(key + b" "), lexicon.span(key + b"\n"))
    looked_at = np.zeros(high - low, bool)
    for each in spans:
        looked_at[lexicon.weightiest(*each, BROUGHT) - low] = True
    found: Ints = np.flatnonzero(looked_at) + low
    return found


def _beginning(lexicon: Lexicon, word: str) -> tuple[Ints, NDArray[np.int16]]:
    """Names with a word that begins so."""
    low, high = lexicon.span(word.encode())
    names = lexicon.name[low:high].astype(np.int64)
    return names, np.zeros(len(names), np.int16)


def _slipping(lexicon: Lexicon, word: str, memo: Memo, *, alone: bool) -> tuple[Ints, NDArray[np.int16]]:
    """Names with a word that begins so or nearly so, and the edits. Among others, a word that is one is no slip."""
    key = word.encode()
    low, high = lexicon.span(key)
    names = lexicon.name[low:high].astype(np.int64)
    edits = np.zeros(len(names), np.int16)
    if not alone and low < high and lexicon.ends(low, len(key)):
        return names, edits
    near = memo.get(word)
    if near is None:
        near = memo[word] = nearly(lexicon, word, alone=alone, anywhere=len(memo) < FAR)
    kept = np.flatnonzero(near.edits)
    order = np.argsort(near.edits[kept] * 4.0 - near.whole[kept] - lexicon.best[near.words[kept]], kind="stable")
    kept = kept[order[:SLIPS]]
    words = near.words[kept]
    lows = lexicon.words[words].tolist()
    last = len(lexicon.words) - 1
    highs = np.where(words < last, lexicon.words[np.minimum(words + 1, last)], len(lexicon.starts)).tolist()
    parts = [lexicon.name[low : min(high, low + WIDE)] for low, high in zip(lows, highs, strict=True)]
    wrong = np.repeat(near.edits[kept], [len(part) for part in parts])
    return np.concatenate([names, *parts]).astype(np.int64), np.concatenate([edits, wrong]).astype(np.int16)


def _together(
    lexicon: Lexicon, where: Says, place_of: NDArray[np.integer[Any]], words: Sequence[str],
    lists: Sequence[tuple[Ints, NDArray[np.int16]]],
) -> Fits:  # fmt: skip
    """Names that have, with what says where they are, every word; at least one is in the name."""
    told = [where.saying(word) for word in words]
    must = [at for at, each in enumerate(told) if each is None]
    bases = [min(must, key=lambda at: len(lists[at][0]))] if must else range(len(words))
    found = []
    for base in bases:
        names, edits = _bounded(lexicon, words[base], *lists[base])
        letters = np.full(len(names), len(words[base].encode()), np.int64)
        number = np.ones(len(names), np.int64)
        for at, (others, wrong) in enumerate(lists):
            if at == base or not len(names):
                continue
            cost = _edits_of(names, others, wrong, len(lexicon))
            named = cost < NOT_NAMED
            said = told[at]
            ok = named if said is None else named | said[place_of[lexicon.of[names]]]
            letters, number = letters + named * len(words[at].encode()), number + named
            edits = (edits + np.where(named, cost, 0)).astype(np.int16)
            names, edits, letters, number = names[ok], edits[ok], letters[ok], number[ok]
        found.append(Fits(names, _worth(lexicon, names, edits, letters, number), edits))
    return _joined(found)


def _bounded(lexicon: Lexicon, word: str, names: Ints, edits: NDArray[np.int16]) -> tuple[Ints, NDArray[np.int16]]:
    """Of very many names that have the word some of the weightiest, so that work is bounded."""
    low, high = lexicon.span(word.encode())
    if len(names) <= MANY or len(names) != high - low:
        return names, edits
    some = lexicon.name[lexicon.weightiest(low, high, 4 * BROUGHT)].astype(np.int64)
    return some, edits[: len(some)]


def _edits_of(names: Ints, others: Ints, wrong: NDArray[np.int16], count: int) -> NDArray[np.int16]:
    """Of each name the fewest edits it is among the others with, 99 where it is not."""
    here = np.full(count + 1, NOT_NAMED, np.uint8)
    if wrong.any():
        here[others[::-1]] = wrong[::-1]
    else:
        here[others] = 0
    return here[names].astype(np.int16)


def _worth(lexicon: Lexicon, names: Ints, edits: NDArray[np.int16], letters: Ints, number: Ints) -> Floats:
    """A name that has no letter more than the words found in it is exactly what is meant."""
    length = lexicon.at[names + 1].astype(np.int64) - lexicon.at[names] - 1
    exact = (length == letters + number - 1) & (edits == 0)
    return np.where(exact, np.float32(EXACT), np.float32(0))


def _with_slips(
    lexicon: Lexicon, where: Says, place_of: NDArray[np.integer[Any]], words: Sequence[str], memo: Memo
) -> Fits:
    lists = [_slipping(lexicon, word, memo, alone=len(words) == 1) for word in words]
    if len(words) > 1 and not any(edits.any() for _, edits in lists):
        return _joined([])  # as without slips
    if len(words) > 1:
        return _together(lexicon, where, place_of, words, lists)
    names, edits = lists[0]
    names, edits = names[edits > 0][:WIDE], edits[edits > 0][:WIDE]
    first = lexicon.text[lexicon.at[names]] == words[0].encode()[0]
    length = lexicon.at[names + 1].astype(np.int64) - lexicon.at[names] - 1
    close = np.abs(length - len(words[0].encode())) <= forgiven(len(words[0]))
    bonus = np.where(first, np.float32(BEGINS), np.float32(OTHER_FIRST_LETTER)) + np.where(close, np.float32(WHOLE), 0)
    return Fits(names, bonus.astype(np.float32), edits)


def _joined(found: Sequence[Fits]) -> Fits:
    if len(found) == 1:
        return found[0]
    return Fits(
        np.concatenate([each.names for each in found] or [np.empty(0, np.int64)]),
        np.concatenate([each.bonus for each in found] or [np.empty(0, np.float32)]),
        np.concatenate([each.edits for each in found] or [np.empty(0, np.int16)]),
    )
