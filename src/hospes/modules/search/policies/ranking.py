"""The order in which pricing's rules and restrictions speak for a day, where no rate plan is asked for."""

from collections.abc import Iterable
from typing import TypeVar

from hospes.modules.pricing.contracts import PriceRule, Restriction

Scoped = TypeVar("Scoped", PriceRule, Restriction)


def most_specific_first(scoped: Iterable[Scoped]) -> list[Scoped]:
    """Those with dates first, then the shorter range, then fewer weekdays; equal ones stay in the order given."""
    return sorted(scoped, key=_rank)


def _rank(scoped: PriceRule | Restriction) -> tuple[bool, int, int]:
    if scoped.first is None or scoped.last is None:
        return True, 0, scoped.weekdays.bit_count()
    return False, (scoped.last - scoped.first).days, scoped.weekdays.bit_count()
