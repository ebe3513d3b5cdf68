"""A changed stay keeps the room it was given, and its pin, while that is free for the new nights."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus, Change, ChangeQuote
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.store import room_plans as room_store
from hospes.modules.inventory.use_cases.assign_room import assign_room
from hospes.modules.inventory.use_cases.close_room import close_room
from hospes.platform.caller import Caller
from hospes.platform.db import Database, WriteTx
from tests.builders.booking import ARRIVAL, DEPARTURE, NOW, Stay, a_booking, a_stay
from tests.builders.identity import a_user

LATER = Change(arrival=date(2026, 7, 2), departure=date(2026, 7, 5))


async def a_hotel(tx: WriteTx) -> Stay:
    return await a_stay(tx, units=3, pooled=True, kind="HOTEL_ROOM")


def host(stay: Stay) -> Caller:
    return Caller(stay.owner_id, "", "", frozenset(), "token")


async def with_room(tx: WriteTx, stay: Stay, place: int, *, pinned: bool = True, **dates: date) -> tuple[Booking, UUID]:
    """A confirmed booking of somebody new, and the room it was given."""
    guest = replace(stay, guest_id=(await a_user(tx)).id)
    booking = await a_booking(tx, guest, status=BookingStatus.CONFIRMED, **dates)  # type: ignore[arg-type]
    (claim,) = await inventory.claims_of(tx, booking.id)
    unit_id = stay.sellable.unit_ids[place]
    await assign_room(tx, host(stay), claim.id, unit_id, pinned=pinned, now=NOW)
    return booking, unit_id


async def rooms(tx: WriteTx, booking: Booking) -> list[tuple[UUID, bool, int]]:
    """Unit, pin and nights of the booking's rooms."""
    rows = await tx.all(
        "SELECT a.unit_id, a.pinned, upper(a.nights) - lower(a.nights) AS nights FROM inventory.unit_assignment AS a"
        " JOIN inventory.claim AS c ON c.id = a.claim_id WHERE c.owner_id = %s AND c.released_at IS NULL",
        (booking.id,),
    )
    return [(row["unit_id"], row["pinned"], row["nights"]) for row in rows]


async def change(tx: WriteTx, booking: Booking, wanted: Change = LATER) -> Any:
    return await facade.change_booking(
        tx,
        booking_id=booking.id,
        change=wanted,
        actor=Actor.HOST,
        actor_id=booking.guest_id,
        provider="sandbox",
        now=NOW,
    )


async def test_the_room_and_its_pin_stay_when_it_is_free_for_the_new_nights(tx: WriteTx) -> None:
    stay = await a_hotel(tx)
    booking, unit_id = await with_room(tx, stay, 2)
    loose, other = await with_room(tx, stay, 1, pinned=False)
    await change(tx, booking)
    await change(tx, loose)
    assert await rooms(tx, booking) == [(unit_id, True, 3)]
    assert await rooms(tx, loose) == [(other, False, 3)]


async def test_a_room_that_another_stay_has_then_is_not_kept(tx: WriteTx) -> None:
    stay = await a_hotel(tx)
    booking, _ = await with_room(tx, stay, 0)
    neighbour, unit_id = await with_room(tx, stay, 0, arrival=DEPARTURE, departure=DEPARTURE + timedelta(days=2))
    await change(tx, booking)
    assert await rooms(tx, booking) == []
    assert await rooms(tx, neighbour) == [(unit_id, True, 2)]


async def test_a_room_out_of_service_then_is_not_kept(tx: WriteTx) -> None:
    stay = await a_hotel(tx)
    booking, unit_id = await with_room(tx, stay, 0)
    await close_room(
        tx,
        host(stay),
        stay.resource_id,
        unit_id=unit_id,
        first=DEPARTURE,
        departure=DEPARTURE + timedelta(days=1),
        reason="Paint",
        now=NOW,
    )
    await change(tx, booking)
    assert await rooms(tx, booking) == []


async def test_a_quote_of_a_change_leaves_the_room_as_it_is(tx: WriteTx) -> None:
    stay = await a_hotel(tx)
    booking, unit_id = await with_room(tx, stay, 2)
    quote: ChangeQuote = await facade.quote_change(tx, booking_id=booking.id, change=LATER, actor=Actor.HOST, now=NOW)
    assert quote.available
    assert await rooms(tx, booking) == [(unit_id, True, (DEPARTURE - ARRIVAL).days)]


async def test_leaving_early_keeps_the_room_for_the_nights_that_are_left(tx: WriteTx) -> None:
    stay = await a_hotel(tx)
    booking, unit_id = await with_room(tx, stay, 2)
    await tx.run("UPDATE booking.booking SET status = 'in_progress' WHERE id = %s", (booking.id,))
    await facade.leave_early(
        tx,
        booking_id=booking.id,
        leaves=ARRIVAL + timedelta(days=1),
        actor=Actor.HOST,
        actor_id=stay.owner_id,
        now=NOW + timedelta(days=30, hours=6),
    )
    assert await rooms(tx, booking) == [(unit_id, True, 1)]


async def test_while_somebody_plans_the_rooms_the_change_goes_on_without_waiting(db: Database) -> None:
    async with db.write() as tx:
        stay = await a_hotel(tx)
        booking, _ = await with_room(tx, stay, 2)
    async with db.write() as planning:
        await room_store.lock_rooms(planning, stay.resource_id)
        async with db.write() as tx:
            await change(tx, booking)
    async with db.write() as tx:
        assert await rooms(tx, booking) == []
        assert (await facade.get_booking(tx, booking.id)).arrival == LATER.arrival
