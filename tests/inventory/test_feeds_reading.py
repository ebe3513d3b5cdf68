"""Calendars are read as their writers mean them, and whatever else comes is refused soon."""

from contextlib import suppress
from cProfile import Profile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospes.modules.inventory.errors import FeedUnreadable
from hospes.modules.inventory.policies.feeds import BusySpan, window
from hospes.modules.inventory.providers.ical import MAX_SPANS, read_feed
from tests.builders.feeds import event, ics, stay

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "ical"


def read(*events: str, zone: str = "Europe/Paris") -> tuple[BusySpan, ...]:
    contents = read_feed(ics(*events), zone=zone, now=NOW)
    assert contents.skipped == ()
    return contents.spans


def times(*events: str) -> list[tuple[str, str]]:
    return [(f"{each.starts_at:%d.%m.%y %H:%M}", f"{each.ends_at:%H:%M}") for each in read(*events)]


def test_an_all_day_event_ends_before_the_day_it_names_as_end() -> None:
    (span,) = read(stay(date(2026, 7, 1), 3))
    assert (span.first_day, span.last_day) == (date(2026, 7, 1), date(2026, 7, 4))
    assert span.starts_at == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert (span.uid, span.occurrence, span.summary, span.tentative) == ("one@other", "", "Reserved", False)


def test_without_an_end_or_with_an_equal_one_an_all_day_event_takes_its_day() -> None:
    for more in ((), ("DTEND;VALUE=DATE:20260701",), ("DTEND;VALUE=DATE:20260628",), ("DURATION:P1D",)):
        (span,) = read(event("DTSTART;VALUE=DATE:20260701", *more))
        assert (span.first_day, span.last_day) == (date(2026, 7, 1), date(2026, 7, 2))


def test_times_are_read_in_utc_in_their_zone_or_on_the_clock_of_the_place() -> None:
    assert times(event("DTSTART:20260701T100000Z", "DTEND:20260701T110000Z")) == [("01.07.26 10:00", "11:00")]
    assert times(event("DTSTART;TZID=America/New_York:20260701T100000", "DURATION:PT90M")) == [
        ("01.07.26 14:00", "15:30")
    ]
    assert times(event("DTSTART:20260701T100000", "DTEND:20260701T110000")) == [("01.07.26 08:00", "09:00")]


def test_zones_named_by_windows_and_zones_of_the_feeds_own_are_understood() -> None:
    windows = event("DTSTART;TZID=Romance Standard Time:20260701T100000", "DURATION:PT1H")
    assert times(windows) == [("01.07.26 08:00", "09:00")]
    zone = "\r\n".join(
        [
            "BEGIN:VTIMEZONE\r\nTZID:Customized",
            "BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0200",
            "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD",
            "BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0300",
            "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE",
        ]
    )
    both = [
        event("DTSTART;TZID=Customized:20260701T100000", "DURATION:PT1H", uid="summer"),
        event("DTSTART;TZID=Customized:20261201T100000", "DURATION:PT1H", uid="winter"),
    ]
    assert times(zone, *both) == [("01.07.26 07:00", "08:00"), ("01.12.26 08:00", "09:00")]


def test_one_feeds_own_zone_means_nothing_in_another_feed() -> None:
    def with_zone(offset: str) -> list[tuple[str, str]]:
        zone = f"BEGIN:VTIMEZONE\r\nTZID:Home\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETTO:{offset}\r\n"
        return times(
            zone + "END:STANDARD\r\nEND:VTIMEZONE", event("DTSTART;TZID=Home:20260701T100000", "DURATION:PT1H")
        )

    assert with_zone("+0100") == [("01.07.26 09:00", "10:00")]
    assert with_zone("-0800") == [("01.07.26 18:00", "19:00")]


def test_a_series_keeps_its_hour_on_the_wall_through_summer_time() -> None:
    series = event("DTSTART;TZID=Europe/Paris:20261018T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")
    assert times(series) == [("18.10.26 07:00", "08:00"), ("25.10.26 08:00", "09:00"), ("01.11.26 08:00", "09:00")]


def test_a_series_with_exceptions_more_dates_and_changed_occurrences() -> None:
    series = event(
        "DTSTART:20260701T080000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;UNTIL=20260705T080000Z",
        "EXDATE:20260702T080000Z",
        "RDATE:20260710T080000Z",
        "RDATE;VALUE=PERIOD:20260711T080000Z/PT2H",
    )
    moved = event("RECURRENCE-ID:20260703T080000Z", "DTSTART:20260703T150000Z", "DURATION:PT2H")
    dropped = event("RECURRENCE-ID:20260704T080000Z", "DTSTART:20260704T080000Z", "STATUS:CANCELLED")
    assert times(series, moved, dropped) == [
        ("01.07.26 08:00", "09:00"),
        ("03.07.26 15:00", "17:00"),
        ("05.07.26 08:00", "09:00"),
        ("10.07.26 08:00", "09:00"),
        ("11.07.26 08:00", "10:00"),
    ]


