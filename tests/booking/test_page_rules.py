"""What pages work out before they show it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hospes.modules.booking.contracts import Party
from hospes.modules.booking.web import host_tape, views
from hospes.modules.booking.web.asking import read_asked
from hospes.modules.inventory.contracts import Claim, ClaimKind, NightState

TODAY = date(2026, 6, 10)


def cells(**asked: Any) -> dict[int, views.Day]:
    """June 2026 by day; the 15th and 16th are taken, sales end on the 25th."""
    nights = [NightState(date(2026, 6, day), 0 if day in (15, 16) else 1, 1, False) for day in range(1, 31)]
    chosen = {"arrival": None, "departure": None, **asked}
    (month,) = views.months_of(date(2026, 6, 1), 1, nights, today=TODAY, last=date(2026, 6, 25), **chosen)
    return {cell.day.day: cell for week in month.weeks for cell in week if cell is not None}


def test_a_month_is_whole_weeks_from_monday() -> None:
    (month,) = views.months_of(date(2026, 6, 1), 1, [], today=TODAY, last=TODAY, arrival=None, departure=None)
    assert [len(week) for week in month.weeks] == [7] * 5
    assert month.weeks[0][0] is not None
    assert month.weeks[-1][2:] == (None,) * 5


def test_days_say_whether_they_are_past_free_taken_or_not_on_sale() -> None:
    found = cells()
    assert [found[day].state for day in (9, 10, 15, 25, 26)] == ["past", "free", "taken", "free", "beyond"]
    assert [found[day].role for day in (9, 10, 15, 25, 26)] == ["", "arrival", "", "arrival", ""]


def test_after_the_arrival_one_may_leave_up_to_the_first_night_that_is_taken() -> None:
    found = cells(arrival=date(2026, 6, 13))
    assert {day: found[day].role for day in (12, 13, 14, 15, 16, 17)} == {
        12: "arrival", 13: "arrival", 14: "departure", 15: "departure", 16: "", 17: "arrival"
    }  # fmt: skip


def test_the_chosen_stay_is_marked_from_arrival_to_departure() -> None:
    found = cells(arrival=date(2026, 6, 11), departure=date(2026, 6, 14))
    assert [found[day].chosen for day in range(10, 16)] == ["", "arrival", "between", "between", "departure", ""]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"arrival": "2026-07-01", "departure": "2026-07-03"}, {}),
        ({"arrival": "tomorrow"}, {"arrival": "Choose a day, such as 2026-07-14."}),
        ({"adults": "two"}, {"adults": "Enter a whole number."}),
        ({"children": "-1"}, {"children": "Enter a whole number."}),
        ({"pets": "²"}, {"pets": "Enter a whole number."}),
        ({"infants": "9" * 30}, {"infants": "Enter a whole number."}),
    ],
)
def test_what_cannot_be_read_is_said_by_field(said: dict[str, str], faults: dict[str, str]) -> None:
    assert read_asked(said).faults == faults


def test_an_address_keeps_what_was_asked_and_leaves_out_what_is_taken_away() -> None:
    asked = read_asked({"arrival": "2026-07-01", "departure": "2026-07-03", "adults": "3"})
    assert asked.query(departure=None, month="2026-07") == "arrival=2026-07-01&adults=3&month=2026-07"


@pytest.mark.parametrize(
    ("party", "words"),
    [(Party(1), "1 adult"), (Party(2, 1, 0, 2), "2 adults, 1 child, 2 pets"), (Party(1, 0, 3), "1 adult, 3 infants")],
)
def test_a_party_in_words(party: Party, words: str) -> None:
    assert views.party_words(party) == words


def test_bars_of_a_pool_that_overlap_get_lines_of_their_own() -> None:
    first, resource = date(2026, 6, 1), uuid4()

    def claim(start: int, end: int) -> Claim:
        begin = first + timedelta(days=start)
        until = first + timedelta(days=end)
        span = (
            datetime(begin.year, begin.month, begin.day, tzinfo=UTC),
            datetime(until.year, until.month, until.day, tzinfo=UTC),
        )
        return Claim(uuid4(), resource, None, 1, begin, until, ClaimKind.BLOCK, uuid4(), None, *span, "Painting")

    class Room:
        resource_id, resource_name, capacity = resource, "Double", 3

    claims = [claim(-3, 2), claim(1, 4), claim(2, 50)]
    (row,) = host_tape.rows_of(Room(), claims, host_tape.Known({}, {}), [], [], first)  # type: ignore[arg-type]
    placed = [(at, bar.lane, bar.span, bar.begins, bar.ends) for at, cell in enumerate(row.cells) for bar in cell.bars]
    assert placed == [(0, 0, 2, False, True), (1, 1, 3, True, True), (2, 0, 19, True, False)]
    assert row.lanes == 2
