"""Rows of one property taken together: what is found, counted and shown is a property.

The rows of a property lie side by side, so that a group is a run of equal codes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.index.columns import Columns, Mask, Rows

Numbers = NDArray[np.int64]


def side_by_side(columns: Columns, rows: Rows) -> Rows | None:
    """The order in which ascending rows have those of each property side by side; None when they lie so already.

    Rows that came after the last sort are put to the others of their property."""
    known = int(np.searchsorted(rows, columns.sorted))
    if known == len(rows):
        return None
    keys = columns["cell"][rows].astype(np.int64) << 32 | columns["property"][rows]
    fresh = known + np.argsort(keys[known:], kind="stable")
    return np.insert(np.arange(known), np.searchsorted(keys[:known], keys[fresh]), fresh)


@dataclass(frozen=True, slots=True)
class Groups:
    """Of rows that lie side by side by property: where each property's begin, and for each row the number of its
    group. `each` None: every row is a property of its own."""

    starts: Numbers
    each: Numbers | None

    def __len__(self) -> int:
        return len(self.starts)

    def count(self, kept: Mask) -> int:
        """How many groups have a row among these."""
        if self.each is None:
            return int(np.count_nonzero(kept))
        groups = self.each[kept]
        return int(len(groups) > 0) + int(np.count_nonzero(groups[1:] != groups[:-1]))

    def least(self, values: Numbers, kept: Mask) -> Numbers:
        """The least value of each group that has a row among these."""
        values = values[kept]
        return (
            values if self.each is None else np.minimum.reduceat(values, self._starts(kept)) if len(values) else values
        )

    def any_of(self, bits: NDArray[np.uint64], kept: Mask) -> NDArray[np.uint64]:
        """The bits that any of the kept rows of a group has, for each group that has some."""
        bits = bits[kept]
        return bits if self.each is None else np.bitwise_or.reduceat(bits, self._starts(kept)) if len(bits) else bits

    def _starts(self, kept: Mask) -> Numbers:
        assert self.each is not None
        groups = self.each[kept]
        return np.concatenate([np.zeros(1, np.int64), np.flatnonzero(groups[1:] != groups[:-1]) + 1])


def groups_of(columns: Columns, rows: Rows) -> Groups:
    """The groups of rows that lie side by side by property."""
    codes = columns["property"][rows]
    changes = codes[1:] != codes[:-1]
    starts = np.concatenate([np.zeros(min(len(rows), 1), np.int64), np.flatnonzero(changes) + 1])
    if len(starts) == len(rows):
        return Groups(starts, None)
    return Groups(starts, np.concatenate([np.zeros(1, np.int64), np.cumsum(changes)]))


def cheapest(columns: Columns, rows: Rows, cents: Numbers, groups: Groups) -> tuple[Numbers, Numbers]:
    """For each group the place of its cheapest row, of equally cheap ones that with the smallest id; and how many rows
    it has."""
    if groups.each is None:
        return np.arange(len(rows)), np.ones(len(rows), np.int64)
    sizes = np.diff(groups.starts, append=len(rows))
    least = np.minimum.reduceat(cents, groups.starts)
    best = np.flatnonzero(cents == least[groups.each])
    if len(best) > len(groups):
        best = best[np.lexsort((columns["id"][rows[best]], groups.each[best]))]
        owners = groups.each[best]
        best = best[np.concatenate([np.ones(1, np.bool_), owners[1:] != owners[:-1]])]
    return best, sizes
