"""Rates between any two currencies that one source quotes on one day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext

from hospes.modules.ledger.contracts import Display, Rate, Shown

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


def shown_in(quoted: Sequence[Rate], to: str) -> Display:
    """What is shown in `to`: the newest rate from every currency that one source quotes with it."""
    known = {code for each in quoted for code in (each.base, each.currency)} - {to}
    rates: dict[str, Shown] = {}
    for code in known:
        rate, source, day = rate_between(quoted, code, to) or (None, "", None)
        if rate is not None and day is not None:
            rates[code] = Shown(to, rate, source, day)
    return Display(to, rates)
