"""Time and places on departures, claimed one after another."""

from datetime import datetime, timedelta

import pytest

from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind, DepartureAsk
from hospes.modules.inventory.errors import (
    DayFull,
    HoldExpired,
    NotAvailable,
    OutsideHours,
    TooFarToTravel,
    WeekFull,
)
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.inventory import an_ask, counted, live_claims
from tests.builders.schedules import HOUR, MORNING, PARIS, VERSAILLES, a_departure, a_slot_ask, later, places_taken

BOOKING = ClaimKind.BOOKING
HOLD = ClaimKind.HOLD
MINUTE = timedelta(minutes=1)


async def book(tx: WriteTx, ask: object, now: datetime, **given: object) -> facade.Claim:
    return await facade.claim(tx, ask, **{"kind": BOOKING, "owner_id": new_id(), "now": now, **given})  # type: ignore[arg-type]


async def test_an_hour_is_sold_once_and_touching_hours_are_free(tx: WriteTx, now: datetime) -> None:
    ask = a_slot_ask()
    claim = await book(tx, ask, now)
    assert (claim.unit_id, claim.starts_at, claim.ends_at) == (ask.unit_ids[0], MORNING, MORNING + HOUR)
    assert (claim.first_night, claim.departure) == (MORNING.date(), MORNING.date() + timedelta(days=1))
    assert await facade.claims_of(tx, claim.owner_id) == [claim]
    for by in (-59 * MINUTE, timedelta(), 59 * MINUTE):
        assert not await facade.is_available(tx, later(ask, by), now=now)
        with pytest.raises(NotAvailable):
            await book(tx, later(ask, by), now)
    for by in (-HOUR, HOUR):
        assert await facade.is_available(tx, later(ask, by), now=now)
        await book(tx, later(ask, by), now)


async def test_an_end_before_the_start_is_refused(tx: WriteTx, now: datetime) -> None:
    with pytest.raises(OutsideHours):
        await book(tx, a_slot_ask(ends_at=MORNING), now)


async def test_a_slot_that_ends_at_midnight_belongs_to_its_day_alone(tx: WriteTx, now: datetime) -> None:
    claim = await book(tx, a_slot_ask(MORNING + 14 * HOUR), now)
    assert (claim.first_night, claim.departure) == (MORNING.date(), MORNING.date() + timedelta(days=1))
    past_it = await book(tx, a_slot_ask(MORNING + 14 * HOUR, ends_at=MORNING + 16 * HOUR), now)
    assert (past_it.first_night, past_it.departure) == (MORNING.date(), MORNING.date() + timedelta(days=2))


async def test_buffers_keep_the_time_around_a_slot_free(tx: WriteTx, now: datetime) -> None:
    ask = a_slot_ask(before=10 * MINUTE, after=20 * MINUTE)
    claim = await book(tx, ask, now)
    assert claim.starts_at == MORNING
    for by, free in ((HOUR + 29 * MINUTE, False), (HOUR + 30 * MINUTE, True), (-HOUR - 29 * MINUTE, False)):
        assert await facade.is_available(tx, later(ask, by), now=now) is free
    await book(tx, later(ask, HOUR + 30 * MINUTE), now)
    with pytest.raises(NotAvailable):
        await book(tx, later(ask, -HOUR - 29 * MINUTE), now)


async def test_professionals_are_taken_in_order_until_none_is_left(tx: WriteTx, now: datetime) -> None:
    for given in ({}, {"max_per_day": 9}):
        ask = a_slot_ask(units=3, **given)
        assert [(await book(tx, ask, now)).unit_id for _ in range(3)] == list(ask.unit_ids)
        with pytest.raises(NotAvailable):
            await book(tx, ask, now)


async def test_a_slot_held_too_long_gives_way(tx: WriteTx, now: datetime) -> None:
    for given in ({}, {"max_per_day": 1}):
        ask, hold = a_slot_ask(**given), new_id()
        await book(tx, ask, now, kind=HOLD, owner_id=hold, held_until=now + HOUR)
        assert not await facade.is_available(tx, ask, now=now + 59 * MINUTE)
        with pytest.raises(NotAvailable):
            await book(tx, ask, now + 59 * MINUTE)
        assert await facade.is_available(tx, ask, now=now + HOUR)
        await book(tx, ask, now + HOUR)
        assert not await facade.make_firm(tx, hold, now=now + HOUR)
        assert await live_claims(tx, ask.resource_id) == 1


