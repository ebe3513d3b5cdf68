"""Giving money back: once, never more than was taken, and never forgotten."""

import asyncio
from datetime import timedelta

import pytest

from hospes.modules.payments import facade, jobs
from hospes.modules.payments.contracts import Attempt, Payment
from hospes.modules.payments.errors import InvalidAmount, NothingToRefund, RefundTooLarge
from hospes.modules.payments.providers.port import Succeeded
from hospes.modules.payments.use_cases.reconcile import reconcile
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.modules.payments.use_cases.settle_attempt import settle_attempt
from hospes.platform.jobs import run_waiting
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.payments import FakeProvider, a_charge, a_payment, facts_of, read
from tests.conftest import FixedClock


async def paid(rt: Runtime) -> Payment:
    _, attempt = await a_charge(rt)
    await run_attempt(rt, attempt.id)
    return (await read(rt.db, attempt))[0]


async def refund(rt: Runtime, payment: Payment, amount: int, currency: str = "EUR") -> Attempt:
    async with rt.db.write() as tx:
        made = await facade.request_refund(
            tx, payment.booking_id, Money(amount, currency), "cancelled_by_guest", rt.clock.now()
        )
    assert made is not None
    return made


async def work(rt: Runtime) -> None:
    await run_waiting(rt, jobs.TASKS, queues=["payments"])


async def test_a_part_and_then_the_rest_go_back(rt: Runtime, provider: FakeProvider) -> None:
    payment = await paid(rt)
    first = await refund(rt, payment, 5_000)
    assert list(provider.left.values()) == [15_000]
    await work(rt)
    payment, first = await read(rt.db, first)
    assert (payment.status, payment.refunded, first.status) == ("partly_refunded", 5_000, "succeeded")
    assert payment.refundable == Money(10_000, "EUR")
    second = await refund(rt, payment, 10_000)
    await work(rt)
    payment, second = await read(rt.db, second)
    assert (payment.status, payment.refunded, payment.captured) == ("refunded", 15_000, 15_000)
    assert list(provider.left.values()) == [0]
    assert (await facts_of(rt.db, payment))[2:] == [("payment.refunded", "cancelled_by_guest")] * 2


async def test_more_than_was_taken_is_refused_and_a_refund_under_way_counts(rt: Runtime) -> None:
    payment = await paid(rt)
    with pytest.raises(RefundTooLarge):
        await refund(rt, payment, 15_001)
    await refund(rt, payment, 10_000)
    with pytest.raises(RefundTooLarge, match="€50 "):
        await refund(rt, payment, 5_001)


async def test_of_two_refunds_of_everything_at_once_one_is_made(rt: Runtime, provider: FakeProvider) -> None:
    payment = await paid(rt)
    outcomes = await asyncio.gather(*(refund(rt, payment, 15_000) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(outcome, Attempt) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, RefundTooLarge) for outcome in outcomes) == 5
    await work(rt)
    assert len(provider.refunds) == 1


async def test_what_was_not_taken_or_makes_no_sense_is_not_given_back(rt: Runtime) -> None:
    async with rt.db.write() as tx:
        unpaid = await a_payment(tx)
        with pytest.raises(NothingToRefund):
            await facade.request_refund(tx, unpaid.booking_id, Money(1, "EUR"), "x", rt.clock.now())
        with pytest.raises(NothingToRefund):
            await facade.request_refund(tx, unpaid.id, Money(1, "EUR"), "x", rt.clock.now())
    payment = await paid(rt)
    for amount, currency in ((-1, "EUR"), (100, "USD")):
        with pytest.raises(InvalidAmount):
            await refund(rt, payment, amount, currency)
    async with rt.db.write() as tx:
        assert await facade.request_refund(tx, payment.booking_id, Money(0, "EUR"), "x", rt.clock.now()) is None


async def test_a_refund_while_the_provider_is_away_is_made_later_once(
    rt: Runtime, provider: FakeProvider, clock: FixedClock
) -> None:
    payment = await paid(rt)
    attempt = await refund(rt, payment, 15_000)
    provider.down = 1
    await run_attempt(rt, attempt.id)
    assert (await read(rt.db, attempt))[1].status == "recorded"
    clock.at += timedelta(minutes=2)
    await reconcile(rt)
    await work(rt)
    payment, attempt = await read(rt.db, attempt)
    assert (payment.status, attempt.status, len(provider.refunds)) == ("refunded", "succeeded", 1)


async def test_a_refund_the_provider_refuses_is_told_and_may_be_asked_again(
    rt: Runtime, provider: FakeProvider
) -> None:
    payment = await paid(rt)
    provider.left = dict.fromkeys(provider.left, 0)
    attempt = await refund(rt, payment, 15_000)
    await run_attempt(rt, attempt.id)
    payment, attempt = await read(rt.db, attempt)
    assert (payment.status, payment.refunded, attempt.status) == ("succeeded", 0, "declined")
    assert (await facts_of(rt.db, payment))[-1] == ("payment.refund_failed", "refund_refused")
    provider.left = dict.fromkeys(provider.left, 15_000)
    await run_attempt(rt, (await refund(rt, payment, 15_000)).id)
    assert (await read(rt.db, attempt))[0].status == "refunded"


async def test_an_answer_that_comes_twice_is_counted_once(rt: Runtime) -> None:
    payment = await paid(rt)
    attempt = await refund(rt, payment, 5_000)
    await run_attempt(rt, attempt.id)
    async with rt.db.write() as tx:
        await settle_attempt(tx, attempt.id, Succeeded(f"re_{attempt.id}", attempt.amount), rt.clock.now())
    payment, _ = await read(rt.db, attempt)
    assert (payment.status, payment.refunded) == ("partly_refunded", 5_000)
