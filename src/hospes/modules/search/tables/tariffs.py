"""What comes on top of base prices, each distinct tariff kept once: a small number for each listing.

Equal parts are kept once too: the rules that differ from day to day, those that look at the stay, and the taxes. What
they say about a stay is summed up in totals.py. Only what pricing does without a rate plan is known here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.pricing.contracts import PriceRule, RuleKind, Tax, TaxKind
from hospes.modules.search.contracts import Tariff
from hospes.modules.search.policies.ranking import most_specific_first
from hospes.modules.search.tables.day_patterns import SPAN, DayPatterns, Numbers, codes_in_use, renumbered
from hospes.modules.search.tables.growing import Growing

LENGTH, EARLY, LATE = 0, 1, 2
EVER = 2**31 - 1
LATELY = 4_096  # tariffs found again without a closer look; the loader reads equal ones once
SINGLE = (RuleKind.WEEKDAY, RuleKind.SEASON, RuleKind.EXTRA_ADULT)  # one of each speaks on a day
BY_DAY = (*SINGLE, RuleKind.CHILD)
BY_STAY = {RuleKind.LENGTH: LENGTH, RuleKind.EARLY_BIRD: EARLY, RuleKind.LAST_MINUTE: LATE}
PARTS = ("days", "stays", "taxes", "heads")
AGES = 18  # 0 to 17
_NO_CHANGE = (0,) * 10


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of several lists: the entries themselves, and for each the place of its list's owner."""

    rows: NDArray[Any]
    owners: Numbers


class Lists:
    """Short lists of rows of numbers, one after the other; list 0 is empty."""

    def __init__(self, entries: NDArray[Any], ends: Numbers | None = None) -> None:
        self._entries = Growing(entries)
        self._ends = Growing(np.zeros(1, np.int64) if ends is None else ends)

    @property
    def nbytes(self) -> int:
        """Memory."""
        return self._entries.nbytes + self._ends.nbytes

    def add(self, rows: Sequence[Sequence[int]]) -> int:
        """A new list."""
        self._entries.append(rows)
        return self._ends.append([self._entries.used])

    def of(self, codes: Numbers) -> Entries:
        """The entries of these lists, in the order asked."""
        ends = self._ends.rows
        starts = np.where(codes > 0, ends[codes - 1], 0)
        lengths = ends[codes] - starts
        owners = np.repeat(np.arange(len(codes)), lengths)
        places = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(len(owners))
        return Entries(self._entries.rows.take(places, axis=0), owners)

    def kept(self, codes: Numbers) -> "Lists":
        """Only these lists, which begin with 0, counted from 0 in this order."""
        entries = self.of(codes)
        return Lists(entries.rows, np.cumsum(np.bincount(entries.owners, minlength=len(codes))))

    def parts(self) -> tuple[NDArray[Any], Numbers]:
        """The arrays, for the constructor."""
        return self._entries.rows, self._ends.rows


