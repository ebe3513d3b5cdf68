"""Of many rivals for one hour, day, journey or place one wins; with the guard away the oversell is seen."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hospes.modules.inventory import facade, store
from hospes.modules.inventory.contracts import Ask, ClaimKind, DepartureAsk, SlotAsk
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from tests.builders.inventory import an_ask, counted, live_claims, oversold_nights
from tests.builders.schedules import HOUR, PARIS, VERSAILLES, a_departure, a_slot_ask, later, places_taken
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
RIVALS = 100
BOOKING = ClaimKind.BOOKING


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, RIVALS) as database:
        yield database


async def take(tx: WriteTx, ask: Ask, now: datetime) -> None:
    await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), held_until=now + timedelta(minutes=15), now=now)


async def take_unguarded(tx: WriteTx, ask: SlotAsk, now: datetime) -> None:
    """Looks first and then takes, as a claim without the diary's lock would."""
    if await facade.is_available(tx, ask, now=now):
        bare = replace(ask, max_per_day=None, max_per_week=None, speed_kmh=None)
        await take(tx, bare, now)


@pytest.mark.parametrize("limit", [None, 50])
async def test_of_a_hundred_rivals_for_one_hour_one_wins(crowd: Database, now: datetime, limit: int | None) -> None:
    ask = a_slot_ask(max_per_day=limit)
    assert await race(crowd, RIVALS, lambda tx, _: take(tx, ask, now)) == {"won": 1, "not_available": RIVALS - 1}
    async with crowd.read() as tx:
        assert await live_claims(tx, ask.resource_id) == 1


