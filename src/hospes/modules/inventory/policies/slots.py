"""Which slots are free, and why another is refused: one and the same diary answers both, so that nothing is offered
that would be refused. All times are epoch seconds, all spans half-open."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from hospes.modules.inventory import errors
from hospes.modules.inventory.contracts import Place, Schedule, Span, merged
from hospes.modules.inventory.policies.windows import instant, local_day
from hospes.platform.errors import HospesError

DAY = 86_400
REACH = 3 * DAY
"""How far beyond a slot a claim can matter: a day of service, a day of buffers, half a day on the way."""
WEEK = 8 * DAY
"""The same where a week's bookings are counted."""
_MIDNIGHT = datetime.min.time()


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of a slot. It starts in [earliest, latest); limits are None where there are none."""

    zone: str
    length: int
    step: int
    before: int
    after: int
    earliest: int
    latest: int
    max_per_day: int | None = None
    max_per_week: int | None = None

    @property
    def limited(self) -> bool:
        """Whether bookings are counted."""
        return self.max_per_day is not None or self.max_per_week is not None

    @property
    def reach(self) -> int:
        """How far before and after a slot's start a claim can matter, in seconds."""
        return WEEK if self.limited else REACH

    def between(self, start: int, end: int) -> "Terms":
        """The same for starts in [start, end) only."""
        return replace(self, earliest=max(self.earliest, start), latest=min(self.latest, end))


@dataclass(frozen=True, slots=True)
class Job:
    """A live claim of a unit, buffers included. `counts`: it uses up the limits. `place` None: nowhere to travel."""

    start: int
    end: int
    starts_at: int
    counts: bool = True
    place: Place | None = None


def terms_of(schedule: Schedule, zone: str, minutes: int, now: datetime) -> Terms:
    """The terms of bookings of this length, asked for now."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Terms(
        zone=zone,
        length=minutes * 60,
        step=schedule.step_minutes * 60,
        before=schedule.before_minutes * 60,
        after=schedule.after_minutes * 60,
        earliest=ceil(now.timestamp()) + schedule.notice_minutes * 60,
        latest=instant(zone, today + timedelta(days=schedule.horizon_days + 1), _MIDNIGHT),
        max_per_day=schedule.max_per_day,
        max_per_week=schedule.max_per_week,
    )


def check_length(schedule: Schedule, minutes: float) -> int:
    """The length in whole minutes; raises `WrongLength` for one that is never sold."""
    longest = schedule.longest_minutes or DAY // 60
    usual, step = schedule.slot_minutes, schedule.step_minutes
    if minutes == usual or (usual <= minutes <= longest and minutes % step == 0):
        return int(minutes)
    if longest == usual:
        said = f"It is booked for {usual} minutes here."
    else:
        upto = f" up to {longest}" if schedule.longest_minutes else ""
        said = f"It is booked for {usual} minutes or a longer multiple of {step} minutes{upto} here."
    raise errors.WrongLength(said, fields={"ends_at": said})


class Diary:
    """What a unit has to do, as it stands in the way of one more job."""

    def __init__(self, jobs: Sequence[Job], terms: Terms, way: Callable[[Place], int] | None = None) -> None:
        """`way`: seconds from a place to where the new job is; None when nobody travels."""
        self._terms = terms
        self._busy = merged([(job.start, job.end) for job in jobs])
        self._out = merged([_with_way(job, way) for job in jobs]) if way else self._busy
        self._days: Counter[date] = Counter()
        self._weeks: Counter[tuple[int, int]] = Counter()
        if terms.limited:
            for job in jobs:
                if job.counts:
                    day = local_day(terms.zone, job.starts_at)
                    self._days[day] += 1
                    self._weeks[day.isocalendar()[:2]] += 1
        self._full = _reached(self._days, terms.max_per_day) or _reached(self._weeks, terms.max_per_week)

    def free_starts(self, opening: Sequence[Span]) -> list[int]:
        """Every start that `refusal` lets pass, sorted."""
        terms, found = self._terms, set[int]()
        before, whole = terms.before, terms.length + terms.after
        starts, ends = self._out
        count = len(starts)
        for opens, closes in opening:
            first = opens + -(-max(0, terms.earliest - opens) // terms.step) * terms.step
            for start in range(first, min(closes - terms.length + 1, terms.latest), terms.step):
                place = bisect_right(ends, start - before)
                if place == count or starts[place] >= start + whole:
                    found.add(start)
        return sorted(each for each in found if self._limit(each) is None) if self._full else sorted(found)

    def refusal(self, opening: Sequence[Span], start: int) -> HospesError | None:
        """Why nobody can start then; None when somebody can."""
        terms = self._terms
        within = [opens for opens, closes in opening if opens <= start and start + terms.length <= closes]
        if not within:
            return _at(errors.OutsideHours, "This is outside the opening hours.")
        if all((start - opens) % terms.step for opens in within):
            return _at(errors.NotOnTheGrid, "There is no slot at this time. Please choose one of those offered.")
        if start < terms.earliest:
            return _at(errors.TooLittleNotice, "This is too soon. Please choose a later time.")
        if start >= terms.latest:
            last = local_day(terms.zone, terms.latest - 1)
            return _at(errors.BeyondHorizon, f"This can be booked up to {last.isoformat()}.")
        return self.clash(start)

    def clash(self, start: int) -> HospesError | None:
        """What in the diary stands in the way of a job that starts then, whatever the hours."""
        from_, until = start - self._terms.before, start + self._terms.length + self._terms.after
        if _hits(self._busy, from_, until):
            return errors.NotAvailable("This time has just been taken. Please choose another.")
        if _hits(self._out, from_, until):
            return errors.TooFarToTravel("There is not enough time to get here from the job before or to the next one.")
        return self._limit(start)

    def _limit(self, start: int) -> HospesError | None:
        terms = self._terms
        if not self._full:
            return None
        day = local_day(terms.zone, start)
        if terms.max_per_day is not None and self._days[day] >= terms.max_per_day:
            return errors.DayFull("There are no more bookings on this day. Please choose another.")
        if terms.max_per_week is not None and self._weeks[day.isocalendar()[:2]] >= terms.max_per_week:
            return errors.WeekFull("There are no more bookings in this week. Please choose another.")
        return None


_RANK: tuple[type[HospesError], ...] = (
    errors.OutsideHours,
    errors.NotOnTheGrid,
    errors.TooLittleNotice,
    errors.BeyondHorizon,
    errors.TooFarToTravel,
    errors.WeekFull,
    errors.DayFull,
    errors.NotAvailable,
)


def nearest(refusals: Sequence[HospesError]) -> HospesError:
    """The refusal of the unit that came closest; `NotAvailable` when there is no unit at all."""
    if not refusals:
        return errors.NotAvailable("There is nobody to book here.")
    return max(refusals, key=lambda each: _RANK.index(type(each)))


def _reached(counted: Counter[Any], limit: int | None) -> bool:
    return limit is not None and any(count >= limit for count in counted.values())


def _with_way(job: Job, way: Callable[[Place], int]) -> Span:
    seconds = way(job.place) if job.place is not None else 0
    return job.start - seconds, job.end + seconds


def _hits(merged: tuple[list[int], list[int]], start: int, end: int) -> bool:
    starts, ends = merged
    place = bisect_right(ends, start)
    return place < len(starts) and starts[place] < end


def _at(error: type[HospesError], sentence: str) -> HospesError:
    return error(sentence, fields={"starts_at": sentence})
