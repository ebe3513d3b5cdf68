"""Holds and bookings through the use cases, on a real database."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, HoldStatus, Party
from hospes.modules.booking.errors import (
    HoldNotFound,
    NotAllowed,
    PriceChanged,
    RefundChanged,
    TooManyHolds,
)
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import HoldExpired, NotAvailable
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import PaymentStatus
from hospes.modules.pricing.errors import NoPrice
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay, take_payment
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.inventory import live_claims

S = BookingStatus


async def book(tx: WriteTx, stay: Stay, now: datetime, **given: Any) -> Booking:
    values = {
        "guest_id": stay.guest_id,
        "resource_id": stay.resource_id,
        "arrival": ARRIVAL,
        "departure": DEPARTURE,
        "party": Party(2),
        "provider": "sandbox",
        "now": now,
        **given,
    }
    return await facade.book_stay(tx, **values)


async def hold(tx: WriteTx, stay: Stay, now: datetime, **given: Any) -> Any:
    values = {
        "guest_id": stay.guest_id,
        "resource_id": stay.resource_id,
        "arrival": ARRIVAL,
        "departure": DEPARTURE,
        "party": Party(2),
        "now": now,
        **given,
    }
    return await facade.place_hold(tx, **values)


async def events_of(tx: WriteTx, aggregate_id: Any) -> list[str]:
    rows = await tx.all("SELECT type FROM platform.outbox WHERE aggregate_id = %s ORDER BY id", (aggregate_id,))
    return [row["type"] for row in rows]


async def steps_of(tx: WriteTx, booking: Booking) -> list[tuple[str, str | None, str]]:
    return [(e.action, e.from_status, e.to_status) for e in await queries.list_history(tx, booking.id)]


async def test_a_quote_explains_the_price_and_says_whether_the_place_is_free(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, rate={"cleaning_fee": 4_000, "days": {date(2026, 7, 2): 15_000}})
    asked = {
        "resource_id": stay.resource_id,
        "arrival": ARRIVAL,
        "departure": DEPARTURE,
        "party": Party(2),
        "now": now,
    }
    quote = await facade.quote_stay(tx, **asked)  # type: ignore[arg-type]
    assert quote.available
    assert [(line.code, line.amount) for line in quote.price.lines] == [
        ("nights", 20_000),
        ("nights", 15_000),
        ("cleaning", 4_000),
    ]
    assert quote.price.total == 39_000
    assert quote.cancellation.text[0] == "Free cancellation until 5 days before check-in."
    assert quote.check_in_at.isoformat() == "2026-07-01T13:00:00+00:00"
    await book(tx, stay, now)
    assert not (await facade.quote_stay(tx, **asked)).available  # type: ignore[arg-type]


async def test_what_is_not_on_sale_or_has_no_price_is_not_quoted(tx: WriteTx, now: datetime) -> None:
    sleeping = await a_stay(tx, active=False)
    with pytest.raises(ResourceNotFound):
        await book(tx, sleeping, now)
    unpriced = await a_resource(tx)
    with pytest.raises(NoPrice):
        await book(tx, Stay(unpriced, sleeping.guest_id), now)


async def test_an_instant_booking_waits_for_its_payment_with_its_claim(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await book(tx, stay, now, message="We come late")
    assert booking.status is S.PENDING_PAYMENT
    assert booking.decide_by == now + timedelta(minutes=15)
    assert await facade.get_booking(tx, booking.id) == booking
    assert await steps_of(tx, booking) == [("create", None, "pending_payment")]
    assert await events_of(tx, booking.id) == ["booking.created"]
    payment = await payments.payment_of(tx, booking.id)
    assert payment is not None
    assert payment.amount == booking.total
    claims = await inventory.claims_of(tx, booking.id)
    assert [each.held_until for each in claims] == [booking.decide_by]
    assert booking.reference.startswith("HSP-")
    assert len(booking.reference) == 15


async def test_a_booking_that_costs_nothing_is_confirmed_at_once_without_a_payment(tx: WriteTx, now: datetime) -> None:
    booking = await book(tx, await a_stay(tx, rate={"base_amount": 0}), now)
    assert booking.status is S.CONFIRMED
    assert await payments.payment_of(tx, booking.id) is None
    assert await events_of(tx, booking.id) == ["booking.created", "booking.confirmed"]
    assert [each.held_until for each in await inventory.claims_of(tx, booking.id)] == [None]


async def test_the_total_the_guest_saw_is_the_total_charged_or_they_are_asked(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    with pytest.raises(PriceChanged) as refusal:
        await book(tx, stay, now, expected_total=29_999)
    assert refusal.value.extra == {"total": {"amount": 30_000, "currency": "EUR"}}
    with pytest.raises(PriceChanged):
        await hold(tx, stay, now, expected_total=1)
    assert (await book(tx, stay, now, expected_total=30_000)).total.amount == 30_000


async def test_a_hold_becomes_a_booking_at_the_price_held(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    held = await hold(tx, stay, now)
    assert held.expires_at == now + timedelta(minutes=15)
    await tx.run("UPDATE pricing.rate SET base_amount = 99999 WHERE resource_id = %s", (stay.resource_id,))
    later = now + timedelta(minutes=14)
    booking = await facade.book_hold(
        tx, guest_id=stay.guest_id, hold_id=held.id, expected_total=30_000, provider="sandbox", now=later
    )
    assert (booking.status, booking.total.amount) == (S.PENDING_PAYMENT, 30_000)
    assert await live_claims(tx, stay.resource_id) == 1
    used = await queries.find_hold(tx, held.id, stay.guest_id)
    assert used is not None
    assert used.status is HoldStatus.USED
    with pytest.raises(HoldExpired):
        await facade.book_hold(tx, guest_id=stay.guest_id, hold_id=held.id, provider="sandbox", now=later)


async def test_an_expired_hold_cannot_be_booked_nor_anothers(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    held = await hold(tx, stay, now)
    with pytest.raises(HoldExpired):
        await facade.book_hold(
            tx, guest_id=stay.guest_id, hold_id=held.id, provider="sandbox", now=now + timedelta(minutes=15)
        )
    with pytest.raises(HoldNotFound):
        await facade.book_hold(tx, guest_id=new_id(), hold_id=held.id, provider="sandbox", now=now)


async def test_a_guests_own_hold_never_blocks_them_but_blocks_others(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    first = await hold(tx, stay, now)
    second = await hold(tx, stay, now, arrival=date(2026, 7, 2), departure=date(2026, 7, 6))
    assert [each.id for each in await queries.list_holds_of_guest(tx, stay.guest_id, now)] == [second.id]
    assert await events_of(tx, first.id) == ["hold.created", "hold.released"]
    other = (await a_user(tx)).id
    with pytest.raises(NotAvailable):
        await book(tx, stay, now, guest_id=other, arrival=date(2026, 7, 4), departure=date(2026, 7, 6))
    booking = await book(tx, stay, now, arrival=date(2026, 7, 4), departure=date(2026, 7, 6))
    assert booking.status is S.PENDING_PAYMENT
    assert await events_of(tx, second.id) == ["hold.created", "hold.released"]


async def test_a_guest_keeps_at_most_five_places(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=9)
    for week in range(5):
        start = ARRIVAL + timedelta(days=7 * week)
        await hold(tx, stay, now, arrival=start, departure=start + timedelta(days=2))
    with pytest.raises(TooManyHolds):
        await hold(tx, stay, now, arrival=date(2026, 9, 1), departure=date(2026, 9, 3))
    await hold(tx, stay, now + timedelta(minutes=15), arrival=date(2026, 9, 1), departure=date(2026, 9, 3))


async def test_a_request_waits_for_the_host_then_for_the_payment(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, instant=False)
    booking = await book(tx, stay, now)
    assert (booking.status, booking.decide_by) == (S.PENDING_APPROVAL, now + timedelta(hours=24))
    assert await payments.payment_of(tx, booking.id) is None
    later = now + timedelta(hours=3)
    accepted = await facade.accept_booking(
        tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, provider="sandbox", now=later
    )
    assert (accepted.status, accepted.decide_by) == (S.PENDING_PAYMENT, later + timedelta(hours=24))
    assert (await payments.payment_of(tx, booking.id)) is not None
    assert await steps_of(tx, booking) == [
        ("create", None, "pending_approval"),
        ("accept", "pending_approval", "pending_payment"),
    ]
    with pytest.raises(NotAllowed):
        await facade.decline_booking(tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, now=later)


async def test_a_declined_request_frees_its_place(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, instant=False)
    booking = await book(tx, stay, now)
    declined = await facade.decline_booking(
        tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, note="Works", now=now
    )
    assert declined.status is S.DECLINED
    assert await live_claims(tx, stay.resource_id) == 0


async def test_a_host_cannot_accept_once_a_rival_has_the_dates(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, instant=False)
    booking = await book(tx, stay, now)
    late = now + timedelta(hours=25)
    rival = await book(tx, stay, late, guest_id=(await a_user(tx)).id)
    with pytest.raises(NotAllowed):
        await facade.accept_booking(
            tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, provider="sandbox", now=late
        )
    assert [each.owner_id for each in await inventory.claims_of(tx, rival.id)] == [rival.id]


async def test_cancelling_refunds_by_the_terms_frozen_at_booking(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, policy="moderate")
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    await tx.run(
        "UPDATE catalog.property SET cancellation_policy = 'non_refundable' WHERE id = %s", (stay.sellable.property_id,)
    )
    four_days_before = booking.check_in_at - timedelta(days=4)
    with pytest.raises(RefundChanged):
        await facade.cancel_booking(
            tx,
            booking_id=booking.id,
            actor=Actor.GUEST,
            actor_id=stay.guest_id,
            expected_refund=30_000,
            now=four_days_before,
        )
    cancelled, refund = await facade.cancel_booking(
        tx,
        booking_id=booking.id,
        actor=Actor.GUEST,
        actor_id=stay.guest_id,
        reason="Ill",
        expected_refund=15_000,
        now=four_days_before,
    )
    assert (cancelled.status, refund.amount) == (S.CANCELLED, 15_000)
    assert await live_claims(tx, stay.resource_id) == 0
    rows = await tx.all(
        "SELECT a.kind, a.amount FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
        " WHERE p.booking_id = %s ORDER BY a.kind",
        (booking.id,),
    )
    assert [(row["kind"], row["amount"]) for row in rows] == [("charge", 30_000), ("refund", 15_000)]
    again, _ = await facade.cancel_booking(
        tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=four_days_before
    )
    assert again.version == cancelled.version


async def test_cancelling_before_paying_cancels_the_payment_and_refunds_nothing(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    _, refund = await facade.cancel_booking(
        tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=now
    )
    payment = await payments.payment_of(tx, booking.id)
    assert payment is not None
    assert (refund.amount, payment.status) == (0, PaymentStatus.CANCELLED)


async def test_a_host_who_cancels_gives_everything_back(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, policy="non_refundable")
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    _, refund = await facade.cancel_booking(
        tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, now=now
    )
    assert refund.amount == 30_000


async def test_money_in_time_confirms_the_booking_for_good(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    await take_payment(tx, booking.id)
    confirmed = await facade.confirm_paid(tx, booking_id=booking.id, now=now)
    assert (confirmed.status, confirmed.decide_by) == (S.CONFIRMED, None)
    assert await facade.confirm_paid(tx, booking_id=booking.id, now=now) == confirmed
    assert await facade.expire_due(tx, now=now + timedelta(days=2)) == 0
    assert await steps_of(tx, booking) == [
        ("create", None, "pending_payment"),
        ("pay", "pending_payment", "confirmed"),
    ]
    assert await events_of(tx, booking.id) == ["booking.created", "booking.confirmed"]


async def refunds(tx: WriteTx, booking: Booking) -> list[int]:
    rows = await tx.all(
        "SELECT a.amount FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
        " WHERE p.booking_id = %s AND a.kind = 'refund'",
        (booking.id,),
    )
    return [row["amount"] for row in rows]


async def test_money_that_comes_late_takes_the_place_again_if_it_is_free(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    late = now + timedelta(hours=1)
    assert await facade.expire_due(tx, now=late) == 1
    assert await live_claims(tx, stay.resource_id) == 0
    await take_payment(tx, booking.id)
    assert (await facade.confirm_paid(tx, booking_id=booking.id, now=late)).status is S.CONFIRMED
    assert await live_claims(tx, stay.resource_id) == 1
    assert await refunds(tx, booking) == []
    assert (await steps_of(tx, booking))[-1] == (Action.REINSTATE, "expired", "confirmed")


@pytest.mark.parametrize("swept", [True, False])
async def test_money_that_comes_too_late_goes_back(tx: WriteTx, now: datetime, swept: bool) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    late = now + timedelta(hours=1)
    if swept:
        await facade.expire_due(tx, now=late)
    rival = await book(tx, stay, late, guest_id=(await a_user(tx)).id)
    await take_payment(tx, booking.id)
    assert (await facade.confirm_paid(tx, booking_id=booking.id, now=late)).status is S.EXPIRED
    assert await refunds(tx, booking) == [30_000]
    assert (await facade.get_booking(tx, rival.id)).status is S.PENDING_PAYMENT
    await facade.confirm_paid(tx, booking_id=booking.id, now=late)
    assert await refunds(tx, booking) == [30_000]


async def test_money_for_a_cancelled_booking_goes_back(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=now)
    await take_payment(tx, booking.id)
    assert (await facade.confirm_paid(tx, booking_id=booking.id, now=now)).status is S.CANCELLED
    assert await refunds(tx, booking) == [30_000]


async def test_what_waits_too_long_expires_and_frees_its_place(tx: WriteTx, now: datetime) -> None:
    unpaid, unanswered = await a_stay(tx), await a_stay(tx, instant=False)
    first, second = await book(tx, unpaid, now), await book(tx, unanswered, now)
    held = await hold(tx, await a_stay(tx), now)
    assert await facade.expire_due(tx, now=now + timedelta(minutes=14)) == 0
    assert await facade.expire_due(tx, now=now + timedelta(minutes=15)) == 2
    assert await facade.expire_due(tx, now=now + timedelta(hours=24)) == 1
    assert (await facade.get_booking(tx, first.id)).status is S.EXPIRED
    assert (await facade.get_booking(tx, second.id)).status is S.EXPIRED
    assert await events_of(tx, held.id) == ["hold.created", "hold.expired"]
    for stay in (unpaid, unanswered):
        assert await live_claims(tx, stay.resource_id) == 0


async def test_a_payment_at_work_gets_half_an_hour_more(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    await tx.run("UPDATE payments.payment SET status = 'processing' WHERE booking_id = %s", (booking.id,))
    assert await facade.expire_due(tx, now=now + timedelta(minutes=44)) == 0
    assert await facade.expire_due(tx, now=now + timedelta(minutes=45)) == 1


async def test_stays_begin_and_end_by_the_clock(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    assert await facade.start_and_complete_due(tx, now=booking.check_in_at - timedelta(seconds=1)) == 0
    assert await facade.start_and_complete_due(tx, now=booking.check_in_at) == 1
    assert (await facade.get_booking(tx, booking.id)).status is S.IN_PROGRESS
    assert await facade.start_and_complete_due(tx, now=booking.check_out_at) == 1
    assert (await facade.get_booking(tx, booking.id)).status is S.COMPLETED


async def test_a_guest_who_has_not_come_is_noted_after_check_in_time_only(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    with pytest.raises(NotAllowed):
        await facade.mark_no_show(tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, now=now)
    gone = await facade.mark_no_show(
        tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, now=booking.check_in_at
    )
    assert gone.status is S.NO_SHOW
