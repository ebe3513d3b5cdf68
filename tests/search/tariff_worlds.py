"""Random rates, rules and restrictions, as hosts could set them, and a stand for the columns of the index."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.pricing.contracts import ALL_WEEK, PriceRule, Rate, Restriction, RuleKind, Tax, TaxKind
from hospes.modules.search.contracts import Tariff
from hospes.modules.search.contracts.listing import NOWHERE
from hospes.modules.search.tables.own_prices import OwnPrices
from hospes.modules.search.tables.tariffs import Tariffs

TODAY = date(2026, 6, 1)


def some_days(random: Random, *, always: float = 0.4) -> dict[str, Any]:
    """Weekdays, and dates or none."""
    weekdays = random.choice((ALL_WEEK, ALL_WEEK, 0b011_0000, 0b110_0000, random.randint(1, ALL_WEEK)))
    if random.random() < always:
        return {"weekdays": weekdays}
    first = TODAY + timedelta(days=random.randint(-30, 400))
    return {"weekdays": weekdays, "first": first, "last": first + timedelta(days=random.choice((0, 6, 30, 30, 120)))}


def a_change(random: Random, low: int = -10_000) -> dict[str, int]:
    """Basis points or minor units."""
    if random.random() < 0.5:
        return {"adjust_bp": random.choice((random.randint(low, 10_000), random.randint(low // 10, 3_333)))}
    return {"adjust_amount": random.choice((random.randint(low, 9_000), random.randint(low // 100, 500)))}


def a_rule(random: Random) -> PriceRule:
    """A price rule of any kind."""
    kind = random.choice(tuple(RuleKind))
    days = some_days(random)
    given: dict[str, Any] = {}
    match kind:
        case RuleKind.WEEKDAY | RuleKind.SEASON:
            given = a_change(random)
        case RuleKind.EXTRA_ADULT:
            given = {"above_adults": random.randint(1, 3), **a_change(random, 0)}
        case RuleKind.CHILD:
            youngest = random.randint(0, 17)
            given = {"from_age": youngest, "to_age": random.choice((17, random.randint(youngest, 17)))}
            given |= a_change(random, 0)
        case RuleKind.LENGTH:
            least = random.randint(1, 10)
            most = random.choice((None, least + random.randint(0, 20)))
            given = {"min_nights": least, "max_nights": most, "adjust_bp": random.randint(-9_999, 2_000)}
        case RuleKind.EARLY_BIRD:
            given = {"min_days_ahead": random.randint(1, 120), "adjust_bp": random.randint(-5_000, 500)}
        case RuleKind.LAST_MINUTE:
            given = {"max_days_ahead": random.randint(0, 60), "adjust_bp": random.randint(-5_000, 500)}
    return PriceRule(UUID(int=random.getrandbits(128)), NOWHERE, kind, **days, **given)


def a_tax(random: Random, code: str) -> Tax:
    """A tax on top, within the price, or by head and night."""
    if random.random() < 0.4:
        most = random.choice((None, random.randint(1, 7)))
        under = random.choice((None, random.randint(1, 18)))
        amount = random.randint(0, 900)
        return Tax(code, code, TaxKind.PER_PERSON_NIGHT, amount=amount, max_nights=most, exempt_under_age=under)
    return Tax(code, code, TaxKind.PERCENT, bp=random.randint(0, 2_500), included=random.random() < 0.4)


def a_restriction(random: Random) -> Restriction:
    """A restriction that says one to three things."""
    says: dict[str, Any] = {
        "min_stay": random.randint(1, 6),
        "max_stay": random.randint(2, 20),
        "min_stay_on_arrival": random.randint(1, 6),
        "closed_to_arrival": random.random() < 0.6,
        "closed_to_departure": random.random() < 0.6,
        "stop_sell": random.random() < 0.5,
        "min_advance_days": random.randint(0, 20),
        "max_advance_days": random.randint(0, 300),
    }
    chosen = random.sample(sorted(says), random.choice((1, 1, 2, 3)))
    return Restriction(
        UUID(int=random.getrandbits(128)),
        NOWHERE,
        **some_days(random, always=0.3),
        **{each: says[each] for each in chosen},
    )


def a_rate(random: Random) -> Rate:
    """Prices of every size, with and without fees and taxes."""
    return Rate(
        "EUR",
        random.choice((0, 1, random.randint(1, 99), random.randint(2_000, 60_000), random.randint(10**6, 10**11))),
        cleaning_fee=random.choice((0, random.randint(1, 9_000))),
        service_fee_bp=random.choice((0, 1_200, random.randint(1, 3_000))),
        taxes=tuple(a_tax(random, f"t{place}") for place in range(random.choice((0, 0, 1, 2, 4)))),
    )


def day_prices(random: Random, rate: Rate) -> dict[date, int]:
    """Some nights with prices of their own."""
    nights = random.sample(range(120), random.choice((0, 0, 10, 60)))
    return {TODAY + timedelta(days=night): random.randint(0, rate.base_amount * 2 + 5) for night in nights}


class Stand:
    """What of the index's columns a price needs, of these rates in turn."""

    def __init__(
        self,
        rates: Sequence[Rate],
        rules: Sequence[Sequence[PriceRule]],
        days: Sequence[Mapping[date, int]] = (),
        first_night: date = TODAY,
    ) -> None:
        self.first_night = first_night
        self.own, self.tariffs = OwnPrices(), Tariffs(first_night)
        codes = [
            self.tariffs.intern(Tariff(rate.cleaning_fee, rate.service_fee_bp, rate.taxes, tuple(its)))
            for rate, its in zip(rates, rules, strict=True)
        ]
        for row, prices in enumerate(days):
            self.own.put(row, {(night - first_night).days: amount for night, amount in prices.items()})
        self._columns: dict[str, NDArray[Any]] = {
            "base": np.array([each.base_amount for each in rates], np.int64),
            "cleaning": np.array([each.cleaning_fee for each in rates], np.int64),
            "service": np.array([each.service_fee_bp for each in rates], np.uint16),
            "tariff": np.array(codes, np.uint32),
            "own_prices": np.array([bool(each) for each in days] or [False] * len(rates)),
        }

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        return self._columns[name]

    def settle(self) -> None:
        """Have the own prices lie in the array, as after a load."""
        self.own.move(np.arange(len(self._columns["base"])))


def without_ids(rule: PriceRule) -> PriceRule:
    """The same rule of somebody else."""
    return replace(rule, id=NOWHERE, name="Another name", position=7, version=3)
