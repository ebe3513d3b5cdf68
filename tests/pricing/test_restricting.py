"""What a restriction refuses, with which words, and which of several speaks."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.pricing.contracts import Restriction
from hospes.modules.pricing.errors import Restricted
from hospes.modules.pricing.policies.restricting import check_restrictions
from hospes.platform.ids import new_id

FRIDAY = date(2026, 7, 3)
RESOURCE, PLAN = new_id(), new_id()
ON_FRIDAYS = {"weekdays": 0b001_0000}
THAT_DAY = {"first": FRIDAY, "last": FRIDAY}


def one(**given: Any) -> Restriction:
    return Restriction(new_id(), RESOURCE, **given)


def refusal(
    *restrictions: Restriction, nights: int = 2, ahead: int = 10, plan: bool = False
) -> tuple[str, str, str] | None:
    """Code, field and sentence."""
    try:
        check_restrictions(
            *(restrictions, FRIDAY, FRIDAY + timedelta(days=nights)),
            plan_id=PLAN if plan else None,
            today=FRIDAY - timedelta(days=ahead),
        )
    except Restricted as refused:
        ((field, sentence),) = refused.fields.items()
        return refused.code, field, sentence
    return None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"min_stay_on_arrival": 3, **ON_FRIDAYS},
            ("min_stay_on_arrival", "departure", "Stays arriving on a Friday last at least 3 nights here."),
        ),
        (
            {"min_stay_on_arrival": 3, **THAT_DAY},
            ("min_stay_on_arrival", "departure", "Stays arriving on 3 Jul 2026 last at least 3 nights here."),
        ),
        ({"min_stay": 3}, ("min_stay", "departure", "Stays last at least 3 nights here.")),
        (
            {"min_stay": 3, "weekdays": 0b010_0000},
            ("min_stay", "departure", "Stays over a Saturday night last at least 3 nights here."),
        ),
        ({"max_stay": 1}, ("max_stay", "departure", "Stays last at most 1 night here.")),
        (
            {"max_stay": 1, "first": date(2026, 7, 4), "last": date(2026, 7, 9)},
            ("max_stay", "departure", "Stays over the night of 4 Jul 2026 last at most 1 night here."),
        ),
        (
            {"closed_to_arrival": True, **ON_FRIDAYS},
            ("closed_to_arrival", "arrival", "Nobody can arrive on a Friday here."),
        ),
        (
            {"closed_to_departure": True, "weekdays": 0b100_0000},
            ("closed_to_departure", "departure", "Nobody can leave on a Sunday here."),
        ),
        (
            {"stop_sell": True, "first": date(2026, 7, 4), "last": date(2026, 7, 4)},
            ("stop_sell", "arrival", "The night of 4 Jul 2026 is not for sale."),
        ),
        ({"min_advance_days": 11}, ("min_advance", "arrival", "Stays are booked at least 11 days ahead here.")),
        (
            {"max_advance_days": 9},
            ("max_advance", "arrival", "Stays arriving on 3 Jul 2026 can be booked from 24 Jun 2026 on here."),
        ),
        (
            {"min_stay": 2, "max_stay": 2, "min_stay_on_arrival": 2, "min_advance_days": 10, "max_advance_days": 10},
            None,
        ),
        ({"closed_to_arrival": True, "weekdays": 0b110_1111}, None),
        ({"closed_to_departure": True, **ON_FRIDAYS}, None),
        ({"stop_sell": True, "first": date(2026, 7, 5), "last": date(2026, 7, 5)}, None),
    ],
)
def test_each_restriction_says_what_it_wants(given: dict[str, Any], said: tuple[str, str, str] | None) -> None:
    assert refusal(one(**given)) == said


def test_a_restriction_of_a_plan_binds_that_plan() -> None:
    mine = one(plan_id=PLAN, closed_to_arrival=True, **ON_FRIDAYS)
    assert refusal(mine) is None
    assert refusal(mine, plan=True) == ("closed_to_arrival", "arrival", "Nobody can arrive on a Friday at this rate.")


def test_the_most_specific_speaks_dates_before_plan_before_resource() -> None:
    given = [
        one(min_stay_on_arrival=6),
        one(min_stay_on_arrival=5, plan_id=PLAN),
        one(min_stay_on_arrival=4, **THAT_DAY),
        one(min_stay_on_arrival=3, plan_id=PLAN, **THAT_DAY),
    ]
    wanted = []
    while given:
        found = refusal(*given, plan=True)
        assert found is not None
        wanted.append(next(int(word) for word in found[2].split("at least ")[1].split() if word.isdigit()))
        given.pop()
    assert wanted == [3, 4, 5, 6]


def test_what_is_open_on_a_day_opens_what_is_closed_in_general() -> None:
    closed = one(closed_to_arrival=True, stop_sell=True)
    assert refusal(closed) is not None
    opened = one(closed_to_arrival=False, stop_sell=False, first=FRIDAY, last=FRIDAY + timedelta(days=3))
    assert refusal(closed, opened) is None
    assert refusal(closed, one(min_stay=1, **THAT_DAY)) is not None


def test_of_equal_ones_the_newest_speaks() -> None:
    assert refusal(one(min_stay=5), one(min_stay=1)) is None


@given(shortest=st.integers(1, 30), longest=st.integers(1, 30), nights=st.integers(1, 30))
def test_a_stay_is_refused_exactly_when_it_is_too_short_or_too_long(shortest: int, longest: int, nights: int) -> None:
    found = refusal(one(min_stay=shortest, max_stay=longest), nights=nights)
    assert (found is None) == (shortest <= nights <= longest)
