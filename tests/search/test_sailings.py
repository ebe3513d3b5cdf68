"""What search finds by departure is what inventory sells: the first one with places for the party."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import numpy as np

from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory import queries
from hospes.modules.inventory.contracts import ClaimKind, Departure, DepartureAsk
from hospes.modules.inventory.errors import NotAvailable
from hospes.modules.search.contracts import ORIGIN, Listing, Mode, Sailing
from hospes.modules.search.keeping.timetables import sailings_of
from hospes.modules.search.tables.sailings import Sailings
from hospes.platform.db import WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.ids import new_id
from tests.builders.schedules import HOUR, MORNING, a_departure
from tests.search.oracle import a_listing

DAY = timedelta(days=1)
WORLDS = 60
TOURS = 4


async def a_season(tx: WriteTx, random: Random) -> list[UUID]:
    """Some tours with departures of all kinds, partly sold, and holds on them that have run out."""
    tours = [new_id() for _ in range(TOURS)]
    for resource_id in tours:
        for _ in range(random.randint(0, 8)):
            starts = MORNING + timedelta(minutes=15 * random.randint(-200, 2_000))
            smallest = random.choice((1, 1, 2))
            _, departure_id = await a_departure(
                tx, resource_id, starts_at=starts, ends_at=starts + 3 * HOUR, capacity=random.randint(2, 6),
                overbooking=random.choice((0, 0, 2)), cutoff_minutes=random.choice((0, 60, 3 * 1440)),
                min_group=smallest, max_group=random.choice((None, smallest + 1)),
                status=random.choice(("scheduled", "scheduled", "scheduled", "cancelled")),
                price_amount=random.choice((None, 4_500)),
            )  # fmt: skip
            for _ in range(random.randint(0, 3)):
                await sell(tx, random, resource_id, departure_id)
    return tours


async def sell(tx: WriteTx, random: Random, resource_id: UUID, departure_id: UUID) -> None:
    ask = DepartureAsk(resource_id, departure_id, random.randint(1, 3))
    kind = random.choice((ClaimKind.BOOKING, ClaimKind.HOLD, ClaimKind.HOLD))
    held = MORNING + random.choice((-DAY, 90 * DAY)) if kind is ClaimKind.HOLD else None
    try:
        async with tx.savepoint():
            await inventory.claim(
                tx, ask, kind=kind, owner_id=new_id(), held_until=held, now=MORNING - timedelta(days=2)
            )
    except NotAvailable:
        return


async def offered(
    tx: WriteTx, resource_id: UUID, first: date, last: date, guests: int, now: datetime
) -> Departure | None:
    """The first departure of these days that inventory would sell to such a group."""
    for each in await queries.list_departures(tx, resource_id, first, last, now):
        try:
            return await inventory.check_departure(tx, resource_id, each.id, quantity=guests, now=now)
        except HospesError:
            continue
    return None


def a_tour(sailings: tuple[Sailing, ...]) -> Listing:
    """A tour in Paris with these departures."""
    return replace(a_listing(Random(1)), mode=Mode.DEPARTURE, nightly=False, sailings=sailings)


async def sailings_like(tx: WriteTx, tours: Sequence[UUID], now: datetime) -> Sailings:
    """As the index would read them, one row each."""
    tables, sailings = await sailings_of(tx, tours, now=now), Sailings()
    for row, resource_id in enumerate(tours):
        sailings.put(row, a_tour(tables.get(resource_id, ((), None))[0]))
    return sailings


async def test_search_finds_the_first_departure_that_inventory_sells(tx: WriteTx) -> None:
    found = asked = 0
    for seed in range(WORLDS):
        random = Random(seed)
        tours = await a_season(tx, random)
        sailings = await sailings_like(tx, tours, MORNING)
        for _ in range(8):
            first = MORNING.date() + timedelta(days=random.randint(-1, 18))
            last, guests = first + timedelta(days=random.choice((0, 1, 5, 20))), random.randint(1, 6)
            now = MORNING + timedelta(minutes=random.choice((0, 0, 7, 3_000)))
            largest = [await offered(tx, each, first, last, guests, now) for each in tours]
            # who asks for more than the largest group is told so by booking, and is not shown it
            right = [
                each if each and guests <= (each.max_group or each.capacity) else None for each in largest
            ]  # fmt: skip
            if right != largest:
                continue
            mask, starts, prices, days = sailings.first_departure(np.arange(TOURS), first, last, guests, now=now)
            assert mask.tolist() == [each is not None for each in right], (seed, first, last, guests, now)
            assert starts.tolist() == [int(each.starts_at.timestamp()) if each else 0 for each in right]
            assert [None if price < 0 else price for price in prices.tolist()] == [
                each.price_amount if each else None for each in right
            ]
            assert days.tolist() == [each.first_day.toordinal() if each else 0 for each in right]
            asked, found = asked + TOURS, found + sum(mask.tolist())
    assert asked > 1_500
    assert found > asked / 8


async def test_a_departure_is_closed_by_the_clock_when_somebody_searches(tx: WriteTx) -> None:
    resource_id, _ = await a_departure(tx, cutoff_minutes=60)
    sailings = await sailings_like(tx, [resource_id], MORNING - DAY)
    day = MORNING.date()
    closes = MORNING - HOUR
    for now, right in (
        (closes - timedelta(microseconds=1), True),
        (closes, False),
        (closes + timedelta(microseconds=1), False),
        (closes - timedelta(seconds=1), True),
    ):
        mask = sailings.first_departure(np.arange(1), day, day, 1, now=now).free
        assert mask.tolist() == [right]


async def test_places_are_told_again_when_they_are_sold_or_the_departure_is_called_off(tx: WriteTx) -> None:
    resource_id, departure_id = await a_departure(tx, capacity=3)
    ask, day, now = DepartureAsk(resource_id, departure_id, 2), MORNING.date(), MORNING - DAY

    async def places(*, again: Sailings | None = None) -> list[bool]:
        known = again or await sailings_like(tx, [resource_id], now)
        return [known.first_departure(np.arange(1), day, day, guests, now=now)[0].item() for guests in (0, 1, 2, 3, 4)]

    before = await sailings_like(tx, [resource_id], now)
    assert await places() == [True, True, True, True, False]
    claim = await inventory.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=now)
    assert await places() == [True, True, False, False, False]
    assert await places(again=before) == [True, True, True, True, False]  # the control: not read again
    await inventory.release(tx, claim.owner_id, now=now)
    assert await places() == [True, True, True, True, False]
    await tx.run("UPDATE inventory.departure SET status = 'cancelled' WHERE id = %s", (departure_id,))
    assert await places() == [False] * 5


def test_what_is_put_dropped_moved_and_kept_is_what_one_would_write_afresh() -> None:
    random, known, sailings = Random(9), dict[int, tuple[Sailing, ...]](), Sailings()
    day = date(2026, 7, 1).toordinal()
    start = int(datetime(2026, 7, 1, 8, tzinfo=UTC).timestamp()) - ORIGIN
    for turn in range(400):
        row = random.randrange(30)
        known[row] = tuple(
            Sailing(start + 86_400 * ahead, day + ahead, random.randint(1, 9), price=random.choice((None, 700)))
            for ahead in sorted(random.sample(range(20), random.randint(0, 6)))
        )
        sailings.put(row, a_tour(known[row]))
        if turn % 40 == 39:
            order = np.array(random.sample(range(30), 25))
            sailings.move(order)
            known = {place: known[row] for place, row in enumerate(order.tolist()) if row in known}
        if turn % 70 == 0:
            sailings = Sailings.from_parts(*sailings.parts())
        fresh = Sailings()
        for row, each in known.items():
            fresh.put(row, a_tour(each))
        ask = (np.arange(35), date(2026, 7, 3), date(2026, 7, 9), random.randint(1, 9))
        found, right = (each.first_departure(*ask, now=MORNING - DAY) for each in (sailings, fresh))
        assert [each.tolist() for each in found] == [each.tolist() for each in right]


def test_numbers_beyond_what_is_kept_do_not_turn_over() -> None:
    start = int(MORNING.timestamp()) - ORIGIN
    huge = Sailing(start, MORNING.date().toordinal(), 10**6, 1, 10**6, cutoff=60 * (2**31 - 1))
    sailings = Sailings()
    sailings.put(0, a_tour((huge,)))
    mask = sailings.first_departure(np.arange(1), MORNING.date(), MORNING.date(), 50, now=MORNING - 3 * DAY).free
    assert mask.tolist() == [False]
