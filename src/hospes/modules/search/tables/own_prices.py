"""Nights with a price of their own, by row: running sums over one sorted array, so that many rows are summed at once.

What was there at the last `move` lies in the array, ordered by row and night; rows changed since lie beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP = 1024  # a night's key is its row times this, plus the night
_NONE: NDArray[np.int64] = np.zeros(0, np.int64)
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OwnNights:
    """Nights with prices of their own: whose (a place in what was asked for), which, counted from the first asked, and
    the price."""

    owners: Numbers
    nights: Numbers
    amounts: Numbers

    def among(self, chosen: Numbers, of: int) -> "OwnNights":
        """Those of the chosen owners, whose places are then counted among the chosen; there were `of` before."""
        place = np.full(of, -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        owners = place[self.owners]
        kept = np.flatnonzero(owners >= 0)
        return OwnNights(owners[kept], self.nights[kept], self.amounts[kept])

    def by_owner(self) -> dict[int, dict[int, int]]:
        """Nights and prices of each owner that has any."""
        found: dict[int, dict[int, int]] = {}
        for owner, night, amount in zip(self.owners.tolist(), self.nights.tolist(), self.amounts.tolist(), strict=True):
            found.setdefault(owner, {})[night] = amount
        return found


class OwnPrices:
    """Prices of single nights; nights are counted from the calendar's first one."""

    def __init__(self) -> None:
        self._keys = _NONE
        self._sums: Numbers = np.zeros(1, np.int64)
        self._added: list[tuple[Numbers, Numbers]] = []
        self._changed: dict[int, Mapping[int, int]] = {}

    @property
    def nbytes(self) -> int:
        """Memory of what lies in the array, and about that of the changes."""
        return self._keys.nbytes + self._sums.nbytes + sum(200 + 100 * len(each) for each in self._changed.values())

    @property
    def changed(self) -> int:
        """Rows that lie beside the array; worth a `move` when there are many."""
        return len(self._changed)

    def extend(self, first_row: int, own: OwnNights) -> None:
        """Prices of new rows, seen after the next `move`; owners are counted from the first row."""
        if len(own.owners):
            self._added.append(((first_row + own.owners) * STEP + own.nights, own.amounts))

    def put(self, row: int, prices: Mapping[int, int]) -> None:
        """All prices of a row, seen at once."""
        if prices or self._has(row):
            self._changed[row] = prices
        else:
            self._changed.pop(row, None)

    def known(self, rows: Numbers) -> NDArray[np.bool_]:
        """Which of the rows may have prices of their own."""
        low = np.searchsorted(self._keys, rows * STEP)
        found: NDArray[np.bool_] = np.searchsorted(self._keys, (rows + 1) * STEP) > low
        if self._changed:
            found |= np.array([row in self._changed for row in rows.tolist()], np.bool_)
        return found

    def sums(self, rows: Numbers, first: int, count: int) -> tuple[Numbers, Numbers]:
        """For each row: the sum of the own prices of the nights [first, first + count), and how many those are."""
        low = np.searchsorted(self._keys, rows * STEP + first)
        high = np.searchsorted(self._keys, rows * STEP + first + count)
        totals, nights = self._sums[high] - self._sums[low], high - low
        if self._changed:
            for place, row in enumerate(rows.tolist()):
                prices = self._changed.get(row)
                if prices is not None:
                    own = [prices[night] for night in range(first, first + count) if night in prices]
                    totals[place], nights[place] = sum(own), len(own)
        return totals, nights

    def nights(self, rows: Numbers, first: int, count: int) -> OwnNights:
        """The own prices of the nights [first, first + count) of these rows, one by one."""
        low = np.searchsorted(self._keys, rows * STEP + first)
        lengths = np.searchsorted(self._keys, rows * STEP + first + count) - low
        if self._changed:
            changed = [place for place, row in enumerate(rows.tolist()) if row in self._changed]
            lengths[changed] = 0
        owners = np.repeat(np.arange(len(rows)), lengths)
        entries = np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + low[owners]
        amounts = self._sums[entries + 1] - self._sums[entries]
        found = OwnNights(owners, self._keys[entries] % STEP - first, amounts)
        if not self._changed:
            return found
        more = [
            (place, night - first, amount)
            for place in changed
            for night, amount in self._changed[int(rows[place])].items()
            if first <= night < first + count
        ]
        added = np.array(more, np.int64).reshape(-1, 3).T
        return OwnNights(
            np.concatenate([found.owners, added[0]]),
            np.concatenate([found.nights, added[1]]),
            np.concatenate([found.amounts, added[2]]),
        )

    def on(self, rows: Numbers, nights: Numbers) -> Numbers:
        """The own price of each row on a night of its own; -1 where it has none then."""
        keys = rows * STEP + nights
        places = np.minimum(np.searchsorted(self._keys, keys), max(len(self._keys) - 1, 0))
        found = np.full(len(rows), -1, np.int64)
        some = np.flatnonzero(self._keys[places] == keys) if len(self._keys) else _NONE
        found[some] = self._sums[places[some] + 1] - self._sums[places[some]]
        if self._changed:
            for place, row in enumerate(rows.tolist()):
                if row in self._changed:
                    found[place] = self._changed[row].get(int(nights[place]), -1)
        return found

    def of(self, row: int) -> dict[int, int]:
        """The prices of one row by night."""
        if row in self._changed:
            return dict(self._changed[row])
        low, high = np.searchsorted(self._keys, (row * STEP, (row + 1) * STEP))
        nights = (self._keys[low:high] - row * STEP).tolist()
        return dict(zip(nights, np.diff(self._sums[low : high + 1]).tolist(), strict=True))

    def move(self, order: Numbers) -> None:
        """Rows have been put in this order; those that are not in it are gone."""
        keys, amounts = self._everything()
        place = np.full(max(int(order.max(initial=-1)), int(keys.max(initial=0)) // STEP) + 1, -1, np.int64)
        place[order] = np.arange(len(order))
        rows = place[keys // STEP]
        self._store(np.where(rows >= 0, rows * STEP + keys % STEP, -1), amounts)

    def roll(self, days: int) -> None:
        """The first night is now this many days later."""
        keys, amounts = self._everything()
        self._store(np.where(keys % STEP >= days, keys - days, -1), amounts)

    def parts(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Arrays and plain facts of what the last `move` has left."""
        return {"keys": self._keys, "sums": self._sums}, {}

    @classmethod
    def from_parts(cls, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> "OwnPrices":
        """What `parts` gave."""
        made = cls()
        made._keys, made._sums = arrays["keys"], arrays["sums"]
        return made

    def _has(self, row: int) -> bool:
        low, high = np.searchsorted(self._keys, (row * STEP, (row + 1) * STEP))
        return bool(low < high)

    def _everything(self) -> tuple[Numbers, Numbers]:
        """The array, what was added, and the changes in place of what they replace."""
        keys, amounts = self._keys, np.diff(self._sums)
        if self._changed:
            kept = ~np.isin(keys // STEP, np.array(list(self._changed), np.int64))
            keys, amounts = keys[kept], amounts[kept]
        pairs = [(row * STEP + night, value) for row, each in self._changed.items() for night, value in each.items()]
        changed = np.array(pairs, np.int64).reshape(-1, 2)
        return (
            np.concatenate([keys, *(each for each, _ in self._added), changed[:, 0]]),
            np.concatenate([amounts, *(each for _, each in self._added), changed[:, 1]]),
        )

    def _store(self, keys: Numbers, amounts: Numbers) -> None:
        """Keep these; a negative key is dropped."""
        order = np.argsort(keys, kind="stable")
        order = order[np.searchsorted(keys[order], 0) :]
        self._keys = keys[order]
        self._sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(amounts[order])])
        self._added.clear()
        self._changed.clear()
