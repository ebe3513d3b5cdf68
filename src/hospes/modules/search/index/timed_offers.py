"""The cheapest start of what is sold by the hour or by the place, among all on the days asked for.

An hour costs the same all day long and a place what its day or its departure says. So the first free start of each day
and each departure are all that can be cheapest; where every day costs the same, the first start of all is.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from hospes.modules.inventory.contracts import Place
from hospes.modules.search.contracts import Hours, Mode, Query
from hospes.modules.search.index.charges import DAYS, STAYS
from hospes.modules.search.index.columns import Columns, Mask, Rows
from hospes.modules.search.index.offers import Numbers, Offers, at_base_price, measured
from hospes.modules.search.index.timed_totals import hour_totals, place_totals

MOST_DAYS = 62  # of hours and departures looked at for one question
MOST_STARTS = 200_000  # days of listings, or departures, priced for one question; beyond that only first starts are


def starts(columns: Columns, rows: Rows, query: Query, now: datetime, *, priced: bool = True) -> Offers:
    """The cheapest start of each of those rows, sold by the hour or by the place, that have one on the days asked for,
    of equally cheap ones the first; not `priced`: the first one, whatever it costs."""
    modes = columns["mode"][rows]
    found = by_the_hour(columns, rows[modes == Mode.TIMED], query, now, priced=priced)
    if query.hours is not None or query.arrival is None or query.departure is None:
        return found
    return found.with_others(by_the_place(columns, rows[modes == Mode.DEPARTURE], query, now, priced=priced))


def by_the_place(columns: Columns, rows: Rows, query: Query, now: datetime, *, priced: bool = True) -> Offers:
    """The cheapest departure of each of those rows that has one with places for the party."""
    if query.arrival is None or query.departure is None:
        return at_base_price(columns, rows[:0])
    last = min(query.departure, query.arrival + timedelta(days=MOST_DAYS))
    leaving = columns.sailings.departures(rows, query.arrival, last, query.guests, now=now)
    if not priced or len(leaving.owners) > MOST_STARTS:
        first = np.flatnonzero(_changes(leaving.owners))
        leaving = type(leaving)(*(each[first] for each in leaving))
    rows = rows[leaving.owners]
    if not priced:
        return _unpriced(rows, leaving.starts)
    cost = place_totals(columns, rows, leaving.days, leaving.prices, query.party, now)
    cents = measured(columns, rows, cost.total, query.per, query.guests)
    found = Offers(rows, cents, cost.nightly, cost.total, starts=leaving.starts)
    return found.take(_cheapest(leaving.owners, cost.total))


def by_the_hour(columns: Columns, rows: Rows, query: Query, now: datetime, *, priced: bool = True) -> Offers:
    """The cheapest free start of each of those rows that have one."""
    asked = _hours_of(query)
    if asked is None:
        return at_base_price(columns, rows[:0])
    several = (asked.last - asked.first).days + 1
    varied = np.flatnonzero(_varied(columns, rows)) if priced and several > 1 else rows[:0]
    if len(varied) * several > MOST_STARTS:
        varied = varied[:0]
    alike = np.ones(len(rows), np.bool_)
    alike[varied] = False
    found = _first(columns, rows[alike], query, asked, now, priced=priced)
    return found.with_others(_of_each_day(columns, rows[varied], query, asked, now)) if len(varied) else found


def _first(columns: Columns, rows: Rows, query: Query, asked: Hours, now: datetime, *, priced: bool) -> Offers:
    """The first start of each."""
    diaries = columns.diaries
    free, first = diaries.first_start(
        rows, asked.first, asked.last, since=asked.since, until=asked.until, minutes=asked.minutes,
        place=place_asked(query), now=now,
    )  # fmt: skip
    rows, first = rows[free], first[free]
    if not priced:
        return _unpriced(rows, first)
    return _cost(columns, rows, first, diaries.days_of(rows, first, now), query, asked, now)


def _of_each_day(columns: Columns, rows: Rows, query: Query, asked: Hours, now: datetime) -> Offers:
    """The cheapest of the first starts of the days."""
    found = columns.diaries.each_day(rows, asked, place=place_asked(query), now=now)
    offers = _cost(columns, rows[found.owners], found.starts, found.days, query, asked, now)
    assert offers.total is not None
    return offers.take(_cheapest(found.owners, offers.total))


def _cost(
    columns: Columns, rows: Rows, first: Numbers, days: Numbers, query: Query, asked: Hours, now: datetime
) -> Offers:
    """These starts, each on its local day (ordinal), and what they cost."""
    minutes = columns.diaries.lengths(rows, asked.minutes)
    cost = hour_totals(columns, rows, days, minutes, place_asked(query), now)
    cents = measured(columns, rows, cost.total, query.per, minutes / 60)
    return Offers(rows, cents, cost.nightly, cost.total, starts=first)


def _unpriced(rows: Rows, first: Numbers) -> Offers:
    return Offers(rows, np.zeros(len(rows), np.int64), starts=first)


def _hours_of(query: Query) -> Hours | None:
    """The hours asked for, or those of a stay, on at most `MOST_DAYS` more days than the first."""
    hours = query.hours
    if hours is None and query.arrival is not None and query.departure is not None:
        hours = Hours(query.arrival, query.departure)
    return hours and replace(hours, last=min(hours.last, hours.first + timedelta(days=MOST_DAYS)))


def _varied(columns: Columns, rows: Rows) -> Mask:
    """Whose hours may cost something else on another day."""
    heads = columns.tariffs.heads.rows[columns["tariff"][rows]]
    found: Mask = (heads[:, DAYS] > 0) | (heads[:, STAYS] > 0) | columns["own_prices"][rows]
    return found


def _cheapest(owners: Numbers, totals: Numbers) -> Numbers:
    """The place of the first cheapest entry of each owner; those of one lie side by side."""
    if not len(owners):
        return owners
    firsts = np.flatnonzero(_changes(owners))
    least = np.repeat(np.minimum.reduceat(totals, firsts), np.diff(firsts, append=len(owners)))
    best = np.flatnonzero(totals == least)
    return best[_changes(owners[best])]


def _changes(owners: Numbers) -> Mask:
    """Which are the first of their owner."""
    found: Mask = np.ones(len(owners), np.bool_)
    found[1:] = owners[1:] != owners[:-1]
    return found


def place_asked(query: Query) -> Place | None:
    """Where somebody shall come to."""
    if not query.comes_to_me or query.latitude is None or query.longitude is None:
        return None
    return Place(query.latitude, query.longitude)
