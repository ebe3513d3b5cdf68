"""Calendar feeds: what they say, what has changed since, which nights that takes, and when to ask again."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

REFRESH_EVERY = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=6)
SUSPICION = timedelta(hours=1)
LOOK_BACK = timedelta(days=1)
YEARS_AHEAD = 2
MANY = 5


class FeedResult(StrEnum):
    """How the last try went."""

    WAITING = "waiting"
    GOOD = "good"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    SUSPICIOUS = "suspicious"
    FAILED = "failed"


class SpanState(StrEnum):
    """What became of a busy time: claimed; somebody of ours is there too; or the rest was off sale already."""

    CLAIMED = "claimed"
    CONFLICT = "conflict"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class BusySpan:
    """A busy time of a feed: [starts_at, ends_at), UTC. All-day ones also say their days [first_day, last_day).
    `occurrence` tells the repetitions of one `uid` apart."""

    uid: str
    occurrence: str
    starts_at: datetime
    ends_at: datetime
    first_day: date | None = None
    last_day: date | None = None
    summary: str = ""
    tentative: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same while an event moves."""
        return self.uid, self.occurrence

    @property
    def when(self) -> tuple[datetime, datetime, date | None, date | None]:
        """When it is."""
        return self.starts_at, self.ends_at, self.first_day, self.last_day


