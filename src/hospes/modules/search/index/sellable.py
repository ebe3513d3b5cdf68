"""Which rows can be booked on given dates: what booking would say, asked of many listings at once."""

from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.index.columns import NIGHTS, Columns, Mask, Rows, Span
from hospes.modules.search.policies.wall_clock import MAX_NIGHTS, earliest_today, latest_today, least_wait

MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
Ordinals = NDArray[np.int64]


def nights_known(columns: Columns, arrival: date, count: int) -> bool:
    """Whether such a stay lies within the calendar at all."""
    first = (arrival - columns.first_night).days
    return first >= 0 and 1 <= count <= MAX_NIGHTS and first + count <= NIGHTS


def free_nights(columns: Columns, span: Span, arrival: date, count: int, now: datetime) -> Mask:
    """Of a slice of the rows, those free on all of [arrival, arrival + count), for stays of that length.

    The rules of time are looked at as far as they are the same all over the world: `by_the_clock` tells the rest."""
    part = slice(*span)
    words = night_words((arrival - columns.first_night).days, count)
    fits: Mask = np.equal(columns.calendar[words[0][0], part] & words[0][1], words[0][1])
    for word, mask in words[1:]:
        fits &= (columns.calendar[word, part] & mask) == mask
    fits &= columns["min_nights"][part] <= count
    fits &= columns["max_nights"][part] >= count
    ahead = (arrival - latest_today(now)).days + count
    if ahead > 0:
        fits &= columns["horizon"][part] >= ahead
    return fits


def by_the_clock(columns: Columns, rows: Rows, arrival: date, count: int, now: datetime) -> Rows:
    """Those of `free_nights` with one unit for the whole stay, whose notice and horizon allow it by the clock there."""
    rows = rows[columns.unit_nights.stay_in_one(rows, night_words((arrival - columns.first_night).days, count))]
    departure = arrival + timedelta(days=count)
    if arrival < latest_today(now):
        unsure = np.arange(len(rows))
    else:
        hours = max(least_wait(arrival, now) // HOUR, 0)
        far = columns["horizon"][rows] < (departure - earliest_today(now)).days
        unsure = np.flatnonzero(far | (columns["notice"][rows] > hours))
    if not len(unsure):
        return rows
    earliest, today = first_arrivals(columns, rows[unsure], arrival, now)
    keep = np.ones(len(rows), np.bool_)
    keep[unsure] = (earliest <= arrival.toordinal()) & (
        today + columns["horizon"][rows[unsure]] >= departure.toordinal()
    )
    return rows[keep]


def first_arrivals(columns: Columns, rows: Rows, asked: date, now: datetime) -> tuple[Ordinals, Ordinals]:
    """The first day on which somebody may arrive by the notice, and today, at each property, as ordinals.

    A first day before `asked` may be told as any day up to it."""
    codes = columns["clock"][rows].astype(np.int64)
    today = columns.today(now)[codes]
    first = today.copy()
    hours = max(least_wait(asked, now) // HOUR, 0)
    waiting = np.flatnonzero(columns["notice"][rows] > hours)
    keys = codes[waiting] << 16 | columns["notice"][rows[waiting]]
    distinct, which = np.unique(keys, return_inverse=True)
    days = [_after_notice(columns, key >> 16, key & 0xFFFF, now) for key in distinct.tolist()]
    first[waiting] = np.maximum(first[waiting], np.array(days, np.int64)[which]) if days else first[waiting]
    return first, today


def _after_notice(columns: Columns, code: int, hours: int, now: datetime) -> int:
    """The first day whose check-in is so many hours away."""
    clock, soonest = columns.clocks[code], now + hours * HOUR
    day = clock.today(soonest) - timedelta(days=1)
    while clock.check_in(day) < soonest:
        day += timedelta(days=1)
    return day.toordinal()


def night_words(first: int, count: int) -> list[tuple[int, np.uint64]]:
    """Which bits of which calendar words the nights [first, first + count) are."""
    words: list[tuple[int, np.uint64]] = []
    for word in range(first // 64, (first + count - 1) // 64 + 1):
        low, high = max(first, word * 64) - word * 64, min(first + count, word * 64 + 64) - word * 64
        words.append((word, np.uint64(((1 << (high - low)) - 1) << low)))
    return words
