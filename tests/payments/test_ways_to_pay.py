"""Deposit and balance, holding and taking, damage deposits, the desk, several methods: to the last cent."""

from datetime import date, timedelta

import pytest

from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Actor
from hospes.modules.booking.use_cases.grant_refund import grant_refund
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import guest, host, provider
from hospes.modules.payments import facade, queries
from hospes.modules.payments.contracts import PaymentTerms, Way
from hospes.modules.payments.errors import CaptureTooLarge, NotSplittable, PaymentNotOpen, RefundTooLarge
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.split_payment import split_payment
from hospes.modules.payments.use_cases.take_later_parts import take_later_parts
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.paying import Desk, a_desk
from tests.conftest import FixedClock

DEPOSIT = PaymentTerms(Way.DEPOSIT, deposit_bp=2_000)
SHORT = (date(2026, 6, 5), date(2026, 6, 8))


async def later(desk: Desk, clock: FixedClock, wait: timedelta) -> None:
    clock.at += wait
    await take_later_parts(desk.rt)
    await desk.work()


async def test_a_long_stay_is_confirmed_by_its_deposit_and_its_balance_taken_before_arrival(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, DEPOSIT)
    made = await desk.book()
    assert await desk.said(made.id) == [("deposit", "awaiting_method", 70_000), ("balance", "scheduled", 280_000)]
    deposit, balance = await desk.parts(made.id)
    assert balance.due_at == made.check_in_at - timedelta(days=14)
    with pytest.raises(PaymentNotOpen, match="due now first"):
        await desk.pay(balance.id)
    await desk.pay(deposit.id)
    assert await desk.status(made.id) == "confirmed"
    clock.at = balance.due_at - timedelta(days=2)
    await later(desk, clock, timedelta(0))
    assert [each["purpose"] for each in await desk.events("payment.balance_due")] == ["balance"]
    assert (await desk.said(made.id))[1] == ("balance", "scheduled", 280_000)
    await later(desk, clock, timedelta(days=2))
    assert await desk.said(made.id) == [("deposit", "succeeded", 70_000), ("balance", "succeeded", 280_000)]
    assert [charge.taken for charge in desk.vendor.every] == [70_000, 280_000]
    assert len(await desk.events("payment.balance_due")) == 1


async def test_a_stay_of_thirty_nights_is_paid_at_once(runtime: Runtime) -> None:
    desk = await a_desk(runtime, DEPOSIT)
    made = await desk.book(date(2026, 8, 1), date(2026, 8, 31))
    assert await desk.said(made.id) == [("full", "awaiting_method", 300_000)]


async def test_a_balance_that_cannot_be_taken_is_tried_daily_told_and_ends_the_booking_by_its_terms(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, DEPOSIT, policy="moderate")
    made = await desk.book()
    deposit, balance = await desk.parts(made.id)
    await desk.pay(deposit.id, "challenge")
    desk.vendor.answer(next(iter(desk.vendor.charges)), approve=True)
    await look_up_attempt(runtime, next(iter(desk.vendor.charges)))
    await desk.work()
    assert await desk.status(made.id) == "confirmed"
    assert balance.due_at is not None
    clock.at = balance.due_at
    for day in range(3):
        await later(desk, clock, timedelta(days=1 if day else 0))
        assert (await desk.said(made.id))[1] == ("balance", "failed", 280_000)
        assert await desk.status(made.id) == "confirmed"
    failed = await desk.events("payment.balance_failed")
    assert [each["reason"] for each in failed] == ["authentication_required"] * 3
    await later(desk, clock, timedelta(days=1))
    assert await desk.status(made.id) == "cancelled"
    assert await desk.said(made.id) == [("deposit", "refunded", 70_000), ("balance", "cancelled", 280_000)]
    assert (await desk.events("payment.balance_lapsed"))[0]["amount"] == 280_000


async def test_a_guest_pays_a_failed_balance_by_hand(runtime: Runtime, clock: FixedClock) -> None:
    desk = await a_desk(runtime, DEPOSIT)
    made = await desk.book()
    deposit, balance = await desk.parts(made.id)
    await desk.pay(deposit.id)
    async with runtime.db.write() as tx:
        await tx.run("UPDATE payments.payment SET method = NULL WHERE id = %s", (balance.id,))
    assert balance.due_at is not None
    clock.at = balance.due_at
    await later(desk, clock, timedelta(0))
    assert (await desk.events("payment.balance_failed"))[0]["reason"] == "no_method"
    await desk.pay(balance.id)
    assert (await desk.said(made.id))[1] == ("balance", "succeeded", 280_000)
    await later(desk, clock, timedelta(days=4))
    assert await desk.status(made.id) == "confirmed"


async def test_cancelling_with_only_the_deposit_paid_gives_back_what_is_above_what_is_kept(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, DEPOSIT, policy="flexible")
    made = await desk.book()
    await desk.pay((await desk.parts(made.id))[0].id)
    async with runtime.db.write() as tx:
        _, refund = await booking.cancel_booking(
            tx, booking_id=made.id, actor=Actor.GUEST, actor_id=made.guest_id, now=clock.at
        )
    await desk.work()
    assert (refund.paid, refund.amount) == (70_000, 70_000)
    assert await desk.said(made.id) == [("deposit", "refunded", 70_000), ("balance", "cancelled", 280_000)]


