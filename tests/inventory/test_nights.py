"""Nights as instants, across every change of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

from hospes.modules.inventory.policies.nights import nights_span


def test_a_night_runs_from_noon_to_noon_on_the_wall_there() -> None:
    assert nights_span("Europe/Paris", date(2026, 7, 1), date(2026, 7, 2)) == (
        datetime(2026, 7, 1, 10, tzinfo=UTC),
        datetime(2026, 7, 2, 10, tzinfo=UTC),
    )


def test_the_night_of_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    start, end = nights_span("Europe/Paris", date(2026, 3, 28), date(2026, 3, 29))
    assert end - start == timedelta(hours=23)
    start, end = nights_span("Europe/Paris", date(2026, 10, 24), date(2026, 10, 25))
    assert end - start == timedelta(hours=25)


def test_neighbouring_nights_touch_and_never_overlap_in_any_zone() -> None:
    first = date(2026, 1, 1)
    for zone in sorted(available_timezones()):
        days = [first + timedelta(days=n) for n in range(0, 365, 7)]
        for day in days:
            before = nights_span(zone, day - timedelta(days=1), day)
            after = nights_span(zone, day, day + timedelta(days=1))
            assert before[1] == after[0]
            assert after[0] < after[1]
