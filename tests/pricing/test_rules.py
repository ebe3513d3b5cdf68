"""Rules and plans, purely: exact examples, and what holds for every one of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.pricing.contracts import (
    Meals,
    Party,
    PlanKind,
    Price,
    PriceRule,
    Rate,
    RatePlan,
    RuleKind,
    Sheet,
    Tax,
    TaxKind,
)
from hospes.modules.pricing.policies.nightly import price_nights
from hospes.platform.ids import new_id

WEDNESDAY = date(2026, 7, 1)
RESOURCE = new_id()
RATE = Rate("EUR", 10_000, service_fee_bp=0)
TWO = Party(2)


def rule(kind: RuleKind, **given: Any) -> PriceRule:
    return PriceRule(new_id(), RESOURCE, kind, **given)


def plan(code: str = "plan", **given: Any) -> RatePlan:
    kind = PlanKind.DERIVED if given.get("parent_id") else PlanKind.STANDARD
    return RatePlan(new_id(), RESOURCE, code.capitalize(), code, kind, **given)


def price(
    rules: Sequence[PriceRule] = (), *, nights: int = 3, party: Party = TWO, rate: Rate = RATE, **given: Any
) -> Price:
    plans = tuple(given.pop("plans", ()))
    days = given.pop("days", {})
    until = WEDNESDAY + timedelta(days=nights)
    return price_nights(rate, days, WEDNESDAY, until, party, sheet=Sheet(plans, tuple(rules)), **given)


def said(found: Price) -> list[tuple[str, str, int]]:
    return [(line.label, line.detail, line.amount) for line in found.lines[1:]]


def test_a_weekend_costs_more_on_its_nights() -> None:
    found = price([rule(RuleKind.WEEKDAY, weekdays=0b011_0000, adjust_bp=2_000)], nights=4)
    assert said(found) == [("Weekend", "+20 %, nights from 3 Jul to 4 Jul", 4_000)]
    assert (found.lines[1].code, found.lines[1].quantity, found.lines[1].unit_amount) == ("nights:weekday", 2, 2_000)
    assert found.total == 44_000


def test_of_two_seasons_the_shorter_counts_and_weekdays_count_beside_it() -> None:
    rules = [
        rule(RuleKind.SEASON, name="Summer", first=date(2026, 6, 1), last=date(2026, 8, 31), adjust_amount=1_000),
        rule(RuleKind.SEASON, name="Fair", first=date(2026, 7, 2), last=date(2026, 7, 2), adjust_bp=5_000),
        rule(RuleKind.WEEKDAY, weekdays=0b000_1000, adjust_amount=-500),
    ]
    assert said(price(rules)) == [
        ("Thursday", "Night of 2 Jul", -500),
        ("Season: Summer", "Nights of 1 Jul, 3 Jul", 2_000),
        ("Season: Fair", "+50 %, night of 2 Jul", 5_000),
    ]


def test_a_night_with_a_price_of_its_own_knows_no_weekday_and_no_season() -> None:
    found = price([rule(RuleKind.WEEKDAY, adjust_bp=5_000)], nights=2, days={WEDNESDAY: 7_000})
    assert said(found)[1:] == [("Every day", "+50 %, night of 2 Jul", 5_000)]
    assert found.total == 22_000


def test_adults_above_the_number_included_pay_by_night_and_room() -> None:
    rules = [rule(RuleKind.EXTRA_ADULT, above_adults=2, adjust_amount=2_500)]
    assert said(price(rules, party=Party(3))) == [("Extra adult", "€25 for each adult and night", 7_500)]
    assert said(price(rules, party=TWO)) == []
    assert said(price(rules, party=Party(5), quantity=2)) == [("Extra adult", "€25 for each adult and night", 7_500)]


def test_children_pay_by_their_age_and_as_the_oldest_where_it_is_not_known() -> None:
    rules = [
        rule(RuleKind.CHILD, from_age=0, to_age=2, adjust_amount=0),
        rule(RuleKind.CHILD, from_age=3, to_age=11, adjust_amount=1_000),
        rule(RuleKind.CHILD, from_age=12, to_age=17, adjust_amount=2_000, name="Teenager"),
    ]
    found = price(rules, party=Party(2, children=4, infants=1), nights=2, children_ages=(2, 3, 11))
    assert said(found) == [
        ("Child", "€10 for each child and night, 3 to 11 years", 4_000),
        ("Teenager", "€20 for each child and night, 12 to 17 years", 4_000),
    ]


def test_the_best_discount_for_the_length_of_the_stay_counts() -> None:
    week = rule(RuleKind.LENGTH, min_nights=7, adjust_bp=-1_000)
    month = rule(RuleKind.LENGTH, min_nights=28, adjust_bp=-2_500, name="Monthly discount")
    assert said(price([week, month], nights=6)) == []
    assert said(price([week, month], nights=7)) == [("7 nights or more −10 %", "", -7_000)]
    assert said(price([week, month], nights=28)) == [("Monthly discount −25 %", "28 nights or more", -70_000)]
    short = rule(RuleKind.LENGTH, min_nights=1, max_nights=2, adjust_bp=1_500)
    assert said(price([short], nights=2)) == [("1 to 2 nights +15 %", "", 3_000)]


def test_early_birds_and_last_minutes_need_a_day_of_booking() -> None:
    rules = [
        rule(RuleKind.EARLY_BIRD, min_days_ahead=60, adjust_bp=-1_000),
        rule(RuleKind.LAST_MINUTE, max_days_ahead=2, adjust_bp=-2_000),
    ]
    assert said(price(rules)) == []
    assert said(price(rules, today=WEDNESDAY - timedelta(days=30))) == []
    early = price(rules, today=WEDNESDAY - timedelta(days=60))
    assert said(early) == [("Early bird −10 %", "Booked 60 days or more ahead", -3_000)]
    late = price(rules, today=WEDNESDAY - timedelta(days=2))
    assert said(late) == [("Last minute −20 %", "Booked 2 days or fewer ahead", -6_000)]


def test_discounts_count_on_what_the_ones_before_them_left() -> None:
    flexible = plan("flexible")
    saver = plan("saver", parent_id=flexible.id, adjust_bp=-1_000, meals=Meals.BREAKFAST, meals_amount=1_000)
    rules = [
        rule(RuleKind.LENGTH, min_nights=3, adjust_bp=-1_000),
        rule(RuleKind.EARLY_BIRD, min_days_ahead=1, adjust_bp=-1_000),
    ]
    found = price(rules, plans=(flexible, saver), plan=saver, today=date(2026, 6, 1))
    assert [line.amount for line in found.lines] == [30_000, -3_000, -2_700, -2_430, 6_000]
    assert (found.plan_id, found.plan_name) == (saver.id, "Saver")


def test_a_derived_plan_has_the_rules_of_its_parent_and_its_own_come_first() -> None:
    parent = plan("parent")
    child = plan("child", parent_id=parent.id, adjust_amount=-1_000)
    theirs = rule(RuleKind.WEEKDAY, plan_id=parent.id, adjust_amount=500, name="Theirs")
    own = rule(RuleKind.WEEKDAY, plan_id=child.id, adjust_amount=700, name="Own")
    plans = (parent, child)
    assert [each[0] for each in said(price([theirs], plans=plans, plan=child))] == ["Theirs", "Child"]
    assert [each[0] for each in said(price([theirs, own], plans=plans, plan=child))] == ["Own", "Child"]
    assert [each[0] for each in said(price([theirs, own], plans=plans, plan=parent))] == ["Theirs"]
    assert said(price([theirs, own], plans=plans)) == []


def test_dates_beat_a_plan_and_a_plan_beats_the_resource() -> None:
    mine = plan("mine")
    rules = [
        rule(RuleKind.WEEKDAY, name="always", adjust_amount=1),
        rule(RuleKind.WEEKDAY, name="plan", plan_id=mine.id, adjust_amount=1),
        rule(RuleKind.WEEKDAY, name="dates", first=WEDNESDAY, last=WEDNESDAY, adjust_amount=1),
        rule(RuleKind.WEEKDAY, name="both", plan_id=mine.id, first=WEDNESDAY, last=WEDNESDAY, adjust_amount=1),
    ]
    left = list(rules)
    spoken = []
    while left:
        (label, _, _) = said(price(left, plans=(mine,), plan=mine, nights=1))[0]
        spoken.append(label)
        left = [each for each in left if each.name != label]
    assert spoken == ["both", "dates", "plan", "always"]


def test_taxes_count_on_the_price_after_discounts() -> None:
    vat = Tax("vat", "VAT", TaxKind.PERCENT, bp=1_000)
    found = price([rule(RuleKind.LENGTH, min_nights=1, adjust_bp=-5_000)], rate=replace(RATE, taxes=(vat,)))
    assert found.lines[-1].amount == 1_500


def test_city_tax_spares_small_children_and_late_nights() -> None:
    city = Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=300, exempt_under_age=12, max_nights=5)
    rate = replace(RATE, taxes=(city,))
    found = price(rate=rate, nights=7, party=Party(2, children=3), children_ages=(11, 12))
    line = found.lines[-1]
    assert (line.quantity, line.amount) == (4 * 5, 6_000)
    assert line.detail == "€3 for each guest and night, none under 12 years, at most 5 nights"


masks = st.integers(1, 127)
bps = st.integers(-10_000, 20_000)
amounts = st.integers(-50_000, 50_000)
starts = st.integers(-5, 30)
scopes: st.SearchStrategy[dict[str, date]] = st.one_of(
    st.just({}), st.builds(lambda at, length: {"first": day(at), "last": day(at + length)}, starts, st.integers(0, 20))
)


def day(offset: int) -> date:
    return WEDNESDAY + timedelta(days=offset)


def rules_of(kind: RuleKind, *changes: Any, **fields: Any) -> Any:
    return st.builds(
        lambda scope, weekdays, change, values: rule(kind, weekdays=weekdays, **scope, **change, **values),
        *(scopes, masks, st.one_of(*changes), st.fixed_dictionaries(fields)),
    )


share_of = st.fixed_dictionaries({"adjust_bp": bps})
amount_of = st.fixed_dictionaries({"adjust_amount": amounts})
more = st.fixed_dictionaries({"adjust_amount": st.integers(0, 50_000)})
any_rules = st.lists(
    st.one_of(
        rules_of(RuleKind.WEEKDAY, share_of, amount_of),
        rules_of(RuleKind.SEASON, share_of, amount_of),
        rules_of(RuleKind.EXTRA_ADULT, more, above_adults=st.integers(1, 3)),
        rules_of(RuleKind.CHILD, more, from_age=st.integers(0, 8), to_age=st.integers(8, 17)),
        rules_of(RuleKind.LENGTH, share_of, min_nights=st.integers(1, 30)),
        rules_of(RuleKind.EARLY_BIRD, share_of, min_days_ahead=st.integers(1, 60)),
        rules_of(RuleKind.LAST_MINUTE, share_of, max_days_ahead=st.integers(0, 60)),
    ),
    max_size=8,
)
parties = st.builds(Party, st.integers(1, 6), st.integers(0, 4), st.integers(0, 2))
included = Tax("vat", "VAT", TaxKind.PERCENT, bp=700, included=True)
rates = st.builds(
    Rate,
    st.just("EUR"),
    st.integers(0, 100_000),
    cleaning_fee=st.integers(0, 10_000),
    service_fee_bp=st.integers(0, 3_000),
    taxes=st.sampled_from([(), (Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=250),)]),
)
plan_changes = st.one_of(share_of, amount_of)


@given(
    rate=rates, rules=any_rules, party=parties, nights=st.integers(1, 35), change=plan_changes, ahead=st.integers(0, 90)
)
def test_lines_sum_to_a_total_that_is_never_negative_and_included_vat_changes_nothing(
    rate: Rate, rules: list[PriceRule], party: Party, nights: int, change: dict[str, int], ahead: int
) -> None:
    parent = plan("parent")
    child = plan("child", parent_id=parent.id, meals=Meals.HALF_BOARD, meals_amount=700, **change)
    given: dict[str, Any] = {"nights": nights, "party": party, "plans": (parent, child), "today": day(-ahead)}
    for chosen in (None, parent, child):
        found = price(rules, rate=rate, plan=chosen, **given)
        assert found.total == sum(line.amount for line in found.lines) >= 0
        assert all(line.amount == line.quantity * line.unit_amount for line in found.lines)
        assert sum(line.amount for line in found.lines if line.of_the_stay) >= 0
        assert Price.from_json(found.as_json()) == found
        within = price(rules, rate=replace(rate, taxes=(*rate.taxes, included)), plan=chosen, **given)
        assert within.total == found.total


@given(steps=st.lists(st.tuples(st.integers(1, 40), st.integers(-10_000, 0)), max_size=5), base=st.integers(0, 100_000))
def test_a_longer_stay_never_costs_more_a_night(steps: list[tuple[int, int]], base: int) -> None:
    rules = [rule(RuleKind.LENGTH, min_nights=least, adjust_bp=bp) for least, bp in steps]
    totals = {count: price(rules, rate=replace(RATE, base_amount=base), nights=count).total for count in range(1, 45)}
    for count in range(1, 44):  # a unit of rounding in each
        assert totals[count + 1] * count <= totals[count] * (count + 1) + 2 * count + 1


@given(rules=any_rules, party=parties, nights=st.integers(1, 20), bp=st.integers(-10_000, 0))
def test_a_plan_with_a_discount_never_costs_more_than_its_parent(
    rules: list[PriceRule], party: Party, nights: int, bp: int
) -> None:
    parent = plan("parent")
    child = plan("child", parent_id=parent.id, adjust_bp=bp)
    given: dict[str, Any] = {"nights": nights, "party": party, "plans": (parent, child)}
    assert price(rules, plan=child, **given).total <= price(rules, plan=parent, **given).total


@given(
    nights=st.integers(1, 40),
    cap=st.integers(1, 40),
    ages=st.lists(st.integers(0, 17), max_size=5),
    age=st.integers(1, 18),
)
def test_caps_of_a_city_tax_only_take_away(nights: int, cap: int, ages: list[int], age: int) -> None:
    free = Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=300)
    capped = replace(free, exempt_under_age=age, max_nights=cap)
    party = Party(2, children=len(ages))
    found = price(rate=replace(RATE, taxes=(capped,)), nights=nights, party=party, children_ages=ages)
    payers = 2 + sum(each >= age for each in ages)
    assert found.total == nights * 10_000 + payers * min(nights, cap) * 300
