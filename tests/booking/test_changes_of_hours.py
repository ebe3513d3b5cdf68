"""Changes of appointments and departures."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import (
    Actor,
    Booking,
    BookingStatus,
    Change,
    ChangeStatus,
    Hours,
    Leaving,
    Party,
    Wish,
)
from hospes.modules.booking.errors import ChangeRefused
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import NotAvailable, OutsideHours
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from tests.booking.test_changes import change, quoted, refunds
from tests.builders.booking import Stay, a_stay, take_payment
from tests.builders.identity import a_user
from tests.builders.inventory import live_claims
from tests.builders.schedules import HOUR, MORNING, a_departure, places_taken, with_schedule

S = BookingStatus


async def paid(tx: WriteTx, wish: Wish, guest_id: Any, now: datetime) -> Booking:
    booking = await facade.book_wish(tx, wish, guest_id=guest_id, provider="sandbox", now=now)
    await take_payment(tx, booking.id, now=now)
    return await facade.confirm_paid(tx, booking_id=booking.id, now=now)


async def a_doctor(tx: WriteTx, **schedule: Any) -> Stay:
    stay = await a_stay(tx, mode="timed", kind="DOCTOR_SLOT", rate={"base_amount": 6_000})
    await with_schedule(tx, stay.resource_id, **{"slot_minutes": 60, "step_minutes": 30, **schedule})
    return stay


def hours(at: float, length: float = 1) -> Hours:
    start = MORNING + at * HOUR
    return Hours(start, start + length * HOUR)


async def test_an_appointment_moves_over_its_own_time_and_keeps_its_price(tx: WriteTx, now: datetime) -> None:
    stay = await a_doctor(tx, after_minutes=30, max_per_day=1)
    booking = await paid(tx, Wish(stay.resource_id, hours(0), Party(1)), stay.guest_id, now)
    done = await change(tx, booking, Change(hours=hours(0.5)), now, expected_difference=0)
    assert (done.booking.check_in_at, done.booking.check_out_at) == (MORNING + 0.5 * HOUR, MORNING + 1.5 * HOUR)
    claims = await inventory.claims_of(tx, booking.id)
    assert [(each.starts_at, each.held_until) for each in claims] == [(MORNING + 0.5 * HOUR, None)]
    assert await live_claims(tx, stay.resource_id) == 1


async def test_an_appointment_does_not_move_to_where_another_is_or_nobody_works(tx: WriteTx, now: datetime) -> None:
    stay = await a_doctor(tx)
    booking = await paid(tx, Wish(stay.resource_id, hours(0), Party(1)), stay.guest_id, now)
    await paid(tx, Wish(stay.resource_id, hours(2), Party(1)), (await a_user(tx)).id, now)
    with pytest.raises(NotAvailable):
        await change(tx, booking, Change(hours=hours(1.5)), now)
    with pytest.raises(OutsideHours):
        await change(tx, booking, Change(hours=hours(12)), now)
    assert [each.code for each in (await quoted(tx, booking, Change(hours=hours(1.5)), now)).refusals] == [
        "not_available"
    ]
    assert await facade.get_booking(tx, booking.id) == booking
    with pytest.raises(ChangeRefused, match="by the hour"):
        await change(tx, booking, Change(departure=booking.departure + timedelta(days=2)), now)


async def test_a_longer_appointment_is_paid_first_and_kept_meanwhile_where_it_can_be(
    tx: WriteTx, now: datetime
) -> None:
    stay = await a_doctor(tx)
    booking = await paid(tx, Wish(stay.resource_id, hours(0), Party(1)), stay.guest_id, now)
    asked = await change(tx, booking, Change(hours=hours(4, 2)), now)
    assert asked.request is not None
    assert asked.request.difference == Money(6_000, "EUR")
    kept = await inventory.claims_of(tx, asked.request.id)
    assert [(each.starts_at, each.ends_at) for each in kept] == [(MORNING + 4 * HOUR, MORNING + 6 * HOUR)]
    await take_payment(tx, asked.request.id, now=now)
    assert await facade.apply_paid_change(tx, change_id=asked.request.id, now=now) is ChangeStatus.APPLIED
    changed = await facade.get_booking(tx, booking.id)
    assert (changed.check_in_at, changed.total) == (MORNING + 4 * HOUR, Money(12_000, "EUR"))
    assert await live_claims(tx, stay.resource_id) == 1


async def test_making_it_longer_where_it_is_cannot_be_kept_but_is_made_or_refunded(tx: WriteTx, now: datetime) -> None:
    stay = await a_doctor(tx)
    booking = await paid(tx, Wish(stay.resource_id, hours(0), Party(1)), stay.guest_id, now)
    asked = await change(tx, booking, Change(hours=hours(0, 2)), now)
    assert asked.request is not None
    assert await inventory.claims_of(tx, asked.request.id) == []
    await paid(tx, Wish(stay.resource_id, hours(1), Party(1)), (await a_user(tx)).id, now)
    await take_payment(tx, asked.request.id, now=now)
    assert await facade.apply_paid_change(tx, change_id=asked.request.id, now=now) is ChangeStatus.REFUNDED
    assert await refunds(tx, asked.request.id) == [6_000]
    assert await facade.get_booking(tx, booking.id) == booking
    assert [each.starts_at for each in await inventory.claims_of(tx, booking.id)] == [MORNING]


async def test_a_party_on_a_departure_grows_shrinks_and_takes_another_day(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, mode="departure", kind="TOUR", rate={"base_amount": 5_000}, policy="flexible")
    _, first = await a_departure(tx, stay.resource_id)
    _, second = await a_departure(tx, stay.resource_id, starts_at=MORNING + 24 * HOUR, ends_at=MORNING + 27 * HOUR)
    booking = await paid(tx, Wish(stay.resource_id, Leaving(first), Party(2)), stay.guest_id, now)
    more = await change(tx, booking, Change(adults=5), now)
    assert more.request is not None
    assert (more.difference, await places_taken(tx, first)) == (15_000, (5, 5))
    await take_payment(tx, more.request.id, now=now)
    await facade.apply_paid_change(tx, change_id=more.request.id, now=now)
    assert await places_taken(tx, first) == (5, 5)
    fewer = await change(tx, await facade.get_booking(tx, booking.id), Change(adults=1), now)
    assert (fewer.difference, await places_taken(tx, first)) == (-20_000, (1, 1))
    assert (await refunds(tx, booking.id), await refunds(tx, more.request.id)) == ([10_000], [10_000])
    moved = await change(tx, fewer.booking, Change(departure_id=second), now)
    assert (moved.difference, await places_taken(tx, first), await places_taken(tx, second)) == (0, (0, 0), (1, 1))
    assert moved.booking.check_in_at == MORNING + 24 * HOUR
    refund = facade.preview_cancellation(replace(moved.booking), actor=Actor.GUEST, now=now)
    assert (refund.amount, refund.reason) == (5_000, "Cancellation is free now.")
    assert all("night" not in line.detail for line in refund.lines)
