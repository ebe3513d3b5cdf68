"""Restrictions of many listings at once against pricing's own policy."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from hospes.modules.pricing.contracts import Restriction
from hospes.modules.pricing.errors import Restricted
from hospes.modules.pricing.policies.restricting import check_restrictions
from hospes.modules.search.contracts.listing import NOWHERE
from hospes.modules.search.tables.limits import Limits
from tests.search.tariff_worlds import TODAY, a_restriction

DAY = timedelta(days=1)
Sets = list[list[Restriction]]


def a_world(random: Random, size: int = 80) -> Sets:
    return [[a_restriction(random) for _ in range(random.choice((0, 1, 2, 4, 12)))] for _ in range(size)]


def coded(limits: Limits, sets: Sets) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return np.array([limits.intern(each) for each in sets], np.uint32)


def may_be_booked(restrictions: list[Restriction], arrival: date, count: int, ahead: int) -> bool:
    try:
        check_restrictions(restrictions, arrival, arrival + count * DAY, plan_id=None, today=arrival - ahead * DAY)
    except Restricted:
        return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_a_stay_is_allowed_where_pricing_does_not_refuse_it(seed: int) -> None:
    random = Random(seed)
    sets = a_world(random)
    limits = Limits(TODAY)
    codes = coded(limits, sets)
    ahead = np.array([random.randint(0, 200) for _ in sets])
    allowed = refused = 0
    for _ in range(60):
        arrival, count = TODAY + random.randint(0, 480) * DAY, random.choice((1, 2, 3, 5, 9, 30))
        found = limits.allowed(codes, arrival, count, ahead).tolist()
        days = ahead.tolist()
        assert found == [may_be_booked(each, arrival, count, days[place]) for place, each in enumerate(sets)]
        allowed, refused = allowed + sum(found), refused + len(found) - sum(found)
        assert limits.allowed(codes, arrival, count, 3).tolist() == [
            may_be_booked(each, arrival, count, 3) for each in sets
        ]
    assert min(allowed, refused) > 500


def test_if_the_oldest_of_equals_spoke_pricing_would_be_contradicted() -> None:
    two = [Restriction(NOWHERE, NOWHERE, stop_sell=True), Restriction(NOWHERE, NOWHERE, stop_sell=False)]
    limits = Limits(TODAY)
    codes = coded(limits, [two, two[::-1]])
    right = [may_be_booked(each, TODAY, 1, 0) for each in (two, two[::-1])]
    assert limits.allowed(codes, TODAY, 1, 0).tolist() == right == [True, False]
    assert limits.allowed(codes[::-1], TODAY, 1, 0).tolist() != right


def test_a_narrower_restriction_opens_what_a_wider_one_closes() -> None:
    shut = Restriction(NOWHERE, NOWHERE, closed_to_arrival=True)
    fridays = Restriction(NOWHERE, NOWHERE, weekdays=0b001_0000, closed_to_arrival=False)
    limits = Limits(TODAY)
    codes = coded(limits, [[shut, fridays]])
    week = [bool(limits.allowed(codes, TODAY + each * DAY, 2, 0)[0]) for each in range(7)]
    assert week == [False, False, False, False, True, False, False]  # the first of June 2026 is a Monday


def test_equal_sets_have_one_code_and_none_is_code_zero() -> None:
    random = Random(2)
    some = [a_restriction(random) for _ in range(5)]
    limits = Limits(TODAY)
    code = limits.intern(some)
    assert code == 1
    assert limits.intern([replace(each, id=NOWHERE, version=9) for each in some]) == code
    assert limits.intern([replace(some[0], plan_id=NOWHERE)]) == 0
    assert limits.intern([]) == 0
    assert limits.intern(some[:3]) == 2


def test_five_hundred_restrictions_are_too_few_to_mix_them_up() -> None:
    random = Random(6)
    many = [a_restriction(random) for _ in range(500)]
    limits = Limits(TODAY)
    codes = coded(limits, [many])
    for _ in range(60):
        arrival, count = TODAY + random.randint(0, 480) * DAY, random.choice((1, 2, 4))
        assert bool(limits.allowed(codes, arrival, count, 40)[0]) == may_be_booked(many, arrival, count, 40)


def test_parts_make_the_same_limits_again_and_these_go_on() -> None:
    random = Random(3)
    sets = a_world(random)
    limits = Limits(TODAY)
    codes = coded(limits, sets)
    arrays, facts = limits.parts()
    for values in arrays.values():
        values.flags.writeable = False
    again = Limits.from_parts(arrays, facts)
    for _ in range(20):
        arrival, count = TODAY + random.randint(0, 480) * DAY, random.randint(1, 9)
        assert again.allowed(codes, arrival, count, 7).tolist() == limits.allowed(codes, arrival, count, 7).tolist()
    assert coded(again, sets).tolist() == codes.tolist()
    fresh = a_world(random)
    assert coded(again, fresh).tolist() == coded(limits, fresh).tolist()
    assert again.allowed(coded(again, fresh), TODAY, 3, 7).tolist() == [may_be_booked(e, TODAY, 3, 7) for e in fresh]


def test_what_nobody_has_any_more_is_forgotten_and_the_rest_stays_as_it_was() -> None:
    random = Random(4)
    sets = [*a_world(random), [a_restriction(random) for _ in range(300)]]
    limits = Limits(TODAY)
    for each in a_world(random, 1_500):
        limits.intern(each)
    codes = coded(limits, sets)
    assert limits.tidied(codes[:0]) is not None
    tidied = limits.tidied(codes)
    assert tidied is not None
    fewer, fresh = tidied
    assert fewer.nbytes < limits.nbytes / 3
    for _ in range(40):
        arrival, count = TODAY + random.randint(0, 480) * DAY, random.randint(1, 9)
        assert fewer.allowed(fresh, arrival, count, 7).tolist() == limits.allowed(codes, arrival, count, 7).tolist()
    assert coded(fewer, sets).tolist() == fresh.tolist()
    assert fewer.tidied(fresh) is None