def test_cancelled_and_free_events_take_nothing() -> None:
    when = ("DTSTART:20260701T080000Z", "DURATION:PT1H")
    assert read(event(*when, "STATUS:CANCELLED"), event(*when, "TRANSP:TRANSPARENT", uid="two")) == ()
    assert [each.tentative for each in read(event(*when, "STATUS:TENTATIVE"))] == [True]


def test_two_events_under_one_uid_both_count_and_a_newer_version_replaces_an_older() -> None:
    first, second = stay(date(2026, 7, 1), 2), stay(date(2026, 8, 1), 2)
    assert [each.first_day for each in read(first, second)] == [date(2026, 7, 1), date(2026, 8, 1)]
    newer = event("DTSTART;VALUE=DATE:20260901", "SEQUENCE:2")
    assert [each.first_day for each in read(first, newer)] == [date(2026, 9, 1)]


def test_only_yesterday_and_two_years_from_now_are_looked_at() -> None:
    assert window(NOW, "Europe/Paris") == (date(2026, 5, 31), date(2028, 7, 1))
    days = [date(2026, 5, 30), date(2026, 5, 31), date(2028, 6, 30), date(2028, 7, 1)]
    found = read(*(stay(day, 1, uid=str(day)) for day in days))
    assert [each.first_day for each in found] == [date(2026, 5, 31), date(2028, 6, 30)]


def test_what_makes_no_sense_is_told_and_the_rest_is_read() -> None:
    wrong = event("DTSTART:yesterday", "SUMMARY:Oops", uid="two")
    contents = read_feed(ics(stay(date(2026, 7, 1), 2), wrong), zone="Europe/Paris", now=NOW)
    assert len(contents.spans) == 1
    assert contents.skipped == ("Oops: DTSTART is no time: 'yesterday'",)


WHOLE = ics(stay(date(2026, 7, 1), 2), stay(date(2026, 8, 1), 2, uid="two"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \r\n",
        b"<!DOCTYPE html><html><body>Login required</body></html>",
        b'{"error": "not found"}',
        WHOLE[: len(WHOLE) // 2],
        WHOLE.replace(b"END:VCALENDAR", b""),
        WHOLE.replace(b"END:VEVENT", b"", 1),
        b"BEGIN:VCALENDAR\r\n" * 50,
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 30_000 + b"END:VCALENDAR",
        b"BEGIN:VCALENDAR\r\n" + b"X" * 5_000_000,
        b"\x00\xff\xfe" * 1000,
    ],
)
def test_what_is_not_a_whole_calendar_is_refused(body: bytes) -> None:
    with pytest.raises(FeedUnreadable):
        read_feed(body, zone="Europe/Paris", now=NOW)


def test_every_beginning_of_a_calendar_is_refused_but_the_whole() -> None:
    for length in range(len(WHOLE.rstrip())):
        with pytest.raises(FeedUnreadable):
            read_feed(WHOLE[:length], zone="Europe/Paris", now=NOW)
    assert len(read_feed(WHOLE.rstrip(), zone="Europe/Paris", now=NOW).spans) == 2


HOSTILE = [
    event("DTSTART:20200101T000000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY"),
    event("DTSTART:20200101T000000Z", "DURATION:PT1S", "RRULE:FREQ=MINUTELY;COUNT=10000"),
    event("DTSTART:20200101T000000Z", "DURATION:PT1S", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    event("DTSTART:00010101T000000Z", "DURATION:PT1S", "RRULE:FREQ=DAILY;COUNT=1000000"),
    event(
        "DTSTART:20260601T000000Z",
        "DURATION:PT1S",
        f"RRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(60)))}"
        f";BYSECOND={','.join(map(str, range(60)))}",
    ),
    event("DTSTART:20260601T000000Z", "DURATION:PT1S", "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6"),
    event("DTSTART:99991231T235959Z", "DURATION:P99999D", "RRULE:FREQ=DAILY"),
    event("DTSTART:20260601T000000Z", "DURATION:PT1H", "RDATE:" + ",".join(["20260601T000000Z"] * 200_000)),
    event("DTSTART;TZID=../../etc/passwd:20260601T000000", "DURATION:PT1H"),
    event(f"DTSTART;TZID={'A' * 100_000}:20260601T000000", "DURATION:PT1H"),
    "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETTO:+0000\r\n"
    "RRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    + event("DTSTART;TZID=X:20260601T000000", "DURATION:PT1H"),
    "\r\n".join(
        event("DTSTART:20200101T000000Z", "DURATION:PT1S", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid=str(number))
        for number in range(5_000)
    ),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_calendar_ends_soon(number: int) -> None:
    profile = Profile()
    try:
        contents = profile.runcall(read_feed, ics(HOSTILE[number]), zone="Europe/Paris", now=NOW)
    except FeedUnreadable:
        pass
    else:
        assert len(contents.spans) <= 1
    assert sum(each.callcount for each in profile.getstats()) < 20_000_000  # 8 million; unbounded ones never end


def test_ten_thousand_repetitions_are_refused_and_two_thousand_busy_times_are_the_most() -> None:
    series = [
        event("DTSTART:20260601T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=700", uid=str(n)) for n in "ab"
    ]
    assert len(read(*series)) == 1_400
    more = event("DTSTART:20260601T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=700", uid="c")
    with pytest.raises(FeedUnreadable, match=f"more than {MAX_SPANS:,} busy times"):
        read(*series, more)


LINES = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE"),
        *("UID:a", "DTSTART:20260701T100000Z", "DTSTART;VALUE=DATE:20260701", "DTEND:20260701T120000", "DURATION:P1D"),
        *("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY;BYDAY=1MO,TU;COUNT=5", "EXDATE:20260702T100000Z", "STATUS:CANCELLED"),
        *("RECURRENCE-ID:20260702T100000Z", "DTSTART;TZID=Nowhere:20260701T100000", "RDATE:20260701/P1D", "SEQUENCE:x"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=25), st.booleans())
def test_whatever_the_lines_nothing_but_a_refusal_is_raised(lines: list[str], wrapped: bool) -> None:
    body = "\r\n".join(lines).encode("utf-8", "replace")
    with suppress(FeedUnreadable):
        read_feed(ics(event(*lines)) if wrapped else body, zone="Europe/Paris", now=NOW)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(WHOLE)))
