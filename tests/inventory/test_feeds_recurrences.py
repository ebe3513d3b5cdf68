# ruff: noqa: DTZ001 (wall-clock times have no zone)
"""Repeating dates are those another implementation finds, and never take longer than their budget."""

from datetime import datetime
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from hospes.modules.inventory.policies.recurrences import (
    FREQUENCIES,
    WEEKDAYS,
    Budget,
    OverBudget,
    RuleInvalid,
    occurrences,
    parse_rule,
)

FIRST, END = datetime(2026, 1, 1), datetime(2028, 6, 1)
STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2027, 12, 31)).map(lambda each: each.replace(microsecond=0))


def found(rule: str, start: datetime, *, steps: int = 1_000_000) -> list[datetime]:
    parsed = parse_rule(rule)
    return list(occurrences(parsed, start, until=None, first=FIRST, end=END, budget=Budget(steps)))


def numbers(low: int, high: int, *, signed: bool = False) -> st.SearchStrategy[str]:
    each = st.integers(low, high)
    either = st.one_of(each, st.integers(-high, -low)) if signed else each
    return st.lists(either, min_size=1, max_size=3, unique=True).map(lambda values: ",".join(map(str, values)))


@st.composite
def rules(draw: Any) -> str:
    frequency = draw(st.sampled_from(FREQUENCIES))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}", f"WKST={draw(st.sampled_from(WEEKDAYS))}"]
    sometimes = st.integers(0, 2).map(lambda value: value == 0)
    if draw(sometimes):
        parts.append("BYMONTH=" + draw(numbers(1, 12)))
    if frequency != "WEEKLY" and draw(sometimes):
        parts.append("BYMONTHDAY=" + draw(numbers(1, 28, signed=True)))
    nth = frequency in ("YEARLY", "MONTHLY") and draw(st.booleans())
    if draw(sometimes):
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True))
        parts.append("BYDAY=" + ",".join(f"{draw(st.sampled_from([1, 2, -1])) if nth else ''}{day}" for day in days))
    elif frequency == "YEARLY" and draw(sometimes):
        parts.append("BYWEEKNO=" + draw(numbers(1, 52, signed=True)))
    if draw(sometimes):
        parts.append("BYHOUR=" + draw(numbers(0, 23)))
    if frequency in ("YEARLY", "MONTHLY") and len(parts) > 3 and draw(sometimes):
        parts.append("BYSETPOS=" + draw(numbers(1, 4, signed=True)))
    parts.append(f"COUNT={draw(st.integers(1, 40))}" if draw(st.booleans()) else "UNTIL=20280601T000000")
    return ";".join(parts)


@settings(max_examples=60, deadline=None)
@given(rules(), STARTS)
def test_repetitions_are_those_dateutil_finds(rule: str, start: datetime) -> None:
    theirs = [each for each in rrulestr(rule, dtstart=start) if FIRST <= each < END]
    assert found(rule, start) == theirs


def test_a_rule_of_long_ago_starts_near_the_days_looked_at() -> None:
    assert found("FREQ=DAILY", datetime(1, 1, 1, 9), steps=5_000)[:2] == [
        datetime(2026, 1, 1, 9),
        datetime(2026, 1, 2, 9),
    ]


def test_a_rule_that_never_comes_true_is_given_up_at_the_end_of_the_days_looked_at() -> None:
    assert found("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", datetime(2020, 1, 1), steps=5_000) == []


def test_a_rule_that_would_take_too_long_is_given_up() -> None:
    with pytest.raises(OverBudget):
        found("FREQ=DAILY;COUNT=1000000", datetime(1, 1, 1), steps=50_000)


@pytest.mark.parametrize(
    "rule",
    [
        *("", "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=-1", "FREQ=DAILY;BYDAY=XX"),
        *("FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;WKST=NO", "FREQ=DAILY;BYHOUR=٣", "INTERVAL=1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: str) -> None:
    with pytest.raises(RuleInvalid):
        parse_rule(rule)
