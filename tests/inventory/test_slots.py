"""What is offered is booked and what is not offered is refused, in every zone, whatever the schedule."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospes.modules.inventory import errors, facade
from hospes.modules.inventory.contracts import ClaimKind, DayException, Place, Schedule, SlotAsk, Window
from hospes.modules.inventory.policies.slots import Diary, Job, Terms, check_length, terms_of
from hospes.modules.inventory.policies.travel import distance_km, travel_seconds
from hospes.modules.inventory.policies.windows import openings
from hospes.platform.db import WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.ids import new_id
from tests.builders.schedules import PARIS, VERSAILLES, a_schedule, with_schedule
from tests.inventory.test_windows import changes, zone_and_day, zones

MINUTE = 60
DAY = 86_400


def _start(window: Window) -> tuple[int, time]:
    return window.weekday, window.opens


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Windows of any kind, overlapping ones too: what the host may say is checked elsewhere."""
    minute = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
    windows = draw(
        st.lists(st.builds(Window, st.integers(0, 6), minute, minute), min_size=1, max_size=8, unique_by=_start)
    )
    slot = draw(st.sampled_from([15, 30, 50, 60, 90]))
    limits = draw(st.sampled_from([{}, {}, {"max_per_day": 1}, {"max_per_day": 3}, {"max_per_week": 2}]))
    return a_schedule(
        slot_minutes=slot,
        step_minutes=draw(st.sampled_from([10, 15, 30, 60])),
        before_minutes=draw(st.sampled_from([0, 0, 5, 45])),
        after_minutes=draw(st.sampled_from([0, 0, 10, 120])),
        notice_minutes=draw(st.sampled_from([0, 90, 2 * 1440])),
        horizon_days=draw(st.sampled_from([1, 2, 90])),
        windows=tuple(windows),
        **limits,
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, str, date, datetime, list[Job]]:
    """A schedule in a zone on a day of a clock change, seen shortly before, with jobs about that day."""
    zone, day = draw(zone_and_day())
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    now = datetime.fromtimestamp(noon - draw(st.integers(0, 3 * DAY)), UTC)
    jobs = []
    for _ in range(draw(st.integers(0, 5))):
        start = noon + MINUTE * draw(st.integers(-2880, 2880))
        jobs.append(Job(start, start + MINUTE * draw(st.integers(5, 300)), start, draw(st.booleans())))
    return draw(schedules()), zone, day, now, jobs


@settings(max_examples=500, deadline=None)
@given(cases(), st.integers(-100, 100))
def test_a_start_is_offered_exactly_when_it_is_not_refused(
    case: tuple[Schedule, str, date, datetime, list[Job]], off: int
) -> None:
    schedule, zone, day, now, jobs = case
    terms = terms_of(schedule, zone, schedule.slot_minutes, now)
    unit = uuid4()
    opening = openings(schedule, zone, [unit], day - timedelta(days=1), day + timedelta(days=1))[unit]
    diary = Diary(jobs, terms)
    offered = diary.free_starts(opening)
    assert offered == sorted(set(offered))
    refusals = {start: diary.refusal(opening, start) for start in offered}
    assert set(refusals.values()) <= {None}
    for start in {start for opens, closes in opening for start in range(opens, closes, terms.step)}:
        assert (diary.refusal(opening, start) is None) == (start in refusals)
        assert (diary.refusal(opening, start + off) is None) == (start + off in refusals)


@settings(max_examples=500, deadline=None)
@given(cases())
def test_what_is_offered_lies_within_the_hours_and_clear_of_every_job(
    case: tuple[Schedule, str, date, datetime, list[Job]],
) -> None:
    schedule, zone, day, now, jobs = case
    terms = terms_of(schedule, zone, schedule.slot_minutes, now)
    unit = uuid4()
    opening = openings(schedule, zone, [unit], day - timedelta(days=1), day + timedelta(days=1))[unit]
    days = Counter(datetime.fromtimestamp(job.starts_at, ZoneInfo(zone)).date() for job in jobs if job.counts)
    for start in Diary(jobs, terms).free_starts(opening):
        end = start + schedule.slot_minutes * MINUTE
        assert any(opens <= start and end <= closes for opens, closes in opening)
        assert any((start - opens) % (schedule.step_minutes * MINUTE) == 0 for opens, _ in opening)
        busy_from, busy_to = start - schedule.before_minutes * MINUTE, end + schedule.after_minutes * MINUTE
        assert not any(job.start < busy_to and busy_from < job.end for job in jobs)
        assert start >= now.timestamp() + schedule.notice_minutes * MINUTE
        local = datetime.fromtimestamp(start, ZoneInfo(zone)).date()
        assert local <= now.astimezone(ZoneInfo(zone)).date() + timedelta(days=schedule.horizon_days)
        if schedule.max_per_day is not None:
            assert days[local] < schedule.max_per_day