async def test_a_unit_does_no_more_than_its_limit_a_day(tx: WriteTx, now: datetime) -> None:
    ask = a_slot_ask(max_per_day=2)
    await book(tx, ask, now)
    second = await book(tx, later(ask, 2 * HOUR), now)
    assert not await facade.is_available(tx, later(ask, 4 * HOUR), now=now)
    with pytest.raises(DayFull):
        await book(tx, later(ask, 4 * HOUR), now)
    await facade.claim(tx, later(ask, 4 * HOUR), kind=ClaimKind.BLOCK, owner_id=new_id(), now=now)
    await book(tx, later(ask, 24 * HOUR), now)
    await facade.release(tx, second.owner_id, now=now)
    await book(tx, later(ask, 6 * HOUR), now)


async def test_the_day_of_a_limit_is_the_local_one(tx: WriteTx, now: datetime) -> None:
    ask = a_slot_ask(MORNING + 14 * HOUR, max_per_day=1)
    await book(tx, ask, now)
    await book(tx, later(ask, HOUR), now)
    with pytest.raises(DayFull):
        await book(tx, later(ask, 2 * HOUR), now)


async def test_a_week_runs_from_monday_to_sunday(tx: WriteTx, now: datetime) -> None:
    wednesday = a_slot_ask(max_per_week=2)
    await book(tx, wednesday, now)
    await book(tx, later(wednesday, 4 * 24 * HOUR), now)
    for days in (-2, 1):
        with pytest.raises(WeekFull):
            await book(tx, later(wednesday, days * 24 * HOUR), now)
    for days in (-3, 5):
        await book(tx, later(wednesday, days * 24 * HOUR), now)


async def test_the_way_between_two_jobs_takes_its_time(tx: WriteTx, now: datetime) -> None:
    """Versailles is 17.9 km from the middle of Paris: 36 minutes at 30 km/h."""
    ask = a_slot_ask(place=PARIS, home=PARIS, speed_kmh=30.0)
    await book(tx, ask, now)
    there = later(ask, HOUR + 35 * MINUTE, place=VERSAILLES)
    assert not await facade.is_available(tx, there, now=now)
    with pytest.raises(TooFarToTravel):
        await book(tx, there, now)
    with pytest.raises(TooFarToTravel):
        await book(tx, later(ask, -HOUR - 35 * MINUTE, place=VERSAILLES), now)
    await book(tx, later(ask, HOUR + 36 * MINUTE, place=VERSAILLES), now)
    await book(tx, later(ask, -HOUR - 36 * MINUTE, place=VERSAILLES), now)
    back_home = later(ask, 3 * HOUR, place=None)
    with pytest.raises(TooFarToTravel):
        await book(tx, back_home, now)
    await book(tx, later(back_home, 12 * MINUTE), now)


async def test_somebody_else_goes_when_the_first_cannot_be_there_in_time(tx: WriteTx, now: datetime) -> None:
    ask = a_slot_ask(units=2, place=PARIS, home=PARIS, speed_kmh=30.0)
    await book(tx, ask, now)
    claim = await book(tx, later(ask, HOUR, place=VERSAILLES), now)
    assert claim.unit_id == ask.unit_ids[1]


