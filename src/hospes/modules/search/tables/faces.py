"""What results show of each listing, by row: short texts in one long array that a file can hold.

A search is answered from these alone, without asking the database. Rows changed since the last `move` lie beside the
array.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import orjson
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]


class Face(NamedTuple):
    """`picture`: the key it is stored under, or None. `rating` as shown, None before anybody has rated."""

    title: str = ""
    subtitle: str = ""
    city: str = ""
    country: str = ""
    picture: str | None = None
    picture_alt: str = ""
    bedrooms: int = 0
    rating: float | None = None
    rating_count: int = 0

    def packed(self) -> bytes:
        """As it is kept."""
        return orjson.dumps(list(self))

    @classmethod
    def unpacked(cls, kept: bytes) -> Self:
        """What `packed` made; an empty face of nothing."""
        return cls(*orjson.loads(kept)) if kept else cls()


class Packed(NamedTuple):
    """Several packed faces one after the other, and how long each is."""

    text: Bytes
    lengths: Places

    @classmethod
    def of(cls, faces: Sequence[bytes]) -> Self:
        """These, put together."""
        lengths = np.fromiter(map(len, faces), np.int64, len(faces))
        return cls(np.frombuffer(b"".join(faces), np.uint8), lengths)

    @classmethod
    def lines(cls, text: bytes, count: int) -> Self:
        """So many, none of them empty, with line ends between them."""
        found: Bytes = np.frombuffer(text, np.uint8)
        breaks = np.flatnonzero(found == _LINE_END)
        if len(breaks) != max(count - 1, 0):
            raise ValueError(f"{len(breaks) + 1} faces of {count}")
        ends = np.append(breaks, len(found))[:count]
        return cls(np.delete(found, breaks), np.diff(ends, prepend=-1) - 1)

    def all(self) -> list[bytes]:
        """Each by itself."""
        ends = np.cumsum(self.lengths)
        starts = (ends - self.lengths).tolist()
        return [self.text[start:end].tobytes() for start, end in zip(starts, ends.tolist(), strict=True)]


_LINE_END = ord("\n")  # JSON writes it otherwise


class Faces:
    """Packed faces by row."""

    def __init__(self) -> None:
        self._ends: Places = np.zeros(1, np.int64)  # where the face of each row ends; the first one starts at 0
        self._text: Bytes = np.zeros(0, np.uint8)
        self._added: list[Packed] = []
        self._changed: dict[int, bytes] = {}

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, and about that of what lies beside them."""
        beside = sum(100 + len(each) for each in self._changed.values())
        beside += sum(each.text.nbytes + each.lengths.nbytes for each in self._added)
        return self._ends.nbytes + self._text.nbytes + beside

    @property
    def changed(self) -> int:
        """Rows that lie beside the array; worth a `move` when there are many."""
        return len(self._changed)

    def extend(self, first_row: int, faces: Packed) -> None:
        """Faces of new rows, in order; `first_row` is the number of rows there are."""
        there = len(self._ends) - 1 + sum(len(each.lengths) for each in self._added)
        if first_row != there or self._changed:
            self._changed.update(enumerate(faces.all(), first_row))
        else:
            self._added.append(faces)

    def put(self, row: int, face: bytes) -> None:
        """The face of a row, new or another than before."""
        if face != self.packed(row):
            self._changed[row] = face

    def of(self, row: int) -> Face:
        """The face of a row; an empty one for a row that has none."""
        return Face.unpacked(self.packed(row))

    def packed(self, row: int) -> bytes:
        """The same as it is kept."""
        if row in self._changed:
            return self._changed[row]
        if self._added and row >= len(self._ends) - 1:
            self._take_in()
        if row >= len(self._ends) - 1:
            return b""
        return self._text[self._ends[row] : self._ends[row + 1]].tobytes()

    def move(self, order: Places) -> None:
        """Rows have been put in this order; those that are not in it are gone."""
        if self._changed or self._added:
            self._settle()
        lengths = np.diff(self._ends)
        wanted = order[order < len(lengths)]
        if len(wanted) != len(order):  # rows without a face
            lengths = np.concatenate([lengths, np.zeros(int(order.max()) + 1 - len(lengths), np.int64)])
        starts = np.concatenate([self._ends[:-1], np.zeros(len(lengths) - len(self._ends) + 1, np.int64)])
        sizes = lengths[order]
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        text = np.zeros(int(ends[-1]), np.uint8)
        for first in range(0, len(order), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            low, high = int(ends[first]), int(ends[min(first + _AT_ONCE, len(order))])
            within = np.arange(low, high) - np.repeat(ends[:-1][part], sizes[part])
            text[low:high] = self._text[np.repeat(starts[order[part]], sizes[part]) + within]
        self._ends, self._text = ends, text

    def parts(self) -> tuple[Mapping[str, NDArray[Any]], Mapping[str, Any]]:
        """The arrays to be stored, after what lies beside them has been taken in."""
        if self._changed or self._added:
            self._settle()
        return {"ends": self._ends, "text": self._text}, {}

    @classmethod
    def from_parts(cls, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> Self:
        """What `parts` told; the arrays may be a map of a file."""
        made = cls()
        made._ends, made._text = arrays["ends"], arrays["text"]
        return made

    def _settle(self) -> None:
        """Take in what lies beside the arrays."""
        self._take_in()
        if not self._changed:
            return
        rows = max(len(self._ends) - 1, max(self._changed) + 1)
        self._ends = np.append(self._ends, np.full(rows + 1 - len(self._ends), self._ends[-1]))
        pieces: list[Bytes] = []
        lengths, last = np.diff(self._ends), 0
        for row in sorted(self._changed):
            face = self._changed[row]
            pieces += [self._text[self._ends[last] : self._ends[row]], np.frombuffer(face, np.uint8)]
            lengths[row], last = len(face), row + 1
        pieces.append(self._text[self._ends[last] :])
        self._text = np.concatenate(pieces)
        self._ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        self._changed = {}

    def _take_in(self) -> None:
        """Put what was added behind the others."""
        if self._added:
            sizes = np.concatenate([each.lengths for each in self._added])
            self._text = np.concatenate([self._text, *(each.text for each in self._added)])
            self._ends = np.concatenate([self._ends, self._ends[-1] + np.cumsum(sizes)])
            self._added = []


_AT_ONCE = 8_192
