"""Suggested prices: the formula by example, and what holds for all of them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.pricing.contracts import NO_SHEET, PriceRule, Rate, RuleKind, Sheet, Suggestion
from hospes.modules.pricing.policies.suggesting import Bounds, suggest, usual_occupancy
from hospes.platform.ids import new_id

MONDAY, FRIDAY = date(2026, 7, 6), date(2026, 7, 10)
RATE = Rate("EUR", 10_000)
WIDE = Bounds(0, 10**12)


def of(
    night: date, occupancy: dict[date, float], *, ahead: int = 30, sheet: Sheet = NO_SHEET, bounds: Bounds = WIDE
) -> Suggestion:
    (found,) = suggest(RATE, sheet, [night], occupancy, bounds, today=night - timedelta(days=ahead))
    return found


def test_usual_occupancy_halves_with_every_month_of_lead() -> None:
    assert [usual_occupancy(days) for days in (-1, 0, 30, 60)] == [0.8, 0.8, 0.4, 0.2]


def test_a_night_that_fills_early_costs_more_and_one_that_stays_empty_less() -> None:
    assert of(MONDAY, {MONDAY: 0.9}) == Suggestion(MONDAY, 13_000, "90 % sold 30 days ahead, usual 40 %: +30 %.")
    assert of(MONDAY, {MONDAY: 0.4}).amount == 10_000
    assert of(MONDAY, {MONDAY: 0.0}, ahead=0).amount == 8_000
    assert of(MONDAY, {}) == Suggestion(MONDAY, 10_000, "The usual price.")


def test_a_weekend_costs_more_unless_the_host_says_so_already() -> None:
    assert of(FRIDAY, {}) == Suggestion(FRIDAY, 10_800, "Friday: +8 %.")
    own = PriceRule(new_id(), new_id(), RuleKind.WEEKDAY, weekdays=0b011_0000, adjust_bp=2_500)
    assert of(FRIDAY, {}, sheet=Sheet(rules=(own,))) == Suggestion(FRIDAY, 12_500, "The usual price.")


def test_busy_weeks_cost_more_than_quiet_ones() -> None:
    known = {MONDAY + timedelta(days=at): 0.8 if at < 20 else 0.2 for at in range(1, 40)}
    found = of(MONDAY, known)
    assert (found.amount, found.reason) == (10_900, "Busy weeks: +9.23 %.")


def test_bounds_hold_and_say_so() -> None:
    found = of(MONDAY, {MONDAY: 1.0}, bounds=Bounds(9_000, 11_000))
    assert (found.amount, found.reason.endswith("held at your highest price.")) == (11_000, True)
    found = of(MONDAY, {MONDAY: 0.0}, bounds=Bounds(9_000, 11_000), ahead=0)
    assert (found.amount, found.reason.endswith("held at your lowest price.")) == (9_000, True)


@given(
    one=st.floats(0, 1),
    other=st.floats(0, 1),
    around=st.dictionaries(st.integers(-20, 20).filter(bool), st.floats(-1, 2), max_size=20),
    ahead=st.integers(-5, 400),
    floor=st.integers(0, 20_000),
    room=st.integers(0, 20_000),
)
def test_a_fuller_night_is_never_cheaper_and_none_leaves_its_bounds(
    one: float, other: float, around: dict[int, float], ahead: int, floor: int, room: int
) -> None:
    known = {MONDAY + timedelta(days=at): value for at, value in around.items()}
    bounds = Bounds(floor, floor + room)
    emptier, fuller = (
        of(MONDAY, {**known, MONDAY: each}, ahead=ahead, bounds=bounds).amount for each in sorted((one, other))
    )
    assert floor <= emptier <= fuller <= floor + room