class Tariffs:
    """Distinct tariffs by code; code 0 has no rules and no taxes on top. Cleaning and service fees are columns.

    `heads`: for each code its set in `days`, its list in `stays` and its list in `taxes`. A combination of days: basis
    points and minor units of weekday, of season and of each extra adult, above how many adults, basis points and minor
    units of each child of unknown age, and a row of `children`: the same for each age. An entry of `stays`: kind,
    weekdays, first and last day (ordinals), least and most (nights or days ahead), basis points. An entry of `taxes`:
    basis points of what is on top, minor units for each guest and night, for how many nights, and under which age not.
    """

    def __init__(self, first_night: date) -> None:
        self.heads = Growing(np.zeros((1, 3), np.uint32))
        self.days = DayPatterns(first_night, np.array(_NO_CHANGE, np.int64))
        self.stays = Lists(np.zeros((0, 7), np.int32))
        self.taxes = Lists(np.zeros((0, 4), np.int64))
        self.children = Growing(np.zeros((1, 2 * AGES), np.int64))
        self._seen: dict[str, dict[bytes, int]] = {part: {} for part in (*PARTS, "children")}
        self._lately: dict[tuple[int, int], tuple[tuple[Tax, ...], tuple[PriceRule, ...], int]] = {}

    def __len__(self) -> int:
        return self.heads.used

    @property
    def first_night(self) -> date:
        """Stays from here on, that end at most `SPAN` days later, can be priced."""
        return self.days.first_day

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, and about that of what finds equal tariffs."""
        parts = (self.heads, self.days, self.stays, self.taxes, self.children)
        arrays = sum(each.nbytes for each in parts)
        return arrays + 150 * sum(map(len, self._seen.values()))

    def intern(self, tariff: Tariff) -> int:
        """The code of a tariff; its fees, and ids and names of rules and taxes make no difference."""
        taxes, rules = tariff.taxes, tariff.rules
        if not (taxes or rules):
            return 0
        place = id(taxes), id(rules)  # both are kept in `_lately`, so nothing else can lie there
        if place not in self._lately:
            if len(self._lately) == LATELY:
                self._lately.clear()
            self._lately[place] = taxes, rules, self._intern(taxes, rules)
        return self._lately[place][2]

    def tidied(self, codes: NDArray[Any]) -> tuple["Tariffs", NDArray[np.uint32]] | None:
        """Only what these codes stand for, and the codes they have from then on; None when there is little else."""
        used = codes_in_use(codes, len(self))
        if used is None:
            return None
        made, heads = Tariffs(self.first_night), self.heads.rows[used].astype(np.int64)
        days, stays, taxes = (np.unique(part) for part in heads.T)
        made.days, made.stays, made.taxes = self.days.kept(days), self.stays.kept(stays), self.taxes.kept(taxes)
        parts = [np.searchsorted(those, part) for those, part in zip((days, stays, taxes), heads.T, strict=True)]
        made.heads = Growing(np.stack(parts, axis=1).astype(np.uint32))
        in_use = zip(PARTS, (days, stays, taxes, used), strict=True)
        made._seen = {part: renumbered(self._seen[part], those) for part, those in in_use}
        made.children, made._seen["children"] = self.children, self._seen["children"]
        return made, np.searchsorted(used, codes).astype(np.uint32)

    def parts(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """The arrays and the facts, for `from_parts`."""
        stays, stay_ends = self.stays.parts()
        taxes, tax_ends = self.taxes.parts()
        arrays = {
            "heads": self.heads.rows,
            "stays": stays,
            "stay_ends": stay_ends,
            "taxes": taxes,
            "tax_ends": tax_ends,
            "children": self.children.rows,
            **{f"day_{name}": each for name, each in self.days.parts().items()},
        }
        for part, seen in self._seen.items():
            arrays[f"keys_{part}"] = np.frombuffer(b"".join(seen), np.uint64).reshape(-1, 2)
            arrays[f"codes_{part}"] = np.array(list(seen.values()), np.uint32)
        return arrays, {"first_night": self.first_night.isoformat()}

    @classmethod
    def from_parts(cls, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> "Tariffs":
        """What `parts` was asked of."""
        found = cls(date.fromisoformat(facts["first_night"]))
        found.heads = Growing(arrays["heads"])
        found.stays = Lists(arrays["stays"], arrays["stay_ends"])
        found.taxes = Lists(arrays["taxes"], arrays["tax_ends"])
        found.children = Growing(arrays["children"])
        days = {name.removeprefix("day_"): each for name, each in arrays.items() if name.startswith("day_")}
        found.days = DayPatterns.from_parts(found.first_night, days)
        for part, seen in found._seen.items():
            keys = arrays[f"keys_{part}"].tobytes()
            codes = arrays[f"codes_{part}"].tolist()
            seen.update({keys[at * 16 : at * 16 + 16]: code for at, code in enumerate(codes)})
        return found

    def _intern(self, taxes: Sequence[Tax], rules: Sequence[PriceRule]) -> int:
        mine = [each for each in rules if each.plan_id is None]
        charged = [row for row in map(_tax_row, taxes) if any(row[:2])]
        if not (mine or charged):
            return 0
        by_day = [each for each in mine if each.kind in BY_DAY]
        by_stay = sorted(_stay_row(each) for each in mine if each.kind in BY_STAY)
        day_key = tuple(map(_day_key, by_day))
        return self._once("heads", (day_key, by_stay, charged), lambda: self._add(by_day, day_key, by_stay, charged))

    def _once(self, what: str, key: object, make: Callable[[], int]) -> int:
        digest, seen = blake2b(repr(key).encode(), digest_size=16).digest(), self._seen[what]
        if digest not in seen:
            seen[digest] = make()
        return seen[digest]

    def _add(
        self, rules: Sequence[PriceRule], key: object, by_stay: Sequence[Sequence[int]], taxes: Sequence[Sequence[int]]
    ) -> int:
        days = self._once("days", key, lambda: self._add_days(rules)) if rules else 0
        stays = self._once("stays", by_stay, lambda: self.stays.add(by_stay)) if by_stay else 0
        charged = self._once("taxes", taxes, lambda: self.taxes.add(taxes)) if taxes else 0
        return self.heads.append([[days, stays, charged]])

    def _add_days(self, rules: Sequence[PriceRule]) -> int:
        kinds = [most_specific_first(each for each in rules if each.kind is kind) for kind in SINGLE]
        keys: Numbers = np.zeros(SPAN, np.int64)
        for ranked in kinds:
            keys = keys * (len(ranked) + 1) + self._winners(ranked)
        numbers, bands = self._bands(most_specific_first(each for each in rules if each.kind is RuleKind.CHILD))
        codes = [self._ages(each) for each in bands]

        def row_of(key: int) -> tuple[int, ...]:
            key, band = divmod(key, len(bands))
            return (*_combination(kinds, key), *_oldest(bands[band]), codes[band])

        return self.days.add(keys * len(bands) + numbers, row_of)

    def _bands(self, rules: Sequence[PriceRule]) -> tuple[Numbers, list[tuple[PriceRule, ...]]]:
        """For each day which of the sets of prices for children holds, and these sets, in the order of the rules."""
        numbers: Numbers = np.zeros(SPAN, np.int64)
        sets: list[tuple[PriceRule, ...]] = [()]
        for rule in rules:
            where, those = self.days.days_of(rule.first, rule.last, rule.weekdays)
            numbers *= 2
            numbers[where] += those
            found, numbers = np.unique(numbers, return_inverse=True)
            sets = [(*sets[each // 2], rule) if each % 2 else sets[each // 2] for each in found.tolist()]
        return numbers, sets

    def _ages(self, bands: Sequence[PriceRule]) -> int:
        """The row of `children` for these prices, the first of which that knows an age speaks for it."""
        speaking = [
            next((each for each in bands if (each.from_age or 0) <= age <= (each.to_age or 0)), None)
            for age in range(AGES)
        ]
        row = [number for each in speaking for number in _change(each)]
        return self._once("children", row, lambda: self.children.append([row])) if any(row) else 0

    def _winners(self, ranked: Sequence[PriceRule]) -> Numbers:
        """For each day which of the rules speaks, counted from 1; 0 is none."""
        winners: Numbers = np.zeros(SPAN, np.int64)
        for place in range(len(ranked), 0, -1):
            rule = ranked[place - 1]
            where, those = self.days.days_of(rule.first, rule.last, rule.weekdays)
            winners[where][those] = place
        return winners


def _combination(kinds: Sequence[Sequence[PriceRule]], key: int) -> tuple[int, ...]:
    speaking: list[PriceRule | None] = []
    for ranked in reversed(kinds):
        key, place = divmod(key, len(ranked) + 1)
        speaking.append(ranked[place - 1] if place else None)
    adult, season, weekday = speaking
    above = adult.above_adults or 0 if adult else 0
    return (*_change(weekday), *_change(season), *_change(adult), above)


def _oldest(bands: Sequence[PriceRule]) -> tuple[int, int]:
    """A child of unknown age is one of the oldest; of equal bands the most specific comes first."""
    return _change(max(bands, key=lambda each: each.to_age or 0, default=None))


def _change(rule: PriceRule | None) -> tuple[int, int]:
    if rule is None:
        return 0, 0
    return (rule.adjust_bp, 0) if rule.adjust_bp is not None else (0, rule.adjust_amount or 0)


def _day_key(rule: PriceRule) -> tuple[object, ...]:
    days = rule.weekdays, _ordinal(rule.first, 0), _ordinal(rule.last, EVER)
    return str(rule.kind), *days, rule.adjust_bp, rule.adjust_amount, rule.above_adults, rule.from_age, rule.to_age


def _stay_row(rule: PriceRule) -> tuple[int, ...]:
    kind = BY_STAY[rule.kind]
    least, most = -EVER, EVER
    if kind == LENGTH:
        least, most = rule.min_nights or 0, rule.max_nights or EVER
    elif kind == EARLY:
        least = rule.min_days_ahead or 0
    else:
        most = rule.max_days_ahead or 0
    days = rule.weekdays, _ordinal(rule.first, 0), _ordinal(rule.last, EVER)
    return kind, *days, least, most, rule.adjust_bp or 0


def _tax_row(tax: Tax) -> tuple[int, int, int, int]:
    """A tax contained in the price adds nothing."""
    if tax.kind is TaxKind.PER_PERSON_NIGHT:
        return 0, tax.amount, EVER if tax.max_nights is None else tax.max_nights, tax.exempt_under_age or 0
    return 0 if tax.included else tax.bp, 0, EVER, 0


def _ordinal(day: date | None, never: int) -> int:
    return never if day is None else day.toordinal()
