"""Departures with places left: those that take a group, of many listings at once."""

from datetime import date, datetime
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import ORIGIN, Listing, Sailing
from hospes.modules.search.tables.lists import Lists, Numbers, Rows, Table, smallest

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


class Leaving(NamedTuple):
    """Which rows have a departure, and of the first one of each: its start in epoch seconds (0 where there is none),
    its own price (-1: the base price) and the ordinal of its local day."""

    free: Mask
    starts: Numbers
    prices: Numbers
    days: Numbers


class Departing(NamedTuple):
    """Departures: the places of their rows among those asked for, ascending, starts in epoch seconds, ascending within
    a row, own prices (-1: the base price) and the ordinals of their local days."""

    owners: Numbers
    starts: Numbers
    prices: Numbers
    days: Numbers


class Sailings(Table):
    """The departures of the rows of an index, those of the next `AHEAD_DAYS` days: as far as its calendar goes. And
    what a child's place costs: -1, as much as any."""

    def __init__(self) -> None:
        super().__init__(Lists(_RECORDS, {"child": np.int64}), weighs=100)

    def has(self, listing: Listing) -> bool:
        """Whether it departs at all."""
        return bool(listing.sailings)

    def write(self, row: int, listing: Listing) -> None:
        """All departures of a row from now on, in order of their start."""
        table = np.array([_numbers(each) for each in listing.sailings], np.int64).T
        self._lists.put(row, list(table), (-1 if listing.child_amount is None else listing.child_amount,))

    def child_amounts(self, rows: Rows) -> Numbers:
        """What a child's place costs at the usual price; -1: as much as any."""
        found: Numbers = self._lists.facts["child"][self._lists.entries(rows)]
        return found

    def first_departure(self, rows: Rows, first: date, last: date, guests: int, *, now: datetime) -> Leaving:
        """The first departure of each row on a local day of [first, last] that such a group can book now."""
        some, counts, places, fits = self._fitting(rows, first, last, guests, now)
        ranks = np.where(fits, np.arange(len(places)), len(places))  # they lie in order of their start
        best = smallest(ranks, counts, len(places))
        free = best < len(places)
        starts, days = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        prices = np.full(len(rows), -1, np.int64)
        which, those = some[free], places[best[free]]
        starts[which] = self._lists.records["start"][those].astype(np.int64) + ORIGIN
        prices[which] = self._lists.records["price"][those]
        days[which] = self._lists.records["day"][those]
        return Leaving(starts > 0, starts, prices, days)

    def departures(self, rows: Rows, first: date, last: date, guests: int, *, now: datetime) -> Departing:
        """All of them."""
        some, counts, places, fits = self._fitting(rows, first, last, guests, now)
        those, records = places[fits], self._lists.records
        starts = records["start"][those].astype(np.int64) + ORIGIN
        days = records["day"][those].astype(np.int64)
        return Departing(np.repeat(some, counts)[fits], starts, records["price"][those], days)

    def _fitting(
        self, rows: Rows, first: date, last: date, guests: int, now: datetime
    ) -> tuple[Numbers, Numbers, Numbers, Mask]:
        """Places of rows that depart at all, how many records about these days each of them has, where these lie, and
        which of them fit."""
        group = max(guests, 1)
        low, high = ((day.toordinal() - _EPOCH_DAY) * 86_400 - ORIGIN for day in (first, last))
        entries = self._lists.entries(rows)
        some = np.flatnonzero(self._lists.counts[entries])
        bounds = np.full(len(some), low - _TWO_DAYS, np.int64), np.full(len(some), high + 3 * 86_400, np.int64)
        counts, places = self._lists.between(entries[some], *bounds)
        records = {name: values[places] for name, values in self._lists.records.items()}
        fits: Mask = (
            (records["day"] >= first.toordinal())
            & (records["day"] <= last.toordinal())
            & (records["closes"] >= ceil(now.timestamp()) - ORIGIN + (now.microsecond == 0))
            & (records["smallest"] <= group)
            & (records["largest"] >= group)
            & (records["left"] >= group)
        )
        return some, counts, places, fits


def _numbers(each: Sailing) -> tuple[int, ...]:
    largest = _MOST if each.max_group is None else each.max_group
    price = -1 if each.price is None else each.price
    sizes = (min(size, _MOST) for size in (each.left, each.min_group, largest))
    return (each.start, each.day, *sizes, max(each.start - each.cutoff, -NEVER), price)
