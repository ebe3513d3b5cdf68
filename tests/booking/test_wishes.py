"""Wishes beyond one place by the night: several rooms, what comes along, rate plans; hours and departures."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, BookingStatus, Extra, Nights, Party, Wish
from hospes.modules.booking.errors import NotBookableByNight, NotSoldTogether, TooManyGuests
from hospes.modules.booking.policies.asks import asks_of, items_json, items_of
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimAsk, ClaimKind
from hospes.modules.inventory.errors import NotAvailable
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_stay, take_payment
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.inventory import counted, live_claims
from tests.builders.pricing import a_rate

WHEN = Nights(ARRIVAL, DEPARTURE)


async def beside(tx: WriteTx, stay: Stay, *, units: int = 1, base_amount: int = 2_000, **resource: Any) -> Any:
    other = await a_resource(tx, property_id=stay.sellable.property_id, units=units, **resource)
    await a_rate(tx, other.resource_id, base_amount=base_amount)
    return other


async def book(tx: WriteTx, stay: Stay, wish: Wish, now: datetime) -> Any:
    return await facade.book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=now)


async def test_three_rooms_of_a_type_are_one_booking_at_three_times_the_price(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=4, pooled=True, max_guests=2)
    booking = await book(tx, stay, Wish(stay.resource_id, WHEN, Party(6), quantity=3), now)
    assert (booking.quantity, booking.total) == (3, Money(90_000, "EUR"))
    assert await counted(tx, stay.resource_id) == [3, 3, 3]
    with pytest.raises(NotAvailable):
        await book(tx, stay, Wish(stay.resource_id, WHEN, Party(1), quantity=2), now)
    assert (await facade.get_booking(tx, booking.id)).quantity == 3


async def test_several_of_what_is_claimed_one_by_one_get_a_unit_each(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=3, max_guests=2)
    booking = await book(tx, stay, Wish(stay.resource_id, WHEN, Party(4), quantity=2), now)
    claims = await inventory.claims_of(tx, booking.id)
    assert len({each.unit_id for each in claims}) == 2
    quote = await facade.quote_wish(tx, Wish(stay.resource_id, WHEN, Party(4), quantity=2), now=now)
    assert not quote.available
    assert (await facade.quote_wish(tx, Wish(stay.resource_id, WHEN, Party(2)), now=now)).available


async def test_when_one_of_several_is_taken_nothing_is_claimed(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=2, max_guests=2)
    await book(tx, stay, Wish(stay.resource_id, WHEN, Party(2)), now)
    rival = replace(stay, guest_id=(await a_user(tx)).id)
    with pytest.raises(NotAvailable):
        async with tx.savepoint():
            await book(tx, rival, Wish(stay.resource_id, WHEN, Party(4), quantity=2), now)
    assert await live_claims(tx, stay.resource_id) == 1


async def test_what_comes_along_is_claimed_and_priced_with_it(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    parking = await beside(tx, stay, kind="PARKING", name="Parking")
    wish = Wish(stay.resource_id, WHEN, Party(2), extras=(Extra(parking.resource_id),))
    quote = await facade.quote_wish(tx, wish, now=now)
    assert [(line.label.split(":")[0], line.amount) for line in quote.price.lines] == [
        ("€100 × 3 nights", 30_000),
        ("Parking", 6_000),
    ]
    booking = await book(tx, stay, wish, now)
    assert booking.total == Money(36_000, "EUR")
    assert await live_claims(tx, parking.resource_id) == 1
    event = await tx.find("SELECT data FROM platform.outbox WHERE aggregate_id = %s", (booking.id,))
    assert event is not None
    assert event["data"]["resource_ids"] == [str(stay.resource_id), str(parking.resource_id)]


async def test_when_what_comes_along_is_taken_the_room_stays_free(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=2)
    parking = await beside(tx, stay, kind="PARKING", name="Parking")
    wish = Wish(stay.resource_id, WHEN, Party(2), extras=(Extra(parking.resource_id),))
    await book(tx, stay, wish, now)
    with pytest.raises(NotAvailable):
        async with tx.savepoint():
            await book(tx, replace(stay, guest_id=(await a_user(tx)).id), wish, now)
    assert await live_claims(tx, stay.resource_id) == 1


async def test_cancelling_gives_everything_back(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    parking = await beside(tx, stay, kind="PARKING", name="Parking")
    wish = Wish(stay.resource_id, WHEN, Party(2), extras=(Extra(parking.resource_id),))
    booking = await book(tx, stay, wish, now)
    await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=now)
    assert await live_claims(tx, stay.resource_id) == await live_claims(tx, parking.resource_id) == 0


async def test_a_hold_of_several_becomes_a_booking_of_all(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    parking = await beside(tx, stay, kind="PARKING", name="Parking")
    wish = Wish(stay.resource_id, WHEN, Party(2), extras=(Extra(parking.resource_id),))
    hold = await facade.hold_wish(tx, wish, guest_id=stay.guest_id, now=now)
    again = await facade.hold_wish(tx, wish, guest_id=stay.guest_id, now=now)
    booking = await facade.book_hold(tx, guest_id=stay.guest_id, hold_id=again.id, provider="sandbox", now=now)
    assert hold.id != again.id
    assert {each.resource_id for each in await inventory.claims_of(tx, booking.id)} == {
        stay.resource_id,
        parking.resource_id,
    }
    assert (await facade.get_booking(tx, booking.id)).resource_id == stay.resource_id


async def test_money_that_comes_late_takes_everything_again_or_nothing(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=2)
    parking = await beside(tx, stay, kind="PARKING", name="Parking")
    wish = Wish(stay.resource_id, WHEN, Party(2), extras=(Extra(parking.resource_id),))
    booking = await book(tx, stay, wish, now)
    late = now + timedelta(hours=1)
    rival = ClaimAsk(parking.resource_id, parking.unit_ids, False, 1, parking.zone, ARRIVAL, DEPARTURE)
    await inventory.claim(tx, rival, kind=ClaimKind.BLOCK, owner_id=stay.guest_id, now=late)
    await take_payment(tx, booking.id, now=late)
    after = await facade.confirm_paid(tx, booking_id=booking.id, now=late)
    assert after.status is BookingStatus.EXPIRED
    assert await live_claims(tx, stay.resource_id) == 0


@pytest.mark.parametrize("what", ["twice", "another business", "too many"])
async def test_what_does_not_belong_together_is_refused(tx: WriteTx, now: datetime, what: str) -> None:
    stay = await a_stay(tx)
    other = await a_stay(tx)
    extras = {
        "twice": (Extra(stay.resource_id),),
        "another business": (Extra(other.resource_id),),
        "too many": (Extra((await beside(tx, stay, name="Bed")).resource_id, 21),),
    }[what]
    with pytest.raises(NotSoldTogether):
        await facade.quote_wish(tx, Wish(stay.resource_id, WHEN, Party(1), extras=extras), now=now)


async def test_a_parking_space_does_not_sleep_anyone(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, max_guests=2)
    parking = await beside(tx, stay, kind="PARKING", name="Parking", max_guests=4)
    room = await beside(tx, stay, kind="HOTEL_ROOM", name="Second room", max_guests=1)
    with pytest.raises(TooManyGuests):
        await facade.quote_wish(
            tx, Wish(stay.resource_id, WHEN, Party(3), extras=(Extra(parking.resource_id),)), now=now
        )
    assert (
        await facade.quote_wish(tx, Wish(stay.resource_id, WHEN, Party(3), extras=(Extra(room.resource_id),)), now=now)
    ).available


async def test_what_is_sold_by_the_hour_is_not_sold_by_the_night(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, mode="timed", kind="DOCTOR_SLOT")
    with pytest.raises(NotBookableByNight, match="by the hour"):
        await facade.quote_wish(tx, Wish(stay.resource_id, WHEN, Party(1)), now=now)


async def test_frozen_asks_say_the_same_afterwards(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=2)
    booking = await book(tx, stay, Wish(stay.resource_id, WHEN, Party(1)), now)
    assert items_of(items_json(booking.terms.items)) == booking.terms.items
    read = await facade.get_booking(tx, booking.id)
    assert read.terms == booking.terms
    assert asks_of(read) == (
        ClaimAsk(stay.resource_id, stay.sellable.unit_ids, False, 2, stay.sellable.zone, ARRIVAL, DEPARTURE),
    )


async def test_terms_frozen_before_there_were_items_still_say_what_is_claimed(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=2)
    booking = await book(tx, stay, Wish(stay.resource_id, Nights(date(2026, 7, 1), date(2026, 7, 4)), Party(1)), now)
    await tx.run(
        "UPDATE booking.booking SET terms = terms - 'items' - 'mode' || jsonb_build_object('unit_ids', %s::uuid[])"
        " WHERE id = %s",
        (list(stay.sellable.unit_ids), booking.id),
    )
    old = await facade.get_booking(tx, booking.id)
    assert old.terms.items == ()
    assert asks_of(old) == asks_of(booking)
