"""What the rows that fit are offered for, and what it costs: nights. Hours and departures are in `timed_offers.py`."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Per, Query
from hospes.modules.search.index.columns import Columns, Rows
from hospes.modules.search.index.totals import totals
from hospes.modules.search.policies.reference_rates import many_cents

Numbers = NDArray[np.int64]
NOTHING = -1


@dataclass(frozen=True, slots=True)
class Offers:
    """Rows and what each is offered for. `cents`: euro cents as the question compares them. `nightly` and `total`
    (`NOTHING` where it is no stay): minor units. `arrival` is an ordinal, `starts` epoch seconds (0: none).

    What is None is the same for all: the base price, no total, the dates of the question, no start."""

    rows: Rows
    cents: Numbers
    nightly: Numbers | None = None
    total: Numbers | None = None
    arrival: Numbers | None = None
    nights: Numbers | None = None
    starts: Numbers | None = None

    def take(self, chosen: NDArray[Any]) -> Self:
        """Those at these places, in this order."""
        taken: list[Any] = [None if each is None else each[chosen] for each in self._arrays()]
        return type(self)(*taken)

    def with_others(self, other: Self) -> Self:
        """These and those, in order of their rows."""
        if not len(other.rows):
            return self
        order = np.argsort(np.concatenate([self.rows, other.rows]), kind="stable")
        pairs = zip(self._arrays(), other._arrays(), strict=True)
        return type(self)(*(self._joined(other, mine, theirs, order) for mine, theirs in pairs))

    def _joined(self, other: Self, mine: Numbers | None, theirs: Numbers | None, order: Rows) -> Any:
        if mine is None and theirs is None:
            return None
        left = np.full(len(self.rows), NOTHING, np.int64) if mine is None else mine
        right = np.full(len(other.rows), NOTHING, np.int64) if theirs is None else theirs
        return np.concatenate([left, right])[order]

    def _arrays(self) -> list[Any]:
        return [getattr(self, each.name) for each in fields(self)]


def at_base_price(columns: Columns, rows: Rows) -> Offers:
    """Without dates."""
    return Offers(rows, columns["euros"][rows].astype(np.int64))


def measured(columns: Columns, rows: Rows, amounts: Numbers, per: Per, units: int | NDArray[np.float64]) -> Numbers:
    """Totals in minor units as euro cents for the whole, or for one of so many nights, hours or persons."""
    shares = amounts / units if per is Per.NIGHT else amounts.astype(np.float64)
    return many_cents(shares, columns["currency"][rows], columns.currencies)


def days_ahead(columns: Columns, rows: Rows, arrival: date, now: datetime) -> Numbers:
    """From today at the property to the arrival; 0 for all where neither a rule nor a restriction asks for it."""
    if not ((columns["tariff"][rows] > 0) | (columns["limit"][rows] > 0)).any():
        return np.zeros(len(rows), np.int64)
    found: Numbers = arrival.toordinal() - columns.today(now)[columns["clock"][rows]]
    return found


def stays(columns: Columns, rows: Rows, query: Query, arrival: date, count: int, now: datetime) -> Offers:
    """The nights [arrival, arrival + count) of those rows whose restrictions allow them."""
    ahead = days_ahead(columns, rows, arrival, now)
    codes = columns["limit"][rows]
    if codes.any():
        keep = columns.limits.allowed(codes, arrival, count, ahead)
        rows, ahead = rows[keep], ahead[keep]
    found = totals(columns, rows, arrival, count, query.party, ahead, query.child_ages)
    return Offers(rows, measured(columns, rows, found.total, query.per, count), found.nightly, found.total)
