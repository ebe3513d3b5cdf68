"""Which of a few combinations of rules holds on each day, one byte a day, for many sets of rules.

A pattern is made of pages of 256 days, so that a page never has more combinations than a byte can tell apart. A page
says which, not what: sets of rules that differ only in their amounts share it. What a combination is, a row of numbers,
lies in `combos`, those of one set next to each other from its base on. Set 0, page 0 and combination 0 are nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.tables.growing import Growing

PAGE = 256
PAGES = 3
SPAN = PAGE * PAGES
FORGOTTEN = 1_000  # so many that nobody has any more are not worth the work
Numbers = NDArray[np.int64]


class DayPatterns:
    """Patterns of the `SPAN` days from `first_day`; `nothing` is the row of numbers of combination 0."""

    def __init__(self, first_day: date, nothing: NDArray[Any]) -> None:
        self.first_day = first_day
        self._sets = Growing(np.zeros((1, 2 * PAGES), np.uint32))  # the pages, then their bases
        self._pages = Growing(np.zeros((1, PAGE), np.uint8))
        self._combos = Growing(nothing[np.newaxis].copy())
        self._seen = {_digest(self._pages.rows[0]): 0}
        self._weekdays = (first_day.weekday() + np.arange(SPAN)) % 7

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, and about that of what finds equal pages."""
        return self._sets.nbytes + self._pages.nbytes + self._combos.nbytes + 150 * len(self._seen)

    @property
    def used(self) -> int:
        """How many sets there are."""
        return self._sets.used

    @property
    def combos(self) -> NDArray[Any]:
        """A row of numbers for each combination; valid until the next `add`."""
        return self._combos.rows

    def days_of(self, first: date | None, last: date | None, weekdays: int) -> tuple[slice, NDArray[np.bool_]]:
        """Where [first, last] lies in the pattern, and which of these days are of the weekdays (bit 0 is Monday)."""
        low = 0 if first is None else max((first - self.first_day).days, 0)
        high = SPAN if last is None else min((last - self.first_day).days + 1, SPAN)
        where = slice(min(low, SPAN), max(high, min(low, SPAN)))
        return where, (weekdays >> self._weekdays[where] & 1).astype(np.bool_)

    def add(self, keys: Numbers, row_of: Callable[[int], Sequence[int]]) -> int:
        """A new set: `keys` say for each day which combination it is, 0 for none; `row_of` tells its numbers."""
        seen, local = np.unique(keys, return_inverse=True)
        if len(seen) <= PAGE:
            bases = [self._combos.append([row_of(key) for key in seen.tolist()])] * PAGES
            pages = [self._page(local[at : at + PAGE]) for at in range(0, SPAN, PAGE)]
            return self._sets.append([*pages, *bases])
        pages, bases = [], []
        for at in range(0, SPAN, PAGE):
            seen, local = np.unique(keys[at : at + PAGE], return_inverse=True)
            bases.append(self._combos.append([row_of(key) for key in seen.tolist()]))
            pages.append(self._page(local))
        return self._sets.append([*pages, *bases])

    def at(self, codes: Numbers, day: int) -> Numbers:
        """For each set the combination of one day, counted from the first."""
        page, place = divmod(day, PAGE)
        sets = self._sets.rows[codes]
        found: Numbers = sets[:, PAGES + page].astype(np.int64) + self._pages.rows[sets[:, page], place]
        return found

    def on(self, codes: Numbers, days: Numbers) -> Numbers:
        """For each set the combination of a day of its own, counted from the first; a day outside is the nearest."""
        page, place = np.divmod(np.clip(days, 0, SPAN - 1), PAGE)
        sets, each = self._sets.rows[codes], np.arange(len(codes))
        found: Numbers = sets[each, PAGES + page].astype(np.int64) + self._pages.rows[sets[each, page], place]
        return found

    def spread(self, codes: Numbers, first: int, count: int) -> Iterator[tuple[slice, Numbers, NDArray[np.uint8]]]:
        """For the days [first, first + count) of these sets, a page at a time: which of the days they are, for each
        set its base, and for each set and day the combination counted from that."""
        if first < 0 or first + count > SPAN:
            raise ValueError(f"days {first} to {first + count} lie outside the pattern")
        pages, day = self._pages.rows.reshape(-1), first
        while day < first + count:
            page, place = divmod(day, PAGE)
            end = min(first + count, (page + 1) * PAGE)
            sets = self._sets.rows.take(codes, axis=0).astype(np.int64)
            starts = sets[:, page] * PAGE + place
            local = pages.take(starts[:, None] + np.arange(end - day))
            yield slice(day - first, end - first), sets[:, PAGES + page], local
            day = end

    def kept(self, sets: Numbers) -> "DayPatterns":
        """Only these sets, which begin with 0, counted from 0 in this order."""
        made, rows = DayPatterns(self.first_day, self._combos.rows[0]), self._sets.rows[sets].astype(np.int64)
        used, pages = np.unique(rows[:, :PAGES], return_inverse=True)
        widths = self._pages.rows[used].max(axis=1).astype(np.int64)[pages.reshape(-1)] + 1
        bases, which = np.unique(rows[:, PAGES:], return_inverse=True)
        counts: Numbers = np.zeros(len(bases), np.int64)
        np.maximum.at(counts, which.reshape(-1), widths)
        starts = np.cumsum(counts) - counts
        places = np.repeat(bases - starts, counts) + np.arange(int(counts.sum()))
        there = np.concatenate([pages.reshape(-1, PAGES), starts[which.reshape(-1, PAGES)]], axis=1)
        made._sets = Growing(there.astype(np.uint32))
        made._pages, made._combos = Growing(self._pages.rows[used]), Growing(self._combos.rows[places])
        made._seen = {_digest(page): place for place, page in enumerate(made._pages.rows)}
        return made

    def parts(self) -> dict[str, NDArray[Any]]:
        """The arrays, for `from_parts`."""
        return {"sets": self._sets.rows, "pages": self._pages.rows, "combos": self._combos.rows}

    @classmethod
    def from_parts(cls, first_day: date, arrays: dict[str, NDArray[Any]]) -> "DayPatterns":
        """What `parts` was asked of."""
        found = cls(first_day, arrays["combos"][0])
        found._sets, found._pages = Growing(arrays["sets"]), Growing(arrays["pages"])
        found._combos = Growing(arrays["combos"])
        found._seen = {_digest(page): place for place, page in enumerate(arrays["pages"])}
        return found

    def _page(self, local: NDArray[Any]) -> int:
        page = local.astype(np.uint8)
        key = _digest(page)
        if key not in self._seen:
            self._seen[key] = self._pages.append(page)
        return self._seen[key]


def codes_in_use(codes: NDArray[Any], known: int) -> Numbers | None:
    """Which of so many codes are in use, 0 always among them; None unless most are not."""
    found = np.bincount(codes, minlength=known)
    found[0] = 1
    used = np.flatnonzero(found)
    return used if 2 * len(used) + FORGOTTEN < known else None


def renumbered(seen: dict[bytes, int], used: Numbers) -> dict[bytes, int]:
    """Those that are used, by their places among these."""
    places = {code: place for place, code in enumerate(used.tolist())}
    return {key: places[code] for key, code in seen.items() if code in places}


def _digest(page: NDArray[np.uint8]) -> bytes:
    return blake2b(page.tobytes(), digest_size=16).digest()