async def test_what_is_authorised_confirms_and_is_taken_when_the_stay_begins(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, PaymentTerms(Way.AUTHORISE))
    made = await desk.book(*SHORT)
    await desk.pay((await desk.parts(made.id))[0].id)
    assert await desk.status(made.id) == "confirmed"
    assert await desk.said(made.id) == [("full", "authorised", 30_000)]
    assert [(charge.held, charge.taken) for charge in desk.vendor.every] == [(30_000, 0)]
    async with runtime.db.read() as tx:
        assert await ledger.balance(tx, guest(made.guest_id), "EUR") == 0
    clock.at = made.check_in_at
    async with runtime.db.write() as tx:
        await booking.start_and_complete_due(tx, now=clock.at)
    await desk.work()
    assert await desk.said(made.id) == [("full", "succeeded", 30_000)]
    async with runtime.db.read() as tx:
        assert await ledger.balance(tx, guest(made.guest_id), "EUR") == -30_000
        assert await ledger.balance(tx, provider("vendor"), "EUR") == 30_000


async def test_an_authorisation_is_made_anew_before_it_lapses_and_the_old_one_let_go(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, PaymentTerms(Way.AUTHORISE))
    made = await desk.book(date(2026, 6, 20), date(2026, 6, 22))
    await desk.pay((await desk.parts(made.id))[0].id)
    await later(desk, clock, timedelta(days=5))
    assert len(desk.vendor.every) == 1
    await later(desk, clock, timedelta(days=1))
    await desk.work()
    assert [(charge.held, charge.taken) for charge in desk.vendor.every] == [(0, 0), (20_000, 0)]
    assert (await desk.parts(made.id))[0].authorisation_expires_at == clock.at + timedelta(days=7)


async def test_an_authorisation_that_cannot_be_made_anew_needs_a_person(runtime: Runtime, clock: FixedClock) -> None:
    desk = await a_desk(runtime, PaymentTerms(Way.AUTHORISE))
    made = await desk.book(date(2026, 6, 20), date(2026, 6, 22))
    await desk.pay((await desk.parts(made.id))[0].id)
    async with runtime.db.write() as tx:
        await tx.run('UPDATE payments.payment SET method = \'{"token": "decline"}\'')
    await later(desk, clock, timedelta(days=6))
    assert [each["kind"] for each in await desk.events("payment.attention")] == ["reauthorisation_failed"]
    async with runtime.db.read() as tx:
        rows = await tx.all("SELECT kind FROM booking.attention")
    assert [row["kind"] for row in rows] == ["reauthorisation_failed"]
    assert await desk.said(made.id) == [("full", "authorised", 20_000)]


async def test_cancelling_what_is_only_authorised_takes_what_is_kept_and_no_more(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, PaymentTerms(Way.AUTHORISE), policy="moderate")
    made = await desk.book(*SHORT)
    await desk.pay((await desk.parts(made.id))[0].id)
    async with runtime.db.write() as tx:
        _, refund = await booking.cancel_booking(
            tx, booking_id=made.id, actor=Actor.GUEST, actor_id=made.guest_id, now=clock.at
        )
    await desk.work()
    kept = refund.paid - refund.amount
    assert (refund.paid, 0 < kept < 30_000) == (30_000, True)
    assert [charge.taken for charge in desk.vendor.every] == [kept]
    assert await desk.said(made.id) == [("full", "succeeded", kept)]


async def test_a_damage_deposit_is_held_at_check_in_and_let_go_two_days_after_check_out(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, PaymentTerms(damage_amount=15_000))
    made = await desk.book(*SHORT)
    await desk.pay((await desk.parts(made.id))[0].id)
    assert await desk.status(made.id) == "confirmed"
    clock.at = made.check_in_at
    await later(desk, clock, timedelta(0))
    assert await desk.said(made.id) == [("full", "succeeded", 30_000), ("damage_deposit", "authorised", 15_000)]
    clock.at = made.check_out_at
    async with runtime.db.write() as tx:
        await booking.start_and_complete_due(tx, now=clock.at)
        await booking.start_and_complete_due(tx, now=clock.at)
    await desk.work()
    await later(desk, clock, timedelta(hours=47))
    assert (await desk.said(made.id))[1][1] == "authorised"
    await later(desk, clock, timedelta(hours=1))
    assert (await desk.said(made.id))[1][1] == "cancelled"
    assert [charge.held for charge in desk.vendor.every] == [0, 0]


