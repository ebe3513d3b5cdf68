"""Charging: every way a call can end, be cut off, or be made twice."""

import asyncio
from datetime import datetime, timedelta

import pytest

from hospes.modules.payments import facade, jobs, queries, store
from hospes.modules.payments.contracts import Attempt, AttemptStatus, Method, Payment, PaymentStatus
from hospes.modules.payments.errors import InvalidAmount, PaymentExists, PaymentInProgress, PaymentNotOpen
from hospes.modules.payments.policies.retrying import BACKOFF
from hospes.modules.payments.providers.port import Succeeded
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.reconcile import reconcile
from hospes.modules.payments.use_cases.run_attempt import begin_call, call_provider, run_attempt
from hospes.modules.payments.use_cases.settle_attempt import settle_attempt
from hospes.platform.jobs import run_waiting
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.payments import PRICE, FakeProvider, Killed, a_charge, a_payment, facts_of, read
from tests.conftest import FixedClock

PROCESSING, COMPLETED = ("payment.processing", None), ("payment.completed", None)


async def work(rt: Runtime) -> None:
    await run_waiting(rt, jobs.TASKS, queues=["payments"])


async def later(rt: Runtime, clock: FixedClock, wait: timedelta) -> None:
    """So much time passes, then the reconciler takes its turn and the worker works."""
    clock.at += wait
    await reconcile(rt)
    await work(rt)


def states(pair: tuple[Payment, Attempt]) -> tuple[str, str]:
    return str(pair[0].status), str(pair[1].status)


async def test_a_card_that_is_accepted_pays(rt: Runtime, provider: FakeProvider) -> None:
    payment, attempt = await a_charge(rt)
    assert states((payment, attempt)) == ("processing", "recorded")
    assert provider.calls == []
    await work(rt)
    payment, attempt = await read(rt.db, attempt)
    assert states((payment, attempt)) == ("succeeded", "succeeded")
    assert (payment.captured, payment.refunded, payment.paid) == (15_000, 0, True)
    assert attempt.provider_ref == f"ch_{attempt.id}"
    assert provider.calls == [attempt.id]
    assert await facts_of(rt.db, payment) == [PROCESSING, COMPLETED]


async def test_a_declined_card_fails_and_another_one_pays(rt: Runtime, provider: FakeProvider) -> None:
    payment, first = await a_charge(rt, token="decline")
    await work(rt)
    payment, first = await read(rt.db, first)
    assert states((payment, first)) == ("failed", "declined")
    assert (payment.failure, payment.captured) == ("insufficient_funds", 0)
    payment, second = await a_charge(rt, payment)
    await work(rt)
    payment, second = await read(rt.db, second)
    assert states((payment, second)) == ("succeeded", "succeeded")
    assert payment.failure is None
    assert await facts_of(rt.db, payment) == [
        PROCESSING,
        ("payment.failed", "insufficient_funds"),
        PROCESSING,
        COMPLETED,
    ]


async def test_while_one_charge_is_open_no_other_starts(rt: Runtime) -> None:
    payment, _ = await a_charge(rt)
    with pytest.raises(PaymentInProgress):
        await a_charge(rt, payment)
    await work(rt)
    with pytest.raises(PaymentNotOpen, match="already been paid"):
        await a_charge(rt, payment)


async def test_of_two_charges_started_at_once_one_is_made(rt: Runtime, provider: FakeProvider) -> None:
    async with rt.db.write() as tx:
        payment = await a_payment(tx)
    outcomes = await asyncio.gather(*(a_charge(rt, payment) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(outcome, tuple) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, PaymentInProgress) for outcome in outcomes) == 5
    await work(rt)
    assert len(provider.charges) == 1


async def test_a_repeated_job_calls_nobody(rt: Runtime, provider: FakeProvider) -> None:
    payment, attempt = await a_charge(rt)
    for _ in range(3):
        await run_attempt(rt, attempt.id)
    assert provider.calls == [attempt.id]
    assert await facts_of(rt.db, payment) == [PROCESSING, COMPLETED]


async def test_of_two_workers_at_once_one_calls(rt: Runtime, provider: FakeProvider) -> None:
    _, attempt = await a_charge(rt)
    await asyncio.gather(*(run_attempt(rt, attempt.id) for _ in range(8)))
    assert provider.calls == [attempt.id]


