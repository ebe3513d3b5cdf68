"""Which stays may be asked for: each rule with its own code, its own field and its own sentence."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from hospes.modules.booking.contracts import Party
from hospes.modules.booking.policies.restrictions import StayRules, check_stay, instant
from hospes.platform.errors import Invalid

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
TODAY = date(2026, 6, 1)
RULES = StayRules(
    zone="Europe/Paris",
    check_in_from=time(15),
    check_out_until=time(11),
    max_guests=4,
    pets_allowed=False,
    min_nights=2,
    max_nights=30,
    notice_hours=24,
    horizon_days=365,
)


def check(start: int, nights: int, party: Party | None = None, rules: StayRules = RULES, now: datetime = NOW) -> None:
    arrival = TODAY + timedelta(days=start)
    check_stay(rules, arrival, arrival + timedelta(days=nights), party or Party(2), now=now)


@pytest.mark.parametrize(
    ("start", "nights", "party", "code", "field"),
    [
        (-1, 3, Party(2), "arrival_in_past", "arrival"),
        (10, 0, Party(2), "dates_reversed", "departure"),
        (10, -3, Party(2), "dates_reversed", "departure"),
        (10, 1, Party(2), "stay_too_short", "departure"),
        (10, 31, Party(2), "stay_too_long", "departure"),
        (10, 400, Party(2), "stay_too_long", "departure"),
        (400, 3, Party(2), "beyond_horizon", "arrival"),
        (363, 3, Party(2), "beyond_horizon", "departure"),
        (1, 3, Party(0, children=2), "no_adult", "adults"),
        (10, 3, Party(0), "no_adult", "adults"),
        (10, 3, Party(99), "too_many_guests", "adults"),
        (10, 3, Party(2, children=3), "too_many_guests", "adults"),
        (10, 3, Party(2, infants=6), "too_many_guests", "infants"),
        (10, 3, Party(2, pets=1), "pets_not_allowed", "pets"),
        (0, 3, Party(2), "too_little_notice", "arrival"),
    ],
)
def test_a_stay_outside_the_rules_is_refused_with_its_own_code(
    start: int, nights: int, party: Party, code: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        check(start, nights, party)
    assert refusal.value.code == code
    assert list(refusal.value.fields) == [field]
    assert refusal.value.detail == refusal.value.fields[field]


@pytest.mark.parametrize(("start", "nights", "party"), [(2, 2, Party(4)), (10, 30, Party(1, 3, 5)), (362, 3, Party(2))])
def test_a_stay_at_the_edge_of_the_rules_is_taken(start: int, nights: int, party: Party) -> None:
    check(start, nights, party)


def test_today_is_the_date_on_the_wall_there() -> None:
    auckland = replace(RULES, zone="Pacific/Auckland", notice_hours=0)
    evening = datetime(2026, 6, 1, 20, tzinfo=UTC)  # 2 June, 8 in the morning there
    with pytest.raises(Invalid) as refusal:
        check(0, 3, rules=auckland, now=evening)
    assert refusal.value.code == "arrival_in_past"
    check(1, 3, rules=auckland, now=evening)


def test_nine_o_clock_stays_nine_o_clock_across_a_clock_change() -> None:
    assert instant("Europe/Paris", date(2026, 3, 28), time(9)) == datetime(2026, 3, 28, 8, tzinfo=UTC)
    assert instant("Europe/Paris", date(2026, 3, 29), time(9)) == datetime(2026, 3, 29, 7, tzinfo=UTC)