@settings(max_examples=300, deadline=None)
@given(zones)
def test_every_slot_of_the_days_of_a_change_has_its_exact_length_and_nine_is_nine(zone: str) -> None:
    schedule = a_schedule(windows=tuple(Window(day, time(9), time(17)) for day in range(7)), slot_minutes=30)
    unit = uuid4()
    for day in changes(zone) or (date(2026, 7, 1),):
        terms = terms_of(schedule, zone, 30, datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3))
        starts = Diary([], terms).free_starts(openings(schedule, zone, [unit], day, day)[unit])
        local = [datetime.fromtimestamp(start, ZoneInfo(zone)) for start in starts]
        assert local[0].replace(tzinfo=None) == datetime.combine(day, time(9))
        assert {b - a for a, b in pairwise(starts)} == {30 * MINUTE}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases(), st.integers(0, 2), st.booleans())
async def test_every_slot_offered_can_be_claimed_and_every_other_is_refused(
    tx: WriteTx, case: tuple[Schedule, str, date, datetime, list[Job]], later: int, travels: bool
) -> None:
    async with tx.conn.transaction(force_rollback=True):
        await _compare(tx, *case, later, travels)


async def _compare(
    tx: WriteTx, said: Schedule, zone: str, day: date, now: datetime, jobs: list[Job], later: int, travels: bool
) -> None:
    units, home = (new_id(), new_id()), {"travel_mode": "travel", "home": PARIS, "radius_km": 50.0, "speed_kmh": 30.0}
    values = {name: getattr(said, name) for name in Schedule.__slots__ if name not in ("resource_id", "version")}
    schedule = await with_schedule(tx, new_id(), **{**values, **(home if travels else {})})
    last = day + timedelta(days=later)
    asked = {"resource_id": schedule.resource_id, "zone": zone, "unit_ids": units, "now": now}
    asked["place"] = VERSAILLES if travels else None
    for number, job in enumerate(jobs):
        await _busy(tx, schedule, zone, units[number % 2], job, now)
    offered = {each.starts_at: each for each in await facade.slots(tx, **asked, first=day, last=last)}
    opening = openings(schedule, zone, units, day - timedelta(days=1), last)[units[0]]
    for start in sorted({start for opens, closes in opening for start in range(opens, closes, 600)})[::5]:
        at = datetime.fromtimestamp(start, UTC)
        if day <= at.astimezone(ZoneInfo(zone)).date() <= last:
            ask = await _checked(tx, asked, at)
            assert (ask is None) == (at not in offered)
            if ask is not None:
                assert offered[at].units_free == ask.unit_ids
                assert ask.ends_at - ask.starts_at == timedelta(minutes=schedule.slot_minutes)
                await _claim_out(tx, ask, now)


async def _checked(tx: WriteTx, asked: dict[str, Any], at: datetime) -> SlotAsk | None:
    try:
        return await facade.check_slot(tx, **asked, starts_at=at)
    except HospesError:
        return None


async def _claim_out(tx: WriteTx, ask: SlotAsk, now: datetime) -> None:
    async with tx.conn.transaction(force_rollback=True):
        for unit in ask.unit_ids:
            assert (await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=now)).unit_id == unit
        with pytest.raises(HospesError):
            await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=now)


async def _busy(tx: WriteTx, schedule: Schedule, zone: str, unit: UUID, job: Job, now: datetime) -> None:
    start, end = datetime.fromtimestamp(job.start, UTC), datetime.fromtimestamp(job.end, UTC)
    ask = SlotAsk(schedule.resource_id, (unit,), zone, start, end)
    kind = ClaimKind.BOOKING if job.counts else ClaimKind.BLOCK
    try:
        async with tx.savepoint():
            await facade.claim(tx, ask, kind=kind, owner_id=new_id(), now=now)
    except errors.NotAvailable:
        return


