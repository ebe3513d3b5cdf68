"""Opening hours as instants, in every zone and across every change of its clock in 2026 and 2027."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospes.modules.inventory.contracts import DayException, Window
from hospes.modules.inventory.errors import ScheduleInvalid
from hospes.modules.inventory.policies.opening_rules import check_exception, check_schedule
from hospes.modules.inventory.policies.windows import hours_of, instant, local_day, openings, spans_between
from tests.builders.schedules import WORKING_WEEK, a_schedule

ZONES = sorted(available_timezones())
HOUR = 3600
WEDNESDAY = date(2026, 7, 1)


@cache
def changes(zone: str) -> tuple[date, ...]:
    """The days of 2026 and 2027 on which the clock changes there."""
    info, found = ZoneInfo(zone), []
    noon = datetime(2025, 12, 31, 12, tzinfo=UTC)
    for day in range(1, 732):
        before, after = noon + timedelta(days=day - 1), noon + timedelta(days=day)
        if before.astimezone(info).utcoffset() != after.astimezone(info).utcoffset():
            found += [before.astimezone(info).date(), after.astimezone(info).date()]
    return tuple(sorted(set(found)))


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


def spans(windows: list[Window], day: date, zone: str = "Europe/Paris") -> list[tuple[int, int]]:
    return spans_between(hours_of(windows, (), None), zone, day, day)


zones = st.sampled_from(ZONES)
walls = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@st.composite
def zone_and_day(draw: st.DrawFn) -> tuple[str, date]:
    """A zone with a day on which, or beside which, its clock changes; any day where it never does."""
    zone = draw(zones)
    days = changes(zone)
    if days:
        return zone, draw(st.sampled_from(days)) + timedelta(days=draw(st.integers(-1, 1)))
    return zone, draw(st.dates(date(2026, 1, 1), date(2027, 12, 31)))


def test_nine_stays_nine_in_every_zone_on_every_day_of_a_change() -> None:
    for zone in ZONES:
        info = ZoneInfo(zone)
        for day in changes(zone) or (WEDNESDAY,):
            shown = datetime.fromtimestamp(instant(zone, day, time(9)), info)
            assert (shown.date(), shown.time()) == (day, time(9)), (zone, day)


@settings(max_examples=600, deadline=None)
@given(zone_and_day(), walls)
def test_a_time_on_the_wall_is_that_time_or_the_end_of_the_gap_that_swallowed_it(
    found: tuple[str, date], at: time
) -> None:
    zone, day = found
    info, here = ZoneInfo(zone), instant(found[0], found[1], at)
    wall = datetime.combine(day, at)
    shown = datetime.fromtimestamp(here, info)
    if shown.replace(tzinfo=None) == wall:
        assert shown.fold == 0
        return
    just_before = datetime.fromtimestamp(here - 1, info).replace(tzinfo=None)
    assert just_before < wall < shown.replace(tzinfo=None)


@settings(max_examples=600, deadline=None)
@given(zone_and_day(), walls, walls)
def test_later_on_the_wall_is_never_earlier_in_time(found: tuple[str, date], one: time, other: time) -> None:
    zone, day = found
    first, second = sorted((one, other))
    assert instant(zone, day, first) <= instant(zone, day, second) <= instant(zone, day + timedelta(days=1), first) or (
        second == first
    )


@settings(max_examples=600, deadline=None)
@given(zone_and_day(), st.lists(walls, min_size=2, max_size=8, unique=True))
def test_hours_that_do_not_overlap_on_the_wall_never_overlap_in_time(found: tuple[str, date], at: list[time]) -> None:
    zone, day = found
    ordered = sorted(at)
    windows = [Window(day.weekday(), *pair) for pair in pairwise(ordered)]
    open_then = spans(windows, day, zone)
    assert all(start < end for start, end in open_then)
    assert all(before[1] <= after[0] for before, after in pairwise(open_then))


def test_a_working_day_in_paris() -> None:
    assert spans(list(WORKING_WEEK), WEDNESDAY) == [(utc(2026, 7, 1, 7), utc(2026, 7, 1, 15))]
    assert spans(list(WORKING_WEEK), date(2026, 7, 4)) == []


def test_an_opening_in_the_gap_waits_for_its_end_and_hours_within_it_are_lost() -> None:
    sunday = date(2026, 3, 29)
    assert spans([Window(6, time(2, 30), time(5))], sunday) == [(utc(2026, 3, 29, 1), utc(2026, 3, 29, 3))]
    assert spans([Window(6, time(2), time(2, 45))], sunday) == []
    assert spans([Window(6, time(1), time(2, 30))], sunday) == [(utc(2026, 3, 29, 0), utc(2026, 3, 29, 1))]


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    sunday = date(2026, 10, 25)
    assert spans([Window(6, time(2, 30), time(4))], sunday) == [(utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 3))]
    assert spans([Window(6, time(1), time(2, 30))], sunday) == [(utc(2026, 10, 24, 23), utc(2026, 10, 25, 0, 30))]


def test_the_gap_of_half_an_hour_at_lord_howe_is_known_too() -> None:
    day = date(2026, 10, 4)
    assert spans([Window(6, time(2, 10), time(4))], day, "Australia/Lord_Howe") == [
        (utc(2026, 10, 3, 15, 30), utc(2026, 10, 3, 17))
    ]


def test_a_day_that_never_was_has_no_hours() -> None:
    """Samoa went from 29 to 31 December 2011."""
    windows = [Window(day, time(9), time(17)) for day in range(7)]
    assert spans(windows, date(2011, 12, 30), "Pacific/Apia") == []
    assert spans(windows, date(2011, 12, 31), "Pacific/Apia") == [(utc(2011, 12, 30, 19), utc(2011, 12, 31, 3))]


def test_closing_at_or_before_opening_is_on_the_next_day() -> None:
    assert spans([Window(2, time(22), time(2))], WEDNESDAY) == [(utc(2026, 7, 1, 20), utc(2026, 7, 2))]
    assert spans([Window(2, time(0), time(0))], WEDNESDAY) == [(utc(2026, 6, 30, 22), utc(2026, 7, 1, 22))]
    assert spans([Window(5, time(22), time(4))], date(2026, 3, 28)) == [(utc(2026, 3, 28, 21), utc(2026, 3, 29, 2))]


def test_special_hours_replace_a_day_and_a_units_own_come_first() -> None:
    one, two = uuid4(), uuid4()
    schedule = a_schedule(
        windows=(*WORKING_WEEK, Window(2, time(12), time(13), two)),
        exceptions=(
            DayException(WEDNESDAY, ((time(10), time(11)),)),
            DayException(WEDNESDAY, ((time(20), time(21)), (time(18), time(19))), two),
        ),
    )
    days = (WEDNESDAY, WEDNESDAY + timedelta(days=7))
    found = openings(schedule, "UTC", [one, two], *days)
    assert found[one][0] == (utc(2026, 7, 1, 10), utc(2026, 7, 1, 11))
    assert found[one][-1] == (utc(2026, 7, 8, 9), utc(2026, 7, 8, 17))
    assert found[two] == [
        (utc(2026, 7, 1, 18), utc(2026, 7, 1, 19)),
        (utc(2026, 7, 1, 20), utc(2026, 7, 1, 21)),
        (utc(2026, 7, 8, 12), utc(2026, 7, 8, 13)),
    ]


def test_the_local_day_of_an_instant() -> None:
    assert local_day("Pacific/Auckland", utc(2026, 7, 1, 12)) == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("windows", "faults"),
    [
        ((Window(0, time(9), time(12)), Window(0, time(12), time(17))), []),
        ((Window(0, time(9), time(12)), Window(0, time(11), time(17))), ["windows.1.opens"]),
        ((Window(0, time(9), time(12)), Window(0, time(9), time(12))), ["windows.1.opens"]),
        ((Window(0, time(22), time(6)), Window(1, time(5), time(9))), ["windows.1.opens"]),
        ((Window(0, time(5), time(9)), Window(6, time(22), time(6))), ["windows.0.opens"]),
        ((Window(0, time(6), time(9)), Window(6, time(22), time(6))), []),
        ((Window(0, time(9), time(18)), Window(0, time(10), time(11)), Window(0, time(12), time(13))), [1, 2]),
        (tuple(Window(day, time(0), time(0)) for day in range(7)), []),
        ((Window(0, time(9), time(9, 20)),), ["windows.0.closes", "step_minutes"]),
    ],
)
def test_weekly_hours_may_touch_but_not_overlap(windows: tuple[Window, ...], faults: list[str | int]) -> None:
    expected = [f"windows.{each}.opens" if isinstance(each, int) else each for each in faults]
    if not expected:
        return check_schedule(a_schedule(windows=windows), ())
    with pytest.raises(ScheduleInvalid) as refused:
        check_schedule(a_schedule(windows=windows), ())
    assert sorted(refused.value.fields) == sorted(expected)
    return None


def test_two_units_may_work_at_the_same_time() -> None:
    one, two = uuid4(), uuid4()
    windows = tuple(Window(0, time(9), time(12), unit) for unit in (one, two, None))
    check_schedule(a_schedule(windows=windows), (one, two))
    with pytest.raises(ScheduleInvalid) as refused:
        check_schedule(a_schedule(windows=windows), (one,))
    assert list(refused.value.fields) == ["windows.1.unit_id"]


def test_special_hours_may_not_overlap_or_be_too_short_for_a_slot() -> None:
    day = DayException(WEDNESDAY, ((time(9), time(12)), (time(11), time(13)), (time(14), time(14, 10))))
    with pytest.raises(ScheduleInvalid) as refused:
        check_exception(a_schedule(), day, ())
    assert sorted(refused.value.fields) == ["hours.1.opens", "hours.2.closes"]