async def test_control_workers_that_do_not_mark_the_attempt_call_twice(rt: Runtime, provider: FakeProvider) -> None:
    payment, attempt = await a_charge(rt)
    await asyncio.gather(*(call_provider(rt, payment, attempt) for _ in range(2)))
    assert provider.calls == [attempt.id, attempt.id]
    assert len(provider.charges) == 1  # the second guard: the key


async def test_two_workers_with_an_answer_each_complete_the_payment_once(rt: Runtime) -> None:
    payment, attempt = await a_charge(rt)
    begun = await begin_call(rt, attempt.id)
    assert begun is not None
    answer = await call_provider(rt, *begun)

    async def settle() -> None:
        async with rt.db.write() as tx:
            await settle_attempt(tx, attempt.id, answer, rt.clock.now())

    await asyncio.gather(*(settle() for _ in range(5)))
    assert await facts_of(rt.db, payment) == [PROCESSING, COMPLETED]
    async with rt.db.read() as tx:
        assert [each.id for each in await queries.list_attempts(tx, payment.id)] == [attempt.id]  # no refund either


async def test_a_lost_job_is_found_by_the_reconciler(rt: Runtime, clock: FixedClock) -> None:
    _, attempt = await a_charge(rt)
    async with rt.db.write() as tx:
        await tx.run("DELETE FROM procrastinate_jobs")
    await later(rt, clock, timedelta(seconds=29))
    assert (await read(rt.db, attempt))[1].status is AttemptStatus.RECORDED
    await later(rt, clock, timedelta(seconds=1))
    assert states(await read(rt.db, attempt)) == ("succeeded", "succeeded")


@pytest.mark.parametrize("token", ["killed_before", "killed_after"])
async def test_a_worker_killed_in_mid_call_is_finished_without_a_second_charge(
    rt: Runtime, provider: FakeProvider, clock: FixedClock, token: str
) -> None:
    payment, attempt = await a_charge(rt, token=token)
    with pytest.raises(Killed):
        await run_attempt(rt, attempt.id)
    assert states(await read(rt.db, attempt)) == ("processing", "calling")
    async with rt.db.write() as tx:
        await tx.run("DELETE FROM procrastinate_jobs")
        await tx.run('UPDATE payments.attempt SET method = \'{"token": "ok"}\'')  # the next worker is not killed
    await later(rt, clock, timedelta(seconds=59))
    assert (await read(rt.db, attempt))[1].status is AttemptStatus.CALLING
    await later(rt, clock, timedelta(seconds=1))
    assert states(await read(rt.db, attempt)) == ("succeeded", "succeeded")
    assert len(provider.charges) == 1
    assert len(provider.calls) == (2 if token == "killed_before" else 1)
    assert await facts_of(rt.db, payment) == [PROCESSING, COMPLETED]


async def test_a_lost_answer_is_looked_up_and_the_payment_completed(
    rt: Runtime, provider: FakeProvider, clock: FixedClock
) -> None:
    payment, attempt = await a_charge(rt, token="lost")
    await work(rt)
    assert states(await read(rt.db, attempt)) == ("processing", "unknown")
    with pytest.raises(PaymentInProgress):
        await a_charge(rt, payment)  # money may have moved: no second card
    await later(rt, clock, timedelta(seconds=5))
    assert states(await read(rt.db, attempt)) == ("succeeded", "succeeded")
    assert provider.calls == [attempt.id]


async def test_an_answer_that_stays_lost_ends_with_a_person_and_takes_no_second_card(
    rt: Runtime, provider: FakeProvider, clock: FixedClock
) -> None:
    payment, attempt = await a_charge(rt, token="lost")
    await work(rt)
    provider.down = 6
    for wait in (timedelta(seconds=5), *BACKOFF):
        assert (await read(rt.db, attempt))[1].status is AttemptStatus.UNKNOWN
        await later(rt, clock, wait)
    assert states(await read(rt.db, attempt)) == ("processing", "dead")
    assert provider.down == 0
    with pytest.raises(PaymentInProgress):
        await a_charge(rt, payment)
    await look_up_attempt(rt, attempt.id)  # a webhook at last
    assert states(await read(rt.db, attempt)) == ("succeeded", "succeeded")