async def test_control_without_the_constraint_one_hour_is_sold_many_times(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        await tx.run("ALTER TABLE inventory.claim DROP CONSTRAINT claim_one_holder_at_a_time")
    ask = a_slot_ask()
    await race(crowd, RIVALS, lambda tx, _: take_unguarded(tx, ask, now))
    async with crowd.read() as tx:
        assert await oversold_nights(tx) > 0


@pytest.mark.parametrize("limit", [None, 50])
async def test_hours_that_overlap_anyhow_are_never_sold_to_one_professional_twice(
    crowd: Database, now: datetime, limit: int | None
) -> None:
    ask = a_slot_ask(units=3, before=timedelta(minutes=5), after=timedelta(minutes=10), max_per_day=limit)

    async def somewhen(tx: WriteTx, number: int) -> None:
        await take(tx, later(ask, timedelta(minutes=random.Random(number).randrange(240))), now)

    outcome = await race(crowd, RIVALS, somewhen)
    assert set(outcome) == {"won", "not_available"}
    async with crowd.read() as tx:
        assert await oversold_nights(tx) == 0
        assert await live_claims(tx, ask.resource_id) == outcome["won"]


@pytest.mark.parametrize("limit", [None, 50])
async def test_an_expired_hold_of_an_hour_goes_to_exactly_one_rival(
    crowd: Database, now: datetime, limit: int | None
) -> None:
    ask = a_slot_ask(max_per_day=limit)
    async with crowd.write() as tx:
        await facade.claim(tx, ask, kind=ClaimKind.HOLD, owner_id=new_id(), held_until=now, now=now)
    assert await race(crowd, RIVALS, lambda tx, _: take(tx, ask, now)) == {"won": 1, "not_available": RIVALS - 1}


async def test_a_day_takes_as_many_as_its_limit_and_no_more(crowd: Database, now: datetime) -> None:
    ask = a_slot_ask(ends_at=a_slot_ask().starts_at + timedelta(minutes=5), max_per_day=3)

    async def own_time(tx: WriteTx, number: int) -> None:
        await take(tx, later(ask, timedelta(minutes=5 * number)), now)

    assert await race(crowd, RIVALS, own_time) == {"won": 3, "day_full": RIVALS - 3}
    async with crowd.read() as tx:
        assert await live_claims(tx, ask.resource_id) == 3


async def test_control_without_the_diarys_lock_a_day_takes_more(crowd: Database, now: datetime) -> None:
    ask = a_slot_ask(ends_at=a_slot_ask().starts_at + timedelta(minutes=5), max_per_day=3)

    async def own_time(tx: WriteTx, number: int) -> None:
        await take_unguarded(tx, later(ask, timedelta(minutes=5 * number)), now)

    await race(crowd, RIVALS, own_time)
    async with crowd.read() as tx:
        assert await live_claims(tx, ask.resource_id) > 3


async def test_an_expired_hold_paid_at_last_and_a_rival_never_pass_the_limit_together(
    crowd: Database, now: datetime
) -> None:
    asks = [a_slot_ask(max_per_day=1) for _ in range(10)]
    owners = [new_id() for _ in asks]
    async with crowd.write() as tx:
        for ask, owner in zip(asks, owners, strict=True):
            await facade.claim(tx, ask, kind=ClaimKind.HOLD, owner_id=owner, held_until=now, now=now)

    async def pay_or_rival(tx: WriteTx, number: int) -> None:
        if number % 2:
            await facade.make_firm(tx, owners[number // 2], now=now)
        else:
            await take(tx, later(asks[number // 2], 3 * HOUR), now)

    outcome = await race(crowd, 20, pay_or_rival)
    assert set(outcome) <= {"won", "day_full"}
    async with crowd.read() as tx:
        assert [await live_claims(tx, ask.resource_id) for ask in asks] == [1] * 10


async def test_nobody_is_sent_to_two_places_with_too_little_time_between(crowd: Database, now: datetime) -> None:
    ask = a_slot_ask(place=PARIS, home=PARIS, speed_kmh=30.0)

    async def here_or_there(tx: WriteTx, number: int) -> None:
        there = VERSAILLES if number % 2 else PARIS
        await take(tx, later(ask, (number % 2) * (HOUR + timedelta(minutes=10)), place=there), now)

    outcome = await race(crowd, RIVALS, here_or_there)
    assert outcome["won"] == 1
    assert set(outcome) == {"won", "not_available", "too_far_to_travel"}


async def test_control_without_the_diarys_lock_somebody_is_sent_to_both(crowd: Database, now: datetime) -> None:
    ask = a_slot_ask(place=PARIS, home=PARIS, speed_kmh=30.0)

    async def here_or_there(tx: WriteTx, number: int) -> None:
        there = VERSAILLES if number % 2 else PARIS
        await take_unguarded(tx, later(ask, (number % 2) * (HOUR + timedelta(minutes=10)), place=there), now)

    await race(crowd, RIVALS, here_or_there)
    async with crowd.read() as tx:
        assert await live_claims(tx, ask.resource_id) == 2


async def test_asks_of_every_kind_in_random_order_never_deadlock(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        resource_id, departure_id = await a_departure(tx, capacity=30)
    asks: list[Ask] = [
        a_slot_ask(units=3),
        a_slot_ask(units=3, max_per_day=5),
        an_ask(units=3, pooled=True),
        an_ask(units=3),
        DepartureAsk(resource_id, departure_id, 2),
    ]

    async def some(tx: WriteTx, number: int) -> None:
        order = random.Random(number).sample(asks, 3)
        if number % 5 == 0:
            await take(tx, order[0], now)
        else:
            await facade.claim_all(tx, order, kind=BOOKING, owner_id=new_id(), now=now)

    outcome = await race(crowd, RIVALS, some)
    assert set(outcome) <= {"won", "not_available", "day_full"}
    async with crowd.read() as tx:
        assert [await live_claims(tx, ask.resource_id) <= 3 for ask in asks[:4]] == [True] * 4
        taken, claimed = await places_taken(tx, departure_id)
        assert taken == claimed <= 30
        assert await oversold_nights(tx) == 0


async def test_claims_releases_and_the_sweeper_never_deadlock_and_count_right(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        resource_id, departure_id = await a_departure(tx, capacity=200)
    asks: list[Ask] = [a_slot_ask(units=5), an_ask(units=40, pooled=True), DepartureAsk(resource_id, departure_id, 2)]
    owners = [new_id() for _ in range(5)]
    async with crowd.write() as tx:
        for owner in owners:
            await facade.claim_all(tx, asks, kind=ClaimKind.HOLD, owner_id=owner, held_until=now, now=now)

    async def anything(tx: WriteTx, number: int) -> None:
        owner = owners[number % 5]
        if number % 4 == 0:
            await facade.release(tx, owner, now=now)
        elif number % 4 == 1:
            await facade.release_expired(tx, limit=10, now=now)
        elif number % 4 == 2:
            await facade.extend(tx, owner, now + HOUR, count=3, now=now)
        else:
            order = random.Random(number).sample(asks, 3)
            await facade.claim_all(tx, order, kind=BOOKING, owner_id=new_id(), now=now)

    assert set(await race(crowd, RIVALS, anything)) <= {"won", "not_available"}
    async with crowd.read() as tx:
        taken, claimed = await places_taken(tx, departure_id)
        assert taken == claimed
        assert await counted(tx, asks[1].resource_id) == [await live_claims(tx, asks[1].resource_id)] * 3


async def test_a_departure_sells_its_places_and_no_more(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        resource_id, departure_id = await a_departure(tx, capacity=20, overbooking=3)
    ask = DepartureAsk(resource_id, departure_id, 2)
    assert await race(crowd, RIVALS, lambda tx, _: take(tx, ask, now)) == {"won": 11, "not_available": RIVALS - 11}
    async with crowd.read() as tx:
        assert await places_taken(tx, departure_id) == (22, 22)


async def test_control_looking_before_inserting_oversells_a_departure(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        resource_id, departure_id = await a_departure(tx, capacity=3)
    ask = DepartureAsk(resource_id, departure_id)

    async def look_then_insert(tx: WriteTx, _: int) -> None:
        if await facade.is_available(tx, ask, now=now):
            slot = a_slot_ask(resource_id=resource_id)
            owner = store.owner_values(BOOKING, new_id(), None, "", now)
            await store.insert_on_one_unit(tx, store.slot_values(new_id(), slot, owner))

    await race(crowd, RIVALS, look_then_insert)
    async with crowd.read() as tx:
        assert await live_claims(tx, resource_id) > 3


async def test_places_given_back_while_others_book_are_counted_right(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        resource_id, departure_id = await a_departure(tx, capacity=20)
        owners = [new_id() for _ in range(20)]
        for owner in owners:
            await facade.claim(tx, DepartureAsk(resource_id, departure_id), kind=BOOKING, owner_id=owner, now=now)

    async def come_or_go(tx: WriteTx, number: int) -> None:
        if number < 20:
            await facade.release(tx, owners[number], now=now)
        else:
            await take(tx, DepartureAsk(resource_id, departure_id), now)

    outcome = await race(crowd, RIVALS, come_or_go)
    assert 20 <= outcome["won"] <= 40
    async with crowd.read() as tx:
        assert await places_taken(tx, departure_id) == (outcome["won"] - 20, outcome["won"] - 20)
