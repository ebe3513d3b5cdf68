"""Departures with places left: the first one that takes a group, of many listings at once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import ceil
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import ORIGIN, Listing, Sailing
from hospes.modules.search.lists import Array, Lists, Numbers, Rows, smallest

AHEAD_DAYS = 512
NEVER = 2**31 - 1
_TWO_DAYS = 2 * 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MOST = 2**16 - 1
_RECORDS = {
    "start": np.int32, "day": np.int32, "left": np.uint16, "smallest": np.uint16, "largest": np.uint16,
    "closes": np.int32, "price": np.int64,
}  # fmt: skip
Mask = NDArray[np.bool_]


class Sailings:
    """The departures of the rows of an index, those of the next `AHEAD_DAYS` days: as far as its calendar goes."""

    def __init__(self) -> None:
        self._lists = Lists(_RECORDS, {})

    @property
    def nbytes(self) -> int:
        """Memory of everything."""
        return self._lists.nbytes

    @property
    def changed(self) -> int:
        """Worth a `move` when there are many: entries that have moved, roughly."""
        return self._lists.loose // 100

    def extend(self, first_row: int, listings: Sequence[Listing]) -> None:
        """The departures of new rows."""
        for place, each in enumerate(listings):
            if each.sailings:
                self.put(first_row + place, each.sailings)

    def put(self, row: int, sailings: Sequence[Sailing]) -> None:
        """All departures of a row from now on, in order of their start."""
        if not sailings:
            self._lists.drop(row)
            return
        table = np.array([_numbers(each) for each in sailings], np.int64).T
        self._lists.put(row, list(table), ())

    def drop(self, row: int) -> None:
        """The row is gone."""
        self._lists.drop(row)

    def move(self, order: Rows) -> None:
        """Rows have been put in this order; those that are not in it are gone."""
        self._lists.move(order)

    def first_departure(
        self, rows: Rows, first: date, last: date, guests: int, *, now: datetime
    ) -> tuple[Mask, Numbers, Numbers]:
        """Which rows have a departure on a local day of [first, last] that such a group can book now, the first one's
        start in epoch seconds (0 where there is none), and its own price (-1: the base price)."""
        group = max(guests, 1)
        low, high = ((day.toordinal() - _EPOCH_DAY) * 86_400 - ORIGIN for day in (first, last))
        entries = self._lists.entries(rows)
        some = np.flatnonzero(self._lists.counts[entries])
        bounds = np.full(len(some), low - _TWO_DAYS, np.int64), np.full(len(some), high + 3 * 86_400, np.int64)
        counts, places = self._lists.between(entries[some], *bounds)
        records = {name: values[places] for name, values in self._lists.records.items()}
        fits = (
            (records["day"] >= first.toordinal())
            & (records["day"] <= last.toordinal())
            & (records["closes"] >= ceil(now.timestamp()) - ORIGIN + (now.microsecond == 0))
            & (records["smallest"] <= group)
            & (records["largest"] >= group)
            & (records["left"] >= group)
        )
        ranks = np.where(fits, np.arange(len(places)), len(places))  # they lie in order of their start
        best = smallest(ranks, counts, len(places))
        free = best < len(places)
        starts, prices = np.zeros(len(rows), np.int64), np.full(len(rows), -1, np.int64)
        starts[some[free]] = records["start"][best[free]].astype(np.int64) + ORIGIN
        prices[some[free]] = records["price"][best[free]]
        return starts > 0, starts, prices

    def parts(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """The arrays, and what else there is to keep."""
        return self._lists.parts()

    @classmethod
    def from_parts(cls, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> Self:
        """What `parts` has told."""
        made = cls()
        made._lists.fill(arrays, facts)
        return made


def _numbers(each: Sailing) -> tuple[int, ...]:
    largest = _MOST if each.max_group is None else each.max_group
    price = -1 if each.price is None else each.price
    sizes = (min(size, _MOST) for size in (each.left, each.min_group, largest))
    return (each.start, each.day, *sizes, max(each.start - each.cutoff, -NEVER), price)