async def test_a_provider_out_of_service_is_tried_again_after_1_5_15_60_and_360_minutes_then_given_up(
    rt: Runtime, provider: FakeProvider, clock: FixedClock
) -> None:
    payment, attempt = await a_charge(rt)
    provider.down = 6
    await run_attempt(rt, attempt.id)
    for count, wait in enumerate((1, 5, 15, 60, 360), start=1):
        payment, attempt = await read(rt.db, attempt)
        assert (attempt.status, attempt.tries, payment.status) == ("recorded", count, "processing")
        scheduled = await scheduled_at(rt)
        assert scheduled - clock.at == timedelta(minutes=wait)
        clock.at = scheduled
        await run_attempt(rt, attempt.id)
    payment, attempt = await read(rt.db, attempt)
    assert states((payment, attempt)) == ("failed", "dead")
    assert payment.failure == "provider_unavailable"
    assert provider.charges == {}
    clock.at += timedelta(minutes=2)  # the provider was left alone for a minute
    payment, second = await a_charge(rt, payment)  # nothing was taken: another try is free
    await run_attempt(rt, second.id)
    assert states(await read(rt.db, second)) == ("succeeded", "succeeded")


async def scheduled_at(rt: Runtime) -> datetime:
    async with rt.db.read() as tx:
        row = await tx.find("SELECT scheduled_at FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
    assert row is not None
    found: datetime = row["scheduled_at"]
    return found


async def test_a_provider_that_never_answers_is_left_after_the_time_is_up(
    rt: Runtime, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(order: object) -> Succeeded:
        await asyncio.sleep(3600)
        raise AssertionError

    monkeypatch.setattr("hospes.modules.payments.use_cases.run_attempt.CALL_LASTS", timedelta(milliseconds=20))
    monkeypatch.setattr(provider, "charge", never)
    _, attempt = await a_charge(rt)
    await run_attempt(rt, attempt.id)
    assert states(await read(rt.db, attempt)) == ("processing", "unknown")


async def test_another_amount_than_asked_pays_nothing_and_waits_for_a_person(rt: Runtime) -> None:
    payment, attempt = await a_charge(rt, token="wrong_amount")
    await work(rt)
    payment, attempt = await read(rt.db, attempt)
    assert states((payment, attempt)) == ("processing", "dead")
    assert (attempt.reason, payment.captured) == ("amount_mismatch", 0)
    assert await facts_of(rt.db, payment) == [PROCESSING]


async def test_another_currency_than_asked_pays_nothing(rt: Runtime) -> None:
    payment, attempt = await a_charge(rt)
    await begin_call(rt, attempt.id)
    async with rt.db.write() as tx:
        await settle_attempt(tx, attempt.id, Succeeded("ch_1", Money(15_000, "USD")), rt.clock.now())
    payment, attempt = await read(rt.db, attempt)
    assert states((payment, attempt)) == ("processing", "dead")
    assert payment.captured == 0


@pytest.mark.parametrize(("approve", "expected"), [(True, "succeeded"), (False, "failed")])
async def test_the_payer_finishes_at_the_bank_without_coming_back(
    rt: Runtime, provider: FakeProvider, clock: FixedClock, approve: bool, expected: str
) -> None:
    payment, attempt = await a_charge(rt, token="challenge")
    await work(rt)
    assert states(await read(rt.db, attempt)) == ("needs_action", "needs_action")
    await provider.answer_challenge(attempt.id, approve=approve)
    await later(rt, clock, timedelta(minutes=1))
    payment, attempt = await read(rt.db, attempt)
    assert payment.status == expected


async def test_a_question_nobody_answers_fails_after_a_day_and_a_late_yes_still_counts(
    rt: Runtime, provider: FakeProvider, clock: FixedClock
) -> None:
    payment, attempt = await a_charge(rt, token="challenge")
    await work(rt)
    await later(rt, clock, timedelta(hours=23))
    assert states(await read(rt.db, attempt)) == ("needs_action", "needs_action")
    await later(rt, clock, timedelta(hours=2))
    payment, attempt = await read(rt.db, attempt)
    assert (*states((payment, attempt)), payment.failure) == ("failed", "declined", "action_abandoned")
    await provider.answer_challenge(attempt.id, approve=True)
    await look_up_attempt(rt, attempt.id)
    assert states(await read(rt.db, attempt)) == ("succeeded", "succeeded")


async def test_a_cancelled_payment_takes_no_card_and_a_charge_not_yet_made_is_not_made(
    rt: Runtime, provider: FakeProvider
) -> None:
    payment, attempt = await a_charge(rt)
    async with rt.db.write() as tx:
        await facade.cancel_payment(tx, payment.booking_id, rt.clock.now())
        await facade.cancel_payment(tx, payment.booking_id, rt.clock.now())
    await work(rt)
    assert states(await read(rt.db, attempt)) == ("cancelled", "declined")
    assert provider.calls == []
    with pytest.raises(PaymentNotOpen, match="cancelled"):
        await a_charge(rt, payment)
    assert await facts_of(rt.db, payment) == [PROCESSING, ("payment.cancelled", "cancelled")]


async def test_money_that_arrives_after_the_cancellation_is_told(rt: Runtime) -> None:
    payment, attempt = await a_charge(rt)
    begun = await begin_call(rt, attempt.id)
    assert begun is not None
    async with rt.db.write() as tx:
        await facade.cancel_payment(tx, payment.booking_id, rt.clock.now())
    answer = await call_provider(rt, *begun)
    async with rt.db.write() as tx:
        await settle_attempt(tx, attempt.id, answer, rt.clock.now())
    payment, attempt = await read(rt.db, attempt)
    assert states((payment, attempt)) == ("succeeded", "succeeded")
    assert await facts_of(rt.db, payment) == [PROCESSING, ("payment.cancelled", "cancelled"), COMPLETED]


async def test_a_charge_postponed_while_its_payment_was_cancelled_is_not_made(
    rt: Runtime, provider: FakeProvider
) -> None:
    payment, attempt = await a_charge(rt)
    provider.down = 1
    begun = await begin_call(rt, attempt.id)
    assert begun is not None
    async with rt.db.write() as tx:
        await facade.cancel_payment(tx, payment.booking_id, rt.clock.now())
    answer = await call_provider(rt, *begun)
    async with rt.db.write() as tx:
        await settle_attempt(tx, attempt.id, answer, rt.clock.now())
    await work(rt)
    assert states(await read(rt.db, attempt)) == ("cancelled", "declined")
    assert provider.charges == {}


async def test_a_second_charge_that_succeeds_after_all_goes_back_by_itself(
    rt: Runtime, provider: FakeProvider, clock: FixedClock
) -> None:
    """A provider that broke its promise: it said it was out of service, and charged."""
    payment, first = await a_charge(rt)
    provider.down = 6
    for _ in range(6):
        await run_attempt(rt, first.id)
        clock.at += timedelta(minutes=5)  # it was left alone for a while
    payment, second = await a_charge(rt, payment)
    await run_attempt(rt, second.id)
    provider.orders[first.id] = PRICE
    provider.settle(first.id, PRICE)
    await look_up_attempt(rt, first.id)
    await work(rt)
    payment, first = await read(rt.db, first)
    assert states((payment, first)) == ("succeeded", "succeeded")
    assert (payment.captured, payment.refunded) == (15_000, 0)
    assert provider.left == {f"ch_{first.id}": 0, f"ch_{second.id}": 15_000}
    async with rt.db.write() as tx:
        refund = await facade.request_refund(tx, payment.booking_id, PRICE, "cancelled", rt.clock.now())
    assert refund is not None
    assert refund.amount == PRICE


async def test_opening_a_payment_again_answers_the_same_one(rt: Runtime) -> None:
    async with rt.db.write() as tx:
        first = await a_payment(tx)
        again = await a_payment(tx, booking_id=first.booking_id, payer_id=first.payer_id)
        assert again == first
        with pytest.raises(PaymentExists):
            await a_payment(tx, booking_id=first.booking_id, payer_id=first.payer_id, amount=Money(1, "EUR"))
        for amount in (0, -1):
            with pytest.raises(InvalidAmount):
                await a_payment(tx, amount=Money(amount, "EUR"))
        assert await facade.payment_of(tx, first.booking_id) == first
        assert await facade.payment_of(tx, first.id) is None


async def test_a_payment_moves_only_from_the_status_that_was_seen(rt: Runtime) -> None:
    async with rt.db.write() as tx:
        seen = await a_payment(tx)
        assert await store.move_payment(tx, seen, PaymentStatus.PROCESSING, now=rt.clock.now())
        assert not await store.move_payment(tx, seen, PaymentStatus.CANCELLED, now=rt.clock.now())


async def test_an_undone_transaction_leaves_neither_attempt_nor_job(rt: Runtime) -> None:
    async with rt.db.write() as tx:
        payment = await a_payment(tx)

    async def start_and_fail() -> None:
        async with rt.db.write() as tx:
            await facade.start_charge(tx, payment.id, Method("ok"), rt.clock.now())
            raise Killed

    with pytest.raises(Killed):
        await start_and_fail()
    async with rt.db.read() as tx:
        assert await tx.all("SELECT id FROM payments.attempt") == []
        assert await tx.all("SELECT id FROM procrastinate_jobs") == []
    assert await facts_of(rt.db, payment) == []
