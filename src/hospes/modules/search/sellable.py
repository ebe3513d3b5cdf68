"""Which rows can be booked on given dates: what booking would say, asked of many listings at once."""

from datetime import date, datetime, timedelta

import numpy as np

from hospes.modules.search.columns import NIGHTS, Columns, Mask, Rows
from hospes.modules.search.policies.wall_clock import MAX_NIGHTS, earliest_today, latest_today, least_wait

MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1) // MICROSECOND


def sellable(columns: Columns, rows: Rows, arrival: date, departure: date, now: datetime) -> Rows:
    """Those of the rows whose nights are free and whose rules allow the stay, in the same order."""
    first, count = (arrival - columns.first_night).days, (departure - arrival).days
    if first < 0 or not 1 <= count <= MAX_NIGHTS or first + count > NIGHTS:
        return rows[:0]
    for word, mask in _night_words(first, count):
        rows = rows[(columns.calendar[word][rows] & mask) == mask]
    ahead = (departure - latest_today(now)).days
    fits: Mask = (
        (columns["mode"][rows] == 0) & (columns["min_nights"][rows] <= count) & (columns["max_nights"][rows] >= count)
        & (columns["horizon"][rows] >= max(ahead, 0))
    )  # fmt: skip
    rows = rows[fits]
    unsure = np.flatnonzero(_unsure(columns, rows, arrival, departure, now))
    if not len(unsure):
        return rows
    keep = np.ones(len(rows), np.bool_)
    keep[unsure] = _by_the_clock_there(columns, rows[unsure], arrival, departure, now)
    return rows[keep]


def _unsure(columns: Columns, rows: Rows, arrival: date, departure: date, now: datetime) -> Mask:
    """Rows where the answer depends on what time it is at the property."""
    today = earliest_today(now)
    if arrival < latest_today(now):
        return np.ones(len(rows), np.bool_)
    hours = least_wait(arrival, now) // timedelta(hours=1)
    unsure: Mask = (columns["horizon"][rows] < (departure - today).days) | (columns["notice"][rows] > max(hours, 0))
    return unsure


def _by_the_clock_there(columns: Columns, rows: Rows, arrival: date, departure: date, now: datetime) -> Mask:
    codes = columns["clock"][rows].astype(np.int64)
    seen = np.flatnonzero(np.bincount(codes))
    today, wait = np.zeros(len(columns.clocks), np.int64), np.zeros(len(columns.clocks), np.int64)
    for code in seen.tolist():
        clock = columns.clocks[code]
        today[code] = clock.today(now).toordinal()
        wait[code] = (clock.check_in(arrival) - now) // MICROSECOND
    there, notice = today[codes], columns["notice"][rows].astype(np.int64)
    fits: Mask = (
        (there <= arrival.toordinal())
        & (columns["horizon"][rows] >= departure.toordinal() - there)
        & ((notice == 0) | (wait[codes] >= notice * HOUR))
    )
    return fits


def _night_words(first: int, count: int) -> list[tuple[int, np.uint64]]:
    """Which bits of which calendar words the nights [first, first + count) are."""
    words: list[tuple[int, np.uint64]] = []
    for word in range(first // 64, (first + count - 1) // 64 + 1):
        low, high = max(first, word * 64) - word * 64, min(first + count, word * 64 + 64) - word * 64
        words.append((word, np.uint64(((1 << (high - low)) - 1) << low)))
    return words
