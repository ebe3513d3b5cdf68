"""Rates between any two currencies that one source quotes on one day, and amounts at a rate."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from hospes.modules.ledger.contracts import Rate
from hospes.platform.money import Money, exponent

PLACES = Decimal("1.0000000000")


def rate_between(quoted: Sequence[Rate], one: str, other: str) -> tuple[Decimal, str, date | None] | None:
    """How much of `other` one unit of `one` buys, by the newest day on which one source knows both; with source and
    day. None when no source does."""
    if one == other:
        return Decimal(1), "", None
    days = sorted({(each.on_date, each.source, each.base) for each in quoted}, reverse=True)
    for day, source, base in days:
        known = {
            each.currency: each.rate for each in quoted if (each.on_date, each.source, each.base) == (day, source, base)
        }
        known[base] = Decimal(1)
        if one in known and other in known:
            with localcontext(prec=40):
                return (known[other] / known[one]).quantize(PLACES), source, day
    return None


def at_rate(money: Money, to: str, rate: Decimal) -> Money:
    """The amount in minor units of `to`, half a unit rounded away from zero."""
    with localcontext(prec=60):
        exact = Decimal(money.amount).scaleb(exponent(to) - exponent(money.currency)) * rate
        return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), to)
