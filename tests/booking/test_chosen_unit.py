"""An appointment with one in particular: checked, claimed, kept through changes, series and waiting, never swapped."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Change, Hours, Leaving, Nights, Party, Repeat, Wish
from hospes.modules.booking.errors import NotSoldTogether
from hospes.modules.booking.policies.changing import changed_wish, wish_of
from hospes.modules.booking.policies.wishes import wish_from, wish_json
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import NotAvailable
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id
from tests.booking.test_booking_api import a_world
from tests.booking.test_hours_and_departures import AT_NINE, NOW, a_doctor, another, book
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_stay
from tests.builders.inventory import live_claims
from tests.builders.schedules import MORNING


def with_second(stay: Stay, **more: Any) -> Wish:
    return Wish(stay.resource_id, AT_NINE, Party(1), unit_id=stay.sellable.unit_ids[1], **more)


async def units_of(tx: ReadTx, owner_id: Any) -> list[Any]:
    return [each.unit_id for each in await inventory.claims_of(tx, owner_id)]


async def test_the_one_chosen_is_claimed_and_told(tx: WriteTx) -> None:
    stay = await a_doctor(tx, units=3)
    chosen = stay.sellable.unit_ids[1]
    booking = await book(tx, stay, with_second(stay))
    assert await units_of(tx, booking.id) == [chosen]
    assert (booking.terms.unit_id, booking.terms.unit_name) == (chosen, "2")
    assert (await facade.get_booking(tx, booking.id)).terms == booking.terms


async def test_whoever_is_busy_is_refused_though_others_are_free(tx: WriteTx) -> None:
    stay = await a_doctor(tx, units=3)
    await book(tx, stay, with_second(stay))
    rival = await another(tx, stay)
    with pytest.raises(NotAvailable):
        async with tx.savepoint():
            await facade.hold_wish(tx, with_second(stay), guest_id=rival.guest_id, now=NOW)
    assert await live_claims(tx, stay.resource_id) == 1
    anyone = await facade.hold_wish(tx, replace(with_second(stay), unit_id=None), guest_id=rival.guest_id, now=NOW)
    assert await units_of(tx, anyone.id) == [stay.sellable.unit_ids[0]]


async def test_a_hold_of_the_one_chosen_is_booked_with_the_same(tx: WriteTx) -> None:
    stay = await a_doctor(tx, units=2)
    held = await facade.hold_wish(tx, with_second(stay), guest_id=stay.guest_id, now=NOW)
    booking = await facade.book_hold(tx, guest_id=stay.guest_id, hold_id=held.id, provider="sandbox", now=NOW)
    assert await units_of(tx, booking.id) == [stay.sellable.unit_ids[1]]
    assert booking.terms.unit_id == stay.sellable.unit_ids[1]


async def test_only_who_works_there_can_be_chosen(tx: WriteTx) -> None:
    stay, other = await a_doctor(tx, units=2), await a_doctor(tx)
    await tx.run("UPDATE catalog.unit SET active = false WHERE id = %s", (stay.sellable.unit_ids[1],))
    for unit_id in (other.sellable.unit_ids[0], stay.sellable.unit_ids[1], new_id()):
        with pytest.raises(NotSoldTogether) as refused:
            await facade.quote_wish(tx, replace(with_second(stay), unit_id=unit_id), now=NOW)
        assert list(refused.value.fields) == ["unit_id"]


@pytest.mark.parametrize("when", [Nights(ARRIVAL, DEPARTURE), Leaving(new_id())])
async def test_nights_and_departures_are_not_with_one_in_particular(tx: WriteTx, when: Any) -> None:
    stay = await a_stay(tx, units=2)
    wish = Wish(stay.resource_id, when, Party(2), unit_id=stay.sellable.unit_ids[0])
    with pytest.raises(NotSoldTogether, match="Only an appointment"):
        await facade.quote_wish(tx, wish, now=NOW)


async def test_one_cannot_be_in_two_places_at_once(tx: WriteTx) -> None:
    stay = await a_doctor(tx, units=2)
    with pytest.raises(NotSoldTogether, match="one at a time"):
        await facade.quote_wish(tx, with_second(stay, quantity=2), now=NOW)


async def test_a_change_of_time_stays_with_the_same(tx: WriteTx) -> None:
    stay = await a_doctor(tx, units=2)
    booking = await book(tx, stay, with_second(stay))
    assert wish_of(booking) == with_second(stay)
    change = Change(hours=Hours(MORNING + timedelta(hours=2), MORNING + timedelta(hours=2, minutes=30)))
    assert changed_wish(booking, change).unit_id == stay.sellable.unit_ids[1]
    await facade.change_booking(
        tx,
        booking_id=booking.id,
        change=change,
        actor=Actor.GUEST,
        actor_id=stay.guest_id,
        provider="sandbox",
        now=NOW,
    )
    assert await units_of(tx, booking.id) == [stay.sellable.unit_ids[1]]


async def test_a_series_is_with_the_same_every_week(tx: WriteTx) -> None:
    stay = await a_doctor(tx, units=2)
    week = timedelta(weeks=1)
    taken = Hours(AT_NINE.starts_at + week, AT_NINE.ends_at + week)
    await book(tx, await another(tx, stay), replace(with_second(stay), when=taken))
    found = await facade.quote_series(tx, with_second(stay), Repeat(1, count=3), now=NOW)
    assert [each.refusal is None for each in found] == [True, False, True]
    made, refused = await facade.book_series(
        tx,
        with_second(stay),
        Repeat(1, count=3),
        guest_id=stay.guest_id,
        only_free=True,
        provider="sandbox",
        now=NOW,
    )
    assert [await units_of(tx, each.id) for each in made] == [[stay.sellable.unit_ids[1]]] * 2
    assert [each.day for each in refused] == [taken.starts_at.date()]


async def test_who_waits_for_one_is_offered_that_one_only(tx: WriteTx) -> None:
    stay = await a_doctor(tx, units=2)
    booking = await book(tx, stay, with_second(stay))
    waiting = await another(tx, stay)
    day = Hours(AT_NINE.starts_at, AT_NINE.ends_at)
    await facade.join_waitlist(tx, replace(with_second(stay), when=day), guest_id=waiting.guest_id, minutes=30, now=NOW)
    assert await facade.offer_places(tx, stay.resource_id, now=NOW) == 0
    await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=NOW)
    assert await facade.offer_places(tx, stay.resource_id, now=NOW) == 1
    row = await tx.find(
        "SELECT unit_id FROM inventory.claim WHERE resource_id = %s AND released_at IS NULL", (stay.resource_id,)
    )
    assert row == {"unit_id": stay.sellable.unit_ids[1]}


def test_a_wish_keeps_whom_it_is_for() -> None:
    wish = Wish(new_id(), AT_NINE, Party(1), unit_id=new_id())
    assert wish_from(wish_json(wish)) == wish
    old = wish_json(wish)
    del old["unit_id"]
    assert wish_from(old) == replace(wish, unit_id=None)


async def test_over_http_the_one_chosen_is_booked_or_refused_by_field(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    async with world.rt.db.write() as tx:
        stay = await a_doctor(tx, units=2)
    body = {"resource_id": str(stay.resource_id), "starts_at": MORNING.isoformat(), "minutes": 30}
    chosen = str(stay.sellable.unit_ids[1])
    made = await world.post("/bookings", {**body, "unit_id": chosen}, world.guest)
    assert made.status_code == 201, made.text
    again = await world.post("/bookings", {**body, "unit_id": chosen}, world.host)
    assert (again.status_code, again.json()["code"]) == (409, "not_available")
    wrong = await world.post("/holds", {**body, "unit_id": str(new_id())}, world.host)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not_sold_together")
    assert [fault["field"] for fault in wrong.json()["errors"]] == ["unit_id"]
    async with world.rt.db.read() as tx:
        assert await live_claims(tx, stay.resource_id) == 1
