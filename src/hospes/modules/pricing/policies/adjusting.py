"""What rules and a plan change about the nights of a stay, one line for each. docs/pricing.md tells the order.

Percentages of weekday and season count on the night's base price; those of plan, length and advance on everything
before them. Shares round half up. A night never costs less than nothing, nor does a stay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hospes.modules.pricing.contracts import Meals, Party, PriceLine, PriceRule, RatePlan, RuleKind
from hospes.modules.pricing.policies import wording
from hospes.modules.pricing.policies.specificity import covers, most_specific
from hospes.modules.pricing.policies.wording import line, signed_percent
from hospes.platform.money import Money, share

Night = tuple[date, int, bool]
"""A night, its base price, and whether that is a day price of its own."""

_MEALS = {
    Meals.BREAKFAST: "Breakfast",
    Meals.HALF_BOARD: "Half board",
    Meals.FULL_BOARD: "Full board",
    Meals.ALL_INCLUSIVE: "All inclusive",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A stay as rules see it. `chain`: the plan and those it is derived from; `rules`: only those that apply to them;
    `ages`: one for each child, None where it is not known."""

    currency: str
    nights: tuple[Night, ...]
    party: Party
    ages: tuple[int | None, ...]
    quantity: int
    rules: Sequence[PriceRule]
    chain: tuple[RatePlan, ...]
    today: date | None

    @property
    def plan_ids(self) -> list[UUID]:
        """The ids of `chain`."""
        return [each.id for each in self.chain]


def ages_of(party: Party, given: Sequence[int]) -> tuple[int | None, ...]:
    """One age for each child; None where none was given."""
    known = tuple(given[: party.children])
    return known + (None,) * (party.children - len(known))


def adjustments(asked: Asked) -> list[PriceLine]:
    """The lines after those of the nights themselves."""
    lines = [*_of_days(asked), *_of_adults(asked), *_of_children(asked)]
    subtotal = sum(amount for _, amount, _ in asked.nights) * asked.quantity + sum(each.amount for each in lines)
    for each in _of_plans(asked, subtotal):
        lines.append(each)
        subtotal += each.amount
    arrival = asked.nights[0][0]
    for rule, label, detail in _of_length(asked, arrival), _of_advance(asked.rules, arrival, asked.today):
        if rule is not None and (change := share(subtotal, rule.adjust_bp or 0)):
            lines.append(
                line(f"nights:{rule.kind}", f"{label} {signed_percent(rule.adjust_bp or 0)}", 1, change, detail)
            )
            subtotal += change
    return [*lines, *_of_meals(asked)]


def day_changes(
    rules: Sequence[PriceRule], plan_ids: Sequence[UUID], day: date, amount: int
) -> list[tuple[PriceRule, int]]:
    """What weekday and season change about a base price on this day."""
    found = []
    left = amount
    for kind in (RuleKind.WEEKDAY, RuleKind.SEASON):
        rule = _speaking(rules, plan_ids, kind, day)
        if rule is not None and (change := max(_change(rule, amount), -left)):
            found.append((rule, change))
            left += change
    return found


def advance_change(rules: Sequence[PriceRule], day: date, today: date | None) -> tuple[PriceRule, str, str] | None:
    """The early bird or last minute rule that applies, its label and its detail."""
    rule, label, detail = _of_advance(rules, day, today)
    return None if rule is None else (rule, label, detail)


def label_of_day(rule: PriceRule) -> str:
    """How a weekday or season line is called."""
    if rule.kind is RuleKind.SEASON:
        return f"Season: {rule.name}" if rule.name else "Season"
    return rule.name or wording.weekdays(rule.weekdays)


def _of_days(asked: Asked) -> list[PriceLine]:
    groups: dict[tuple[RuleKind, UUID, int], tuple[PriceRule, list[date]]] = {}
    for night, amount, own in asked.nights:
        for rule, change in [] if own else day_changes(asked.rules, asked.plan_ids, night, amount):
            groups.setdefault((rule.kind, rule.id, change), (rule, []))[1].append(night)
    lines = []
    for (kind, _, change), (rule, dates) in sorted(groups.items(), key=lambda each: each[0][0] is RuleKind.SEASON):
        detail = wording.when(dates)
        if rule.adjust_bp is not None:
            detail = f"{signed_percent(rule.adjust_bp)}, {detail[0].lower()}{detail[1:]}"
        lines.append(line(f"nights:{kind}", label_of_day(rule), len(dates) * asked.quantity, change, detail))
    return lines


def _of_adults(asked: Asked) -> list[PriceLine]:
    groups: dict[tuple[int, int], int] = {}
    for night, amount, _ in asked.nights:
        rule = _speaking(asked.rules, asked.plan_ids, RuleKind.EXTRA_ADULT, night)
        extra = 0 if rule is None else asked.party.adults - (rule.above_adults or 0) * asked.quantity
        if rule is not None and extra > 0 and (change := _change(rule, amount)):
            groups[extra, change] = groups.get((extra, change), 0) + 1
    return [
        line(
            "nights:extra_adult", "Extra adult", extra * count, change, _each(change, asked.currency, "adult and night")
        )
        for (extra, change), count in groups.items()
    ]


