"""What hours and places on departures cost, of many listings at once: the number that pricing's `price_span` and
`price_seats` come to, in integers. Each listing has a day of its own. docs/pricing.md tells the order of rules.
"""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from hospes.modules.inventory.contracts import Place
from hospes.modules.pricing.contracts import Party
from hospes.modules.search.index.charges import DAYS, adjust, day_changes, share, taxes
from hospes.modules.search.index.columns import Columns, Rows
from hospes.modules.search.index.totals import Totals

Numbers = NDArray[np.int64]
SAFE = 2**30  # below it the product of two amounts is no longer than 64 bits


def hour_totals(
    columns: Columns, rows: Rows, days: Numbers, minutes: Numbers, to: Place | None, now: datetime
) -> Totals:
    """So many minutes on a local day (ordinal) of each row's; `to`: where somebody shall come to. `nightly` is the
    hour."""
    heads, hour, own = _day(columns, rows, days)
    sums = _minutes(hour, minutes)
    for change in _changes(columns, heads, days, hour, own):
        sums = np.maximum(sums + _minutes(change, minutes), 0)
    _advance(columns, rows, sums, heads, days, now)
    if to is not None:
        sums += columns.diaries.travel_fees(rows, to)
    return Totals(_charged(columns, rows, sums, heads), hour)


def place_totals(columns: Columns, rows: Rows, days: Numbers, prices: Numbers, party: Party, now: datetime) -> Totals:
    """Places for the party on a departure of each row's that has this price of its own (-1: none) on this local day
    (ordinal). `nightly` is a grown-up's place."""
    heads, usual, own = _day(columns, rows, days)
    adult, own = np.where(prices >= 0, prices, usual), own | (prices >= 0)
    sums = party.adults * (adult + sum(_changes(columns, heads, days, adult, own)))
    if party.children:
        child = _child_place(columns["base"][rows], columns.sailings.child_amounts(rows), adult)
        sums += party.children * (child + sum(_changes(columns, heads, days, child, own)))
    _advance(columns, rows, sums, heads, days, now)
    return Totals(_charged(columns, rows, sums, heads), adult)


def _day(columns: Columns, rows: Rows, days: Numbers) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """The tariff of each row, the price of its day, and whether that is the day's own."""
    heads = columns.tariffs.heads.rows[columns["tariff"][rows]].astype(np.int64)
    price, own = columns["base"][rows].astype(np.int64), columns["own_prices"][rows].copy()
    some = np.flatnonzero(own)
    if len(some):
        amounts = columns.own.on(rows[some], days[some] - columns.first_night.toordinal())
        own[some] = amounts >= 0
        price[some] = np.where(amounts >= 0, amounts, price[some])
    return heads, price, own


def _changes(
    columns: Columns, heads: Numbers, days: Numbers, amounts: Numbers, own: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """What weekday and season change about each amount; an own price knows neither."""
    weekday: Numbers = np.zeros(len(amounts), np.int64)
    season: Numbers = np.zeros(len(amounts), np.int64)
    those = np.flatnonzero((heads[:, DAYS] > 0) & ~own)
    if len(those):
        patterns = columns.tariffs.days
        at = patterns.on(heads[those, DAYS], days[those] - patterns.first_day.toordinal())
        weekday[those], season[those] = day_changes(patterns.combos[at], amounts[those])
    return weekday, season


def _minutes(hour: Numbers, minutes: Numbers) -> Numbers:
    """So many minutes at a price by the hour, rounded half up."""
    return (2 * hour * minutes + 60) // 120


def _child_place(base: Numbers, child: Numbers, adult: Numbers) -> Numbers:
    """The same share of this adult's place as of the usual one."""
    found: Numbers = np.where(child < 0, adult, np.minimum(child, adult))
    shared = (child >= 0) & (base > 0)
    small = np.flatnonzero(shared & (child < SAFE) & (adult < SAFE))
    found[small] = (2 * adult[small] * child[small] + base[small]) // (2 * base[small])
    for at in np.flatnonzero(shared & ((child >= SAFE) | (adult >= SAFE))).tolist():
        whole = int(base[at])
        found[at] = (2 * int(adult[at]) * int(child[at]) + whole) // (2 * whole)
    return found


def _advance(columns: Columns, rows: Rows, sums: Numbers, heads: Numbers, days: Numbers, now: datetime) -> None:
    """Early bird or last minute."""
    adjust(columns.tariffs, sums, heads, days, days - columns.today(now)[columns["clock"][rows]])


def _charged(columns: Columns, rows: Rows, sums: Numbers, heads: Numbers) -> Numbers:
    """With cleaning, service fee and taxes."""
    sums = sums + columns["cleaning"][rows]
    service = share(sums, columns["service"][rows].astype(np.int64))
    return sums + service + taxes(columns.tariffs, sums, heads)
