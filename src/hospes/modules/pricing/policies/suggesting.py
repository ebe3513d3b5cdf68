"""What a night might cost, from how full it is, how far ahead it is, its weekday and its season.

    usual price × (1 + pace + weekday + season), rounded to whole units, then held between floor and ceiling

- usual price: the base price with the host's weekday and season rules, without prices set for single days.
- pace: occupancy − what is usual at this lead time, times 0.6, between −20 % and +40 %. Usual is 80 % on the day itself
  and halves with every 30 days of lead: 80 % · 2^(−days / 30).
- weekday: Friday and Saturday +8 %, where no weekday rule of the host's speaks for the night.
- season: occupancy of the 14 days before and after, less that of the whole range, times 0.3, between −10 % and +10 %,
  where no season rule of the host's speaks for the night.

A night whose occupancy is not known has no pace. Fuller is never cheaper, all else equal.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hospes.modules.pricing.contracts import PriceRule, Rate, RuleKind, Sheet, Suggestion
from hospes.modules.pricing.policies.adjusting import day_changes
from hospes.modules.pricing.policies.specificity import of_plans
from hospes.modules.pricing.policies.wording import days, signed_percent, weekday
from hospes.platform.money import exponent, share

USUAL_ON_THE_DAY = 0.8
HALVES_EVERY_DAYS = 30
SEASON_DAYS = 14
WEEKEND_BP = 800
_WEEKEND = (4, 5)


@dataclass(frozen=True, slots=True)
class Bounds:
    """No suggestion leaves these, in minor units."""

    floor: int
    ceiling: int


def suggest(
    rate: Rate, sheet: Sheet, nights: Sequence[date], occupancy: Mapping[date, float], bounds: Bounds, *, today: date
) -> list[Suggestion]:
    """One for each night. `occupancy` from 0 to 1; what lies outside is taken as the nearer end."""
    known = {day: min(max(value, 0.0), 1.0) for day, value in occupancy.items()}
    rules = of_plans(sheet.rules, ())
    return [_of_night(rate, rules, night, known, bounds, today) for night in nights]


def usual_occupancy(lead_days: int) -> float:
    """What is usually sold so many days ahead, from 0 to 1."""
    return USUAL_ON_THE_DAY * math.exp2(-max(lead_days, 0) / HALVES_EVERY_DAYS)


def _of_night(
    rate: Rate, rules: Sequence[PriceRule], night: date, known: Mapping[date, float], bounds: Bounds, today: date
) -> Suggestion:
    changes = day_changes(rules, (), night, rate.base_amount)
    spoken = {rule.kind for rule, _ in changes}
    usual = rate.base_amount + sum(change for _, change in changes)
    lead = (night - today).days
    bp, reasons = 0, []
    if night in known:
        expected = usual_occupancy(lead)
        pace = _held(round((known[night] - expected) * 6_000), -2_000, 4_000)
        bp += pace
        sold = f"{known[night]:.0%} sold {days(max(lead, 0))} ahead, usual {expected:.0%}".replace("%", " %")
        reasons.append(f"{sold}: {signed_percent(pace)}")
    if night.weekday() in _WEEKEND and RuleKind.WEEKDAY not in spoken:
        bp += WEEKEND_BP
        reasons.append(f"{weekday(night)}: {signed_percent(WEEKEND_BP)}")
    if RuleKind.SEASON not in spoken and (season := _season(night, known)):
        bp += season
        reasons.append(f"{'busy' if season > 0 else 'quiet'} weeks: {signed_percent(season)}")
    wanted = _whole(usual + share(usual, bp), rate.currency)
    amount = _held(wanted, bounds.floor, bounds.ceiling)
    if amount != wanted:
        reasons.append("held at your lowest price" if amount == bounds.floor else "held at your highest price")
    said = "; ".join(reasons) or "the usual price"
    return Suggestion(night, amount, f"{said[0].upper()}{said[1:]}.")


def _season(night: date, known: Mapping[date, float]) -> int:
    """How much busier the weeks around are than the whole range, in basis points."""
    around = [
        known[day]
        for offset in range(-SEASON_DAYS, SEASON_DAYS + 1)
        if offset and (day := night + timedelta(days=offset)) in known
    ]
    others = [value for day, value in known.items() if day != night]
    if not around:
        return 0
    return _held(round((sum(around) / len(around) - sum(others) / len(others)) * 3_000), -1_000, 1_000)


def _whole(amount: int, currency: str) -> int:
    unit: int = 10 ** exponent(currency)
    return (amount + unit // 2) // unit * unit


def _held(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
