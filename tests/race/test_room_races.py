"""Of many stays for one room one gets it, and a room is not closed under those who book it; with the guards away, both
happen."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from uuid import UUID

import pytest

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.use_cases.assign_room import assign_room
from hospes.modules.inventory.use_cases.close_room import close_room
from hospes.modules.inventory.use_cases.plan_rooms import apply_plan, task_of
from hospes.platform.caller import Caller
from hospes.platform.db import Database, ReadTx, WriteTx
from hospes.platform.ids import new_id
from tests.builders.catalog import a_resource
from tests.builders.inventory import JULY_1, JULY_4, ask_of
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
RIVALS = 20


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, RIVALS) as database:
        yield database


def host_of(sellable: Sellable) -> Caller:
    return Caller(sellable.owner_id, "", "", frozenset(), "token")


async def a_full_hotel(db: Database, now: datetime, stays: int = RIVALS) -> tuple[Sellable, list[UUID]]:
    """A hotel of so many rooms, and as many stays of the same nights."""
    async with db.write() as tx:
        hotel = await a_resource(tx, pooled=True, units=RIVALS, kind="HOTEL_ROOM")
        booking = ClaimKind.BOOKING
        claims = [await facade.claim(tx, ask_of(hotel), kind=booking, owner_id=new_id(), now=now) for _ in range(stays)]
    return hotel, [each.id for each in claims]


async def shared_rooms(tx: ReadTx) -> int:
    row = await tx.find(
        "SELECT count(*) AS n FROM inventory.unit_assignment AS a JOIN inventory.unit_assignment AS b"
        " ON a.unit_id = b.unit_id AND a.claim_id < b.claim_id AND a.nights && b.nights"
    )
    assert row is not None
    return int(row["n"])


async def test_of_many_stays_for_one_room_one_gets_it(crowd: Database, now: datetime) -> None:
    hotel, claims = await a_full_hotel(crowd, now)

    async def take(tx: WriteTx, number: int) -> None:
        await assign_room(tx, host_of(hotel), claims[number], hotel.unit_ids[0], now=now)

    assert await race(crowd, RIVALS, take) == {"won": 1, "unit_taken": RIVALS - 1}
    async with crowd.read() as tx:
        assert await shared_rooms(tx) == 0


async def test_control_without_lock_and_constraint_stays_share_a_room(crowd: Database, now: datetime) -> None:
    hotel, claims = await a_full_hotel(crowd, now)
    async with crowd.write() as tx:
        await tx.run("ALTER TABLE inventory.unit_assignment DROP CONSTRAINT unit_has_one_stay_at_a_time")

    async def look_then_take(tx: WriteTx, number: int) -> None:
        unit_id = hotel.unit_ids[0]
        if await tx.find("SELECT 1 AS one FROM inventory.unit_assignment WHERE unit_id = %s", (unit_id,)) is None:
            await tx.run(
                "INSERT INTO inventory.unit_assignment (claim_id, resource_id, unit_id, nights, assigned_at)"
                " VALUES (%s, %s, %s, daterange(%s, %s), %s)",
                (claims[number], hotel.resource_id, unit_id, JULY_1, JULY_4, now),
            )

    await race(crowd, RIVALS, look_then_take)
    async with crowd.read() as tx:
        assert await shared_rooms(tx) > 0


async def test_of_many_who_apply_one_plan_one_does(crowd: Database, now: datetime) -> None:
    hotel, claims = await a_full_hotel(crowd, now)
    async with crowd.read() as tx:
        task = await task_of(tx, hotel, JULY_1, JULY_4, now)

    async def apply(tx: WriteTx, _: int) -> None:
        await apply_plan(
            tx, host_of(hotel), hotel.resource_id, first=JULY_1, departure=JULY_4, stamp=task.stamp, now=now
        )

    assert await race(crowd, RIVALS, apply) == {"won": 1, "plan_outdated": RIVALS - 1}
    async with crowd.read() as tx:
        rows = await tx.all("SELECT DISTINCT unit_id FROM inventory.unit_assignment")
        assert (len(rows), await shared_rooms(tx)) == (len(claims), 0)


@pytest.mark.parametrize("guarded", [True, False])
async def test_a_room_is_closed_or_sold_but_not_both(crowd: Database, now: datetime, guarded: bool) -> None:
    hotel, _ = await a_full_hotel(crowd, now, stays=RIVALS - 1)
    if not guarded:  # control: the same race with the counter's promise away
        async with crowd.write() as tx:
            await tx.run("ALTER TABLE inventory.night_count DROP CONSTRAINT night_never_above_capacity")

    async def close_or_book(tx: WriteTx, number: int) -> None:
        if number % 2:
            await facade.claim(tx, ask_of(hotel), kind=ClaimKind.BOOKING, owner_id=new_id(), now=now)
        elif guarded:
            await close_room(
                tx,
                host_of(hotel),
                hotel.resource_id,
                unit_id=hotel.unit_ids[number],
                first=date(2026, 7, 2),
                departure=date(2026, 7, 3),
                reason="Painters",
                now=now,
            )
        else:
            nights = await tx.find("SELECT max(claimed) AS n FROM inventory.night_count")
            assert nights is not None
            await tx.find("SELECT pg_sleep(0.2)")
            if nights["n"] <= RIVALS - 1:
                await tx.run("UPDATE inventory.night_count SET capacity = capacity - 1 WHERE night = '2026-07-02'")

    outcome = await race(crowd, RIVALS, close_or_book)
    async with crowd.read() as tx:
        row = await tx.find("SELECT max(claimed - capacity) AS above FROM inventory.night_count")
    assert row is not None
    if guarded:
        assert (outcome["won"], row["above"]) == (1, 0)
    else:
        assert row["above"] > 0
