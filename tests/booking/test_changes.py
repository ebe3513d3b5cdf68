"""Changes to a booking through the use cases: what moves, what it costs, what is kept, what comes back."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import (
    Action,
    Actor,
    Booking,
    BookingStatus,
    Change,
    Changed,
    ChangeStatus,
    Giving,
)
from hospes.modules.booking.errors import ChangeNotFound, ChangeRefused, DifferenceChanged, NotAllowed
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import NotAvailable
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import PaymentStatus
from hospes.modules.payments.errors import PaymentInProgress
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay, take_payment
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.inventory import counted, live_claims
from tests.builders.pricing import a_plan, a_rate

S = BookingStatus
JULY_3, JULY_5, JULY_6 = date(2026, 7, 3), date(2026, 7, 5), date(2026, 7, 6)


async def change(tx: WriteTx, booking: Booking, wanted: Change, now: datetime, **given: Any) -> Changed:
    values = {"actor": Actor.GUEST, "actor_id": booking.guest_id, "provider": "sandbox", "now": now, **given}
    return await facade.change_booking(tx, booking_id=booking.id, change=wanted, **values)


async def quoted(tx: WriteTx, booking: Booking, wanted: Change, now: datetime, **given: Any) -> Any:
    return await facade.quote_change(
        tx, booking_id=booking.id, change=wanted, now=now, **{"actor": Actor.GUEST, **given}
    )


async def held_nights(tx: WriteTx, owner_id: Any) -> list[tuple[str, str, datetime | None]]:
    claims = await inventory.claims_of(tx, owner_id)
    return sorted((str(each.first_night), str(each.departure), each.held_until) for each in claims)


async def refunds(tx: WriteTx, paid_for: Any) -> list[int]:
    rows = await tx.all(
        "SELECT a.amount FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
        " WHERE p.booking_id = %s AND a.kind = 'refund' ORDER BY a.created_at, a.id",
        (paid_for,),
    )
    return [row["amount"] for row in rows]


async def last_event(tx: WriteTx, booking: Booking) -> tuple[str, dict[str, Any]]:
    row = await tx.find(
        "SELECT type, data FROM platform.outbox WHERE aggregate_id = %s AND type LIKE 'booking.%%'"
        " ORDER BY id DESC LIMIT 1",
        (booking.id,),
    )
    assert row is not None
    return row["type"], row["data"]


async def test_a_quote_of_a_change_says_what_it_costs_and_changes_nothing(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    quote = await quoted(tx, booking, Change(departure=JULY_6), now)
    assert (quote.available, quote.old_total, quote.new_total, quote.difference) == (
        True,
        Money(30_000, "EUR"),
        Money(50_000, "EUR"),
        20_000,
    )
    assert await facade.get_booking(tx, booking.id) == booking
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-04", None)]
    assert [entry.action for entry in await queries.list_history(tx, booking.id)] == ["create"]


async def test_a_quote_of_a_change_that_cannot_be_gives_its_reason(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    await a_booking(tx, Stay(stay.sellable, (await a_user(tx)).id), arrival=JULY_5, departure=JULY_6)
    taken = await quoted(tx, booking, Change(departure=JULY_6), now)
    assert [(each.code, each.detail) for each in taken.refusals] == [
        ("not_available", "These dates have just been taken. Please choose others.")
    ]
    assert taken.difference == 20_000
    crowd = await quoted(tx, booking, Change(adults=9), now)
    assert [(each.code, each.fields) for each in crowd.refusals] == [
        ("too_many_guests", {"adults": "There is room for 4 guests here."})
    ]
    same = await quoted(tx, booking, Change(departure=booking.departure), now)
    assert [each.code for each in same.refusals] == ["change_refused"]
    assert not same.available


async def test_moving_by_a_day_is_not_in_its_own_way_and_costs_nothing(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    unit = (await inventory.claims_of(tx, booking.id))[0].unit_id
    done = await change(tx, booking, Change(arrival=date(2026, 7, 2), departure=JULY_5), now, expected_difference=0)
    assert (done.difference, done.request) == (0, None)
    assert (done.booking.arrival, done.booking.departure) == (date(2026, 7, 2), JULY_5)
    assert await facade.get_booking(tx, booking.id) == done.booking
    assert await held_nights(tx, booking.id) == [("2026-07-02", "2026-07-05", None)]
    assert (await inventory.claims_of(tx, booking.id))[0].unit_id == unit
    assert await live_claims(tx, stay.resource_id) == 1
    step = (await queries.list_history(tx, booking.id))[-1]
    assert (step.action, step.actor, step.from_status, step.to_status) == (
        Action.CHANGE,
        Actor.GUEST,
        S.CONFIRMED,
        S.CONFIRMED,
    )
    assert (step.data["before"]["arrival"], step.data["after"]["arrival"]) == ("2026-07-01", "2026-07-02")
    kind, data = await last_event(tx, booking)
    assert kind == "booking.changed"
    assert (data["old_arrival"], data["arrival"], data["old_departure"], data["departure"]) == (
        "2026-07-01",
        "2026-07-02",
        "2026-07-04",
        "2026-07-05",
    )
    assert data["resource_ids"] == [str(stay.resource_id)]


async def test_nights_that_stay_keep_their_price_and_new_ones_cost_what_they_cost_today(
    tx: WriteTx, now: datetime
) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    await tx.run("UPDATE pricing.rate SET base_amount = 15000 WHERE resource_id = %s", (stay.resource_id,))
    done = await change(tx, booking, Change(departure=JULY_6), now)
    assert done.difference == 30_000
    assert [(line.code, line.amount) for line in done.booking.terms.price.lines] == [
        ("nights", 30_000),
        ("nights", 30_000),
    ]
    payment = await payments.payment_of(tx, booking.id)
    assert payment is not None
    assert (payment.amount, payment.status) == (Money(60_000, "EUR"), PaymentStatus.AWAITING_METHOD)
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-06", booking.decide_by)]


async def test_an_unpaid_booking_is_not_changed_while_its_card_is_being_charged(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    await tx.run("UPDATE payments.payment SET status = 'processing' WHERE booking_id = %s", (booking.id,))
    with pytest.raises(PaymentInProgress):
        async with tx.savepoint():
            await change(tx, booking, Change(departure=JULY_6), now)
    assert await facade.get_booking(tx, booking.id) == booking
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-04", booking.decide_by)]


async def test_a_refused_change_leaves_everything_as_it_was(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    rival = await a_booking(tx, Stay(stay.sellable, (await a_user(tx)).id), arrival=JULY_5, departure=JULY_6)
    with pytest.raises(NotAvailable):
        await change(tx, booking, Change(arrival=JULY_3, departure=JULY_6), now)
    assert await facade.get_booking(tx, booking.id) == booking
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-04", None)]
    assert len(await held_nights(tx, rival.id)) == 1


async def test_another_difference_than_the_one_shown_is_refused(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    with pytest.raises(DifferenceChanged, match="€200 more now") as refusal:
        await change(tx, booking, Change(departure=JULY_6), now, expected_difference=10_000)
    assert refusal.value.extra == {"difference": {"amount": 20_000, "currency": "EUR"}}


async def test_what_costs_more_waits_for_its_payment_and_keeps_both(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    asked = await change(tx, booking, Change(departure=JULY_6), now)
    request = asked.request
    assert request is not None
    assert (request.difference, request.pay_by) == (Money(20_000, "EUR"), now + timedelta(minutes=15))
    assert await facade.get_booking(tx, booking.id) == booking
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-04", None)]
    assert await held_nights(tx, request.id) == [("2026-07-04", "2026-07-06", request.pay_by)]
    payment = await payments.payment_of(tx, request.id)
    assert payment is not None
    assert (payment.amount, payment.payer_id) == (Money(20_000, "EUR"), booking.guest_id)
    assert (await last_event(tx, booking))[0] == "booking.change_requested"


async def paid_change(tx: WriteTx, booking: Booking, wanted: Change, now: datetime, at: datetime) -> Any:
    asked = await change(tx, booking, wanted, now)
    assert asked.request is not None
    await take_payment(tx, asked.request.id, now=now)
    status = await facade.apply_paid_change(tx, change_id=asked.request.id, now=at)
    return asked.request, status


async def test_a_change_that_is_paid_is_made_once(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    request, status = await paid_change(tx, booking, Change(departure=JULY_6), now, now)
    assert status is ChangeStatus.APPLIED
    changed = await facade.get_booking(tx, booking.id)
    assert (changed.status, changed.departure, changed.total) == (S.CONFIRMED, JULY_6, Money(50_000, "EUR"))
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-06", None)]
    assert await held_nights(tx, request.id) == []
    assert await facade.apply_paid_change(tx, change_id=request.id, now=now) is ChangeStatus.APPLIED
    assert await facade.get_booking(tx, booking.id) == changed
    assert await refunds(tx, request.id) == []
    assert [e.action for e in await queries.list_history(tx, booking.id)] == ["create", "ask_change", "change"]


async def test_what_was_paid_for_a_booking_and_its_change_comes_back_from_both(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    request, _ = await paid_change(tx, booking, Change(departure=JULY_6), now, now)
    _, refund = await facade.cancel_booking(
        tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=now
    )
    assert refund.amount == 50_000
    assert (await refunds(tx, booking.id), await refunds(tx, request.id)) == ([30_000], [20_000])


async def test_an_unpaid_change_expires_and_the_booking_stays(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    asked = await change(tx, booking, Change(departure=JULY_6), now)
    assert asked.request is not None
    assert await facade.expire_due(tx, now=now + timedelta(minutes=14)) == 0
    assert await facade.expire_due(tx, now=now + timedelta(minutes=15)) == 1
    assert await held_nights(tx, asked.request.id) == []
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-04", None)]
    assert (await queries.list_changes(tx, booking.id))[0].status is ChangeStatus.EXPIRED
    payment = await payments.payment_of(tx, asked.request.id)
    assert payment is not None
    assert payment.status is PaymentStatus.CANCELLED
    assert (await last_event(tx, booking))[1]["change_status"] == "expired"


async def test_a_change_whose_bank_still_asks_gets_half_an_hour_more(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    asked = await change(tx, booking, Change(departure=JULY_6), now)
    assert asked.request is not None
    await tx.run("UPDATE payments.payment SET status = 'needs_action' WHERE booking_id = %s", (asked.request.id,))
    assert await facade.expire_due(tx, now=now + timedelta(minutes=44)) == 0
    assert await facade.expire_due(tx, now=now + timedelta(minutes=45)) == 1


async def test_money_for_a_change_that_comes_late_makes_it_if_all_is_free(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    late = now + timedelta(hours=1)
    asked = await change(tx, booking, Change(departure=JULY_6), now)
    assert asked.request is not None
    await facade.expire_due(tx, now=late)
    await take_payment(tx, asked.request.id, now=late)
    assert await facade.apply_paid_change(tx, change_id=asked.request.id, now=late) is ChangeStatus.APPLIED
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-06", None)]


@pytest.mark.parametrize("why", ["taken", "withdrawn", "cancelled"])
async def test_money_for_a_change_that_cannot_be_made_goes_back(tx: WriteTx, now: datetime, why: str) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    asked = await change(tx, booking, Change(departure=JULY_6), now)
    assert asked.request is not None
    late = now + timedelta(hours=1)
    me = {"actor": Actor.GUEST, "actor_id": booking.guest_id, "now": late}
    if why == "taken":
        rival = Stay(stay.sellable, (await a_user(tx)).id)
        await a_booking(tx, rival, arrival=date(2026, 7, 4), departure=JULY_6, now=late)
    elif why == "withdrawn":
        await facade.withdraw_change(tx, booking_id=booking.id, change_id=asked.request.id, **me)  # type: ignore[arg-type]
    else:
        await facade.cancel_booking(tx, booking_id=booking.id, **me)  # type: ignore[arg-type]
    await take_payment(tx, asked.request.id, now=late)
    assert await facade.apply_paid_change(tx, change_id=asked.request.id, now=late) is ChangeStatus.REFUNDED
    assert await refunds(tx, asked.request.id) == [20_000]
    assert await facade.apply_paid_change(tx, change_id=asked.request.id, now=late) is ChangeStatus.REFUNDED
    assert await refunds(tx, asked.request.id) == [20_000]
    expected = [] if why == "cancelled" else [("2026-07-01", "2026-07-04", None)]
    assert await held_nights(tx, booking.id) == expected


async def test_a_new_change_takes_the_place_of_the_one_that_waits(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    first = await change(tx, booking, Change(departure=JULY_6), now)
    assert first.request is not None
    assert (await quoted(tx, booking, Change(departure=JULY_5), now)).available
    second = await change(tx, booking, Change(departure=JULY_5), now)
    assert second.request is not None
    assert [each.status for each in await queries.list_changes(tx, booking.id)] == ["withdrawn", "open"]
    assert await held_nights(tx, first.request.id) == []
    assert await held_nights(tx, second.request.id) == [("2026-07-04", "2026-07-05", second.request.pay_by)]


async def test_a_change_of_somebody_elses_booking_is_not_there(tx: WriteTx, now: datetime) -> None:
    booking, other = [await a_booking(tx, await a_stay(tx), status=S.CONFIRMED) for _ in range(2)]
    asked = await change(tx, booking, Change(departure=JULY_6), now)
    assert asked.request is not None
    with pytest.raises(ChangeNotFound):
        await facade.withdraw_change(
            tx,
            booking_id=other.id,
            change_id=asked.request.id,
            actor=Actor.GUEST,
            actor_id=other.guest_id,
            now=now,
        )
    assert await facade.apply_paid_change(tx, change_id=new_id(), now=now) is None


@pytest.mark.parametrize(
    ("policy", "at", "back"),
    [
        ("moderate", datetime.fromisoformat("2026-06-01T10:00:00+00:00"), 10_000),
        ("moderate", datetime.fromisoformat("2026-06-28T10:00:00+00:00"), 5_000),
        ("moderate", datetime.fromisoformat("2026-07-01T06:00:00+00:00"), 0),
        ("non_refundable", datetime.fromisoformat("2026-06-01T10:00:00+00:00"), 0),
    ],
)
async def test_what_falls_away_comes_back_as_cancelling_would_give_it(
    tx: WriteTx, now: datetime, policy: str, at: datetime, back: int
) -> None:
    booking = await a_booking(tx, await a_stay(tx, policy=policy), status=S.CONFIRMED)
    quote = await quoted(tx, booking, Change(departure=JULY_3), at)
    assert (quote.difference, quote.kept) == (-back, 10_000 - back)
    done = await change(tx, booking, Change(departure=JULY_3), at, expected_difference=-back)
    assert done.booking.total.amount == 30_000 - back
    assert sum(line.amount for line in done.booking.terms.price.lines) == 30_000 - back
    assert await refunds(tx, booking.id) == ([back] if back else [])
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-03", None)]
    host = facade.preview_cancellation(done.booking, actor=Actor.HOST, now=at)
    assert host.amount == done.booking.total.amount


async def test_what_the_terms_kept_is_not_given_back_later_and_not_asked_for_twice(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx, policy="moderate"), status=S.CONFIRMED)
    late = datetime.fromisoformat("2026-06-28T10:00:00+00:00")
    once = await change(tx, booking, Change(departure=JULY_3), late)
    assert once.booking.total.amount == 25_000
    refund = facade.preview_cancellation(once.booking, actor=Actor.GUEST, now=late)
    assert [(line.code, line.refund) for line in refund.lines] == [("nights", 10_000), ("kept", 0)]
    twice = await change(tx, once.booking, Change(departure=date(2026, 7, 2)), late)
    assert (twice.difference, twice.booking.total.amount) == (-5_000, 20_000)
    assert [line.amount for line in twice.booking.terms.price.lines] == [10_000, 5_000, 5_000]


async def test_moving_a_stay_away_does_not_make_cancelling_it_cheaper(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx, policy="moderate"), status=S.CONFIRMED)
    late = datetime.fromisoformat("2026-06-30T20:00:00+00:00")
    assert facade.preview_cancellation(booking, actor=Actor.GUEST, now=late).amount == 0
    moved = await change(tx, booking, Change(arrival=date(2026, 8, 1), departure=date(2026, 8, 4)), late)
    assert facade.preview_cancellation(moved.booking, actor=Actor.GUEST, now=late).amount == 0
    assert moved.booking.terms.cancellation.text[-1] == "The times count from the day first agreed, 1 July 2026."
    assert moved.booking.terms.cancellation.check_in_at == moved.booking.check_in_at
    back = await change(tx, moved.booking, Change(arrival=date(2026, 9, 1), departure=date(2026, 9, 4)), late)
    assert back.booking.terms.cancellation.counts_from == booking.check_in_at


async def test_another_room_is_taken_at_its_price_and_the_old_one_is_free(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    other = await a_resource(tx, property_id=stay.sellable.property_id, name="The tower")
    await a_rate(tx, other.resource_id, base_amount=8_000)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    done = await change(tx, booking, Change(resource_id=other.resource_id), now)
    assert (done.difference, done.booking.resource_id) == (-6_000, other.resource_id)
    assert (await live_claims(tx, stay.resource_id), await live_claims(tx, other.resource_id)) == (0, 1)
    assert (await last_event(tx, booking))[1]["resource_ids"] == sorted([str(stay.resource_id), str(other.resource_id)])
    foreign = await a_stay(tx)
    with pytest.raises(ChangeRefused, match="someone else"):
        await change(tx, done.booking, Change(resource_id=foreign.resource_id), now)


async def test_more_rooms_of_a_type_count_only_what_is_added(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=3, pooled=True, max_guests=2)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    asked = await change(tx, booking, Change(quantity=3, departure=JULY_5), now)
    assert asked.request is not None
    assert asked.difference == 90_000
    assert await counted(tx, stay.resource_id) == [3, 3, 3, 3]
    await take_payment(tx, asked.request.id, now=now)
    assert await facade.apply_paid_change(tx, change_id=asked.request.id, now=now) is ChangeStatus.APPLIED
    assert await counted(tx, stay.resource_id) == [3, 3, 3, 3]
    assert (await facade.get_booking(tx, booking.id)).quantity == 3


async def test_staff_may_give_a_better_room_for_nothing_or_everything_back(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, policy="non_refundable")
    other = await a_resource(tx, property_id=stay.sellable.property_id, name="The suite")
    await a_rate(tx, other.resource_id, base_amount=25_000)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    host = {"actor": Actor.HOST, "actor_id": stay.owner_id}
    free = await change(tx, booking, Change(resource_id=other.resource_id), now, giving=Giving.FREE, **host)
    assert (free.difference, free.request, free.booking.total.amount) == (0, None, 30_000)
    assert [line.amount for line in free.booking.terms.price.lines] == [75_000, -45_000]
    less = await change(tx, free.booking, Change(resource_id=stay.resource_id, departure=JULY_3), now, **host)
    assert less.difference == -10_000
    assert await refunds(tx, booking.id) == [10_000]


async def test_where_the_host_answers_each_request_a_guest_cannot_take_more_alone(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx, instant=False), status=S.CONFIRMED)
    with pytest.raises(ChangeRefused, match="one by one"):
        await change(tx, booking, Change(departure=JULY_6), now)
    assert (await change(tx, booking, Change(adults=1), now)).booking.party.adults == 1


async def test_another_rate_is_chosen_only_while_cancelling_is_free(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, policy="moderate")
    plan = await a_plan(tx, stay.resource_id, "saver", cancellation_policy="non_refundable")
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    with pytest.raises(ChangeRefused, match="while cancellation is free"):
        await change(tx, booking, Change(plan_id=plan.id), now + timedelta(days=28))
    done = await change(tx, booking, Change(plan_id=plan.id), now)
    assert (done.booking.terms.cancellation.policy, done.booking.terms.plan_name) == ("non_refundable", "Saver")


async def test_a_stay_is_extended_while_it_lasts_but_keeps_its_arrival(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, min_nights=2, notice_hours=48)
    booking = await a_booking(tx, stay, status=S.IN_PROGRESS)
    during = booking.check_in_at + timedelta(hours=30)
    with pytest.raises(NotAllowed, match="arrival stays"):
        await change(tx, booking, Change(arrival=JULY_3, departure=JULY_6), during)
    with pytest.raises(NotAllowed, match="leave early"):
        await change(tx, booking, Change(departure=JULY_3), during)
    asked = await change(tx, booking, Change(departure=JULY_5), during)
    assert (asked.difference, asked.request is not None) == (10_000, True)


@pytest.mark.parametrize("status", [S.COMPLETED, S.CANCELLED, S.EXPIRED, S.DECLINED, S.NO_SHOW])
async def test_what_is_over_is_not_changed(tx: WriteTx, now: datetime, status: BookingStatus) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=status)
    with pytest.raises(NotAllowed):
        await change(tx, booking, Change(departure=JULY_6), now)


async def test_what_is_overdue_or_off_sale_is_not_changed(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    unpaid = await a_booking(tx, stay)
    with pytest.raises(NotAllowed, match="run out"):
        await change(tx, unpaid, Change(departure=JULY_6), now + timedelta(minutes=15))
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    await tx.run("UPDATE catalog.resource SET active = false WHERE id = %s", (booking.resource_id,))
    with pytest.raises(ChangeRefused, match="not on sale any more"):
        await change(tx, booking, Change(departure=JULY_6), now)
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-04", None)]


async def test_the_guests_own_hold_gives_way_to_their_change(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    await facade.place_hold(
        tx,
        guest_id=stay.guest_id,
        resource_id=stay.resource_id,
        arrival=DEPARTURE,
        departure=JULY_5,
        party=booking.party,
        now=now,
    )
    done = await change(tx, booking, Change(arrival=date(2026, 7, 2), departure=JULY_5), now)
    assert done.booking.departure == JULY_5
    assert await live_claims(tx, stay.resource_id) == 1


async def test_a_request_that_waits_for_the_host_may_be_changed_freely(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx, instant=False), status=S.PENDING_APPROVAL)
    done = await change(tx, booking, Change(arrival=ARRIVAL, departure=JULY_6), now)
    assert (done.booking.status, done.booking.total.amount) == (S.PENDING_APPROVAL, 50_000)
    assert replace(done.booking, decide_by=None).decide_by is None
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-06", booking.decide_by)]
    accepted = await facade.accept_booking(
        tx, booking_id=booking.id, actor=Actor.HOST, actor_id=booking.guest_id, provider="sandbox", now=now
    )
    payment = await payments.payment_of(tx, accepted.id)
    assert payment is not None
    assert payment.amount == Money(50_000, "EUR")