def test_whatever_the_bytes_nothing_but_a_refusal_is_raised(noise: bytes, place: int) -> None:
    with suppress(FeedUnreadable):
        read_feed(WHOLE[:place] + noise + WHOLE[place:], zone="Pacific/Apia", now=NOW)


needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample feeds (shared/data/ical) are not here")


@needs_samples
def test_of_286_real_feeds_each_is_read_or_refused() -> None:
    files = sorted(SAMPLES.rglob("*.ics"))
    assert len(files) > 250
    outcome = {"read": 0, "refused": 0}
    for file in files:
        try:
            read_feed(file.read_bytes(), zone="Europe/Paris", now=NOW)
            outcome["read"] += 1
        except FeedUnreadable:
            outcome["refused"] += 1
    assert outcome["read"] > 190  # the others are single events without their calendar, or broken


@needs_samples
@pytest.mark.parametrize(
    ("name", "spans"),
    [
        ("airbnb-0.8.8", [("0402", "0409"), ("0409", "0411"), ("0411", "0414"), ("0801", "0401")]),
        ("airbnb-1.0", [("0402", "0409"), ("0409", "0411")]),
        ("airbnb-empty", []),
        ("booking-com", [("0408", "0409"), ("0425", "0427"), ("1101", "0316"), ("0317", "0916")]),
        ("vrbo-en", [("0501", "0508"), ("0510", "0511"), ("0601", "0615")]),
        ("cancelled-and-transparent", [("0706", "0707"), ("0708", "0712"), ("0712", "0713")]),
    ],
)
def test_feeds_in_the_shapes_of_known_sites_are_read(name: str, spans: list[tuple[str, str]]) -> None:
    body = (SAMPLES / "ota-reauthored-CC0" / f"{name}.ics").read_bytes()
    contents = read_feed(body, zone="Europe/Paris", now=NOW)
    assert contents.skipped == ()
    found = [(each.first_day, each.last_day) for each in contents.spans]
    assert [(f"{first:%m%d}", f"{last:%m%d}") for first, last in found if first and last] == spans


@needs_samples
@pytest.mark.parametrize("name", ["truncated", "not-a-calendar-login-page"])
def test_a_truncated_feed_and_a_log_in_page_are_refused(name: str) -> None:
    with pytest.raises(FeedUnreadable):
        read_feed((SAMPLES / "ota-reauthored-CC0" / f"{name}.ics").read_bytes(), zone="Europe/Paris", now=NOW)
