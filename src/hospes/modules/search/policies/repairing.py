"""When what the index knows cannot be brought up to date by the events since, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_SILENCE = timedelta(days=3)  # events are kept for 7 days after they were handed on
CLOCKS_DIFFER = timedelta(minutes=5)
FEW_WRONG = 5


class Reason(StrEnum):
    """Why the index, or a snapshot of it, is read from the database again."""

    NONE_THERE = "no_snapshot"
    TORN = "torn_file"
    FOREIGN_VERSION = "foreign_version"
    FOREIGN_DATABASE = "foreign_database"
    OTHER_SCHEMA = "other_schema"
    WENT_BACK = "database_went_back"
    TOO_OLD = "too_old"
    PRUNED = "events_pruned"
    TOO_MANY = "too_many_changes"
    MISSED = "events_missed"
    FAILED = "reading_failed"
    NEW_DAY = "new_day"
    CROWDED = "many_changes"
    DRIFT = "drift"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where in the history of which database something was read.

    `database`: which one, changed by a restore into another and by a fail-over. `position`: what was committed, as
    PostgreSQL writes a snapshot. `next_xid`: no transaction had this number yet. `last_event`: the last number given to
    an event, 0 for none. `first_kept`: the oldest event still there. `at`: by our clock."""

    database: str
    revision: str
    position: str
    next_xid: int
    last_event: int
    first_kept: int | None
    at: datetime


def is_much(wrong: int, *, of: int) -> bool:
    """Whether so many of a sample are wrong that not only these are to be read again."""
    return wrong > max(FEW_WRONG, of // 10)


def why_lost(then: Stand, now: Stand) -> Reason | None:
    """Why what was known `then` may be wrong now, whatever events have told since; None when it is not."""
    if then.database != now.database:
        return Reason.FOREIGN_DATABASE
    if now.last_event < then.last_event or now.next_xid < then.next_xid or now.at < then.at - CLOCKS_DIFFER:
        return Reason.WENT_BACK
    if now.at - then.at > LONGEST_SILENCE:
        return Reason.TOO_OLD
    return None


def why_start_over(then: Stand, now: Stand) -> Reason | None:
    """Why the events kept since `then` do not tell all that has changed by `now`; None when they do."""
    if then.revision != now.revision:
        return Reason.OTHER_SCHEMA
    if reason := why_lost(then, now):
        return reason
    return Reason.PRUNED if _pruned_since(then, now) else None


def _pruned_since(then: Stand, now: Stand) -> bool:
    """Whether events after `then` may be gone: the oldest kept one is younger than the first one that must be there."""
    if now.last_event == then.last_event:
        return False
    return now.first_kept is None or now.first_kept > then.last_event + 1
