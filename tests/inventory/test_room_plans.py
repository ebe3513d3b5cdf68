"""Counted stays get their rooms later, keep them, and never share them; rooms out of service are not sold."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.catalog.errors import BusinessNotFound, UnitNotFound
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.modules.inventory.errors import (
    CapacityBelowSold,
    ClaimNotFound,
    NotAvailable,
    OutageInvalid,
    OutageNotFound,
    PlanOutdated,
    UnitTaken,
    WrongMode,
)
from hospes.modules.inventory.policies.room_plans import RoomPlan, Score
from hospes.modules.inventory.subscribers import follow_units
from hospes.modules.inventory.use_cases.assign_room import assign_room
from hospes.modules.inventory.use_cases.close_room import close_room, open_room
from hospes.modules.inventory.use_cases.plan_rooms import apply_plan, plan_rooms, task_of
from hospes.modules.inventory.use_cases.set_overbooking import set_overbooking
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_resource
from tests.builders.inventory import ask_of

FIRST, END = date(2026, 7, 1), date(2026, 8, 1)


def day(number: int) -> date:
    return date(2026, 7, number)


def host_of(sellable: Sellable) -> Caller:
    return Caller(sellable.owner_id, "", "", frozenset(), "token")


async def a_hotel(tx: WriteTx, rooms: int = 2, **given: Any) -> Sellable:
    return await a_resource(tx, pooled=True, units=rooms, kind="HOTEL_ROOM", **given)


async def a_stay(
    tx: WriteTx, sellable: Sellable, first: int, departure: int, now: datetime, *, kind: str = "booking"
) -> Claim:
    held = now + timedelta(minutes=15) if kind == "hold" else None
    ask = ask_of(sellable, day(first), day(departure))
    return await facade.claim(tx, ask, kind=ClaimKind(kind), owner_id=new_id(), held_until=held, now=now)


async def rooms(tx: ReadTx, sellable: Sellable) -> dict[UUID, int]:
    """Claims and the number of the room each has."""
    rows = await tx.all(
        "SELECT claim_id, unit_id FROM inventory.unit_assignment WHERE resource_id = %s", (sellable.resource_id,)
    )
    return {row["claim_id"]: sellable.unit_ids.index(row["unit_id"]) + 1 for row in rows}


async def plan_and_apply(tx: WriteTx, sellable: Sellable, now: datetime) -> RoomPlan:
    task = await task_of(tx, sellable, FIRST, END, now)
    return await apply_plan(
        tx, host_of(sellable), sellable.resource_id, first=FIRST, departure=END, stamp=task.stamp, now=now
    )


async def capacities(tx: ReadTx, sellable: Sellable) -> list[tuple[str, int, int, int]]:
    rows = await tx.all(
        "SELECT * FROM inventory.night_count WHERE resource_id = %s ORDER BY night", (sellable.resource_id,)
    )
    return [(f"{row['night']:%m%d}", row["capacity"], row["overbooking"], row["claimed"]) for row in rows]


async def test_stays_get_rooms_by_a_plan_and_lose_them_when_they_are_let_go(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx)
    a, b, c = [await a_stay(tx, hotel, *nights, now) for nights in ((1, 4), (2, 6), (4, 8))]
    await a_stay(tx, hotel, 10, 12, now, kind="hold")
    plan = await plan_and_apply(tx, hotel, now)
    assert (plan.before, plan.after) == (Score(3, 2, 0), Score(0, 2, 2))
    assert await rooms(tx, hotel) == {a.id: 1, b.id: 2, c.id: 1}
    await facade.release(tx, a.owner_id, now=now)
    assert await rooms(tx, hotel) == {b.id: 2, c.id: 1}


async def test_a_plan_is_applied_only_to_what_it_was_made_for(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx)
    stay = await a_stay(tx, hotel, 1, 4, now)
    task = await task_of(tx, hotel, FIRST, END, now)
    assert await plan_rooms(task) == await plan_rooms(task)
    await a_stay(tx, hotel, 4, 5, now)
    with pytest.raises(PlanOutdated):
        await apply_plan(tx, host_of(hotel), hotel.resource_id, first=FIRST, departure=END, stamp=task.stamp, now=now)
    assert await rooms(tx, hotel) == {}
    await plan_and_apply(tx, hotel, now)
    again = await plan_and_apply(tx, hotel, now)
    assert (again.moved, again.before) == ((), again.after)
    assert (await rooms(tx, hotel))[stay.id] == 1


async def test_pinned_stays_and_guests_in_the_house_keep_their_rooms(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx, 3)
    host = host_of(hotel)
    here, pinned, free = [await a_stay(tx, hotel, *nights, now) for nights in ((1, 5), (5, 7), (7, 9))]
    for claim, unit, pin in ((here, 2, False), (pinned, 1, True), (free, 0, False)):
        await assign_room(tx, host, claim.id, hotel.unit_ids[unit], pinned=pin, now=now)
    await plan_and_apply(tx, hotel, datetime(2026, 7, 2, 10, tzinfo=now.tzinfo))
    assert await rooms(tx, hotel) == {here.id: 3, pinned.id: 2, free.id: 2}


async def test_a_claim_of_several_rooms_gets_one_for_each(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx, 3)
    ask = ask_of(hotel, day(1), day(4))
    claim = await facade.claim(tx, replace(ask, quantity=3), kind=ClaimKind.BOOKING, owner_id=new_id(), now=now)
    await plan_and_apply(tx, hotel, now)
    rows = await tx.all("SELECT place, unit_id FROM inventory.unit_assignment ORDER BY place")
    assert [row["unit_id"] for row in rows] == list(hotel.unit_ids)
    with pytest.raises(ClaimNotFound):
        await assign_room(tx, host_of(hotel), claim.id, hotel.unit_ids[0], place=3, now=now)


async def test_a_stay_is_moved_by_hand_unless_the_room_is_taken(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx)
    host = host_of(hotel)
    a, b, touching = [await a_stay(tx, hotel, *nights, now) for nights in ((1, 4), (2, 6), (6, 8))]
    one, two = hotel.unit_ids
    await assign_room(tx, host, a.id, one, now=now)
    with pytest.raises(UnitTaken) as refused:
        await assign_room(tx, host, b.id, one, now=now)
    assert [each["claim_id"] for each in refused.value.extra["taken"]] == [str(a.id)]
    await assign_room(tx, host, b.id, two, now=now)
    await assign_room(tx, host, touching.id, two, now=now)
    await assign_room(tx, host, a.id, None, now=now)
    await assign_room(tx, host, b.id, one, now=now)
    assert await rooms(tx, hotel) == {b.id: 1, touching.id: 2}


async def test_a_stay_sold_with_its_room_moves_with_all_its_nights(tx: WriteTx, now: datetime) -> None:
    house = await a_resource(tx, units=2)
    host = host_of(house)
    a, b = await a_stay(tx, house, 1, 4, now), await a_stay(tx, house, 3, 6, now)
    one, two = house.unit_ids
    assert (a.unit_id, b.unit_id) == (one, two)
    with pytest.raises(UnitTaken) as refused:
        await assign_room(tx, host, a.id, two, now=now)
    assert [each["claim_id"] for each in refused.value.extra["taken"]] == [str(b.id)]
    with pytest.raises(WrongMode):
        await assign_room(tx, host, a.id, None, now=now)
    await facade.release(tx, b.owner_id, now=now)
    await assign_room(tx, host, a.id, two, now=now)
    assert [each.unit_id for each in await facade.claims_of(tx, a.owner_id)] == [two]


async def test_holds_strangers_and_rooms_of_others_are_refused(tx: WriteTx, now: datetime) -> None:
    hotel, other = await a_hotel(tx), await a_hotel(tx)
    hold, stay = await a_stay(tx, hotel, 1, 4, now, kind="hold"), await a_stay(tx, hotel, 1, 4, now)
    with pytest.raises(ClaimNotFound):
        await assign_room(tx, host_of(hotel), hold.id, hotel.unit_ids[0], now=now)
    with pytest.raises(ClaimNotFound):
        await assign_room(tx, host_of(other), stay.id, hotel.unit_ids[0], now=now)
    with pytest.raises(ClaimNotFound):
        await assign_room(tx, host_of(hotel), new_id(), hotel.unit_ids[0], now=now)
    with pytest.raises(UnitNotFound):
        await assign_room(tx, host_of(hotel), stay.id, other.unit_ids[0], now=now)
    with pytest.raises(BusinessNotFound):
        await set_overbooking(tx, host_of(other), hotel.resource_id, first=day(1), departure=day(2), places=1, now=now)


async def close(tx: WriteTx, sellable: Sellable, room: int, first: int, departure: int, now: datetime) -> UUID:
    outage = await close_room(
        tx,
        host_of(sellable),
        sellable.resource_id,
        unit_id=sellable.unit_ids[room - 1],
        first=day(first),
        departure=day(departure),
        reason="Painters",
        now=now,
    )
    return outage.id


async def test_a_room_out_of_service_is_neither_sold_nor_given_until_it_is_back(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx)
    outage = await close(tx, hotel, 1, 2, 4, now)
    assert await capacities(tx, hotel) == [("0702", 1, 0, 0), ("0703", 1, 0, 0)]
    stay = await a_stay(tx, hotel, 1, 5, now)
    with pytest.raises(NotAvailable):
        await a_stay(tx, hotel, 3, 4, now)
    with pytest.raises(UnitTaken, match="out of service from 2026-07-02 to 2026-07-04: Painters"):
        await assign_room(tx, host_of(hotel), stay.id, hotel.unit_ids[0], now=now)
    await plan_and_apply(tx, hotel, now)
    assert await rooms(tx, hotel) == {stay.id: 2}
    await open_room(tx, host_of(hotel), hotel.resource_id, outage, now=now)
    assert [each[1] for each in await capacities(tx, hotel)] == [2, 2, 2, 2]
    await a_stay(tx, hotel, 3, 4, now)
    with pytest.raises(OutageNotFound):
        await open_room(tx, host_of(hotel), hotel.resource_id, outage, now=now)


async def test_a_room_is_not_closed_below_what_is_sold_and_the_list_says_who(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx)
    claims = [await a_stay(tx, hotel, *nights, now) for nights in ((1, 4), (3, 6))]
    await a_stay(tx, hotel, 8, 9, now, kind="hold")
    await a_stay(tx, hotel, 8, 9, now)
    with pytest.raises(CapacityBelowSold, match="on 1 night") as refused:
        await close(tx, hotel, 1, 2, 6, now)
    assert refused.value.extra["nights"] == ["2026-07-03"]
    assert {each["claim_id"] for each in refused.value.extra["claims"]} == {str(each.id) for each in claims}
    with pytest.raises(CapacityBelowSold):
        await close(tx, hotel, 1, 8, 9, now)
    await close(tx, hotel, 1, 8, 9, now + timedelta(minutes=15))  # the hold's time is up


async def test_a_room_somebody_has_is_not_closed(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx)
    stay = await a_stay(tx, hotel, 1, 4, now)
    await assign_room(tx, host_of(hotel), stay.id, hotel.unit_ids[0], now=now)
    with pytest.raises(UnitTaken) as refused:
        await close(tx, hotel, 1, 3, 6, now)
    assert [each["claim_id"] for each in refused.value.extra["taken"]] == [str(stay.id)]
    await close(tx, hotel, 1, 4, 6, now)
    with pytest.raises(OutageInvalid):
        await close(tx, hotel, 1, 5, 7, now)
    for first, departure in ((4, 4), (5, 4)):
        with pytest.raises(OutageInvalid):
            await close(tx, hotel, 2, first, departure, now)


async def test_a_room_sold_by_itself_is_closed_by_itself(tx: WriteTx, now: datetime) -> None:
    house = await a_resource(tx, units=2)
    stay = await a_stay(tx, house, 1, 4, now)
    with pytest.raises(UnitTaken) as refused:
        await close(tx, house, 1, 3, 6, now)
    assert [each["claim_id"] for each in refused.value.extra["taken"]] == [str(stay.id)]
    outage = await close(tx, house, 2, 1, 4, now)
    assert not await facade.is_available(tx, ask_of(house, day(1), day(4)), now=now)
    await open_room(tx, host_of(house), house.resource_id, outage, now=now)
    assert await facade.is_available(tx, ask_of(house, day(1), day(4)), now=now)


async def test_overbooking_sells_more_than_there_are_and_never_below_what_is_sold(tx: WriteTx, now: datetime) -> None:
    hotel = await a_hotel(tx, 1)

    async def overbook(first: int, departure: int, places: int) -> None:
        await set_overbooking(
            tx,
            host_of(hotel),
            hotel.resource_id,
            first=day(first),
            departure=day(departure),
            places=places,
            now=now,
        )

    await overbook(1, 3, 1)
    stays = [await a_stay(tx, hotel, 1, 3, now) for _ in range(2)]
    with pytest.raises(NotAvailable):
        await a_stay(tx, hotel, 2, 3, now)
    assert await capacities(tx, hotel) == [("0701", 1, 1, 2), ("0702", 1, 1, 2)]
    plan = await plan_and_apply(tx, hotel, now)
    assert (plan.after.unassigned, len(await rooms(tx, hotel))) == (1, 1)
    with pytest.raises(CapacityBelowSold):
        await overbook(2, 5, 0)
    await facade.release(tx, stays[0].owner_id, now=now)
    await overbook(1, 3, 0)
    house = await a_resource(tx)
    with pytest.raises(WrongMode):
        await set_overbooking(tx, host_of(house), house.resource_id, first=day(1), departure=day(2), places=1, now=now)


async def test_what_is_on_sale_follows_units_without_forgetting_those_out_of_service(runtime: Runtime) -> None:
    now = runtime.clock.now()
    async with runtime.db.write() as tx:
        hotel = await a_hotel(tx, 3)
        await close(tx, hotel, 1, 2, 3, now)
        await a_stay(tx, hotel, 1, 4, now)
        await tx.run("UPDATE catalog.unit SET active = false WHERE id = %s", (hotel.unit_ids[2],))
    event = Event(new_id(), "resource.units_changed", hotel.resource_id, {}, now)
    await follow_units(runtime, event)
    async with runtime.db.read() as tx:
        assert [each[1] for each in await capacities(tx, hotel)] == [2, 1, 2]
