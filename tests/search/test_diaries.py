"""What search finds by the hour is what inventory offers: every first start, in every zone, over changes of clocks."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind, DayException, Place, Schedule, SlotAsk, Window
from hospes.modules.inventory.errors import NotAvailable, TooFarToTravel, WrongLength
from hospes.modules.inventory.policies.travel import check_reach
from hospes.modules.search.contracts import ORIGIN, Diary, Listing, Mode
from hospes.modules.search.keeping.timetables import diaries_of
from hospes.modules.search.policies.free_runs import Run, Terms, free_runs
from hospes.modules.search.tables.diaries import DAYS, Diaries
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.catalog import a_property, a_resource
from tests.builders.schedules import MORNING, PARIS, VERSAILLES, a_schedule, with_schedule
from tests.inventory.test_windows import changes

ZONES = (
    "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "Pacific/Auckland",
    "America/Santiago", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Beirut",
)  # fmt: skip
DAY = timedelta(days=1)
WORLDS = 100
OPEN_ALL_WEEK = tuple(Window(day, time(9), time(17)) for day in range(7))


@dataclass(frozen=True)
class Asked:
    first: date
    last: date
    since: time = time()
    until: time | None = None
    minutes: int | None = None


def wall(random: Random) -> time:
    """Mostly a quarter of an hour, sometimes any minute."""
    minute = random.choice((0, 0, 15, 30, 45, random.randint(0, 59)))
    return time(random.randint(0, 23), minute)


def a_random_schedule(random: Random, units: tuple[UUID, ...], around: date) -> dict[str, object]:
    """Hours of any kind: over midnight, of one unit alone, off the quarter."""
    windows = {
        (each.weekday, each.opens, each.unit_id): each
        for each in (
            Window(random.randrange(7), wall(random), wall(random), random.choice((None, None, None, *units)))
            for _ in range(random.randint(1, 14))
        )
    }
    exceptions = {
        (day, unit): DayException(day, tuple((wall(random), wall(random)) for _ in range(random.randint(0, 2))), unit)
        for day, unit in (
            (around + timedelta(days=random.randint(-3, 30)), random.choice((None, *units)))
            for _ in range(random.choice((0, 0, 1, 4)))
        )
    }
    slot = random.choice((15, 20, 30, 50, 60, 90, 240))
    return {
        "windows": tuple(windows.values()),
        "exceptions": tuple(exceptions.values()),
        "slot_minutes": slot,
        "step_minutes": random.choice((5, 10, 15, 25, 30, 60)),
        "longest_minutes": random.choice((None, None, slot, slot + 120)),
        "before_minutes": random.choice((0, 0, 5, 45)),
        "after_minutes": random.choice((0, 0, 10, 120)),
        "notice_minutes": random.choice((0, 0, 90, 2 * 1440)),
        "horizon_days": random.choice((1, 5, 30, 90, 730)),
        "max_per_day": random.choice((None, None, None, 1, 3)),
        "max_per_week": random.choice((None, None, None, 2)),
    }


async def make_busy(tx: WriteTx, random: Random, sellable: Sellable, now: datetime) -> None:
    """Appointments, blocks and holds, some of which have run out."""
    for _ in range(random.choice((0, 5, 25))):
        start = now + timedelta(minutes=random.randint(-5 * 1440, 20 * 1440))
        end = start + timedelta(minutes=random.choice((15, 30, 45, 60, 61, 600)))
        before = after = timedelta(minutes=random.choice((0, 0, 15)))
        ask = SlotAsk(sellable.resource_id, sellable.unit_ids, sellable.zone, start, end, before, after)
        kind = random.choice((ClaimKind.BOOKING, ClaimKind.HOLD, ClaimKind.BLOCK))
        held = now + timedelta(minutes=random.choice((-5, 60 * 24 * 90))) if kind is ClaimKind.HOLD else None
        try:
            async with tx.savepoint():
                await inventory.claim(
                    tx, ask, kind=kind, owner_id=new_id(), held_until=held, now=now - timedelta(minutes=10)
                )
        except NotAvailable:
            continue


def questions(random: Random, today: date, schedules: list[Schedule]) -> list[Asked]:
    """Days near and far, with hours and without, lengths that are sold and others."""
    found = []
    for _ in range(6):
        first = today + timedelta(days=random.choice((-2, 0, 0, 1, 2, 3, 6, 20, DAYS, DAYS + 1)))
        last = first + timedelta(days=random.choice((0, 0, 0, 1, 3, 7)))
        schedule = random.choice(schedules)
        length = schedule.slot_minutes
        minutes = random.choice((None, None, length, length + schedule.step_minutes, 60, 37))
        hours = sorted((wall(random), wall(random)))
        since, until = random.choice(((time(), None), (hours[0], None), (hours[0], hours[1]), (time(), hours[1])))
        found.append(Asked(first, last, since, until, minutes))
    return found


async def offered(tx: WriteTx, sellable: Sellable, asked: Asked, now: datetime) -> int:
    """The first start that inventory offers, as search would say it."""
    where = {"resource_id": sellable.resource_id, "zone": sellable.zone, "unit_ids": sellable.unit_ids}
    try:
        slots = await inventory.slots(
            tx, **where, first=asked.first, last=asked.last, minutes=asked.minutes, now=now
        )  # fmt: skip
    except WrongLength:
        return 0
    day, spans = asked.first, []
    while day <= asked.last:
        end = inventory.instant(sellable.zone, *((day + DAY, time()) if asked.until is None else (day, asked.until)))
        spans.append((inventory.instant(sellable.zone, day, asked.since), end))
        day += DAY
    starts = (int(each.starts_at.timestamp()) for each in slots)
    last = now.astimezone(ZoneInfo(sellable.zone)).date() + timedelta(days=DAYS)
    promised = inventory.instant(sellable.zone, last + DAY, time())
    return next((each for each in starts if each < promised and any(low <= each < high for low, high in spans)), 0)


@dataclass(frozen=True)
class Street:
    """Some who are booked by the hour, and when they are."""

    sellables: list[Sellable]
    schedules: list[Schedule]
    diaries: Diaries

    def ask(self, asked: Asked, now: datetime) -> list[int]:
        """What search answers for each."""
        mask, starts = self.diaries.first_start(
            np.arange(len(self.sellables)), asked.first, asked.last, since=asked.since, until=asked.until,
            minutes=asked.minutes, now=now,
        )  # fmt: skip
        assert (mask == (starts > 0)).all()
        return [int(each) for each in starts]


async def a_street(tx: WriteTx, random: Random, now: datetime, zone: str) -> Street:
    """Four of them in one place."""
    place = await a_property(tx, zone=zone)
    sellables, schedules = [], []
    for _ in range(4):
        sellable = await a_resource(
            tx, property_id=place.id, kind="PROFESSIONAL", mode="timed", units=random.randint(1, 3)
        )
        given = a_random_schedule(random, sellable.unit_ids, now.date())
        schedules.append(await with_schedule(tx, sellable.resource_id, **given))  # type: ignore[arg-type]
        await make_busy(tx, random, sellable, now)
        sellables.append(sellable)
    return Street(sellables, schedules, await diaries_like(tx, sellables, now))


def a_listing(diary: Diary | None, zone: str = "UTC", **given: Any) -> Listing:
    """Somebody in Paris with this diary."""
    return Listing(
        resource_id=new_id(), latitude=PARIS.latitude, longitude=PARIS.longitude, kind="PROFESSIONAL", guests=1,
        pets=False, instant=True, amenities=0, rating=0, rating_count=0, currency="EUR", base_amount=5_000,
        min_nights=1, max_nights=1, notice_hours=0, horizon_days=90, nightly=False, mode=Mode.TIMED, zone=zone,
        diary=diary, **given,
    )  # fmt: skip


async def diaries_like(tx: WriteTx, sellables: list[Sellable], now: datetime) -> Diaries:
    """As the index would read them, one row each."""
    tables = await diaries_of(tx, {each.resource_id: each.zone for each in sellables}, now=now)
    diaries = Diaries()
    for row, each in enumerate(sellables):
        table = tables.get(each.resource_id)
        diaries.put(row, a_listing(table.diary if table else None, each.zone))
    return diaries


async def test_search_finds_the_first_start_that_inventory_offers(tx: WriteTx) -> None:
    found = asked_in_all = 0
    for seed in range(WORLDS):
        random = Random(seed)
        zone = random.choice(ZONES)
        around = random.choice((*changes(zone), date(2026, 7, 1)))
        now = datetime(around.year, around.month, around.day, tzinfo=UTC) + timedelta(
            minutes=random.randint(-4 * 1440, 1440), seconds=random.choice((0, 0, 17))
        )
        street = await a_street(tx, random, now, zone)
        for asked in questions(random, now.date(), street.schedules):
            for at in {now, now + timedelta(hours=random.choice((0, 1, 30)))}:  # the same diaries, asked later
                right = [await offered(tx, each, asked, at) for each in street.sellables]
                assert street.ask(asked, at) == right, (seed, asked, at)
                found += sum(each > 0 for each in right)
                asked_in_all += len(right)
    assert asked_in_all > 2_500
    assert found > asked_in_all / 6  # the questions are worth asking


@pytest.fixture
async def dentist(tx: WriteTx) -> Sellable:
    """Half-hour appointments in Paris from nine to five every day, with one chair."""
    sellable = await a_resource(tx, kind="PROFESSIONAL", mode="timed")
    await with_schedule(tx, sellable.resource_id, windows=OPEN_ALL_WEEK, notice_minutes=60)
    return sellable


TUESDAY = date(2026, 7, 7)


def at(day: date, hour: int, minute: int = 0) -> int:
    """Epoch seconds of a time in Paris in summer."""
    return int(datetime(day.year, day.month, day.day, hour - 2, minute, tzinfo=UTC).timestamp())


async def first(
    tx: WriteTx, sellable: Sellable, asked: Asked, now: datetime = MORNING, read_at: datetime | None = None
) -> int:
    """What search answers."""
    diaries = await diaries_like(tx, [sellable], read_at or now)
    return Street([sellable], [], diaries).ask(asked, now)[0]


async def test_a_dentist_free_on_tuesday_after_four(tx: WriteTx, dentist: Sellable) -> None:
    assert await first(tx, dentist, Asked(TUESDAY, TUESDAY, since=time(16))) == at(TUESDAY, 16)
    assert await first(tx, dentist, Asked(TUESDAY, TUESDAY, since=time(16, 10))) == at(TUESDAY, 16, 30)
    assert await first(tx, dentist, Asked(TUESDAY, TUESDAY, since=time(16, 31))) == 0
    assert await first(tx, dentist, Asked(TUESDAY, TUESDAY + DAY, since=time(16, 10), minutes=60)) == 0
    assert await first(tx, dentist, Asked(TUESDAY, TUESDAY, since=time(8), until=time(9))) == 0


async def test_notice_is_asked_when_somebody_searches_not_when_the_diary_is_read(
    tx: WriteTx, dentist: Sellable
) -> None:
    asked = Asked(TUESDAY, TUESDAY)
    read_at = datetime(2026, 7, 6, 20, tzinfo=UTC)
    for hour, minute, right in ((8, 0, at(TUESDAY, 9)), (8, 1, at(TUESDAY, 9, 30)), (15, 31, 0)):
        now = datetime.fromtimestamp(at(TUESDAY, hour, minute), UTC)
        assert await first(tx, dentist, asked, now, read_at) == right


async def test_past_midnight_the_diary_still_knows_all_the_days_it_promises(tx: WriteTx, dentist: Sellable) -> None:
    a_week_later = MORNING + timedelta(days=6)
    last = (a_week_later + timedelta(days=DAYS)).date()
    assert await first(tx, dentist, Asked(last, last), a_week_later, MORNING) == at(last, 9)
    assert await first(tx, dentist, Asked(last + DAY, last + DAY), a_week_later, MORNING) == 0


async def test_a_hold_that_has_run_out_is_free_once_the_diary_is_read_again(tx: WriteTx, dentist: Sellable) -> None:
    asked = Asked(TUESDAY, TUESDAY, until=time(9, 30))
    starts = datetime.fromtimestamp(at(TUESDAY, 9), UTC)
    ask = SlotAsk(dentist.resource_id, dentist.unit_ids, dentist.zone, starts, starts + timedelta(minutes=30))
    until = MORNING + timedelta(minutes=10)
    await inventory.claim(tx, ask, kind=ClaimKind.HOLD, owner_id=new_id(), held_until=until, now=MORNING)
    assert await first(tx, dentist, asked) == 0
    assert await first(tx, dentist, asked, until) == at(TUESDAY, 9)
    assert await first(tx, dentist, asked, until, MORNING) == 0  # the control: not read again


async def test_of_somebody_who_travels_search_knows_where_from_and_how_far(tx: WriteTx) -> None:
    sellable = await a_resource(tx, kind="PROFESSIONAL", mode="timed")
    await with_schedule(
        tx, sellable.resource_id, travel_mode="travel", home=VERSAILLES, radius_km=30.0, speed_kmh=30.0
    )  # fmt: skip
    [table] = (await diaries_of(tx, {sellable.resource_id: sellable.zone}, now=MORNING)).values()
    assert (table.home, table.range_km) == ((VERSAILLES.latitude, VERSAILLES.longitude), 30.0)
    ask = SlotAsk(
        sellable.resource_id, sellable.unit_ids, sellable.zone, MORNING, MORNING + timedelta(hours=1), place=PARIS,
        home=VERSAILLES, speed_kmh=30.0,
    )  # fmt: skip
    await inventory.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=MORNING - DAY)
    asked = Asked(MORNING.date(), MORNING.date(), since=time(10))
    found = await first(tx, sellable, asked, MORNING - DAY)
    refused = await offered(tx, sellable, asked, MORNING - DAY)
    assert (found, refused) == (at(MORNING.date(), 11), at(MORNING.date(), 11))  # the way back takes 36 minutes


async def test_nobody_without_hours_or_without_anybody_at_work_is_found(tx: WriteTx) -> None:
    none = await a_resource(tx, mode="timed")
    empty = await a_resource(tx, mode="timed", units=0)
    await with_schedule(tx, empty.resource_id)
    diaries = await diaries_like(tx, [none, empty], MORNING)
    mask, _ = diaries.first_start(np.arange(5), MORNING.date(), TUESDAY, now=MORNING)
    assert not mask.any()
    assert await diaries_of(tx, {}, now=MORNING) == {}


def a_diary(*runs: Run, **given: int) -> Diary:
    table = np.array(runs, np.int64).reshape(-1, 3) - ORIGIN
    return Diary(table.astype(np.int32).tobytes(), **{"slot": 30, "step": 30, **given})


def some_runs(random: Random) -> list[Run]:
    start, runs = int(MORNING.timestamp()), []
    for _ in range(random.randint(0, 9)):
        start += 1800 * random.randint(1, 40)
        until = start + 1800 * random.randint(0, 5)
        runs.append(Run(start, until, until + 1800 * random.randint(1, 3)))
        start = until
    return runs


def test_what_is_put_dropped_moved_and_kept_is_what_one_would_write_afresh() -> None:
    random, known, diaries = Random(4), dict[int, Diary](), Diaries()
    for turn in range(600):
        row = random.randrange(40)
        if random.random() < 0.2:
            known.pop(row, None)
            diaries.drop(row)
        else:
            known[row] = a_diary(*some_runs(random), slot=random.choice((30, 60)))
            diaries.put(row, a_listing(known[row], random.choice(("UTC", "Europe/Paris"))))
        if turn % 50 == 49:
            order = np.array(random.sample(range(40), 35))
            diaries.move(order)
            known = {place: known[row] for place, row in enumerate(order.tolist()) if row in known}
            assert diaries.changed == 0
        if turn % 70 == 0:
            diaries = Diaries.from_parts(*diaries.parts())
        fresh = Diaries()
        for row, diary in known.items():
            fresh.put(row, a_listing(diary))
        for minutes in (None, 60):
            ask = {"minutes": minutes, "now": MORNING}
            found = diaries.first_start(np.arange(45), MORNING.date(), TUESDAY, **ask)
            assert [each.tolist() for each in found] == [
                each.tolist() for each in fresh.first_start(np.arange(45), MORNING.date(), TUESDAY, **ask)
            ]


def test_full_days_cut_a_run_and_buffers_keep_clear() -> None:
    terms = Terms(slot=60, step=20, before=10, after=5)
    assert free_runs([(0, 300)], [], [(100, 200)], terms) == [Run(0, 99, 300), Run(200, 240, 300)]
    assert free_runs([(0, 300)], [(100, 120)], [], terms) == [Run(0, 35, 95), Run(140, 240, 300)]
    assert free_runs([(0, 300)], [(-50, 0)], [], terms)[0].first == 20
    assert free_runs([(0, 300)], [(0, 400)], [], terms) == []
    without = terms._replace(before=0, after=0)  # the control
    assert free_runs([(0, 300)], [(100, 120)], [], without) == [Run(0, 40, 100), Run(120, 240, 300)]


def test_a_run_holds_any_length_that_is_sold() -> None:
    start = int(MORNING.timestamp())
    diaries = Diaries()
    diaries.put(0, a_listing(a_diary(Run(start, start + 5400, start + 7200), longest=90)))
    for minutes, right in ((None, start), (30, start), (60, start), (90, start), (120, 0), (45, 0), (15, 0)):
        _, found = diaries.first_start(
            np.array([0]), MORNING.date(), MORNING.date(), minutes=minutes, now=MORNING - DAY
        )  # fmt: skip
        assert found[0] == right
    short = replace(a_diary(Run(start, start + 5400, start + 7200)), longest=2**20)
    diaries.put(0, a_listing(short))
    assert diaries.first_start(np.array([0]), MORNING.date(), TUESDAY, minutes=120, now=MORNING - DAY)[1][0] == start


def test_who_comes_is_measured_from_home_which_is_not_shown() -> None:
    diaries = Diaries()
    diaries.put(0, a_listing(None))  # nobody travels
    diaries.put(1, a_listing(None, range_km=17.0, home=(VERSAILLES.latitude, VERSAILLES.longitude)))
    diaries.put(2, a_listing(None, range_km=18.0, home=(VERSAILLES.latitude, VERSAILLES.longitude)))
    diaries.put(3, a_listing(None, range_km=17.0))
    rows = np.arange(6)
    assert diaries.reaches(rows, PARIS.latitude, PARIS.longitude).tolist() == [False, False, True, True, False, False]
    there = diaries.reaches(rows, VERSAILLES.latitude, VERSAILLES.longitude)
    assert there.tolist() == [False, True, True, False, False, False]
    assert 35.9 < diaries.farthest_km < 36.0  # 17.9 to Versailles and 18 from there
    diaries.drop(2)
    assert not diaries.reaches(rows, PARIS.latitude, PARIS.longitude)[2]


def test_who_comes_is_who_booking_lets_come() -> None:
    random, diaries, schedules = Random(7), Diaries(), []
    for row in range(400):
        home = Place(random.uniform(-89, 89), random.choice((random.uniform(-180, 180), 179.9, -179.9)))
        schedules.append(a_schedule(travel_mode="travel", home=home, radius_km=random.uniform(1, 9_000), speed_kmh=90))
        diaries.put(row, a_listing(None, range_km=schedules[-1].radius_km, home=(home.latitude, home.longitude)))
    for _ in range(20):
        to = Place(random.uniform(-90, 90), random.uniform(-180, 180))
        assert diaries.reaches(np.arange(400), to.latitude, to.longitude).tolist() == [
            goes_there(each, to) for each in schedules
        ]


def goes_there(schedule: Schedule, to: Place) -> bool:
    try:
        check_reach(schedule, to)
    except TooFarToTravel:
        return False
    return True
