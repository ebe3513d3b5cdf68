"""The cheapest stay of each listing among many arrivals and a few lengths.

Calendar words are shifted over themselves until a set bit means that so many nights are free from there on. Only what
is free is priced; where every night costs the same, the first free arrival of each length is enough.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Flexible, Mode, Per, Query
from hospes.modules.search.index.columns import NIGHTS, WORDS, Columns, Rows
from hospes.modules.search.index.offers import Offers, measured
from hospes.modules.search.index.sellable import first_arrivals
from hospes.modules.search.index.totals import Nights, Totals
from hospes.modules.search.policies.asking import MOST_ARRIVALS, MOST_LENGTHS
from hospes.modules.search.policies.wall_clock import MAX_NIGHTS

CELLS = 1_000_000  # nights priced at once
MOST_CELLS = 2_000_000  # nights priced where they differ; beyond that only the first stay of each length is
Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
ONE, ALL = np.uint64(1), np.uint64(2**64 - 1)


def flexible_stays(columns: Columns, rows: Rows, query: Query, asked: Flexible, now: datetime) -> Offers:
    """Those of the rows that have such a stay, with their cheapest by the measure of the question (`Per`); of equally
    cheap ones the first, then the shortest. At most `MOST_ARRIVALS` days from the first one and the `MOST_LENGTHS`
    shortest lengths are looked at."""
    window = _Window(columns, asked)
    if window.width < 1 or not window.lengths:
        rows = rows[:0]
    rows = rows[columns["mode"][rows] == Mode.NIGHTLY]
    free = window.free(columns, rows, now)
    left = np.flatnonzero(np.bitwise_or.reduce(free, axis=0))
    rows, free = rows[left], free[:, left]
    prices = _Prices(columns, query, window, rows, free)
    varied = (columns["tariff"][rows] > 0) | (columns["limit"][rows] > 0) | columns["own_prices"][rows]
    varied |= columns["base"][rows] == 0
    prices.alike(np.flatnonzero(~varied))
    prices.each(np.flatnonzero(varied), now)
    return prices.best()


class _Window:
    """The arrivals and lengths that are looked at."""

    def __init__(self, columns: Columns, asked: Flexible) -> None:
        self.first = max(asked.first, columns.first_night)
        self.offset = (self.first - columns.first_night).days
        self.width = min((asked.last - self.first).days + 1, MOST_ARRIVALS, NIGHTS - self.offset)
        self.lengths = sorted({each for each in asked.nights if 1 <= each <= MAX_NIGHTS})[:MOST_LENGTHS]
        days = [self.day(at) for at in range(self.width)]
        self._days = sum(1 << at for at, day in enumerate(days) if asked.weekdays >> day.weekday() & 1)

    def day(self, at: int) -> date:
        """The day of an arrival."""
        return self.first + timedelta(days=at)

    def free(self, columns: Columns, rows: Rows, now: datetime) -> Words:
        """For each length and row a bit for each arrival, set where the nights are free and the rules of time allow
        the stay; restrictions are not looked at."""
        found = np.zeros((max(len(self.lengths), 1), len(rows)), np.uint64)
        if not len(rows):
            return found
        earliest, today = first_arrivals(columns, rows, self.first, now)
        start = self.first.toordinal()
        days = ~_low_bits(earliest - start) & np.uint64(self._days)
        for place, (nights, runs) in enumerate(zip(self.lengths, self._runs(columns, rows), strict=True)):
            until = _low_bits(today + columns["horizon"][rows] - nights - start + 1)
            fits = (columns["min_nights"][rows] <= nights) & (columns["max_nights"][rows] >= nights)
            found[place] = np.where(fits, runs & until & days, 0)
        return found

    def _runs(self, columns: Columns, rows: Rows) -> list[Words]:
        """For each length a bit for each arrival, set where so many nights are free from there on, in one unit."""
        runs = self._runs_in(lambda word: columns.calendar[word][rows], len(rows))
        those, counts, units = columns.unit_nights.of(rows)
        if len(those):
            starts = np.cumsum(counts) - counts
            for mine, theirs in zip(runs, self._runs_in(lambda word: units[word], units.shape[1]), strict=True):
                mine[those] = np.bitwise_or.reduceat(theirs, starts)
        return runs

    def _runs_in(self, calendar: Callable[[int], Words], size: int) -> list[Words]:
        word, shift = divmod(self.offset, 64)
        count = (self.width + self.lengths[-1] + 63) // 64
        there = [
            calendar(at) if at < WORDS else np.zeros(size, np.uint64)  # from the first arrival to the last departure
            for at in range(word, word + count + 1)
        ]
        words, length, found = _shifted(there, shift)[:count], 1, list[Words]()
        for nights in self.lengths:
            words, length = _runs(words, length, nights), nights
            found.append(words[0])
        return found


class _Prices:
    """The best stay so far of each of the rows."""

    def __init__(self, columns: Columns, query: Query, window: _Window, rows: Rows, free: Words) -> None:
        self._columns, self._query, self._window, self._rows, self._free = columns, query, window, rows, free
        self._value: NDArray[np.float64] = np.full(len(rows), np.inf)
        self._cents, self._nightly, self._total, self._arrival, self._nights = np.zeros((5, len(rows)), np.int64)

    def _priced(self, rows: Rows, first: date, count: int) -> Nights:
        """So many nights from the first one."""
        return Nights(self._columns, rows, first, count, self._query.party, self._query.child_ages)

    def alike(self, those: Rows) -> None:
        """Where every night costs the same, the first arrival is as cheap as any other."""
        for place, nights in enumerate(self._window.lengths):
            bits = self._free[place][those]
            which, bits = those[bits > 0], bits[bits > 0]
            arrivals = np.bitwise_count((bits & (~bits + ONE)) - ONE).astype(np.int64)
            size = CELLS // nights
            for at in range(0, len(which), size):
                piece = which[at : at + size]
                priced = self._priced(self._rows[piece], self._window.first, nights)
                self._offer(piece, arrivals[at : at + size], nights, priced.stay(self._window.first, nights, 0))

    def each(self, those: Rows, now: datetime) -> None:
        """Where nights differ, every free stay that restrictions allow is priced; of very many listings the first of
        each length."""
        if not len(those):
            return
        today = self._columns.today(now)[self._columns["clock"][self._rows[those]]]
        free = self._permitted(those, today)
        window = self._window
        count = min(window.width - 1 + window.lengths[-1], NIGHTS - window.offset)
        if len(those) * count > MOST_CELLS:
            self._first_of(those, free, today)
            return
        size = max(CELLS // count, 1)
        for at in range(0, len(those), size):
            piece, bits = those[at : at + size], free[:, at : at + size]
            priced = self._priced(self._rows[piece], window.first, count)
            for place, nights in enumerate(window.lengths):
                for arrival in _set_bits(bits[place]):
                    day = window.day(arrival)
                    which = np.flatnonzero(bits[place] >> np.uint64(arrival) & ONE)
                    ahead = day.toordinal() - today[at + which]
                    self._offer(piece[which], arrival, nights, priced.stay(day, nights, ahead, which))

    def _first_of(self, those: Rows, free: Words, today: Numbers) -> None:
        """The first stay of each length."""
        for place, nights in enumerate(self._window.lengths):
            bits = free[place] & (~free[place] + ONE)
            for arrival in _set_bits(bits):
                day = self._window.day(arrival)
                which = np.flatnonzero(bits == ONE << np.uint64(arrival))
                for at in range(0, len(which), CELLS // nights):
                    some = which[at : at + CELLS // nights]
                    priced = self._priced(self._rows[those[some]], day, nights)
                    self._offer(those[some], arrival, nights, priced.stay(day, nights, day.toordinal() - today[some]))

    def _permitted(self, those: Rows, today: Numbers) -> Words:
        """The free arrivals of these that restrictions allow. Each set of restrictions is asked once."""
        free = self._free[:, those]
        codes = self._columns["limit"][self._rows[those]].astype(np.int64)
        if not codes.any():
            return free
        keys, which = np.unique(codes << 24 | today, return_inverse=True)
        codes, today = keys >> 24, keys & (1 << 24) - 1
        for place, nights in enumerate(self._window.lengths):
            allowed = np.zeros(len(keys), np.uint64)
            for arrival in _set_bits(free[place]):
                day = self._window.day(arrival)
                fits = self._columns.limits.allowed(codes, day, nights, day.toordinal() - today)
                allowed |= fits.astype(np.uint64) << np.uint64(arrival)
            free[place] &= allowed[which]
        return free

    def best(self) -> Offers:
        """What has been found."""
        found = np.flatnonzero(self._nights)
        arrival = self._arrival[found] + self._window.first.toordinal()
        return Offers(
            self._rows[found],
            self._cents[found],
            self._nightly[found],
            self._total[found],
            arrival,
            self._nights[found],
        )

    def _offer(self, which: Rows, arrival: Numbers | int, nights: int, of: Totals) -> None:
        """Take these stays where they are cheaper, or as cheap and earlier, or then shorter."""
        value = of.total / nights if self._query.per is Per.NIGHT else of.total.astype(np.float64)
        days = np.broadcast_to(np.asarray(arrival, np.int64), which.shape)
        old, before = self._value[which], self._arrival[which]
        sooner = (days < before) | ((days == before) & (nights < self._nights[which]))
        take = np.flatnonzero((value < old) | ((value == old) & sooner))
        those, totals = which[take], of.total[take]
        self._value[those], self._arrival[those], self._nights[those] = value[take], days[take], nights
        self._total[those], self._nightly[those] = totals, of.nightly[take]
        self._cents[those] = measured(self._columns, self._rows[those], totals, self._query.per, nights)


def _shifted(words: list[Words], nights: int) -> list[Words]:
    """The same some nights later."""
    whole, shift = divmod(nights, 64)
    later = [*words[whole:], *([np.zeros_like(words[0])] * whole)]
    if not shift:
        return later
    low, high = np.uint64(shift), np.uint64(64 - shift)
    after = [*later[1:], np.zeros_like(words[0])]
    return [word >> low | following << high for word, following in zip(later, after, strict=True)]


def _runs(words: list[Words], length: int, nights: int) -> list[Words]:
    """From bits that say that so many nights from there are free, to those for `nights`, which are as many or more."""
    while length < nights:
        more = min(length, nights - length)
        words = [word & later for word, later in zip(words, _shifted(words, more), strict=True)]
        length += more
    return words


def _low_bits(counts: Numbers) -> Words:
    """Words with so many of the lowest bits set, at most 63."""
    return (ONE << np.clip(counts, 0, 63).astype(np.uint64)) - ONE


def _set_bits(words: Words) -> list[int]:
    """The bits that any of the words has."""
    together = int(np.bitwise_or.reduce(words))
    return [at for at in range(MOST_ARRIVALS) if together >> at & 1]
