"""Rules and restrictions in words for their host."""

from hospes.modules.pricing.contracts import PriceRule, Restriction, RuleKind

KINDS = {
    RuleKind.WEEKDAY: "Days of the week",
    RuleKind.SEASON: "Season",
    RuleKind.EXTRA_ADULT: "Extra adult",
    RuleKind.CHILD: "Child",
    RuleKind.LENGTH: "Length of stay",
    RuleKind.EARLY_BIRD: "Early bird",
    RuleKind.LAST_MINUTE: "Last minute",
}


def rule_words(rule: PriceRule) -> str:
    """What the rule is about."""
    if rule.name:
        return rule.name
    if rule.kind is RuleKind.EXTRA_ADULT:
        return f"Each adult above {rule.above_adults}"
    if rule.kind is RuleKind.CHILD:
        return f"Each child from {rule.from_age} to {rule.to_age} years"
    if rule.kind is RuleKind.LENGTH:
        until = f" to {rule.max_nights}" if rule.max_nights else " or more"
        return f"Stays of {rule.min_nights}{until} nights"
    if rule.kind is RuleKind.EARLY_BIRD:
        return f"Booked {rule.min_days_ahead} days ahead or more"
    if rule.kind is RuleKind.LAST_MINUTE:
        return f"Booked {rule.max_days_ahead} days ahead or fewer"
    return KINDS[rule.kind]


def restriction_words(each: Restriction) -> str:
    """What a stay must keep to."""
    said = [
        f"at least {each.min_stay} nights" if each.min_stay else "",
        f"at least {each.min_stay_on_arrival} nights when arriving" if each.min_stay_on_arrival else "",
        f"at most {each.max_stay} nights" if each.max_stay else "",
        _flag(each.closed_to_arrival, "nobody arrives", "arriving is possible"),
        _flag(each.closed_to_departure, "nobody leaves", "leaving is possible"),
        _flag(each.stop_sell, "not for sale", "for sale"),
        f"booked {each.min_advance_days} days ahead or more" if each.min_advance_days is not None else "",
        f"booked {each.max_advance_days} days ahead or fewer" if each.max_advance_days is not None else "",
    ]
    words = ", ".join(filter(None, said))
    return words[:1].upper() + words[1:]


def _flag(value: bool | None, yes: str, no: str) -> str:
    return "" if value is None else yes if value else no
