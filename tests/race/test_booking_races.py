"""Bookings under rivals: guests against guests, cancelling against paying, paying against the sweeper."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus, Party
from hospes.modules.booking.subscribers import confirm_when_paid
from hospes.modules.inventory import facade as inventory
from hospes.modules.payments.facade import payment_of
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay, take_payment
from tests.builders.identity import a_user
from tests.builders.inventory import live_claims
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
S = BookingStatus
GUESTS = 100


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, GUESTS) as database:
        yield database


async def book(tx: WriteTx, stay: Stay, guest_id: UUID, now: datetime) -> Booking:
    return await facade.book_stay(
        tx,
        guest_id=guest_id,
        resource_id=stay.resource_id,
        arrival=ARRIVAL,
        departure=DEPARTURE,
        party=Party(2),
        provider="sandbox",
        now=now,
    )


async def test_of_a_hundred_guests_for_one_home_one_books_and_nothing_is_left_of_the_others(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay = await a_stay(tx)
        guests = [(await a_user(tx)).id for _ in range(GUESTS)]
    outcome = await race(crowd, GUESTS, lambda tx, number: book(tx, stay, guests[number], now))
    assert outcome == {"won": 1, "not_available": GUESTS - 1}
    async with crowd.read() as tx:
        counts = await tx.find(
            "SELECT (SELECT count(*) FROM booking.booking) AS bookings,"
            " (SELECT count(*) FROM booking.history) AS steps,"
            " (SELECT count(*) FROM payments.payment) AS payments, (SELECT count(*) FROM platform.outbox) AS events"
        )
        assert counts == {"bookings": 1, "steps": 1, "payments": 1, "events": 1}
        assert await live_claims(tx, stay.resource_id) == 1


async def test_control_without_the_constraint_one_home_is_booked_many_times(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        stay = await a_stay(tx)
        guests = [(await a_user(tx)).id for _ in range(20)]
        await tx.run("ALTER TABLE inventory.claim DROP CONSTRAINT claim_one_holder_at_a_time")
    outcome = await race(crowd, 20, lambda tx, number: book(tx, stay, guests[number], now))
    assert outcome["won"] > 1
    async with crowd.read() as tx:
        assert await live_claims(tx, stay.resource_id) == outcome["won"]


async def test_one_hold_is_booked_once_however_often_its_guest_presses(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        stay = await a_stay(tx)
        held = await facade.place_hold(
            tx,
            guest_id=stay.guest_id,
            resource_id=stay.resource_id,
            arrival=ARRIVAL,
            departure=DEPARTURE,
            party=Party(2),
            now=now,
        )

    async def press(tx: WriteTx, _: int) -> None:
        await facade.book_hold(tx, guest_id=stay.guest_id, hold_id=held.id, provider="sandbox", now=now)

    assert await race(crowd, 20, press) == {"won": 1, "hold_expired": 19}
    async with crowd.read() as tx:
        assert len(await queries.list_bookings_of_guest(tx, stay.guest_id)) == 1


async def test_a_guest_cannot_keep_more_places_than_allowed_by_asking_all_at_once(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        stays = [await a_stay(tx) for _ in range(12)]
    guest_id = stays[0].guest_id

    async def keep(tx: WriteTx, number: int) -> None:
        await facade.place_hold(
            tx,
            guest_id=guest_id,
            resource_id=stays[number].resource_id,
            arrival=ARRIVAL,
            departure=DEPARTURE,
            party=Party(2),
            now=now,
        )

    assert await race(crowd, 12, keep) == {"won": 5, "too_many_holds": 7}


async def test_cancelling_against_paying_ends_refunded_or_never_confirmed(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        bookings = [await a_booking(tx, await a_stay(tx, policy="flexible")) for _ in range(10)]
        for booking in bookings:
            await take_payment(tx, booking.id)

    async def pay_or_cancel(tx: WriteTx, number: int) -> None:
        booking = bookings[number // 2]
        if number % 2:
            await facade.confirm_paid(tx, booking_id=booking.id, now=now)
        else:
            await facade.cancel_booking(
                tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=now
            )

    assert await race(crowd, 20, pay_or_cancel) == {"won": 20}
    async with crowd.read() as tx:
        for booking in bookings:
            assert (await facade.get_booking(tx, booking.id)).status is S.CANCELLED
            assert await live_claims(tx, booking.resource_id) == 0
            assert await refunded(tx, booking.id) == [30_000]


async def test_control_writing_without_the_status_that_was_seen_confirms_what_was_cancelled(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        booking = await a_booking(tx, await a_stay(tx, policy="flexible"))
    seen = asyncio.Barrier(2)
    cancelled = asyncio.Event()

    async def move(tx: WriteTx, number: int) -> None:
        status = (await facade.get_booking(tx, booking.id)).status
        await seen.wait()
        assert status is S.PENDING_PAYMENT
        if number:
            await cancelled.wait()
        await tx.run(
            "UPDATE booking.booking SET status = %s WHERE id = %s", ("confirmed" if number else "cancelled", booking.id)
        )
        if not number:
            await inventory.release(tx, booking.id, now=now)
            cancelled.set()

    assert await race(crowd, 2, move) == {"won": 2}
    async with crowd.read() as tx:
        assert (await facade.get_booking(tx, booking.id)).status is S.CONFIRMED
        assert await live_claims(tx, booking.resource_id) == 0


async def test_paying_against_a_rival_and_the_sweeper_ends_booked_once_or_refunded(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        bookings = [await a_booking(tx, await a_stay(tx)) for _ in range(10)]
        for booking in bookings:
            await take_payment(tx, booking.id)
        rival_id = (await a_user(tx)).id
    late = now + timedelta(hours=2)

    async def act(tx: WriteTx, number: int) -> None:
        booking = bookings[number // 3]
        if number % 3 == 0:
            await facade.confirm_paid(tx, booking_id=booking.id, now=late)
        elif number % 3 == 1:
            await book(tx, Stay(await sellable_of(tx, booking), rival_id), rival_id, late)
        else:
            await facade.expire_due(tx, limit=10, now=late)

    outcome = await race(crowd, 30, act)
    assert set(outcome) <= {"won", "not_available"}
    async with crowd.read() as tx:
        for booking in bookings:
            status = (await facade.get_booking(tx, booking.id)).status
            back = await refunded(tx, booking.id)
            assert (status, back) in ((S.CONFIRMED, []), (S.EXPIRED, [30_000]))
            assert await live_claims(tx, booking.resource_id) == 1


async def test_a_worker_killed_between_payment_and_confirmation_confirms_when_it_comes_back(
    runtime: Runtime, now: datetime
) -> None:
    async with runtime.db.write() as tx:
        booking = await a_booking(tx, await a_stay(tx))
        await take_payment(tx, booking.id)
    event = await paid_event(runtime, booking, now)

    class Killed(BaseException):
        """The process is gone before its commit."""

    with pytest.raises(Killed):  # noqa: PT012 (the kill comes after the work)
        async with runtime.db.write() as tx:
            await facade.confirm_paid(tx, booking_id=booking.id, now=now)
            raise Killed
    await confirm_when_paid(runtime, event)
    await confirm_when_paid(runtime, event)
    async with runtime.db.read() as tx:
        assert (await facade.get_booking(tx, booking.id)).status is S.CONFIRMED
        assert [entry.action for entry in await queries.list_history(tx, booking.id)] == ["create", "pay"]
        assert [each.held_until for each in await inventory.claims_of(tx, booking.id)] == [None]


async def test_the_same_payment_told_twice_after_a_refund_does_not_book_for_nothing(
    runtime: Runtime, now: datetime
) -> None:
    async with runtime.db.write() as tx:
        booking = await a_booking(tx, await a_stay(tx))
        await take_payment(tx, booking.id)
        late = now + timedelta(hours=2)
        await facade.expire_due(tx, now=late)
        stay = Stay(await sellable_of(tx, booking), (await a_user(tx)).id)
        rival = await book(tx, stay, stay.guest_id, late)
    runtime.clock.at = late  # type: ignore[attr-defined]
    event = await paid_event(runtime, booking, now)
    await confirm_when_paid(runtime, event)
    async with runtime.db.write() as tx:
        await facade.cancel_booking(tx, booking_id=rival.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=late)
    await confirm_when_paid(runtime, event)
    async with runtime.db.read() as tx:
        assert (await facade.get_booking(tx, booking.id)).status is S.EXPIRED
        assert await refunded(tx, booking.id) == [30_000]


async def paid_event(runtime: Runtime, booking: Booking, now: datetime) -> Event:
    async with runtime.db.read() as tx:
        payment = await payment_of(tx, booking.id)
    assert payment is not None
    data = {"booking_id": str(booking.id), "payment_id": str(payment.id), "settled": True, "purpose": "full", "part": 1}
    return Event(new_id(), "payment.completed", booking.id, data, now)


async def sellable_of(tx: WriteTx, booking: Booking):  # type: ignore[no-untyped-def]
    from hospes.modules.catalog.facade import get_sellable

    return await get_sellable(tx, booking.resource_id)


async def refunded(tx: object, booking_id: UUID) -> list[int]:
    rows = await tx.all(  # type: ignore[attr-defined]
        "SELECT a.amount FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
        " WHERE p.booking_id = %s AND a.kind = 'refund'",
        (booking_id,),
    )
    return [row["amount"] for row in rows]
