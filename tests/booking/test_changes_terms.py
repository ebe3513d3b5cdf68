"""Cancellation terms of appointments, departures and moved stays: their words and what they give."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospes.modules.booking.contracts import Mode
from hospes.modules.booking.policies.cancellation import POLICIES, carry_over, freeze_terms, tier_at

START = datetime(2026, 7, 10, 9, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
START_WORDS = {
    Mode.NIGHTLY: (
        "Free cancellation until 5 days before check-in.",
        "Then 50 % of the nights come back until 24 hours before check-in.",
        "After that no night comes back.",
    ),
    Mode.TIMED: (
        "Free cancellation until 5 days before the appointment.",
        "Then 50 % of the price comes back until 24 hours before the appointment.",
        "After that nothing comes back.",
    ),
    Mode.DEPARTURE: (
        "Free cancellation until 5 days before the departure.",
        "Then 50 % of the price comes back until 24 hours before the departure.",
        "After that nothing comes back.",
    ),
}


@pytest.mark.parametrize("mode", list(Mode))
def test_terms_speak_of_what_is_booked(mode: Mode) -> None:
    assert freeze_terms("moderate", START, now=NOW, mode=mode).text == START_WORDS[mode]


def test_tiers_that_reach_to_the_start_say_so() -> None:
    assert freeze_terms("flexible", START, now=NOW, mode=Mode.TIMED).text[-2:] == (
        "Then 50 % of the price comes back until its start.",
        "After its start nothing comes back.",
    )


def test_custom_tiers_are_frozen_as_they_are() -> None:
    terms = freeze_terms("custom", START, now=NOW, tiers=((72, 10_000), (12, 2_500)), mode=Mode.TIMED)
    assert terms.text == (
        "Free cancellation until 3 days before the appointment.",
        "Then 25 % of the price comes back until 12 hours before the appointment.",
        "After that nothing comes back.",
    )
    assert terms.free_until == START - timedelta(days=3)


def test_terms_of_a_stay_moved_away_count_from_the_first_check_in() -> None:
    moved = carry_over(freeze_terms("moderate", START, now=NOW), START + timedelta(days=30), mode=Mode.NIGHTLY, now=NOW)
    assert (moved.check_in_at, moved.counts_from) == (START + timedelta(days=30), START)
    assert moved.free_until == START - timedelta(days=5)
    assert moved.text[-1] == "The times count from the day first agreed, 10 July 2026."
    back = carry_over(moved, START, mode=Mode.NIGHTLY, now=NOW)
    assert (back.counts_from, back.text) == (None, freeze_terms("moderate", START, now=NOW).text)


@settings(max_examples=200)
@given(
    policy=st.sampled_from(sorted(POLICIES)),
    moves=st.lists(st.integers(-20, 60), min_size=1, max_size=5),
    hours=st.integers(0, 24 * 90),
)
def test_no_row_of_moves_makes_cancelling_cheaper(policy: str, moves: list[int], hours: int) -> None:
    terms = freeze_terms(policy, START, now=NOW)
    at = NOW + timedelta(hours=hours)
    before = tier_at(terms, at)
    for days in moves:
        terms = carry_over(terms, START + timedelta(days=days), mode=Mode.NIGHTLY, now=at)
    after = tier_at(terms, at)
    assert (after.refund_bp if after else 0) <= (before.refund_bp if before else 0)
