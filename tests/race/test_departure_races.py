"""A departure is called off while many book it: whoever got a place is cancelled, nobody is left on it."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from hospes.modules.booking import facade, jobs
from hospes.modules.booking.contracts import Actor, Leaving, Party, Wish
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory import queries, store
from hospes.platform.caller import Caller
from hospes.platform.db import Database, WriteTx
from hospes.platform.jobs import run_waiting
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.builders.schedules import a_departure, places_taken
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
RIVALS = 30


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, RIVALS + 1) as database:
        yield database


async def a_tour(tx: WriteTx) -> tuple[Stay, Leaving]:
    stay = await a_stay(tx, mode="departure", kind="TOUR", max_guests=10, rate={"base_amount": 4_500})
    _, departure_id = await a_departure(tx, stay.resource_id, capacity=RIVALS)
    return stay, Leaving(departure_id)


async def test_of_those_who_book_while_it_is_called_off_nobody_is_left_on_it(
    crowd: Database, runtime: Runtime, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay, leaving = await a_tour(tx)
        guests = [(await a_user(tx)).id for _ in range(RIVALS)]
    host, wish = Caller(stay.owner_id, "", "", frozenset(), "token"), Wish(stay.resource_id, leaving, Party(1))

    async def book_or_call_off(tx: WriteTx, number: int) -> None:
        if number < RIVALS:
            await facade.book_wish(tx, wish, guest_id=guests[number], provider="sandbox", now=now)
            return
        # Whatever is there once the sale has stopped is what is called off.
        await inventory.stop_sale(tx, host, stay.resource_id, leaving.departure_id, now=now)
        seen = await facade.preview_calling_off(tx, host, stay.resource_id, leaving.departure_id, now=now)
        await facade.call_off_departure(
            tx, host, stay.resource_id, leaving.departure_id, stamp=seen.stamp, reason="", now=now
        )

    outcome = await race(crowd, RIVALS + 1, book_or_call_off)
    assert set(outcome) <= {"won", "not_available", "departure_closed"}
    await run_waiting(runtime, jobs.TASKS, queues=["booking"])
    async with crowd.read() as tx:
        assert await places_taken(tx, leaving.departure_id) == (0, 0)
        rows = await tx.all("SELECT b.status, count(*) AS n FROM booking.booking AS b GROUP BY b.status")
    assert {row["status"]: row["n"] for row in rows} in ({}, {"cancelled": outcome["won"] - 1})


async def test_guests_who_cancel_themselves_meanwhile_never_deadlock_with_the_job(
    crowd: Database, runtime: Runtime, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay, leaving = await a_tour(tx)
        wish, made = Wish(stay.resource_id, leaving, Party(1)), []
        for _ in range(RIVALS):
            guest = (await a_user(tx)).id
            made.append(await facade.book_wish(tx, wish, guest_id=guest, provider="sandbox", now=now))
    host = Caller(stay.owner_id, "", "", frozenset(), "token")

    async def cancel(tx: WriteTx, number: int) -> None:
        if number == RIVALS:
            await inventory.stop_sale(tx, host, stay.resource_id, leaving.departure_id, now=now)
            return
        mine = made[number - number % 2]
        if number % 2 == 0:
            await facade.cancel_booking(tx, booking_id=mine.id, actor=Actor.GUEST, actor_id=mine.guest_id, now=now)
        for claim in await inventory.claims_of(tx, mine.id):
            await jobs.cancel_place(tx, claim, actor=Actor.HOST, actor_id=stay.owner_id, now=now)

    assert await race(crowd, RIVALS + 1, cancel) == {"won": RIVALS + 1}
    async with crowd.read() as tx:
        assert await places_taken(tx, leaving.departure_id) == (RIVALS // 2, RIVALS // 2)


async def test_control_who_looks_before_stopping_the_sale_leaves_somebody_behind(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay, leaving = await a_tour(tx)
    wish = Wish(stay.resource_id, leaving, Party(1))
    async with crowd.write() as host:
        async with crowd.write() as rival:
            await facade.book_wish(rival, wish, guest_id=stay.guest_id, provider="sandbox", now=now)
            await rival.flush()
            seen = await queries.list_claims_on(host, leaving.departure_id, now)
        await store.cancel_departure(host, leaving.departure_id, now)
        for claim in seen:
            await jobs.cancel_place(host, claim, actor=Actor.HOST, actor_id=stay.owner_id, now=now)
    async with crowd.read() as tx:
        assert await places_taken(tx, leaving.departure_id) == (1, 1)
