"""Events reach allocations and disputes, repeated, at once and late."""

import asyncio
from typing import Any
from uuid import UUID

from hospes.entrypoints.invariants import breaches
from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import guest, host
from hospes.modules.payouts import queries
from hospes.modules.payouts.subscribers import allocate_when_moved, follow_dispute
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_stay
from tests.builders.payouts import a_paid_booking


def event(rt: Runtime, type: str, about: UUID, **data: Any) -> Event:
    return Event(new_id(), type, about, data, rt.clock.now())


async def a_booked(rt: Runtime, **given: Any) -> Booking:
    async with rt.db.write() as tx:
        return await a_paid_booking(tx, await a_stay(tx), **given)


async def kinds(rt: Runtime, booking: Booking) -> list[str]:
    async with rt.db.read() as tx:
        return [each.kind for each in await ledger.about(tx, booking.id)]


async def test_the_same_news_many_times_at_once_is_allocated_once(runtime: Runtime) -> None:
    booking = await a_booked(runtime)
    news = [event(runtime, "booking.confirmed", booking.id), event(runtime, "payment.completed", booking.id)]
    await asyncio.gather(*(allocate_when_moved(runtime, each) for each in news * 4))
    assert await kinds(runtime, booking) == ["captured", "allocated"]
    async with runtime.db.read() as tx:
        assert await ledger.balance(tx, guest(booking.guest_id), "EUR") == 0
        assert {name for name in await breaches(tx) if "allocated" in name or "zero" in name} == set()


async def test_news_of_something_else_is_left_alone(runtime: Runtime) -> None:
    await allocate_when_moved(runtime, event(runtime, "payment.completed", new_id()))
    await follow_dispute(runtime, event(runtime, "payment.disputed", new_id(), reason="fraudulent"))
    async with runtime.db.read() as tx:
        counted = await tx.find(
            "SELECT (SELECT count(*) FROM ledger.transaction) AS posted, (SELECT count(*) FROM payouts.hold) AS held"
        )
    assert counted == {"posted": 0, "held": 0}


async def test_news_in_the_wrong_order_ends_in_the_same(runtime: Runtime) -> None:
    booking = await a_booked(runtime)
    async with runtime.db.write() as tx:
        await bookings.cancel_booking(
            tx, booking_id=booking.id, actor=Actor.HOST, actor_id=booking.guest_id, now=runtime.clock.now()
        )
    await allocate_when_moved(runtime, event(runtime, "booking.cancelled", booking.id))
    await allocate_when_moved(runtime, event(runtime, "booking.confirmed", booking.id))
    async with runtime.db.read() as tx:
        assert await ledger.balance(tx, host(booking.business_id), "EUR") == 0


async def test_a_dispute_holds_the_booking_and_ends_as_it_is_decided(runtime: Runtime) -> None:
    booking = await a_booked(runtime, status=BookingStatus.COMPLETED)
    await allocate_when_moved(runtime, event(runtime, "booking.confirmed", booking.id))
    lost = {"dispute_id": str(new_id()), "amount": 30_000, "currency": "EUR", "reason": "fraudulent"}
    for _ in range(2):
        await follow_dispute(runtime, event(runtime, "payment.disputed", booking.id, **lost))
    async with runtime.db.read() as tx:
        (hold,) = await queries.list_holds(tx, booking.business_id)
        assert (hold.booking_id, hold.kind) == (booking.id, "dispute")
    for _ in range(2):
        await follow_dispute(runtime, event(runtime, "dispute.lost", booking.id, **lost))
    async with runtime.db.read() as tx:
        assert await queries.list_holds(tx, booking.business_id) == []
        earning = await queries.find_earning(tx, booking.id)
    assert earning is not None
    assert earning.earned == 29_100 - 30_000
    assert (await kinds(runtime, booking)).count("chargeback") == 1


async def test_a_dispute_that_is_won_lets_the_money_go(runtime: Runtime) -> None:
    booking = await a_booked(runtime)
    await follow_dispute(runtime, event(runtime, "payment.disputed", booking.id, reason=""))
    await follow_dispute(runtime, event(runtime, "dispute.won", booking.id))
    async with runtime.db.read() as tx:
        assert await queries.list_holds(tx, booking.business_id) == []
    assert "chargeback" not in await kinds(runtime, booking)
