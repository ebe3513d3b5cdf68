"""Which stays hosts allow, of many listings at once: where pricing's `check_restrictions` would not raise.

Each distinct set of restrictions is kept once: a small number for each listing. Only those of the resource itself are
known here, not those of rate plans.
"""

from collections.abc import Callable, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.pricing.contracts import Restriction
from hospes.modules.search.policies.ranking import most_specific_first
from hospes.modules.search.tables.day_patterns import SPAN, DayPatterns, Numbers, codes_in_use, renumbered

Mask = NDArray[np.bool_]
LONG = 2**15 - 1  # longer than any stay, and further ahead than anybody books
LARGEST_KEY = 2**50
# What a combination tells, its place in the row of numbers, and what holds where nobody says anything.
_STOP, _NO_ARRIVAL, _NO_DEPARTURE, _LEAST_ARRIVING, _LEAST, _MOST, _SOONEST, _LATEST = range(8)
_NOTHING = np.array([0, 0, 0, 0, 0, LONG, -LONG, LONG], np.int16)
_SAYS: tuple[Callable[[Restriction], int | bool | None], ...] = (
    lambda each: each.stop_sell,
    lambda each: each.closed_to_arrival,
    lambda each: each.closed_to_departure,
    lambda each: each.min_stay_on_arrival,
    lambda each: each.min_stay,
    lambda each: each.max_stay,
    lambda each: each.min_advance_days,
    lambda each: each.max_advance_days,
)


class Limits:
    """Distinct sets of restrictions by code; code 0 allows everything."""

    def __init__(self, first_night: date) -> None:
        self._days = DayPatterns(first_night, _NOTHING)
        self._seen: dict[bytes, int] = {}

    @property
    def first_night(self) -> date:
        """Stays from here on, that end less than `SPAN` days later, can be asked for."""
        return self._days.first_day

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, and about that of what finds equal sets."""
        return self._days.nbytes + 150 * len(self._seen)

    def intern(self, restrictions: Sequence[Restriction]) -> int:
        """The code of these restrictions, oldest first: of equally specific ones the newest speaks."""
        if not restrictions:
            return 0
        mine = [each for each in reversed(restrictions) if each.plan_id is None]
        if not mine:
            return 0
        ranked = most_specific_first(mine)
        digest = blake2b(repr([_key(each) for each in ranked]).encode(), digest_size=16).digest()
        if digest not in self._seen:
            self._seen[digest] = self._add(ranked)
        return self._seen[digest]

    def allowed(self, codes: NDArray[Any], arrival: date, count: int, ahead: Numbers | int) -> Mask:
        """For each of the codes whether the nights [arrival, arrival + count) may be booked; `ahead`: days from today
        at the property to the arrival, one for each code or the same for all."""
        fits = np.ones(len(codes), np.bool_)
        those = np.flatnonzero(codes)
        if len(those):
            days = ahead[those] if isinstance(ahead, np.ndarray) else ahead
            fits[those] = self._allowed(codes[those].astype(np.int64), arrival, count, days)
        return fits

    def tidied(self, codes: NDArray[Any]) -> tuple["Limits", NDArray[np.uint32]] | None:
        """Only what these codes stand for, and the codes they have from then on; None when there is little else."""
        used = codes_in_use(codes, self._days.used)
        if used is None:
            return None
        made = Limits(self.first_night)
        made._days, made._seen = self._days.kept(used), renumbered(self._seen, used)
        return made, np.searchsorted(used, codes).astype(np.uint32)

    def parts(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """The arrays and the facts, for `from_parts`."""
        keys = np.frombuffer(b"".join(self._seen), np.uint64).reshape(-1, 2)
        arrays = {**self._days.parts(), "keys": keys, "codes": np.array(list(self._seen.values()), np.uint32)}
        return arrays, {"first_night": self.first_night.isoformat()}

    @classmethod
    def from_parts(cls, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> "Limits":
        """What `parts` was asked of."""
        found = cls(date.fromisoformat(facts["first_night"]))
        found._days = DayPatterns.from_parts(found.first_night, arrays)
        keys = arrays["keys"].tobytes()
        found._seen = {keys[at * 16 : at * 16 + 16]: code for at, code in enumerate(arrays["codes"].tolist())}
        return found

    def _allowed(self, codes: Numbers, arrival: date, count: int, ahead: Numbers | int) -> Mask:
        first = (arrival - self.first_night).days
        combos = self._days.combos
        there = combos[self._days.at(codes, first)]
        fits: Mask = (
            (there[:, _NO_ARRIVAL] == 0)
            & (there[:, _LEAST_ARRIVING] <= count)
            & (there[:, _SOONEST] <= ahead)
            & (there[:, _LATEST] >= ahead)
            & (combos[self._days.at(codes, first + count), _NO_DEPARTURE] == 0)
        )
        refused = (combos[:, _STOP] != 0) | (combos[:, _LEAST] > count) | (combos[:, _MOST] < count)
        left = np.flatnonzero(fits)
        for _, bases, local in self._days.spread(codes[left], first, count):
            fits[left] &= ~refused[bases[:, None] + local].any(axis=1)
        return fits

    def _add(self, ranked: Sequence[Restriction]) -> int:
        winners = [self._winners(ranked, says) for says in _SAYS]
        keys: Numbers = np.zeros(SPAN, np.int64)
        for each in winners:
            keys = keys * (int(each.max()) + 1) + each
            if keys.max() > LARGEST_KEY:
                keys = np.unique(keys, return_inverse=True)[1]
        example = dict(zip(keys.tolist(), range(SPAN), strict=True))
        return self._days.add(keys, lambda key: self._row(ranked, [int(each[example[key]]) for each in winners]))

    def _winners(self, ranked: Sequence[Restriction], says: Callable[[Restriction], int | bool | None]) -> Numbers:
        """For each day which of the restrictions speaks, counted from 1; 0 is none."""
        winners: Numbers = np.zeros(SPAN, np.int64)
        for place in range(len(ranked), 0, -1):
            each = ranked[place - 1]
            if says(each) is not None:
                where, those = self._days.days_of(each.first, each.last, each.weekdays)
                winners[where][those] = place
        return winners

    @staticmethod
    def _row(ranked: Sequence[Restriction], speaking: Sequence[int]) -> list[int]:
        row: list[int] = _NOTHING.tolist()
        for place, (says, winner) in enumerate(zip(_SAYS, speaking, strict=True)):
            said = says(ranked[winner - 1]) if winner else None
            if said is not None and (said or place == _LATEST):
                row[place] = int(said)
        return row


def _key(each: Restriction) -> tuple[object, ...]:
    first = 0 if each.first is None else each.first.toordinal()
    last = 0 if each.last is None else each.last.toordinal()
    return first, last, each.weekdays, *(says(each) for says in _SAYS)
