"""What a file becomes: stays, rooms, commands in order of time, and what a plain counter makes of them."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from bench.replay_rows import Kind, Outcome, expect, read, rooms_of, schedule

from hospes.modules.booking.contracts import Party
from tests.replay.rooms_sample import a_row, odd_rows, some_rows, write


def test_a_row_becomes_a_stay_and_what_cannot_be_replayed_is_left_out_by_reason(tmp_path: Path) -> None:
    stays, left_out, read_rows = read(write(tmp_path / "odd.csv.gz", odd_rows()))
    assert read_rows == 9
    assert left_out == {"no_nights": 1, "no_guests": 1, "negative_adr": 1}
    assert [stay.number for stay in stays] == [4, 5, 6, 7, 8, 9]
    early = stays[2]
    assert (early.hotel, early.room, early.party, early.adr) == ("Inn", "A", Party(2), Decimal("80.50"))
    assert (early.booked, early.arrival, early.departure) == (date(2017, 3, 25), date(2019, 4, 1), date(2019, 4, 4))
    assert early.outcome is Outcome.STAYED


def test_a_limit_takes_rows_evenly_spread_over_the_file(tmp_path: Path) -> None:
    stays, _, rows = read(write(tmp_path / "many.csv", some_rows(100, 1)), limit=4)
    assert rows == 4
    assert [stay.number for stay in stays] == [1, 26, 51, 76]


def test_a_file_of_other_columns_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^other\.csv has no column adr$"):
        read(write(tmp_path / "other.csv", [{k: v for k, v in a_row().items() if k != "adr"}]))


def test_commands_come_in_order_of_time_and_a_cancellation_makes_room_that_day(tmp_path: Path) -> None:
    rows = [
        a_row(lead_time=5),
        a_row(lead_time=5, reservation_status="Canceled", status_in=-2),
        a_row(lead_time=2),
        a_row(lead_time=2, reservation_status="Canceled", status_in=-2),
        a_row(lead_time=0, reservation_status="No-Show", status_in=0),
    ]
    stays, _, _ = read(write(tmp_path / "few.csv", rows))
    commands = schedule(stays)
    assert [(each.at, str(each.kind), each.stay.number if each.stay else 0) for each in commands] == [
        (datetime(2019, 3, 27, 8, tzinfo=UTC), "book_stay", 1),
        (datetime(2019, 3, 27, 8, 1, tzinfo=UTC), "confirm_paid", 1),
        (datetime(2019, 3, 27, 10, tzinfo=UTC), "book_stay", 2),
        (datetime(2019, 3, 27, 10, 1, tzinfo=UTC), "confirm_paid", 2),
        (datetime(2019, 3, 30, 6, tzinfo=UTC), "cancel_booking", 2),
        (datetime(2019, 3, 30, 8, tzinfo=UTC), "book_stay", 3),
        (datetime(2019, 3, 30, 8, 1, tzinfo=UTC), "confirm_paid", 3),
        (datetime(2019, 3, 30, 10, tzinfo=UTC), "book_stay", 4),
        (datetime(2019, 3, 30, 10, 1, tzinfo=UTC), "confirm_paid", 4),
        (datetime(2019, 3, 30, 13, tzinfo=UTC), "cancel_booking", 4),
        (datetime(2019, 4, 1, 7, tzinfo=UTC), "book_stay", 5),  # summer time has begun
        (datetime(2019, 4, 1, 7, 1, tzinfo=UTC), "confirm_paid", 5),
        (datetime(2019, 4, 1, 14, tzinfo=UTC), "start_and_complete_due", 0),
        (datetime(2019, 4, 1, 21, tzinfo=UTC), "mark_no_show", 5),
        (datetime(2019, 4, 4, 10, tzinfo=UTC), "start_and_complete_due", 0),
    ]
    rooms = rooms_of(stays)
    assert rooms["Harbour", "A"].capacity == 3
    expected = expect(commands, rooms)
    assert expected.statuses == {1: "completed", 2: "cancelled", 3: "completed", 4: "cancelled", 5: "no_show"}
    assert expected.refusals == {}


def test_rooms_are_as_many_as_were_kept_or_as_were_ever_booked(tmp_path: Path) -> None:
    cancelled = a_row(lead_time=20, reservation_status="Canceled", status_in=-1, adr="100")
    stays, _, _ = read(write(tmp_path / "full.csv", [cancelled, cancelled, a_row(), a_row(), a_row(lead_time=0)]))
    kept, live = rooms_of(stays)["Harbour", "A"], rooms_of(stays, live=True)["Harbour", "A"]
    assert (kept.capacity, kept.rate, kept.max_guests) == (3, 8_050, 2)
    assert live.capacity == 4
    assert expect(schedule(stays), {kept.key: kept}).refusals == {4: "not_available"}
    assert expect(schedule(stays), {live.key: live}).refusals == {}


def test_the_schedule_books_each_stay_once_and_ends_each_that_did_not_take_place(tmp_path: Path) -> None:
    stays, _, _ = read(write(tmp_path / "many.csv", some_rows(200, 2)))
    commands, outcomes = schedule(stays), Counter(stay.outcome for stay in stays)
    assert commands == sorted(commands, key=lambda each: each.at)
    kinds = Counter(each.kind for each in commands)
    assert kinds[Kind.BOOK] == kinds[Kind.CONFIRM] == 200
    assert kinds[Kind.CANCEL] == outcomes[Outcome.CANCELLED] > 0
    assert kinds[Kind.NO_SHOW] == outcomes[Outcome.NO_SHOW] > 0
