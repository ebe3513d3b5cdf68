"""From what was asked to a query: dates that make sense, a box that is a box, a cursor that is ours."""

from collections.abc import Sequence
from datetime import date

from hospes.modules.search.contracts import Box
from hospes.modules.search.errors import SearchInvalid

LONGEST_STAY = 365


def check_dates(arrival: date | None, departure: date | None, *, today: date) -> None:
    """Both or neither, in order, not in the past, at most a year; raises `SearchInvalid` by field."""
    if (arrival is None) != (departure is None):
        missing = "check_in" if arrival is None else "check_out"
        raise SearchInvalid("Give both dates, or neither.", fields={missing: "Please add this date."})
    if arrival is None or departure is None:
        return
    if departure <= arrival:
        raise SearchInvalid("You would leave before you arrive.", fields={"check_out": "Choose a day after check-in."})
    if (today - arrival).days > 1:
        raise SearchInvalid("These dates are over.", fields={"check_in": "Choose today or a later day."})
    if (departure - arrival).days > LONGEST_STAY:
        raise SearchInvalid("A stay is at most a year.", fields={"check_out": "Choose an earlier day."})


def read_box(text: str | None) -> Box | None:
    """`south,west,north,east` in degrees; raises `SearchInvalid`."""
    if not text:
        return None
    parts = text.split(",")
    try:
        south, west, north, east = (float(part) for part in parts)
    except ValueError as error:
        raise _no_box() from error
    if not (-90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise _no_box()
    return Box(south, west, north, east)


def read_after(key: Sequence[object] | None) -> tuple[float, str] | None:
    """The place in the list a cursor names; raises `SearchInvalid`."""
    if key is None:
        return None
    score, last = key
    if not isinstance(score, int | float) or not isinstance(last, str) or len(last) != 36 or last.count("-") != 4:
        raise SearchInvalid("Start again from the first page.", fields={"cursor": "This cursor is not one of ours."})
    return float(score), last


def _no_box() -> SearchInvalid:
    return SearchInvalid("This is no part of a map.", fields={"bbox": "Write south,west,north,east in degrees."})
