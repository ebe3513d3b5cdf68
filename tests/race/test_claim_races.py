"""Of many rivals for one place one wins, whatever they are; with the guard away the oversell is seen."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from hospes.modules.inventory import facade, store
from hospes.modules.inventory.contracts import ClaimAsk, ClaimKind
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from tests.builders.inventory import an_ask, counted, live_claims, oversold_nights
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
RIVALS = 100


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, RIVALS) as database:
        yield database


async def take(tx: WriteTx, ask: ClaimAsk, now: datetime, *, kind: ClaimKind = ClaimKind.BOOKING) -> None:
    await facade.claim(tx, ask, kind=kind, owner_id=new_id(), held_until=now + timedelta(minutes=15), now=now)


async def test_of_a_hundred_rivals_for_one_unit_one_wins(crowd: Database, now: datetime) -> None:
    ask = an_ask()
    assert await race(crowd, RIVALS, lambda tx, _: take(tx, ask, now)) == {"won": 1, "not_available": RIVALS - 1}
    async with crowd.read() as tx:
        assert await live_claims(tx, ask.resource_id) == 1


async def test_control_without_the_constraint_one_unit_is_sold_many_times(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        await tx.run("ALTER TABLE inventory.claim DROP CONSTRAINT claim_one_holder_at_a_time")
    ask = an_ask()

    async def check_then_insert(tx: WriteTx, _: int) -> None:
        if await facade.is_available(tx, ask, now=now):
            await take(tx, ask, now)

    await race(crowd, RIVALS, check_then_insert)
    async with crowd.read() as tx:
        assert await oversold_nights(tx) > 0


async def test_rivals_for_several_units_fill_each_once(crowd: Database, now: datetime) -> None:
    ask = an_ask(units=10)
    assert await race(crowd, RIVALS, lambda tx, _: take(tx, ask, now)) == {"won": 10, "not_available": RIVALS - 10}
    async with crowd.read() as tx:
        assert await live_claims(tx, ask.resource_id) == 10
        assert await oversold_nights(tx) == 0


async def test_holds_and_bookings_are_rivals_like_any(crowd: Database, now: datetime) -> None:
    ask = an_ask()

    async def either(tx: WriteTx, number: int) -> None:
        await take(tx, ask, now, kind=ClaimKind.HOLD if number % 2 else ClaimKind.BOOKING)

    assert await race(crowd, RIVALS, either) == {"won": 1, "not_available": RIVALS - 1}


@pytest.mark.parametrize("pooled", [False, True])
async def test_an_expired_hold_goes_to_exactly_one_of_its_rivals(crowd: Database, now: datetime, pooled: bool) -> None:
    ask = an_ask(pooled=pooled)
    async with crowd.write() as tx:
        await facade.claim(tx, ask, kind=ClaimKind.HOLD, owner_id=new_id(), held_until=now, now=now)
    later = now + timedelta(seconds=1)
    assert await race(crowd, RIVALS, lambda tx, _: take(tx, ask, later)) == {"won": 1, "not_available": RIVALS - 1}
    async with crowd.read() as tx:
        assert await live_claims(tx, ask.resource_id) == 1
        if pooled:
            assert await counted(tx, ask.resource_id) == [1, 1, 1]


async def test_two_units_wanted_in_random_order_never_deadlock(crowd: Database, now: datetime) -> None:
    asks = [an_ask(), an_ask(), an_ask(units=1, pooled=True)]

    async def both(tx: WriteTx, number: int) -> None:
        order = random.Random(number).sample(asks, 3)
        await facade.claim_all(tx, order, kind=ClaimKind.BOOKING, owner_id=new_id(), now=now)

    assert await race(crowd, RIVALS, both) == {"won": 1, "not_available": RIVALS - 1}
    async with crowd.read() as tx:
        assert [await live_claims(tx, ask.resource_id) for ask in asks] == [1, 1, 1]


async def test_control_two_units_taken_unsorted_one_by_one_do_deadlock(crowd: Database, now: datetime) -> None:
    from psycopg.errors import DeadlockDetected

    asks = [an_ask(), an_ask()]

    async def both(tx: WriteTx, number: int) -> None:
        for ask in asks if number % 2 else reversed(asks):
            await take(tx, ask, now)
            await tx.find("SELECT pg_sleep(0.05)")

    with pytest.raises(DeadlockDetected):
        await race(crowd, 2, both)


@pytest.mark.parametrize("capacity", [1, 7])
async def test_a_pooled_type_sells_exactly_its_capacity(crowd: Database, now: datetime, capacity: int) -> None:
    ask = an_ask(units=capacity, pooled=True)
    outcome = await race(crowd, RIVALS, lambda tx, _: take(tx, ask, now))
    assert outcome == {"won": capacity, "not_available": RIVALS - capacity}
    async with crowd.read() as tx:
        assert await counted(tx, ask.resource_id) == [capacity] * 3
        assert await live_claims(tx, ask.resource_id) == capacity


async def test_pooled_stays_that_overlap_in_different_nights_never_deadlock(crowd: Database, now: datetime) -> None:
    whole = an_ask(units=30, pooled=True)
    first = whole.first_night

    async def some_nights(tx: WriteTx, number: int) -> None:
        start = first + timedelta(days=random.Random(number).randrange(10))
        ask = an_ask(
            resource_id=whole.resource_id,
            units=whole.unit_ids,
            pooled=True,
            first_night=start,
            departure=start + timedelta(days=1 + number % 7),
        )
        await take(tx, ask, now)

    outcome = await race(crowd, RIVALS, some_nights)
    assert set(outcome) <= {"won", "not_available"}
    async with crowd.read() as tx:
        rows = await tx.all(
            "SELECT n.claimed, n.capacity, (SELECT count(*) FROM inventory.claim AS c WHERE c.resource_id ="
            " n.resource_id AND n.night BETWEEN c.first_night AND c.last_night AND c.released_at IS NULL) AS claims"
            " FROM inventory.night_count AS n WHERE n.resource_id = %s",
            (whole.resource_id,),
        )
    assert rows
    assert all(row["claimed"] == row["claims"] <= row["capacity"] for row in rows)


async def test_control_counting_before_inserting_oversells_a_pooled_type(crowd: Database, now: datetime) -> None:
    ask = an_ask(units=3, pooled=True)

    async def count_then_insert(tx: WriteTx, _: int) -> None:
        if await live_claims(tx, ask.resource_id) >= 3:
            return
        one_each = an_ask(resource_id=ask.resource_id)
        await store.insert_on_one_unit(
            tx, store.claim_values(new_id(), one_each, ClaimKind.BOOKING, new_id(), None, "", now)
        )

    await race(crowd, RIVALS, count_then_insert)
    async with crowd.read() as tx:
        assert await live_claims(tx, ask.resource_id) > 3


async def test_letting_go_while_others_claim_leaves_the_counters_right(crowd: Database, now: datetime) -> None:
    ask = an_ask(units=20, pooled=True)
    owners = [new_id() for _ in range(20)]
    async with crowd.write() as tx:
        for owner in owners:
            await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=owner, now=now)

    async def come_or_go(tx: WriteTx, number: int) -> None:
        if number < 20:
            await facade.release(tx, owners[number], now=now)
        else:
            await take(tx, ask, now)

    outcome = await race(crowd, RIVALS, come_or_go)
    assert 20 <= outcome["won"] <= 40
    async with crowd.read() as tx:
        live = await live_claims(tx, ask.resource_id)
        assert await counted(tx, ask.resource_id) == [live] * 3
        assert live == outcome["won"] - 20
