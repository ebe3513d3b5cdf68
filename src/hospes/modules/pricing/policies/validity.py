"""What a plan, a price rule and a restriction may say. Each answers its faults by field."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from uuid import UUID

from hospes.modules.pricing.contracts import (
    ALL_WEEK,
    Meals,
    PlanKind,
    PriceRule,
    RatePlan,
    RefundTier,
    Restriction,
    RuleKind,
    Sheet,
)
from hospes.modules.pricing.policies.limits import MAX_AMOUNT
from hospes.modules.pricing.policies.specificity import chain_of

POLICIES = ("flexible", "moderate", "strict", "non_refundable", "custom")
MAX_PLANS, MAX_RULES, MAX_RESTRICTIONS = 30, 100, 500
MAX_DEPTH = 5
MAX_BP = 100_000
_SHARES = (RuleKind.LENGTH, RuleKind.EARLY_BIRD, RuleKind.LAST_MINUTE)
_PERSONS = (RuleKind.EXTRA_ADULT, RuleKind.CHILD)
_ONLY_OF = {
    "above_adults": (RuleKind.EXTRA_ADULT,),
    "from_age": (RuleKind.CHILD,),
    "to_age": (RuleKind.CHILD,),
    "min_nights": (RuleKind.LENGTH,),
    "max_nights": (RuleKind.LENGTH,),
    "min_days_ahead": (RuleKind.EARLY_BIRD,),
    "max_days_ahead": (RuleKind.LAST_MINUTE,),
}
_NEEDED = {
    RuleKind.WEEKDAY: (),
    RuleKind.SEASON: ("first", "last"),
    RuleKind.EXTRA_ADULT: ("above_adults",),
    RuleKind.CHILD: ("from_age", "to_age"),
    RuleKind.LENGTH: ("min_nights",),
    RuleKind.EARLY_BIRD: ("min_days_ahead",),
    RuleKind.LAST_MINUTE: ("max_days_ahead",),
}
_BOUNDS = {
    "above_adults": (1, 100),
    "from_age": (0, 17),
    "to_age": (0, 17),
    "min_nights": (1, 365),
    "max_nights": (1, 365),
    "min_days_ahead": (1, 730),
    "max_days_ahead": (0, 730),
}


def faults_of_plan(plan: RatePlan, others: Sequence[RatePlan]) -> dict[str, str]:
    """`others`: the other plans of the resource."""
    faults: dict[str, str] = {}
    if len(others) >= MAX_PLANS:
        faults["name"] = f"At most {MAX_PLANS} rate plans."
    elif not 1 <= len(plan.name.strip()) <= 80:
        faults["name"] = "A rate plan needs a name of at most 80 characters."
    if not re.fullmatch(r"[a-z0-9_-]{1,30}", plan.code):
        faults["code"] = "A code has 1 to 30 small letters, digits, hyphens and underscores."
    elif any(each.code == plan.code for each in others):
        faults["code"] = "Another rate plan here has this code."
    faults |= _faults_of_parent(plan, others) | _faults_of_terms(plan)
    if plan.meals is Meals.NONE and plan.meals_amount:
        faults["meals_amount"] = "Say which meals this is for."
    elif not 0 <= plan.meals_amount <= MAX_AMOUNT:
        faults["meals_amount"] = "A price cannot be negative, nor this high."
    return faults


def faults_of_rule(rule: PriceRule, others: Sequence[PriceRule], plans: Sequence[RatePlan]) -> dict[str, str]:
    """`others`: the other price rules of the resource; `plans`: its plans."""
    faults = _faults_of_scope(rule.plan_id, rule.first, rule.last, rule.weekdays, plans)
    if len(others) >= MAX_RULES:
        faults["kind"] = f"At most {MAX_RULES} price rules."
    if len(rule.name) > 60:
        faults["name"] = "A name has at most 60 characters."
    for name, kinds in _ONLY_OF.items():
        value = getattr(rule, name)
        low, high = _BOUNDS[name]
        if value is not None and rule.kind not in kinds:
            faults[name] = f"This is not for rules of kind {rule.kind}."
        elif value is not None and not low <= value <= high:
            faults[name] = f"This lies between {low} and {high}."
    for name in _NEEDED[rule.kind]:
        if getattr(rule, name) is None:
            faults.setdefault(name, f"A rule of kind {rule.kind} needs this.")
    if rule.min_nights is not None and rule.max_nights is not None and rule.min_nights > rule.max_nights:
        faults["max_nights"] = "The longest stay is shorter than the shortest."
    return {**_faults_of_change(rule), **faults, **_faults_of_ages(rule, others, faults)}


def faults_of_restriction(
    restriction: Restriction, others: Sequence[Restriction], plans: Sequence[RatePlan]
) -> dict[str, str]:
    """`others`: the other restrictions of the resource; `plans`: its plans."""
    given = restriction
    faults = _faults_of_scope(given.plan_id, given.first, given.last, given.weekdays, plans)
    if len(others) >= MAX_RESTRICTIONS:
        faults["first"] = f"At most {MAX_RESTRICTIONS} restrictions. Join neighbouring dates, or delete past ones."
    for name in ("min_stay", "max_stay", "min_stay_on_arrival"):
        value = getattr(given, name)
        if value is not None and not 1 <= value <= 365:
            faults[name] = "Between 1 and 365 nights."
    for name in ("min_advance_days", "max_advance_days"):
        value = getattr(given, name)
        if value is not None and not 0 <= value <= 730:
            faults[name] = "Between 0 and 730 days."
    shortest = max(given.min_stay or 0, given.min_stay_on_arrival or 0)
    if given.max_stay is not None and shortest > given.max_stay:
        faults.setdefault("max_stay", "The longest stay is shorter than the shortest.")
    if given.max_advance_days is not None and (given.min_advance_days or 0) > given.max_advance_days:
        faults.setdefault("max_advance_days", "Nobody could book: the latest day to book is before the first.")
    if not faults and _silent(given):
        faults["min_stay"] = "Say at least one thing a stay must keep to."
    return faults


def _faults_of_parent(plan: RatePlan, others: Sequence[RatePlan]) -> dict[str, str]:
    if plan.kind is PlanKind.STANDARD:
        named = ("parent_id", "adjust_bp", "adjust_amount")
        return {name: "Only a derived plan has this." for name in named if getattr(plan, name) is not None}
    faults: dict[str, str] = {}
    family = Sheet((plan, *others))
    parent = None if plan.parent_id is None else family.plan(plan.parent_id)
    if parent is None:
        faults["parent_id"] = "Choose the rate plan this is derived from."
    elif any(each.id == plan.id for each in chain_of(Sheet(tuple(others)), family.plan(parent.id))) or any(
        each.parent_id == plan.id for each in chain_of(family, parent)
    ):
        faults["parent_id"] = "That plan is itself derived from this one."
    elif len(chain_of(family, plan)) > MAX_DEPTH:
        faults["parent_id"] = f"At most {MAX_DEPTH} plans can follow from one another."
    return faults | _one_change(plan.adjust_bp, plan.adjust_amount)


def _faults_of_terms(plan: RatePlan) -> dict[str, str]:
    if plan.cancellation_policy not in (None, *POLICIES):
        return {"cancellation_policy": f"One of {', '.join(POLICIES)}."}
    if plan.cancellation_policy != "custom":
        return {} if plan.tiers is None else {"tiers": "Only custom cancellation has tiers."}
    return _faults_of_tiers(plan.tiers or ())


def _faults_of_tiers(tiers: Sequence[RefundTier]) -> dict[str, str]:
    if not 1 <= len(tiers) <= 6:
        return {"tiers": "Custom cancellation has 1 to 6 tiers."}
    if any(not 0 <= each.hours_before <= 8760 or not 1 <= each.refund_bp <= 10_000 for each in tiers):
        return {"tiers": "A tier begins 0 to 8760 hours before, and gives back more than 0 and at most 100 %."}
    pairs = list(pairwise(tiers))
    if any(before.hours_before <= after.hours_before for before, after in pairs):
        return {"tiers": "Begin with the tier that ends first."}
    if any(before.refund_bp <= after.refund_bp for before, after in pairs):
        return {"tiers": "Whoever cancels later gets less back, not more."}
    return {}


def _faults_of_scope(
    plan_id: UUID | None, first: date | None, last: date | None, weekdays: int, plans: Sequence[RatePlan]
) -> dict[str, str]:
    faults: dict[str, str] = {}
    if plan_id is not None and all(each.id != plan_id for each in plans):
        faults["plan_id"] = "There is no such rate plan here."
    if (first is None) != (last is None):
        faults["last" if last is None else "first"] = "Give both days, or neither."
    elif first is not None and last is not None and last < first:
        faults["last"] = "The last day is before the first."
    if not 1 <= weekdays <= ALL_WEEK:
        faults["weekdays"] = "Choose at least one day of the week."
    return faults


def _faults_of_change(rule: PriceRule) -> dict[str, str]:
    faults = dict(_one_change(rule.adjust_bp, rule.adjust_amount))
    if rule.kind in _SHARES and rule.adjust_amount is not None:
        faults["adjust_amount"] = "This is a percentage of the stay: give adjust_bp."
    if rule.kind in _PERSONS:
        for name in ("adjust_bp", "adjust_amount"):
            if (getattr(rule, name) or 0) < 0:
                faults[name] = "Another person never makes a stay cheaper."
    return faults


def _one_change(bp: int | None, amount: int | None) -> dict[str, str]:
    if (bp is None) == (amount is None):
        return {"adjust_bp": "Give a percentage (adjust_bp) or an amount (adjust_amount), one of the two."}
    if bp is not None and bp < -10_000:
        return {"adjust_bp": "No more than 100 % can be taken off."}
    if bp is not None and bp > MAX_BP:
        return {"adjust_bp": "At most 1,000 % more."}
    if amount is not None and not -MAX_AMOUNT <= amount <= MAX_AMOUNT:
        return {"adjust_amount": "This amount is too high."}
    return {}


def _faults_of_ages(rule: PriceRule, others: Sequence[PriceRule], faults: Mapping[str, str]) -> dict[str, str]:
    if rule.kind is not RuleKind.CHILD or rule.from_age is None or rule.to_age is None or faults:
        return {}
    if rule.from_age > rule.to_age:
        return {"to_age": "The highest age is below the lowest."}
    for each in others:
        if each.kind is RuleKind.CHILD and each.plan_id == rule.plan_id and _same_days(each, rule):
            low, high = each.from_age or 0, each.to_age or 0
            if low <= rule.to_age and rule.from_age <= high:
                return {"from_age": f"There is a child price from {low} to {high} years already."}
    return {}


def _same_days(one: PriceRule, other: PriceRule) -> bool:
    """Whether neither is more specific by its dates, and both can speak for the same day."""
    if not one.weekdays & other.weekdays:
        return False
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return one.first is None and other.first is None
    return one.first <= other.last and other.first <= one.last


def _silent(given: Restriction) -> bool:
    return all(
        each is None
        for each in (
            *(given.min_stay, given.max_stay, given.min_stay_on_arrival, given.closed_to_arrival),
            *(given.closed_to_departure, given.stop_sell, given.min_advance_days, given.max_advance_days),
        )
    )
