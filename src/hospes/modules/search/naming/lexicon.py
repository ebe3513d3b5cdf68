"""Names in one run of bytes, with every word of every name in alphabetical order.

What begins at a word of a name is found by one binary search (a suffix array that knows only beginnings of words);
the distinct words, as letters of one byte each, are what slips are looked up in. Everything is an array, so that it can
be mapped from a file and shared between processes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

KEY = 24  # bytes the order looks at; what is longer is compared when it is found
LETTERS = 16  # letters of a word that slips are looked for in
SHORT, MIDDLE = 6, 10
POSTS = 64
BLOCK = 16
SOME = 2**16  # words that are looked at together while a lexicon is made
END, SPACE = 10, 32


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`text`: folded names in UTF-8, each ended by a line feed, name `i` from `at[i]`. `of`: whose name it is. `less`:
    how much less likely it is meant, in tenths.

    `starts` and `name`: where words begin, in their order, and in which name. `fence`: what every 64th begins with.
    `words`: the first of each distinct word
    in `starts`. `letters`: those of the words, a byte each, 0 after the last. `short`, `middle`, `long`: which letters
    are among their first 6, 10 and 16, as bits. `size`: letters of a word, 16 at most. `best`: the weight of
    the weightiest that has the word in a name. `crest`: of every 16 `starts` the weight of the weightiest; `foremost`:
    of the weightiest of which it is the first word. Both empty where weights may change."""

    text: NDArray[np.uint8]
    at: NDArray[np.uint32]
    of: NDArray[np.uint32]
    less: NDArray[np.int8]
    starts: NDArray[np.uint32]
    name: NDArray[np.uint32]
    fence: NDArray[np.bytes_]
    words: NDArray[np.uint32]
    letters: NDArray[np.uint8]
    short: NDArray[np.uint32]
    middle: NDArray[np.uint32]
    long: NDArray[np.uint32]
    size: NDArray[np.uint8]
    best: NDArray[np.float32]
    crest: NDArray[np.float32]
    foremost: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.of)

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))

    def spelt(self, number: int) -> bytes:
        """A folded name, UTF-8."""
        return self.text[self.at[number] : self.at[number + 1] - 1].tobytes()

    def word(self, number: int) -> bytes:
        """A distinct word, UTF-8."""
        start = int(self.starts[self.words[number]])
        line = self.text[start : start + 4 * 120].tobytes()
        return line[: next((at for at, each in enumerate(line) if each in (END, SPACE)), len(line))]

    def span(self, beginning: bytes) -> tuple[int, int]:
        """Which of `starts` begin so, as [first, last); by its first 24 bytes."""
        key, text = beginning[:KEY], self.text.data
        size = len(key)

        def found(start: int) -> bytes:
            return text[start : start + size].tobytes()

        first, last = np.searchsorted(self.fence, (key, key.ljust(KEY, b"\xff"))).tolist()
        low = bisect_left(self.starts, key, max(first - 1, 0) * POSTS, min(first * POSTS, len(self.starts)), key=found)
        high = bisect_right(self.starts, key, max(last - 1, 0) * POSTS, min(last * POSTS, len(self.starts)), key=found)
        return int(low), int(high)

    def weightiest(self, low: int, high: int, most: int) -> NDArray[np.int64]:
        """Of `starts` from `low` to before `high` some among which are the `most` weightiest, and the `most` weightiest
        of which it is the first word; all of them where they are not many."""
        first, last = -(-low // BLOCK), high // BLOCK
        if last - first <= 2 * most or not len(self.crest):
            return np.arange(low, high)
        found = [np.argpartition(-each[first:last], most)[:most] for each in (self.crest, self.foremost)]
        blocks = np.unique(np.concatenate(found)) + first
        inside = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel()
        return np.concatenate((np.arange(low, first * BLOCK), inside, np.arange(last * BLOCK, high)))

    def ends(self, first: int, size: int) -> bool:
        """Whether a word ends after `size` bytes, 24 at most, of what begins at the first of `starts`."""
        return first < len(self.starts) and size <= KEY and self.text[self.starts[first] + size] in (END, SPACE)


def build(names: Sequence[bytes], of: NDArray[np.uint32], less: NDArray[np.int8], weight: NDArray[np.float32],
          *, within: bool = False) -> Lexicon:  # fmt: skip
    """From folded names without line feeds; `weight` is of what `of` counts.

    `within`: in scripts without spaces every sign may begin a word; and no weight changes."""
    ends = accumulate(len(name) + 1 for name in names)
    return lexicon_of(b"".join(name + b"\n" for name in names), np.array([0, *ends], np.uint32), of, less, weight,
                      within=within)  # fmt: skip


def lexicon_of(lines: bytes | bytearray, at: NDArray[np.uint32], of: NDArray[np.uint32], less: NDArray[np.int8],
               weight: NDArray[np.float32], *, within: bool = False) -> Lexicon:  # fmt: skip
    """As `build`, from the names in one run, each ended by a line feed: name `i` from `at[i]`."""
    text = np.frombuffer(lines + b"\n" * KEY, np.uint8)
    starts = _in_order(text, _beginnings(text, int(at[-1]), within=within))
    name = (np.searchsorted(at, starts, side="right") - 1).astype(np.uint32)
    words = _distinct(text, starts)
    letters, size = _letters(text, starts[words])
    borne = weight[of[name]]
    best = np.maximum.reduceat(borne, words) if len(words) else np.empty(0, np.float32)
    first = np.where(starts == at[name], borne, np.float32(-np.inf))
    return Lexicon(
        text, at, of, less, starts, name, _keys(text, starts[::POSTS]).view(f"S{KEY}").ravel(), words, letters,
        _signs(letters[:, :SHORT]), _signs(letters[:, :MIDDLE]), _signs(letters), size, best.astype(np.float32),
        _crest(borne if within else borne[:0]), _crest(first if within else first[:0]),
    )  # fmt: skip


def letters_of(word: str) -> list[int]:
    """Letters as bytes: ASCII as it is, others by chance but always the same."""
    return [code if (code := ord(each)) < 128 else 128 + code % 127 for each in word]


def signs_of(letters: Sequence[int]) -> int:
    """Which letters there are, as bits."""
    found = 0
    for each in letters:
        found |= 1 << (each & 31)
    return found


def _beginnings(text: NDArray[np.uint8], end: int, *, within: bool) -> NDArray[np.uint32]:
    told = text[:end]
    first = np.zeros(end + 1, bool)
    first[0] = True
    first[1:] = (told == END) | (told == SPACE)
    if within and end:
        thai = np.zeros(end, bool)
        thai[:-1] = (told[:-1] == 0xE0) & (told[1:] >= 0xB8) & (told[1:] <= 0xBB)
        first[:-1] |= ((told >= 0xE3) & (told <= 0xE9)) | thai
    return np.flatnonzero(first[:end]).astype(np.uint32)


def _keys(text: NDArray[np.uint8], starts: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """What begins there, 24 bytes a row."""
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(text, KEY)[starts])


def _in_order(text: NDArray[np.uint8], starts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """By what begins there, compared as three numbers of eight bytes, which is quicker than as bytes."""
    eights = np.lib.stride_tricks.sliding_window_view(text, 8)
    parts = [eights[starts + np.uint32(at)].view(">u8").ravel().astype(np.uint64) for at in (16, 8, 0)]
    found: NDArray[np.uint32] = starts[np.lexsort(parts)]
    return found


def _distinct(text: NDArray[np.uint8], starts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The first of each run of the same word; some at a time, so that it takes little memory."""
    found, last = [], b""
    for begin in range(0, len(starts), SOME):
        keys = _keys(text, starts[begin : begin + SOME])
        over = np.logical_or.accumulate((keys == END) | (keys == SPACE), axis=1)
        words = np.where(over, 0, keys).view(f"S{KEY}").ravel()
        other = np.concatenate(([begin == 0 or words[0] != last], words[1:] != words[:-1]))
        found.append(np.flatnonzero(other) + begin)
        last = words[-1]
    return np.concatenate(found or [np.empty(0, np.int64)]).astype(np.uint32)


def _crest(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """The most of every 16."""
    found: NDArray[np.float32] = (
        np.maximum.reduceat(weight, np.arange(0, len(weight), BLOCK)) if len(weight) else weight
    )
    return found


def _letters(text: NDArray[np.uint8], starts: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The first letters of the words that start there, and how many."""
    raw, rows, sizes = text.tobytes(), [], []
    for start in starts.tolist():
        line = raw[start : start + 4 * LETTERS].split(b"\n", 1)[0].split(b" ", 1)[0]
        row = line if line.isascii() else bytes(letters_of(line.decode(errors="ignore")))
        rows.append(row[:LETTERS].ljust(LETTERS, b"\0"))
        sizes.append(min(len(row), LETTERS))
    return np.frombuffer(b"".join(rows), np.uint8).reshape(-1, LETTERS), np.array(sizes, np.uint8)


def _signs(letters: NDArray[np.uint8]) -> NDArray[np.uint32]:
    bits = np.where(letters > 0, np.uint32(1) << (letters & 31).astype(np.uint32), np.uint32(0))
    found: NDArray[np.uint32] = np.bitwise_or.reduce(bits, axis=1)
    return found