async def test_a_departure_sells_its_places_and_gets_them_back(tx: WriteTx, now: datetime) -> None:
    resource_id, departure_id = await a_departure(tx, capacity=4, overbooking=1)
    ask = DepartureAsk(resource_id, departure_id, 3)
    owner = new_id()
    claim = await book(tx, ask, now, owner_id=owner)
    assert (claim.unit_id, claim.quantity, claim.departure_id) == (None, 3, departure_id)
    assert (claim.starts_at, claim.ends_at) == (MORNING, MORNING + 3 * HOUR)
    assert await facade.claims_of(tx, owner) == [claim]
    assert not await facade.is_available(tx, ask, now=now)
    with pytest.raises(NotAvailable):
        await book(tx, ask, now)
    await book(tx, DepartureAsk(resource_id, departure_id, 2), now)
    assert (await facade.get_departure(tx, resource_id, departure_id, now=now)).available == 0
    assert await facade.release(tx, owner, now=now) == 1
    assert await facade.release(tx, owner, now=now) == 0
    assert await places_taken(tx, departure_id) == (2, 2)
    assert (await facade.get_departure(tx, resource_id, departure_id, now=now)).available == 3


async def test_a_cancelled_departure_and_another_resources_sell_nothing(tx: WriteTx, now: datetime) -> None:
    resource_id, departure_id = await a_departure(tx, status="cancelled")
    for ask in (DepartureAsk(resource_id, departure_id), DepartureAsk(new_id(), departure_id)):
        assert not await facade.is_available(tx, ask, now=now)
        with pytest.raises(NotAvailable):
            await book(tx, ask, now)


async def test_places_held_too_long_give_way_and_are_swept(tx: WriteTx, now: datetime) -> None:
    resource_id, departure_id = await a_departure(tx, capacity=2)
    ask = DepartureAsk(resource_id, departure_id, 2)
    await book(tx, ask, now, kind=HOLD, held_until=now + HOUR)
    assert await facade.is_available(tx, ask, now=now + HOUR)
    rival = new_id()
    await book(tx, ask, now + HOUR, owner_id=rival, held_until=now + 2 * HOUR)
    assert await places_taken(tx, departure_id) == (2, 2)
    assert await facade.release_expired(tx, limit=10, now=now + 2 * HOUR) == [resource_id]
    assert await places_taken(tx, departure_id) == (0, 0)
    with pytest.raises(HoldExpired):
        await facade.hand_over(tx, rival, new_id(), kind=BOOKING, now=now + 2 * HOUR)


async def test_a_night_an_hour_and_a_place_are_had_together_or_not_at_all(tx: WriteTx, now: datetime) -> None:
    resource_id, departure_id = await a_departure(tx, capacity=2)
    room, doctor, tour = (
        an_ask(units=2, pooled=True),
        a_slot_ask(max_per_day=1),
        DepartureAsk(resource_id, departure_id),
    )
    owner, booking = new_id(), new_id()
    claims = await facade.claim_all(tx, [tour, doctor, room], kind=HOLD, owner_id=owner, held_until=now, now=now)
    assert [each.resource_id for each in claims] == [resource_id, doctor.resource_id, room.resource_id]
    assert await facade.extend(tx, owner, now + HOUR, count=3, now=now)
    given = await facade.hand_over(tx, owner, booking, kind=BOOKING, held_until=now + HOUR, count=3, now=now)
    assert {each.owner_id for each in given} == {booking}
    assert await facade.make_firm(tx, booking, count=3, now=now)
    with pytest.raises(DayFull):
        async with tx.savepoint():
            await facade.claim_all(tx, [tour, room, later(doctor, 3 * HOUR)], kind=BOOKING, owner_id=new_id(), now=now)
    assert await places_taken(tx, departure_id) == (1, 1)
    assert await counted(tx, room.resource_id) == [1, 1, 1]
    assert await facade.release(tx, booking, now=now) == 3
    assert await places_taken(tx, departure_id) == (0, 0)
    assert await counted(tx, room.resource_id) == [0, 0, 0]


async def test_a_hold_of_several_of_which_a_rival_took_one_is_not_handed_over(tx: WriteTx, now: datetime) -> None:
    asks, owner = [a_slot_ask(), a_slot_ask()], new_id()
    await facade.claim_all(tx, asks, kind=HOLD, owner_id=owner, held_until=now, now=now)
    await book(tx, asks[0], now)
    assert not await facade.extend(tx, owner, now, count=2, now=now)
    with pytest.raises(HoldExpired):
        await facade.hand_over(tx, owner, new_id(), kind=BOOKING, count=2, now=now)