def terms(**given: int) -> Terms:
    values = {"length": 3600, "step": 1800, "before": 0, "after": 0, "earliest": 0, "latest": 10**10, **given}
    return Terms("UTC", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "given", "refusal"),
    [
        (0, {}, None),
        (1800, {}, None),
        (900, {}, errors.NotOnTheGrid),
        (-1800, {}, errors.OutsideHours),
        (7200 + 1800, {}, errors.OutsideHours),
        (0, {"earliest": 1}, errors.TooLittleNotice),
        (1800, {"latest": 1800}, errors.BeyondHorizon),
        (7200, {"after": 1}, errors.NotAvailable),
        (0, {"max_per_day": 1}, errors.DayFull),
        (0, {"max_per_week": 1}, errors.WeekFull),
    ],
)
def test_each_refusal_has_its_own_reason(start: int, given: dict[str, int], refusal: type[HospesError] | None) -> None:
    diary = Diary([Job(10_800, 12_000, 10_800)], terms(**given))
    found = diary.refusal([(0, 10_800)], start)
    assert type(found) is (refusal or type(None))


@pytest.mark.parametrize(
    ("longest", "minutes", "right"),
    [(None, 50, True), (None, 60, True), (None, 1440, True), (None, 40, False), (None, 70, False), (50, 60, False)],
)
def test_a_booking_lasts_a_slot_or_a_multiple_of_the_step(longest: int | None, minutes: int, right: bool) -> None:
    schedule = a_schedule(slot_minutes=50, step_minutes=20, longest_minutes=longest)
    if right:
        assert check_length(schedule, minutes) == minutes
    else:
        with pytest.raises(errors.WrongLength):
            check_length(schedule, minutes)


def test_the_great_circle_and_the_time_on_it() -> None:
    assert distance_km(PARIS, PARIS) == 0
    assert round(distance_km(PARIS, VERSAILLES), 1) == 17.9
    assert round(distance_km(Place(0, 179.5), Place(0, -179.5)), 1) == 111.2
    assert round(distance_km(Place(90, 0), Place(-90, 77))) == 20_015
    assert travel_seconds(PARIS, VERSAILLES, 30) == 36 * MINUTE


async def test_a_closed_day_and_no_schedule_offer_nothing(tx: WriteTx, now: datetime) -> None:
    day, unit = date(2026, 7, 1), new_id()
    asked = {"zone": "Europe/Paris", "unit_ids": (unit,), "first": day, "last": day, "now": now}
    assert await facade.slots(tx, resource_id=new_id(), **asked) == []
    closed = await with_schedule(tx, new_id(), exceptions=(DayException(day),))
    assert await facade.slots(tx, resource_id=closed.resource_id, **asked) == []
    assert await facade.schedule_of(tx, closed.resource_id) == closed
    with pytest.raises(errors.ScheduleNotFound):
        await facade.check_slot(tx, resource_id=new_id(), zone="Europe/Paris", unit_ids=(unit,), starts_at=now, now=now)


async def test_who_may_book_a_departure(tx: WriteTx, now: datetime) -> None:
    from tests.builders.schedules import MORNING, a_departure

    resource_id, departure_id = await a_departure(tx, capacity=5, cutoff_minutes=60, min_group=2, max_group=4)
    for quantity, at, refusal in (
        (2, now, None),
        (1, now, errors.WrongGroupSize),
        (5, now, errors.WrongGroupSize),
        (2, MORNING - timedelta(minutes=60), errors.DepartureClosed),
        (2, MORNING - timedelta(minutes=61), None),
    ):
        if refusal is None:
            await facade.check_departure(tx, resource_id, departure_id, quantity=quantity, now=at)
            continue
        with pytest.raises(refusal):
            await facade.check_departure(tx, resource_id, departure_id, quantity=quantity, now=at)
    with pytest.raises(errors.DepartureNotFound):
        await facade.check_departure(tx, new_id(), departure_id, quantity=2, now=now)
    cancelled = await a_departure(tx, status="cancelled")
    with pytest.raises(errors.DepartureClosed):
        await facade.check_departure(tx, *cancelled, quantity=1, now=now)
