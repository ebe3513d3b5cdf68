"""What stays cost, of many listings at once: the number that pricing's `price_nights` comes to, in integers.

One room at the resource's own price, without a rate plan. docs/pricing.md tells the order of rules.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hospes.modules.pricing.contracts import Party
from hospes.modules.search.index.charges import DAYS, adjust, day_changes, share, taxes
from hospes.modules.search.tables.own_prices import OwnNights, OwnPrices
from hospes.modules.search.tables.tariffs import Tariffs

Numbers = NDArray[np.int64]
CHUNK = 8_192  # what is worked on at once stays in the processor's cache


class Priceable(Protocol):
    """What of the columns a price needs."""

    first_night: date
    own: OwnPrices
    tariffs: Tariffs

    def __getitem__(self, name: str, /) -> NDArray[Any]: ...


@dataclass(frozen=True, slots=True)
class Totals:
    """`total`: the whole stay with everything; `nightly`: the average night before adjustments, fees and taxes. Minor
    units of each row's currency."""

    total: Numbers
    nightly: Numbers


def totals(
    columns: Priceable,
    rows: Numbers,
    arrival: date,
    count: int,
    party: Party,
    ahead: Numbers | int,
    ages: Sequence[int] = (),
) -> Totals:
    """The nights [arrival, arrival + count) of each row; `ahead`: days from today at the property to the arrival.
    `ages`: of those of the party's children whose age is known, at most as many as there are."""
    days = np.broadcast_to(np.asarray(ahead, np.int64), rows.shape)
    parts = [
        Nights(columns, rows[at : at + CHUNK], arrival, count, party, ages).stay(arrival, count, days[at : at + CHUNK])
        for at in range(0, max(len(rows), 1), CHUNK)
    ]
    if len(parts) == 1:
        return parts[0]
    return Totals(np.concatenate([each.total for each in parts]), np.concatenate([each.nightly for each in parts]))


class Nights:
    """The nights [first, first + count) of some rows, priced once for a party; each stay within them is then cheap."""

    def __init__(
        self, columns: Priceable, rows: Numbers, first: date, count: int, party: Party, ages: Sequence[int] = ()
    ) -> None:
        self.first, self.count, self._party, self._ages = first, count, party, tuple(ages)
        self._tariffs = columns.tariffs
        self._heads = columns.tariffs.heads.rows[columns["tariff"][rows]].astype(np.int64)
        self._cleaning = columns["cleaning"][rows].astype(np.int64)
        self._service = columns["service"][rows].astype(np.int64)
        self._base = columns["base"][rows].astype(np.int64)
        varied = np.flatnonzero(columns["own_prices"][rows] | (self._heads[:, DAYS] > 0))
        self._place = np.full(len(rows), -1, np.int64)
        self._place[varied] = np.arange(len(varied))
        self._plain = self._dear = np.zeros((0, count + 1), np.int64)
        if len(varied):
            own = columns.own.nights(rows[varied], (first - columns.first_night).days, count)
            self._vary(varied, own)

    def stay(self, arrival: date, count: int, ahead: Numbers | int, which: Numbers | None = None) -> Totals:
        """The nights [arrival, arrival + count) of the rows, or of those at the places `which` among them, in that
        order; `ahead` as long as these."""
        those: Numbers | slice = slice(None) if which is None else which
        heads, base = self._heads[those], self._base[those]
        place, offset = self._place[those], (arrival - self.first).days
        plain, dear = base * count, base * count
        varied = np.flatnonzero(place >= 0)
        if len(varied):
            at = place[varied]
            plain[varied] = self._plain[at, offset + count] - self._plain[at, offset]
            dear[varied] = self._dear[at, offset + count] - self._dear[at, offset]
        days = np.broadcast_to(np.asarray(ahead, np.int64), base.shape)
        adjust(self._tariffs, dear, heads, arrival.toordinal(), days, nights=count)
        dear += self._cleaning[those]
        charged = taxes(self._tariffs, dear, heads, guests=self._party.guests, nights=count, ages=self._ages)
        total = dear + share(dear, self._service[those]) + charged
        return Totals(total, np.rint(plain / count).astype(np.int64))

    def _vary(self, varied: Numbers, own: OwnNights) -> None:
        """Running sums of the nights of those rows whose nights are not all the same."""
        nights = np.repeat(self._base[varied, None], self.count, axis=1)
        nights[own.owners, own.nights] = own.amounts
        self._plain = _running(nights)
        self._dear = self._plain
        ruled = np.flatnonzero(self._heads[varied, DAYS])
        if len(ruled):
            nights[ruled] += self._changes(varied[ruled], own.among(ruled, len(varied)))
            self._dear = _running(nights)

    def _changes(self, those: Numbers, own: OwnNights) -> Numbers:
        """What weekday, season, further adults and children change about each night of each of those."""
        days, base, count = self._tariffs.days, self._base[those], self.count
        offset = (self.first - days.first_day).days
        changes = np.empty((len(those), count), np.int64)
        for where, bases, local in days.spread(self._heads[those, DAYS], offset, count):
            width = int(local.max()) + 1
            flat = np.arange(len(those))[:, None] * width + local
            values: Numbers = np.zeros(len(those) * width, np.int64)
            values[flat] = 1  # each combination of a row is looked at once, however many nights it holds for
            pairs = np.flatnonzero(values)
            owner, each = np.divmod(pairs, width)
            combos, amounts = days.combos.take(bases[owner] + each, axis=0), base[owner]
            values[pairs] = np.add(*day_changes(combos, amounts)) + self._of_persons(combos, amounts)
            changes[:, where] = values.take(flat)
            mine = np.flatnonzero((own.nights >= where.start) & (own.nights < where.stop))
            if len(mine):  # a night with a price of its own knows neither weekday nor season
                owner, night = own.owners[mine], own.nights[mine]
                combos = days.combos[bases[owner] + local[owner, night - where.start]]
                changes[owner, night] = self._of_persons(combos, own.amounts[mine])
        return changes

    def _of_persons(self, combos: Numbers, amounts: Numbers) -> Numbers:
        """What further adults and children add to each amount."""
        extra = np.maximum(self._party.adults - combos[:, 6], 0)
        changes: Numbers = extra * (share(amounts, combos[:, 4]) + combos[:, 5])
        if unknown := self._party.children - len(self._ages):
            changes += unknown * (share(amounts, combos[:, 7]) + combos[:, 8])
        for age, count in Counter(self._ages).items():
            bands = self._tariffs.children.rows[combos[:, 9], 2 * age : 2 * age + 2]
            changes += count * (share(amounts, bands[:, 0]) + bands[:, 1])
        return changes


def _running(nights: Numbers) -> Numbers:
    """Sums of all nights before each one, and of all."""
    sums: Numbers = np.zeros((len(nights), nights.shape[1] + 1), np.int64)
    np.cumsum(nights, axis=1, out=sums[:, 1:])
    return sums