def _of_children(asked: Asked) -> list[PriceLine]:
    groups: dict[tuple[UUID, int], tuple[PriceRule, int]] = {}
    for night, amount, _ in asked.nights:
        for age in asked.ages:
            rule = _band(asked, night, age)
            if rule is not None and (change := _change(rule, amount)):
                groups[rule.id, change] = (rule, groups.get((rule.id, change), (rule, 0))[1] + 1)
    return [
        line(
            *("nights:child", rule.name or "Child", count, change),
            f"{_each(change, asked.currency, 'child and night')}, {rule.from_age} to {rule.to_age} years",
        )
        for (_, change), (rule, count) in groups.items()
    ]


def _band(asked: Asked, night: date, age: int | None) -> PriceRule | None:
    """The child price for this age; where the age is not known, that of the oldest children."""
    bands = [each for each in asked.rules if each.kind is RuleKind.CHILD and covers(each, night)]
    if age is None:
        oldest = max((each.to_age or 0 for each in bands), default=0)
        bands = [each for each in bands if each.to_age == oldest]
    else:
        bands = [each for each in bands if (each.from_age or 0) <= age <= (each.to_age or 0)]
    return most_specific(bands, asked.plan_ids)


def _of_plans(asked: Asked, subtotal: int) -> list[PriceLine]:
    """The changes of derived plans, from the parent to the plan itself."""
    lines = []
    for plan in reversed(asked.chain):
        if plan.adjust_bp is not None:
            each = line(
                "nights:plan", f"{plan.name} {signed_percent(plan.adjust_bp)}", 1, share(subtotal, plan.adjust_bp)
            )
        else:
            count = len(asked.nights) * asked.quantity
            each = line("nights:plan", plan.name, count, plan.adjust_amount or 0)
            if subtotal + each.amount < 0:
                each = line("nights:plan", plan.name, 1, -subtotal)
        if each.amount:
            lines.append(each)
            subtotal += each.amount
    return lines


def _of_length(asked: Asked, arrival: date) -> tuple[PriceRule | None, str, str]:
    count = len(asked.nights)
    rule = _cheapest(
        asked.rules,
        RuleKind.LENGTH,
        arrival,
        lambda each: (each.min_nights or 0) <= count <= (each.max_nights or count),
    )
    if rule is None:
        return None, "", ""
    if rule.max_nights is None:
        said = f"{wording.nights(rule.min_nights or 1)} or more"
    else:
        said = f"{rule.min_nights or 1} to {wording.nights(rule.max_nights)}"
    return rule, rule.name or said, said if rule.name else ""


def _of_advance(rules: Sequence[PriceRule], arrival: date, today: date | None) -> tuple[PriceRule | None, str, str]:
    if today is None:
        return None, "", ""
    ahead = (arrival - today).days
    early = _cheapest(rules, RuleKind.EARLY_BIRD, arrival, lambda each: ahead >= (each.min_days_ahead or 0))
    late = _cheapest(rules, RuleKind.LAST_MINUTE, arrival, lambda each: ahead <= (each.max_days_ahead or 0))
    rule = min((each for each in (early, late) if each), key=lambda each: each.adjust_bp or 0, default=None)
    if rule is None:
        return None, "", ""
    if rule.kind is RuleKind.EARLY_BIRD:
        return rule, rule.name or "Early bird", f"Booked {wording.days(rule.min_days_ahead or 0)} or more ahead"
    return rule, rule.name or "Last minute", f"Booked {wording.days(rule.max_days_ahead or 0)} or fewer ahead"


def _of_meals(asked: Asked) -> list[PriceLine]:
    plan = asked.chain[0] if asked.chain else None
    if plan is None or plan.meals is Meals.NONE or not plan.meals_amount:
        return []
    count = asked.party.guests * len(asked.nights)
    detail = _each(plan.meals_amount, asked.currency, "guest and night")
    return [line("nights:meals", _MEALS[plan.meals], count, plan.meals_amount, detail)]


def _cheapest(
    rules: Sequence[PriceRule], kind: RuleKind, arrival: date, fits: Callable[[PriceRule], bool]
) -> PriceRule | None:
    """The rule of this kind that is best for the guest, so that a longer stay never loses a discount."""
    found = [each for each in rules if each.kind is kind and covers(each, arrival) and fits(each)]
    return min(found, key=lambda each: each.adjust_bp or 0, default=None)


def _speaking(rules: Sequence[PriceRule], plan_ids: Sequence[UUID], kind: RuleKind, day: date) -> PriceRule | None:
    return most_specific([each for each in rules if each.kind is kind and covers(each, day)], plan_ids)


def _change(rule: PriceRule, amount: int) -> int:
    return share(amount, rule.adjust_bp) if rule.adjust_bp is not None else rule.adjust_amount or 0


def _each(amount: int, currency: str, what: str) -> str:
    return f"{Money(amount, currency).text()} for each {what}"
