"""Who claims several times in one transaction locks everything first: nobody who locks in order deadlocks with them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from psycopg.errors import DeadlockDetected

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus, Change, Extra, Nights, Party, Repeat, Wish
from hospes.modules.booking.use_cases.quote_wish import quote_wish
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Ask, ClaimKind, Wanted
from hospes.modules.inventory.store.claims import LOCK_NIGHTS
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.pricing import a_rate
from tests.race.rivals import many_connections

pytestmark = pytest.mark.race
Act = Callable[[WriteTx], Awaitable[object]]
WHEN = Nights(ARRIVAL, DEPARTURE)
DAY = timedelta(days=1)


@pytest.fixture
async def db(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, 4) as database:
        yield database


async def a_room_and_parking(tx: WriteTx, rooms: int) -> tuple[Stay, Wish]:
    """A room type, and the wish of a room with a parking space."""
    stay = await a_stay(tx, units=rooms, pooled=True)
    space = await a_resource(tx, property_id=stay.sellable.property_id, kind="PARKING", units=rooms, pooled=True)
    await a_rate(tx, space.resource_id)
    return stay, Wish(stay.resource_id, WHEN, Party(1), extras=(Extra(space.resource_id),))


async def meet(db: Database, stay: Stay, act: Act) -> object:
    """A rival holds the resource's lock when `act` begins, and wants its nights once `act` waits for something."""

    async def acting() -> object:
        async with db.write() as tx:
            return await act(tx)

    async with db.write() as rival:
        await inventory.prepare_exchange(rival, (), [Wanted(stay.resource_id, (), False, 0)])
        task = asyncio.create_task(acting())
        async with asyncio.timeout(20):
            while not await _somebody_waits(db):
                await asyncio.sleep(0.02)
        try:
            nights = Wanted(stay.resource_id, (), True, 1, (ARRIVAL, DEPARTURE))
            await inventory.prepare_exchange(rival, (), [nights])
        except DeadlockDetected:
            await rival.conn.rollback()
            await task
            raise
    return await task


async def _somebody_waits(db: Database) -> bool:
    async with db.read() as tx:
        return bool(await tx.all("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))


async def test_offers_to_several_who_wait_lock_everything_first(db: Database, now: datetime) -> None:
    async with db.write() as tx:
        stay, both = await a_room_and_parking(tx, rooms=2)
        taken = [await a_booking(tx, Stay(stay.sellable, (await a_user(tx)).id)) for _ in range(2)]
        for wish in (Wish(stay.resource_id, WHEN, Party(1)), both):
            await facade.join_waitlist(tx, wish, guest_id=(await a_user(tx)).id, now=now)
        for each in taken:
            await facade.cancel_booking(tx, booking_id=each.id, actor=Actor.GUEST, actor_id=each.guest_id, now=now)
    assert await meet(db, stay, lambda tx: facade.offer_places(tx, stay.resource_id, now=now)) == 2


async def test_a_series_locks_all_its_times_first(db: Database, now: datetime) -> None:
    async with db.write() as tx:
        stay, both = await a_room_and_parking(tx, rooms=2)

    async def book(tx: WriteTx) -> int:
        made, _ = await facade.book_series(
            tx, both, Repeat(1, count=3), guest_id=stay.guest_id, provider="sandbox", now=now
        )
        return len(made)

    assert await meet(db, stay, book) == 3


async def test_claims_one_after_the_other_deadlock(db: Database, now: datetime) -> None:
    """The control: the same claims without locking everything first."""
    async with db.write() as tx:
        stay, both = await a_room_and_parking(tx, rooms=2)
        asks: list[Ask] = [ask for item in (await quote_wish(tx, both, now=now)).terms.items for ask in item.asks]

    async def claim(tx: WriteTx) -> None:
        first = next(ask for ask in asks if ask.resource_id == stay.resource_id)
        await inventory.claim(tx, first, kind=ClaimKind.HOLD, owner_id=new_id(), held_until=None, now=now)
        await inventory.claim_all(tx, asks, kind=ClaimKind.HOLD, owner_id=new_id(), now=now)

    with pytest.raises(DeadlockDetected):
        await meet(db, stay, claim)


async def a_stay_that_waits_for_longer(tx: WriteTx, now: datetime) -> tuple[Booking, UUID]:
    """A confirmed booking of counted nights, with a change that keeps the two nights after them; the change's id."""
    stay = await a_stay(tx, units=2, pooled=True)
    booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    asked = await facade.change_booking(
        tx, booking_id=booking.id, change=Change(departure=DEPARTURE + 2 * DAY), actor=Actor.GUEST,
        actor_id=booking.guest_id, provider="sandbox", now=now,
    )  # fmt: skip
    assert asked.request is not None
    return booking, asked.request.id


async def cross(db: Database, booking: Booking, act: Act) -> object:
    """A rival has the counter of the first night when `act` begins, and wants the last one once `act` waits."""

    async def acting() -> object:
        async with db.write() as tx:
            return await act(tx)

    async with db.write() as rival:
        await rival.run(LOCK_NIGHTS, {"resource": booking.resource_id, "first": ARRIVAL, "last": ARRIVAL})
        task = asyncio.create_task(acting())
        async with asyncio.timeout(20):
            while not await _waits_for_a_night(db):
                await asyncio.sleep(0.02)
        last = DEPARTURE + DAY
        try:
            await rival.run(LOCK_NIGHTS, {"resource": booking.resource_id, "first": last, "last": last})
        except DeadlockDetected:
            await rival.conn.rollback()
            await task
            raise
    return await task


async def _waits_for_a_night(db: Database) -> bool:
    async with db.read() as tx:
        return bool(await tx.all("SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"))


async def test_cancelling_a_stay_that_waits_for_a_change_locks_both_first(db: Database, now: datetime) -> None:
    async with db.write() as tx:
        booking, _ = await a_stay_that_waits_for_longer(tx, now)
    who = {"actor": Actor.GUEST, "actor_id": booking.guest_id}
    await cross(db, booking, lambda tx: facade.cancel_booking(tx, booking_id=booking.id, **who, now=now))
    async with db.read() as tx:
        assert await inventory.claims_of(tx, booking.id) == []


async def test_another_change_locks_what_the_one_before_it_keeps_too(db: Database, now: datetime) -> None:
    async with db.write() as tx:
        booking, _ = await a_stay_that_waits_for_longer(tx, now)
    again = {"change": Change(departure=DEPARTURE + DAY), "actor": Actor.GUEST, "actor_id": booking.guest_id}
    await cross(
        db, booking, lambda tx: facade.change_booking(tx, booking_id=booking.id, provider="sandbox", now=now, **again)
    )
    async with db.read() as tx:
        assert len(await inventory.claims_of(tx, booking.id)) == 1


async def test_letting_go_of_a_change_and_its_stay_one_after_the_other_deadlocks(db: Database, now: datetime) -> None:
    """The control: the later nights first."""
    async with db.write() as tx:
        booking, change_id = await a_stay_that_waits_for_longer(tx, now)

    async def let_go(tx: WriteTx) -> None:
        await inventory.release(tx, change_id, now=now)
        await inventory.release(tx, booking.id, now=now)

    with pytest.raises(DeadlockDetected):
        await cross(db, booking, let_go)
