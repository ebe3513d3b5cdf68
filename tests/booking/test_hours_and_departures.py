"""Appointments and places on departures through the same core: quote, hold, book, pay late, cancel."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, BookingStatus, Extra, Hours, Leaving, Mode, Party, Wish
from hospes.modules.booking.errors import NotBookableByNight, NotSoldTogether
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import DepartureNotFound, NotAvailable, WrongGroupSize
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from tests.builders.booking import Stay, a_stay, take_payment
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.inventory import live_claims
from tests.builders.pricing import a_rate
from tests.builders.schedules import HOUR, MORNING, PARIS, VERSAILLES, a_departure, places_taken, with_schedule

NOW = MORNING - timedelta(days=1)
AT_NINE = Hours(MORNING, MORNING + timedelta(minutes=30))


async def a_doctor(tx: WriteTx, *, units: int = 1, **schedule: Any) -> Stay:
    stay = await a_stay(tx, units=units, mode="timed", kind="DOCTOR_SLOT", rate={"base_amount": 6_000})
    await with_schedule(tx, stay.resource_id, **schedule)
    return stay


async def a_tour(tx: WriteTx, **given: Any) -> tuple[Stay, Leaving]:
    stay = await a_stay(tx, mode="departure", kind="TOUR", max_guests=10, rate={"base_amount": 4_500})
    _, departure_id = await a_departure(tx, stay.resource_id, **given)
    return stay, Leaving(departure_id)


async def book(tx: WriteTx, stay: Stay, wish: Wish, **given: Any) -> Any:
    values = {"guest_id": stay.guest_id, "provider": "sandbox", "now": NOW, **given}
    return await facade.book_wish(tx, wish, **values)


async def another(tx: WriteTx, stay: Stay) -> Stay:
    return replace(stay, guest_id=(await a_user(tx)).id)


async def test_half_an_hour_costs_half_the_hour_and_is_booked_at_its_instants(tx: WriteTx) -> None:
    stay = await a_doctor(tx)
    booking = await book(tx, stay, Wish(stay.resource_id, AT_NINE, Party(1)))
    assert (booking.mode, booking.total, booking.nights) == (Mode.TIMED, Money(3_000, "EUR"), 0)
    assert (booking.check_in_at, booking.check_out_at) == (MORNING, MORNING + timedelta(minutes=30))
    assert (booking.arrival, booking.departure) == (MORNING.date(), MORNING.date())
    assert (await facade.get_booking(tx, booking.id)).terms == booking.terms


async def test_a_taken_time_is_refused_and_free_again_when_cancelled(tx: WriteTx) -> None:
    stay = await a_doctor(tx)
    wish = Wish(stay.resource_id, AT_NINE, Party(1))
    booking = await book(tx, stay, wish)
    with pytest.raises(NotAvailable):
        async with tx.savepoint():
            await book(tx, await another(tx, stay), wish)
    await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=NOW)
    assert (await book(tx, await another(tx, stay), wish)).status is BookingStatus.PENDING_PAYMENT


async def test_two_doctors_take_one_patient_each_and_a_third_has_to_wait(tx: WriteTx) -> None:
    stay = await a_doctor(tx, units=2)
    wish = Wish(stay.resource_id, AT_NINE, Party(1))
    first, second = await book(tx, stay, wish), await book(tx, await another(tx, stay), wish)
    taken = [(await inventory.claims_of(tx, each.id))[0].unit_id for each in (first, second)]
    assert set(taken) == set(stay.sellable.unit_ids)
    with pytest.raises(NotAvailable):
        async with tx.savepoint():
            await book(tx, await another(tx, stay), wish)


async def test_the_guests_own_hold_is_not_in_their_way(tx: WriteTx) -> None:
    stay = await a_doctor(tx)
    wish = Wish(stay.resource_id, AT_NINE, Party(1))
    await facade.hold_wish(tx, wish, guest_id=stay.guest_id, now=NOW)
    again = await facade.hold_wish(tx, wish, guest_id=stay.guest_id, now=NOW)
    booking = await book(tx, stay, wish)
    assert await live_claims(tx, stay.resource_id) == 1
    assert (await inventory.claims_of(tx, again.id), len(await inventory.claims_of(tx, booking.id))) == ([], 1)


async def test_a_held_time_is_refused_to_others(tx: WriteTx) -> None:
    stay = await a_doctor(tx)
    wish = Wish(stay.resource_id, AT_NINE, Party(1))
    await facade.hold_wish(tx, wish, guest_id=stay.guest_id, now=NOW)
    with pytest.raises(NotAvailable):
        async with tx.savepoint():
            await book(tx, await another(tx, stay), wish)
    assert await live_claims(tx, stay.resource_id) == 1


async def test_a_doctor_a_room_and_a_device_are_one_booking_or_none(tx: WriteTx) -> None:
    stay = await a_doctor(tx)
    others = []
    for name, amount in (("Room", 1_000), ("Scanner", 4_000)):
        other = await a_resource(
            tx, property_id=stay.sellable.property_id, mode="timed", kind="EQUIPMENT", name=name, units=1
        )
        await a_rate(tx, other.resource_id, base_amount=amount)
        await with_schedule(tx, other.resource_id)
        others.append(other.resource_id)
    wish = Wish(stay.resource_id, AT_NINE, Party(1), extras=tuple(Extra(each) for each in others))
    booking = await book(tx, stay, wish)
    assert booking.total == Money(3_000 + 500 + 2_000, "EUR")
    rival = await another(tx, stay)
    with pytest.raises(NotAvailable):
        async with tx.savepoint():
            await book(tx, rival, Wish(others[1], AT_NINE, Party(1)))
    await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=NOW)
    assert [await live_claims(tx, each) for each in (stay.resource_id, *others)] == [0, 0, 0]


async def test_whoever_travels_is_paid_for_the_way(tx: WriteTx) -> None:
    stay = await a_stay(tx, mode="timed", kind="PROFESSIONAL", rate={"base_amount": 6_000})
    await tx.run(
        "UPDATE pricing.rate SET travel_fee = 1000, travel_per_km = 100 WHERE resource_id = %s", (stay.resource_id,)
    )
    await with_schedule(
        tx, stay.resource_id, travel_mode="travel", radius_km=50.0, speed_kmh=40.0, home=PARIS, slot_minutes=60
    )
    hours = Hours(MORNING, MORNING + HOUR, VERSAILLES)
    booking = await book(tx, stay, Wish(stay.resource_id, hours, Party(1)))
    travel = sum(line.amount for line in booking.terms.price.lines if line.code == "travel")
    assert travel == 1_000 + 1_790  # 17.9 km
    assert booking.total == Money(6_000 + travel, "EUR")


async def test_places_on_a_departure_cost_each_and_run_out(tx: WriteTx) -> None:
    stay, leaving = await a_tour(tx, capacity=5)
    booking = await book(tx, stay, Wish(stay.resource_id, leaving, Party(3)))
    assert (booking.mode, booking.total, booking.quantity) == (Mode.DEPARTURE, Money(13_500, "EUR"), 3)
    assert await places_taken(tx, leaving.departure_id) == (3, 3)
    with pytest.raises(NotAvailable):
        async with tx.savepoint():
            await book(tx, await another(tx, stay), Wish(stay.resource_id, leaving, Party(3)))
    await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=NOW)
    assert await places_taken(tx, leaving.departure_id) == (0, 0)


async def test_money_that_comes_late_takes_the_time_again_while_it_is_free(tx: WriteTx) -> None:
    stay = await a_doctor(tx)
    booking = await book(tx, stay, Wish(stay.resource_id, AT_NINE, Party(1)))
    late = NOW + timedelta(hours=1)
    await facade.expire_due(tx, now=late)
    await take_payment(tx, booking.id, now=late)
    after = await facade.confirm_paid(tx, booking_id=booking.id, now=late)
    assert after.status is BookingStatus.CONFIRMED
    assert await live_claims(tx, stay.resource_id) == 1


async def test_a_place_of_another_departure_is_not_found_here(tx: WriteTx) -> None:
    stay, _ = await a_tour(tx)
    _, elsewhere = await a_tour(tx)
    with pytest.raises(DepartureNotFound):
        await facade.quote_wish(tx, Wish(stay.resource_id, elsewhere, Party(1)), now=NOW)


async def test_a_departure_takes_no_extras_and_no_larger_group_than_it_may(tx: WriteTx) -> None:
    stay, leaving = await a_tour(tx, max_group=4)
    with pytest.raises(NotSoldTogether):
        await facade.quote_wish(tx, Wish(stay.resource_id, leaving, Party(1), quantity=2), now=NOW)
    with pytest.raises(WrongGroupSize):
        await facade.quote_wish(tx, Wish(stay.resource_id, leaving, Party(5)), now=NOW)


async def test_hours_of_a_home_are_refused_with_how_it_is_sold(tx: WriteTx) -> None:
    stay = await a_stay(tx)
    with pytest.raises(NotBookableByNight, match="by the night"):
        await facade.quote_wish(tx, Wish(stay.resource_id, AT_NINE, Party(1)), now=NOW)
