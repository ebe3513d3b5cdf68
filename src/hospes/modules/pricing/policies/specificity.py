"""Which of several rules or restrictions speaks for a day: the most specific one.

Dates beat no dates, then a plan beats the whole resource (the plan itself beats the plans it is derived from), then the
shorter range, then fewer weekdays: plan + date > resource + date > plan > resource. What is still equal, comes first in
the order given.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from hospes.modules.pricing.contracts import PriceRule, RatePlan, Restriction, Sheet

Scoped = TypeVar("Scoped", PriceRule, Restriction)


def chain_of(sheet: Sheet, plan: RatePlan | None) -> tuple[RatePlan, ...]:
    """The plan, what it is derived from, and so on; never longer than there are plans."""
    chain: list[RatePlan] = []
    while plan is not None and plan not in chain:
        chain.append(plan)
        plan = sheet.plan(plan.parent_id) if plan.parent_id else None
    return tuple(chain)


def of_plans(all_of_them: Iterable[Scoped], plan_ids: Sequence[UUID]) -> list[Scoped]:
    """Those for every plan, and those for one of these."""
    return [each for each in all_of_them if each.plan_id is None or each.plan_id in plan_ids]


def covers(scoped: PriceRule | Restriction, day: date) -> bool:
    """Whether the day lies in its range and on one of its weekdays."""
    if not scoped.weekdays >> day.weekday() & 1:
        return False
    return scoped.first is None or scoped.last is None or scoped.first <= day <= scoped.last


def most_specific(candidates: Sequence[Scoped], plan_ids: Sequence[UUID]) -> Scoped | None:
    """The one that speaks, or None."""
    return min(candidates, key=lambda each: _rank(each, plan_ids), default=None)


def _rank(scoped: PriceRule | Restriction, plan_ids: Sequence[UUID]) -> tuple[bool, int, int, int]:
    dated = scoped.first is not None and scoped.last is not None
    span = (scoped.last - scoped.first).days if scoped.first is not None and scoped.last is not None else 0
    nearness = plan_ids.index(scoped.plan_id) if scoped.plan_id in plan_ids else len(plan_ids)
    return not dated, nearness, span, scoped.weekdays.bit_count()
