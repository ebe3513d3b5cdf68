"""What the rows that fit are offered for: the stay or the start, and what it costs."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from hospes.modules.inventory.contracts import Place
from hospes.modules.search.contracts import Hours, Mode, Per, Query
from hospes.modules.search.index.columns import Columns, Rows
from hospes.modules.search.index.timed_totals import hour_totals, place_totals
from hospes.modules.search.index.totals import totals
from hospes.modules.search.policies.reference_rates import many_cents

Numbers = NDArray[np.int64]
MOST_DAYS = 62  # of hours and departures looked at for one question
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


def starts(columns: Columns, rows: Rows, query: Query, now: datetime) -> Offers:
    """The first start of each of those rows, sold by the hour or by the place, that have one on the days asked for, and
    what it costs."""
    modes = columns["mode"][rows]
    found = by_the_hour(columns, rows[modes == Mode.TIMED], query, now)
    if query.hours is not None or query.arrival is None or query.departure is None:
        return found
    return found.with_others(by_the_place(columns, rows[modes == Mode.DEPARTURE], query, query.arrival, now))


def by_the_place(columns: Columns, rows: Rows, query: Query, arrival: date, now: datetime) -> Offers:
    """The first departure of each of those rows that has one with places for the party."""
    last = min(query.departure or arrival, arrival + timedelta(days=MOST_DAYS))
    leaving = columns.sailings.first_departure(rows, arrival, last, query.guests, now=now)
    rows, free = rows[leaving.free], leaving.free
    cost = place_totals(columns, rows, leaving.days[free], leaving.prices[free], query.party, now)
    cents = measured(columns, rows, cost.total, query.per, query.guests)
    return Offers(rows, cents, cost.nightly, cost.total, starts=leaving.starts[free])


def by_the_hour(columns: Columns, rows: Rows, query: Query, now: datetime) -> Offers:
    """The first free start of each of those rows that have one."""
    diaries, to, hours = columns.diaries, place_asked(query), query.hours
    if hours is None and query.arrival is not None and query.departure is not None:
        hours = Hours(query.arrival, query.departure)
    if hours is None:
        return at_base_price(columns, rows[:0])
    last = min(hours.last, hours.first + timedelta(days=MOST_DAYS))
    free, first = diaries.first_start(
        rows, hours.first, last, since=hours.since, until=hours.until, minutes=hours.minutes, place=to, now=now
    )
    rows, first = rows[free], first[free]
    minutes = diaries.lengths(rows, hours.minutes)
    cost = hour_totals(columns, rows, diaries.days_of(rows, first, now), minutes, to, now)
    cents = measured(columns, rows, cost.total, query.per, minutes / 60)
    return Offers(rows, cents, cost.nightly, cost.total, starts=first)


def place_asked(query: Query) -> Place | None:
    """Where somebody shall come to."""
    if not query.comes_to_me or query.latitude is None or query.longitude is None:
        return None
    return Place(query.latitude, query.longitude)