async def test_a_host_claims_damages_up_to_what_is_held_and_the_rest_is_let_go(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, PaymentTerms(damage_amount=15_000))
    made = await desk.book(*SHORT)
    await desk.pay((await desk.parts(made.id))[0].id)
    clock.at = made.check_in_at
    await later(desk, clock, timedelta(0))
    for amount in (15_001, 40_000):
        with pytest.raises(CaptureTooLarge, match="€150"):
            async with runtime.db.write() as tx:
                await facade.capture_damages(tx, made.id, Money(amount, "EUR"), reason="a lamp", now=clock.at)
    async with runtime.db.write() as tx:
        await facade.capture_damages(tx, made.id, Money(4_000, "EUR"), reason="a lamp", now=clock.at)
    await desk.work()
    assert (await desk.said(made.id))[1] == ("damage_deposit", "succeeded", 4_000)
    async with runtime.db.read() as tx:
        assert await ledger.balance(tx, host(made.business_id), "EUR") <= -4_000
    assert desk.vendor.every[1].taken == 4_000


async def test_what_is_paid_at_the_property_is_confirmed_at_once_and_recorded_by_staff_once(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, PaymentTerms(Way.AT_PROPERTY))
    made = await desk.book(*SHORT)
    assert str(made.status) == "confirmed"
    assert await desk.said(made.id) == [("full", "scheduled", 30_000)]
    for _ in range(2):
        async with runtime.db.write() as tx:
            await facade.record_at_property(tx, made.id, note="cash", now=clock.at)
        await desk.work()
    assert await desk.said(made.id) == [("full", "succeeded", 30_000)]
    assert desk.vendor.every == []


async def test_two_methods_pay_together(runtime: Runtime, clock: FixedClock) -> None:
    desk = await a_desk(runtime, PaymentTerms())
    made = await desk.book(*SHORT)
    async with runtime.db.write() as tx:
        first, second = await split_payment(tx, made.id, [10_000, 20_000], clock.at)
    await desk.pay(first.id)
    assert [charge.taken for charge in desk.vendor.every] == [0]
    assert await desk.status(made.id) == "pending_payment"
    await desk.pay(second.id)
    assert [charge.taken for charge in desk.vendor.every] == [10_000, 20_000]
    assert await desk.status(made.id) == "confirmed"
    with pytest.raises(NotSplittable):
        async with runtime.db.write() as tx:
            await split_payment(tx, made.id, [10_000, 20_000], clock.at)
    assert [each["settled"] for each in await desk.events("payment.completed")] == [False, True]


async def test_when_one_of_two_methods_fails_the_other_is_let_go(runtime: Runtime, clock: FixedClock) -> None:
    desk = await a_desk(runtime, PaymentTerms())
    made = await desk.book(*SHORT)
    async with runtime.db.write() as tx:
        first, second = await split_payment(tx, made.id, [10_000, 20_000], clock.at)
    await desk.pay(first.id)
    await desk.pay(second.id, "decline")
    assert [(charge.held, charge.taken) for charge in desk.vendor.every] == [(0, 0), (0, 0)]
    assert await desk.said(made.id) == [("share", "failed", 10_000), ("share", "failed", 20_000)]
    await desk.pay(first.id)
    await desk.pay(second.id)
    assert await desk.status(made.id) == "confirmed"
    assert sum(charge.taken for charge in desk.vendor.every) == 30_000


async def test_staff_give_part_back_to_the_methods_in_order_and_never_more_than_was_taken(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, PaymentTerms())
    made = await desk.book(*SHORT)
    async with runtime.db.write() as tx:
        first, second = await split_payment(tx, made.id, [10_000, 20_000], clock.at)
    await desk.pay(first.id)
    await desk.pay(second.id)

    async def give(amount: int) -> None:
        async with runtime.db.write() as tx:
            await grant_refund(
                tx,
                booking_id=made.id,
                amount=Money(amount, "EUR"),
                reason="a wet towel",
                actor=Actor.HOST,
                actor_id=desk.stay.owner_id,
                now=clock.at,
            )
        await desk.work()

    await give(12_500)
    assert [charge.back for charge in desk.vendor.every] == [10_000, 2_500]
    with pytest.raises(RefundTooLarge):
        await give(17_501)
    await give(17_500)
    assert [charge.back for charge in desk.vendor.every] == [10_000, 20_000]
    async with runtime.db.read() as tx:
        assert (await booking.get_booking(tx, made.id)).total.amount == 0
        assert await ledger.balance(tx, guest(made.guest_id), "EUR") == 0


async def test_while_the_service_is_down_the_place_is_kept_and_the_guest_told(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk = await a_desk(runtime, PaymentTerms())
    made = await desk.book(*SHORT)
    desk.vendor.faults = ["down"] * 3
    await desk.pay((await desk.parts(made.id))[0].id)
    for wait in (1, 5):
        clock.at += timedelta(minutes=wait)
        await desk.work()
    clock.at += timedelta(minutes=12)  # the time to pay would be over
    async with runtime.db.write() as tx:
        await booking.expire_due(tx, now=clock.at)
    assert await desk.status(made.id) == "pending_payment"
    async with runtime.db.read() as tx:
        part = (await queries.list_parts(tx, made.id))[0]
        assert await queries.find_delay(tx, part.id) is not None
    clock.at += timedelta(minutes=4)
    await desk.work()
    assert await desk.status(made.id) == "confirmed"
    assert len(await desk.events("payment.delayed")) == 3
