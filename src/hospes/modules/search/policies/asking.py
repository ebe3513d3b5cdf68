"""From what was asked to a query: dates that make sense, a box that is a box, a cursor that is ours."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from hashlib import blake2s

from hospes.modules.pricing.contracts import ALL_WEEK
from hospes.modules.search.contracts import Box, Flexible, Hit, Hours, Query
from hospes.modules.search.errors import SearchInvalid
from hospes.platform import paging

LONGEST_STAY = 365
MOST_ARRIVALS = 62  # days, and `MOST_LENGTHS` lengths, that flexible dates are looked for on
MOST_LENGTHS = 4
MOST_DAYS = 14  # that an hour is looked for on
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LAST, _BACK = "ffffffff-ffff-ffff-ffff-ffffffffffff", "<"  # after every property; of a cursor that leads back
HOURS_AHEAD = 56  # days; as far as the index knows hours (diaries.py)


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


def read_hours(
    day: date | None,
    days: int | None,
    since: time | None,
    until: time | None,
    minutes: int | None,
    *,
    nights: date | None = None,
) -> Hours | None:
    """A start on one of `days` days from `day`; None when nothing is said of hours. `nights`: a date of a stay, which
    excludes hours. Raises `SearchInvalid` by field."""
    if day is None:
        said = {"days": days, "since": since, "until": until, "minutes": minutes}
        if any(each is not None for each in said.values()):
            raise SearchInvalid("On which day?", fields={"day": "Please add the day."})
        return None
    if nights is not None:
        raise SearchInvalid("Ask for nights or for hours.", fields={"day": "Leave this out, or the dates of the stay."})
    since = since or time()
    if since.tzinfo is not None or (until is not None and until.tzinfo is not None):
        name = "since" if since.tzinfo is not None else "until"
        raise SearchInvalid("Times are by the clock there.", fields={name: "Give a time without a zone, like 17:00."})
    if until is not None and until <= since:
        raise SearchInvalid("It ends before it begins.", fields={"until": "Choose a later time."})
    try:
        last = day + timedelta(days=(days or 1) - 1)
    except OverflowError as error:
        raise _too_far() from error
    return Hours(day, last, since, until, minutes)


def check_flexible(flexible: Flexible | None, *, today: date) -> None:
    """Lengths and days that can be; raises `SearchInvalid` by field. `today` in UTC."""
    if flexible is None:
        return
    if not 1 <= len(set(flexible.nights)) <= MOST_LENGTHS:
        raise SearchInvalid("How many nights?", fields={"nights": f"Give 1 to {MOST_LENGTHS} different lengths."})
    if not all(1 <= nights <= LONGEST_STAY for nights in flexible.nights):
        raise SearchInvalid("A stay is at most a year.", fields={"nights": f"From 1 to {LONGEST_STAY} nights."})
    if flexible.last < flexible.first:
        raise SearchInvalid("It ends before it begins.", fields={"last": "Choose the first day or a later one."})
    if (today - flexible.last).days > 1:
        raise SearchInvalid("These dates are over.", fields={"last": "Choose today or a later day."})
    if (flexible.last - flexible.first).days >= MOST_ARRIVALS:
        raise SearchInvalid("That is too wide.", fields={"last": f"At most {MOST_ARRIVALS} days of arrival."})
    if not flexible.weekdays & ALL_WEEK:
        raise SearchInvalid("On no day of the week?", fields={"weekdays": "Choose at least one."})


def check_hours(hours: Hours | None, *, today: date) -> None:
    """Not in the past, and no farther than hours are known; raises `SearchInvalid` by field. `today` in UTC."""
    if hours is None:
        return
    if (today - hours.last).days > 1:
        raise SearchInvalid("This day is over.", fields={"day": "Choose today or a later day."})
    if (hours.first - today).days > HOURS_AHEAD:
        raise _too_far()


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


def cursor_after(last: Hit, query: Query) -> str:
    """Where the page after this hit begins; good for this question only."""
    return paging.encode([last.score, str(last.property_id), _mark(query)])


def cursor_before(page: Sequence[Hit], query: Query) -> str:
    """Where the page before this one ends; a page that has become empty ends where `query.after` says it began."""
    if page:
        score, home = page[0].score, str(page[0].property_id)
    else:
        score, home = query.after[0] if query.after else 0.0, _LAST
    return paging.encode([score, home, _BACK + _mark(query)])


def after_cursor(query: Query, cursor: str | None) -> Query:
    """The question for the page that the cursor names; raises `Invalid` for one of another question, or of nobody's."""
    parts = paging.decode(cursor, 3)
    if parts is None:
        return query
    score, home, mark = parts
    texts = isinstance(home, str) and isinstance(mark, str)
    if not texts or not isinstance(score, int | float) or not _ID.fullmatch(home) or score != score:
        raise SearchInvalid("Start again from the first page.", fields={"cursor": "This cursor is not one of ours."})
    if mark.removeprefix(_BACK) != _mark(query):
        said = "This cursor belongs to another search."
        raise SearchInvalid("Start again from the first page.", fields={"cursor": said})
    key = (float(score), home)
    return replace(query, before=key) if mark.startswith(_BACK) else replace(query, after=key)


def _mark(query: Query) -> str:
    """Short for the question, whichever page of it and however large."""
    bare = replace(query, after=None, before=None, limit=0, clusters=None)
    return blake2s(repr(bare).encode(), digest_size=6).hexdigest()


def _too_far() -> SearchInvalid:
    said = f"Choose a day within the next {HOURS_AHEAD} days."
    return SearchInvalid("Hours can be searched some weeks ahead.", fields={"day": said})


def _no_box() -> SearchInvalid:
    return SearchInvalid("This is no part of a map.", fields={"bbox": "Write south,west,north,east in degrees."})
