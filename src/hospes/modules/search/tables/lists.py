"""Short lists of records by row of the index, each list in order: written anew whole, read for many rows at once.

All records lie in a few long arrays; a row knows its entry, an entry knows where its records begin and how many there
are. A list that has changed is written behind the others, and `move` closes the gaps. Entry 0 is of rows without one.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hospes.modules.search.contracts import Listing

Rows = NDArray[np.int64]
Numbers = NDArray[np.int64]
Array = NDArray[Any]
SPARE = 256


class Lists:
    """`records` and `facts` name what is known of a record and of an entry, by numpy type. The first name of `records`
    is what a list is in order of."""

    def __init__(self, records: Mapping[str, DTypeLike], facts: Mapping[str, DTypeLike]) -> None:
        self._key = next(iter(records))
        self.records: dict[str, Array] = {name: np.zeros(0, kind) for name, kind in records.items()}
        self.facts: dict[str, Array] = {name: np.zeros(1, kind) for name, kind in facts.items()}
        self._at: Array = np.zeros(1, np.int64)
        self.counts: Array = np.zeros(1, np.int32)
        self._entry: Array = np.zeros(0, np.uint32)
        self._used = 0  # of the records
        self._entries = 1
        self._live = 0

    @property
    def nbytes(self) -> int:
        """Memory of everything."""
        return sum(each.nbytes for each in self._arrays().values())

    @property
    def loose(self) -> int:
        """Records that nothing leads to any more."""
        return self._used - self._live

    def entries(self, rows: Rows) -> Numbers:
        """The entry of each row."""
        if not len(self._entry):
            return np.zeros(len(rows), np.int64)
        found = self._entry[np.minimum(rows, len(self._entry) - 1)].astype(np.int64)
        found[rows >= len(self._entry)] = 0
        return found

    def put(self, row: int, records: Sequence[Array], facts: Sequence[float]) -> None:
        """What is known of a row from now on, arrays and numbers in the order of the names."""
        entry = int(self._entry[row]) if row < len(self._entry) else 0
        if not entry:
            entry = self._new_entry(row)
        count = len(records[0])
        self._live += count - int(self.counts[entry])
        if count > int(self.counts[entry]):  # else it fits where the old one lies
            self._room_for(count)
            self._at[entry] = self._used
            self._used += count
        at = int(self._at[entry])
        self.counts[entry] = count
        for values, fresh in zip(self.records.values(), records, strict=True):
            values[at : at + count] = fresh
        for values, fact in zip(self.facts.values(), facts, strict=True):
            values[entry] = fact

    def drop(self, row: int) -> None:
        """Nothing is known of the row any more."""
        if row < len(self._entry):
            self._live -= int(self.counts[self._entry[row]])
            self.counts[self._entry[row]] = 0
            self._entry[row] = 0

    def move(self, order: Rows) -> None:
        """Rows have been put in this order; those that are not in it are gone."""
        entries = self.entries(order)
        rows = np.flatnonzero(entries)
        kept = np.concatenate([np.zeros(1, np.int64), entries[rows]])
        counts = self.counts[kept]
        counts[0] = 0
        places = expanded(self._at[kept], counts)
        self.records = {name: values[places] for name, values in self.records.items()}
        self.facts = {name: values[kept] for name, values in self.facts.items()}
        self.counts, self._at = counts, np.cumsum(counts) - counts
        self._entry = np.zeros(int(rows[-1]) + 1 if len(rows) else 0, np.uint32)
        self._entry[rows] = np.arange(1, len(kept))
        self._used = self._live = len(places)
        self._entries = len(kept)

    def all_of(self, entries: Numbers) -> tuple[Numbers, Numbers]:
        """Every record of each entry: how many, and the places of all of them in turn."""
        counts = self.counts[entries].astype(np.int64)
        return counts, expanded(self._at[entries], counts)

    def between(self, entries: Numbers, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
        """The records of each entry from `low` to before `high`: how many, and the places of all of them in turn."""
        start, count = self._at[entries], self.counts[entries].astype(np.int64)
        first = self._bisect(start, count, low)
        some = np.maximum(self._bisect(start, count, high) - first, 0)
        return some, expanded(first, some)

    def _bisect(self, start: Numbers, count: Numbers, wanted: Numbers) -> Numbers:
        """For each list, where its records from `wanted` on begin."""
        keys = self.records[self._key]
        low, high = start.copy(), start + count
        for _ in range(int(count.max(initial=0)).bit_length()):
            middle = (low + high) >> 1
            less = (low < high) & (keys[np.minimum(middle, max(self._used - 1, 0))] < wanted)
            low = np.where(less, middle + 1, low)
            high = np.where(less, high, middle)
        return low

    def _new_entry(self, row: int) -> int:
        if row >= len(self._entry):
            self._entry = grown(self._entry, max(row + 1, len(self._entry) * 9 // 8, SPARE))
        if self._entries == len(self.counts):
            size = max(SPARE, self._entries * 9 // 8)
            self._at, self.counts = grown(self._at, size), grown(self.counts, size)
            self.facts = {name: grown(values, size) for name, values in self.facts.items()}
        self._entry[row] = self._entries
        self._entries += 1
        return self._entries - 1

    def _room_for(self, count: int) -> None:
        size = len(self.records[self._key])
        if self._used + count > size:
            more = max(self._used + count, size * 9 // 8 + SPARE)
            self.records = {name: grown(values, more) for name, values in self.records.items()}

    def _arrays(self) -> dict[str, Array]:
        return {
            **{f"record_{name}": values for name, values in self.records.items()},
            **{f"fact_{name}": values for name, values in self.facts.items()},
            "at": self._at,
            "counts": self.counts,
            "entry": self._entry,
        }

    def parts(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """The arrays, and what else there is to keep."""
        return self._arrays(), {"used": self._used, "entries": self._entries, "live": self._live}

    def fill(self, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> None:
        """Be what `parts` has told."""
        self.records = {name: arrays[f"record_{name}"] for name in self.records}
        self.facts = {name: arrays[f"fact_{name}"] for name in self.facts}
        self._at, self.counts, self._entry = arrays["at"], arrays["counts"], arrays["entry"]
        self._used, self._entries, self._live = facts["used"], facts["entries"], facts["live"]


class Table(ABC):
    """What some rows of an index have beside its columns, in one of `Lists`."""

    def __init__(self, lists: Lists, *, weighs: int = 1) -> None:
        """`weighs`: so many loose records are worth as much of a `move` as one row."""
        self._lists, self._weighs = lists, weighs

    @abstractmethod
    def has(self, listing: Listing) -> bool:
        """Whether there is anything to know of it."""

    @abstractmethod
    def write(self, row: int, listing: Listing) -> None:
        """All that is known of a row from now on, of a listing of which there is something to know."""

    @property
    def nbytes(self) -> int:
        """Memory of everything."""
        return self._lists.nbytes

    @property
    def changed(self) -> int:
        """Worth a `move` when there are many: entries that have moved, roughly."""
        return self._lists.loose // self._weighs

    def known(self, rows: Rows) -> NDArray[np.bool_]:
        """Of which of the rows something is known."""
        return self._lists.entries(rows) > 0

    def put(self, row: int, listing: Listing) -> None:
        """All that is known of a row from now on."""
        if self.has(listing):
            self.write(row, listing)
        else:
            self.drop(row)

    def drop(self, row: int) -> None:
        """The row is gone."""
        self._lists.drop(row)

    def move(self, order: Rows) -> None:
        """Rows have been put in this order; those that are not in it are gone."""
        self._lists.move(order)

    def parts(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """The arrays, and what else there is to keep."""
        return self._lists.parts()

    @classmethod
    def from_parts(cls, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> Self:
        """What `parts` has told; the arrays are used as they are."""
        made = cls()  # type: ignore[call-arg]  # each kind of table knows its own lists
        made._lists.fill(arrays, facts)
        return made


def grown(values: Array, size: int) -> Array:
    """The same values in an array of this size."""
    fresh = np.zeros(size, values.dtype)
    fresh[: len(values)] = values
    return fresh


def expanded(starts: Numbers, counts: Array) -> Numbers:
    """starts[0], starts[0] + 1 … as many as counts[0], then those of the next."""
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(total)


def smallest(values: Numbers, counts: Numbers, otherwise: int) -> Numbers:
    """The smallest of each run of so many values; `otherwise` for an empty one."""
    found = np.full(len(counts), otherwise, np.int64)
    some = np.flatnonzero(counts)
    if len(some):
        found[some] = np.minimum.reduceat(values, (np.cumsum(counts) - counts)[some])
    return found