@dataclass(frozen=True, slots=True)
class FeedContents:
    """A feed that was read whole. `skipped` says which of its events made no sense: then nothing may be let go."""

    spans: tuple[BusySpan, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """A busy time as imported; its claims belong to `id`."""

    id: UUID
    span: BusySpan
    state: SpanState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a feed says now against what is stored."""

    same: tuple[tuple[StoredSpan, BusySpan], ...]
    moved: tuple[tuple[StoredSpan, BusySpan], ...]
    gone: tuple[StoredSpan, ...]
    added: tuple[BusySpan, ...]


def window(now: datetime, zone: str) -> tuple[date, date]:
    """The days looked at, [first, end): from yesterday to the end of the month in two years. It moves by whole months,
    so that a closed season without an end does not grow by a scrap a day."""
    today = now.astimezone(ZoneInfo(zone)).date()
    month = today.month % 12 + 1
    return today - LOOK_BACK, date(today.year + YEARS_AHEAD + (month == 1), month, 1)


def compare(stored: Iterable[StoredSpan], found: Iterable[BusySpan], *, since: datetime) -> Changes:
    """Pairs by uid and occurrence first; what is left by equal times, since some sites give every export new uids.

    Stored spans that ended by `since` are past: a feed may forget them, which changes nothing.
    """
    left = {each.span.key: each for each in stored if each.span.ends_at > since}
    same: list[tuple[StoredSpan, BusySpan]] = []
    moved: list[tuple[StoredSpan, BusySpan]] = []
    new = []
    for span in found:
        old = left.pop(span.key, None)
        if old is None:
            new.append(span)
        else:
            (same if old.span.when == span.when else moved).append((old, span))
    by_time: dict[object, list[StoredSpan]] = {}
    for old in left.values():
        by_time.setdefault(old.span.when, []).append(old)
    added = []
    for span in new:
        twins = by_time.get(span.when)
        if twins:
            same.append((twins.pop(), span))
        else:
            added.append(span)
    gone = [each for twins in by_time.values() for each in twins]
    return Changes(tuple(same), tuple(moved), tuple(gone), tuple(added))


def is_suspicious(changes: Changes) -> bool:
    """Whether so much is gone at once that it is more likely a fault over there: everything, or most of many."""
    kept = len(changes.same) + len(changes.moved)
    gone = len(changes.gone)
    return gone > 0 and ((kept == 0 and not changes.added) or (gone > MANY and gone > kept + len(changes.added)))


def believed(suspected_at: datetime | None, now: datetime, *, forced: bool) -> bool:
    """Whether what looks suspicious may be acted upon: seen again an hour later, or the host insists."""
    return forced or (suspected_at is not None and now - suspected_at >= SUSPICION)


def next_try(now: datetime, failures: int) -> datetime:
    """15 minutes after a good answer, then 30 minutes, 1 hour … at most 6 hours after the n-th failure in a row."""
    wait: timedelta = REFRESH_EVERY * (1 << min(failures, 10))
    return now + min(wait, LONGEST_WAIT)


def nights_of(span: BusySpan, zone: str, *, check_in: time, check_out: time) -> tuple[date, date]:
    """The nights [first, departure) a busy time takes. An all-day event takes the nights that begin on its days;
    another one every night whose stay, from check-in to check-out, it touches. Equal days: none."""
    if span.first_day is not None and span.last_day is not None:
        return span.first_day, span.last_day
    local = ZoneInfo(zone)
    begins, ends = span.starts_at.astimezone(local), span.ends_at.astimezone(local)
    first = begins.date() if begins.time() >= check_out else begins.date() - timedelta(days=1)
    departure = ends.date() if ends.time() <= check_in else ends.date() + timedelta(days=1)
    return first, max(first, departure)


def clip(first: date, departure: date, within: tuple[date, date]) -> tuple[date, date]:
    """The part of [first, departure) within the window; may be empty or reversed."""
    return max(first, within[0]), min(departure, within[1])


def runs(days: Collection[date]) -> list[tuple[date, date]]:
    """Neighbouring days as [first, after the last), in order."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + timedelta(days=1))
        else:
            found.append((day, day + timedelta(days=1)))
    return found


def days_between(first: date, departure: date) -> list[date]:
    """Every day of [first, departure)."""
    return [first + timedelta(days=each) for each in range((departure - first).days)]


def gaps(start: datetime, end: datetime, taken: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """What of [start, end) nobody has taken, in order."""
    free, at = [], start
    for begins, ends in sorted(taken):
        if begins > at:
            free.append((at, min(begins, end)))
        at = max(at, ends)
        if at >= end:
            break
    if at < end:
        free.append((at, end))
    return [each for each in free if each[0] < each[1]]


_OUR_UID = re.compile(r"([0-9a-f]{32})(?:-[0-9a-z]{1,40})?@hospes", re.ASCII)


def our_uid(owner_id: UUID, part: str = "") -> str:
    """The uid under which a booking, block or resource leaves in an export; the same for ever."""
    return f"{owner_id.hex}{'-' if part else ''}{part}@hospes"


def owner_in(uid: str) -> UUID | None:
    """Whose uid this is, if it has the shape of ours; another installation's has it too."""
    found = _OUR_UID.fullmatch(uid)
    return UUID(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar somewhere else that is imported; `detail` is the last try's sentence for the host.

    `suspected_at`: since when much is missing over there that has not been let go here."""

    id: UUID
    resource_id: UUID
    unit_id: UUID | None
    name: str
    url: str
    result: FeedResult
    detail: str
    etag: str | None
    last_modified: str | None
    tried_at: datetime | None
    succeeded_at: datetime | None
    suspected_at: datetime | None
    failures: int
    next_try_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FeedConflict:
    """A busy time of a feed that meets a hold or booking of ours; nothing was claimed where they meet."""

    feed_id: UUID
    span: BusySpan
    detail: str


def describe(contents: FeedContents, *, waiting: int) -> tuple[FeedResult, str]:
    """The result and its sentence; `waiting` is how many busy times are missing over there and kept here."""
    if contents.skipped:
        some = "; ".join(contents.skipped[:3])
        return FeedResult.PARTIAL, f"Some entries could not be read, so nothing was let go: {some}"[:1000]
    if waiting:
        return (
            FeedResult.SUSPICIOUS,
            f"{waiting} busy times are missing all at once. They are kept until they have been missing for an hour.",
        )
    count = len(contents.spans)
    return FeedResult.GOOD, f"{count} busy {'time' if count == 1 else 'times'}."
