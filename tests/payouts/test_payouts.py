"""Paying hosts: when, how much, once; lost answers, refusals, holds, what is carried forward."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import host, provider, provider_fees
from hospes.modules.payouts import queries, store
from hospes.modules.payouts.contracts import Payout, PayoutStatus
from hospes.modules.payouts.use_cases.find_balances import find_balances
from hospes.modules.payouts.use_cases.follow_dispute import close_dispute, open_dispute
from hospes.modules.payouts.use_cases.hold_money import place_hold, release_hold
from hospes.modules.payouts.use_cases.pay_hosts import pay_hosts
from hospes.modules.payouts.use_cases.record_payouts import record_payouts
from hospes.modules.payouts.use_cases.run_payout import run_payout
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_stay
from tests.builders.payments import Killed
from tests.builders.payouts import TERMS, FakeBank, a_payout_account, after_stay, an_earning


@pytest.fixture
def bank(runtime: Runtime) -> FakeBank:
    made = FakeBank()
    providers: Mapping[str, Any] = {"fake": made}
    runtime.ports.payment_providers = providers
    return made


@pytest.fixture
async def booking(runtime: Runtime, bank: FakeBank) -> Booking:
    async with runtime.db.write() as tx:
        made = await an_earning(tx, await a_stay(tx), status=BookingStatus.IN_PROGRESS)
        await a_payout_account(tx, made.business_id)
    return made


def at(rt: Runtime, when: datetime) -> None:
    rt.clock.at = when  # type: ignore[attr-defined]


async def payouts_of(rt: Runtime, booking: Booking) -> list[Payout]:
    async with rt.db.read() as tx:
        return await queries.list_payouts(tx, booking.business_id, limit=50)


async def owed(rt: Runtime, booking: Booking) -> int:
    async with rt.db.read() as tx:
        return -await ledger.balance(tx, host(booking.business_id), "EUR")


async def test_a_host_is_paid_a_day_after_check_in_and_not_before(
    runtime: Runtime, bank: FakeBank, booking: Booking
) -> None:
    at(runtime, after_stay(booking) - timedelta(seconds=1))
    await pay_hosts(runtime)
    assert await payouts_of(runtime, booking) == []
    at(runtime, after_stay(booking))
    for _ in range(3):
        await pay_hosts(runtime)
    (paid,) = await payouts_of(runtime, booking)
    assert (paid.status, paid.amount.amount, bank.calls) == (PayoutStatus.PAID, 29_100, 1)
    assert bank.made[paid.id].account_ref == paid.account_ref
    assert await owed(runtime, booking) == 0
    async with runtime.db.read() as tx:
        assert await ledger.balance(tx, provider("fake"), "EUR") == -29_100 - 25
        assert await ledger.balance(tx, provider_fees("fake"), "EUR") == 25
        assert [each.amount for each in (await queries.lines_of(tx, [paid.id]))[paid.id]] == [29_100]


async def test_of_several_runs_at_once_one_pays(runtime: Runtime, bank: FakeBank, booking: Booking) -> None:
    at(runtime, after_stay(booking))
    await asyncio.gather(*(pay_hosts(runtime) for _ in range(6)))
    await pay_hosts(runtime)
    assert [each.status for each in await payouts_of(runtime, booking)] == [PayoutStatus.PAID]
    assert bank.calls == 1
    assert await owed(runtime, booking) == 0


async def test_control_without_lock_and_index_two_runs_pay_twice(
    runtime: Runtime, bank: FakeBank, booking: Booking
) -> None:
    now = after_stay(booking)
    at(runtime, now)
    async with runtime.db.write() as tx:
        await tx.run("DROP INDEX payouts.payout_one_open_per_business_and_currency")
        await tx.run("CREATE UNIQUE INDEX ON payouts.payout (business_id, currency, id)"
                     " WHERE status IN ('recorded', 'calling', 'unknown')")  # fmt: skip
    async with runtime.db.read() as tx:
        seen = (await find_balances(tx, booking.business_id, now=now))[0]
    for _ in range(2):  # both had looked before either wrote
        payout = a_payout(booking, seen.balance.available, now)
        async with runtime.db.write() as tx:
            await tx.run(
                "INSERT INTO payouts.payout (id, business_id, currency, amount, taxes, provider, account_ref, status,"
                " next_try_at, created_at, updated_at)"
                " VALUES (%s, %s, 'EUR', %s, 0, 'fake', 'a', 'recorded', %s, %s, %s)",
                (payout.id, booking.business_id, payout.amount.amount, now, now, now),
            )
    await pay_hosts(runtime)
    assert bank.calls == 2
    assert await owed(runtime, booking) == -29_100


def a_payout(booking: Booking, amount: int, now: datetime) -> Payout:
    return Payout(
        *(new_id(), booking.business_id, replace(booking.total, amount=amount), 0, "fake", "a", PayoutStatus.RECORDED),
        *(None, None, 0, now, now, now, None),
    )


async def test_a_second_payout_is_not_recorded_while_one_is_under_way(runtime: Runtime, booking: Booking) -> None:
    now = after_stay(booking)
    async with runtime.db.write() as tx:
        assert await store.insert_payout(tx, a_payout(booking, 1, now))
        assert not await store.insert_payout(tx, a_payout(booking, 1, now))


@pytest.mark.parametrize("answer", ["killed_before", "killed_after"])
async def test_a_worker_that_dies_at_the_call_pays_once_in_the_end(
    runtime: Runtime, bank: FakeBank, booking: Booking, answer: str
) -> None:
    at(runtime, after_stay(booking))
    bank.answers = [answer]
    with pytest.raises(Killed):
        await pay_hosts(runtime)
    assert [each.status for each in await payouts_of(runtime, booking)] == [PayoutStatus.CALLING]
    for _ in range(4):
        at(runtime, runtime.clock.now() + timedelta(minutes=10))
        await pay_hosts(runtime)
    (paid,) = await payouts_of(runtime, booking)
    assert paid.status is PayoutStatus.PAID
    assert list(bank.made) == [paid.id]
    assert await owed(runtime, booking) == 0


async def test_control_with_a_fresh_key_the_dead_workers_payout_is_paid_twice(
    runtime: Runtime, bank: FakeBank, booking: Booking
) -> None:
    at(runtime, after_stay(booking))
    bank.answers = ["killed_after"]
    with pytest.raises(Killed):
        await pay_hosts(runtime)
    async with runtime.db.write() as tx:
        await tx.run("ALTER TABLE payouts.payout_line DROP CONSTRAINT payout_line_payout_id_fkey")
        await tx.run("UPDATE payouts.payout SET id = gen_random_uuid(), status = 'recorded'")
    at(runtime, runtime.clock.now() + timedelta(minutes=10))
    await pay_hosts(runtime)
    assert len(bank.made) == 2


async def test_a_lost_answer_is_looked_up_and_nothing_else_is_paid_meanwhile(
    runtime: Runtime, bank: FakeBank, booking: Booking
) -> None:
    at(runtime, after_stay(booking))
    bank.answers = ["lose"]
    await pay_hosts(runtime)
    assert [each.status for each in await payouts_of(runtime, booking)] == [PayoutStatus.UNKNOWN]
    assert await owed(runtime, booking) == 29_100
    at(runtime, runtime.clock.now() + timedelta(minutes=2))
    await pay_hosts(runtime)
    assert [each.status for each in await payouts_of(runtime, booking)] == [PayoutStatus.PAID]
    assert bank.calls == 1


async def test_a_provider_out_of_service_is_asked_again_with_the_same_key(
    runtime: Runtime, bank: FakeBank, booking: Booking
) -> None:
    at(runtime, after_stay(booking))
    bank.answers = ["down", "down"]
    for _ in range(4):
        await pay_hosts(runtime)
        at(runtime, runtime.clock.now() + timedelta(minutes=6))
    (paid,) = await payouts_of(runtime, booking)
    assert (paid.status, bank.calls, list(bank.made)) == (PayoutStatus.PAID, 3, [paid.id])


async def test_a_refused_transfer_goes_back_to_the_balance_and_waits_for_a_person(
    runtime: Runtime, bank: FakeBank, booking: Booking
) -> None:
    at(runtime, after_stay(booking))
    bank.answers = ["refuse"]
    for _ in range(2):
        await pay_hosts(runtime)
    (failed,) = await payouts_of(runtime, booking)
    assert (failed.status, failed.reason, bank.calls) == (PayoutStatus.FAILED, "account_closed", 1)
    async with runtime.db.write() as tx:
        balance = (await find_balances(tx, booking.business_id, now=runtime.clock.now()))[0].balance
        assert (balance.available, balance.on_hold) == (0, 29_100)
        (hold,) = await queries.list_holds(tx, booking.business_id)
        assert hold.reason == "The provider refused a transfer: account closed."
        assert await release_hold(tx, hold.id, user_id=booking.guest_id, now=runtime.clock.now())
    await pay_hosts(runtime)
    assert [each.status for each in await payouts_of(runtime, booking)] == [PayoutStatus.PAID, PayoutStatus.FAILED]


@pytest.mark.parametrize("whole", [True, False])
async def test_money_on_hold_is_not_paid_until_it_is_released(
    runtime: Runtime, bank: FakeBank, booking: Booking, whole: bool
) -> None:
    now = after_stay(booking)
    at(runtime, now)
    async with runtime.db.write() as tx:
        hold = await place_hold(
            tx,
            business_id=booking.business_id,
            booking_id=None if whole else booking.id,
            kind="admin",
            reason="Looking into it",
            user_id=booking.guest_id,
            now=now,
        )
    await pay_hosts(runtime)
    assert await payouts_of(runtime, booking) == []
    assert hold is not None
    async with runtime.db.write() as tx:
        assert await release_hold(tx, hold, user_id=booking.guest_id, now=now)
        assert not await release_hold(tx, hold, user_id=booking.guest_id, now=now)
    await pay_hosts(runtime)
    assert len(await payouts_of(runtime, booking)) == 1


async def test_a_disputed_booking_waits_and_the_others_are_paid(
    runtime: Runtime, bank: FakeBank, booking: Booking
) -> None:
    async with runtime.db.write() as tx:
        for _ in range(2):
            await open_dispute(tx, booking, reason="fraudulent", now=runtime.clock.now())
    at(runtime, after_stay(booking))
    await pay_hosts(runtime)
    assert await payouts_of(runtime, booking) == []
    async with runtime.db.write() as tx:
        await close_dispute(tx, booking, now=runtime.clock.now())
    await pay_hosts(runtime)
    assert [each.amount.amount for each in await payouts_of(runtime, booking)] == [29_100]


async def test_too_little_waits_for_more_and_too_much_paid_is_carried_forward(
    runtime: Runtime, bank: FakeBank, booking: Booking
) -> None:
    now = after_stay(booking)
    at(runtime, now)
    few = TERMS.model_copy(update={"minimum_otherwise": 30_000})
    async with runtime.db.write() as tx:
        assert await record_payouts(tx, booking.business_id, terms=few, now=now) == []
    await pay_hosts(runtime)
    await take_back(runtime, booking.id, 1_000)
    async with runtime.db.read() as tx:
        balance = (await find_balances(tx, booking.business_id, now=now))[0].balance
    assert balance.available == -1_000
    await pay_hosts(runtime)
    assert len(await payouts_of(runtime, booking)) == 1


async def take_back(rt: Runtime, booking_id: UUID, amount: int) -> None:
    from hospes.modules.ledger.contracts import Line, platform
    from hospes.modules.payouts.use_cases.allocate_booking import allocate_booking

    async with rt.db.write() as tx:
        earning = await queries.find_earning(tx, booking_id)
        assert earning is not None
        lines = (Line(host(earning.business_id), amount), Line(platform("chargebacks"), -amount))
        await ledger.post(
            tx, key="back", kind="chargeback", about=booking_id, lines=lines, currency="EUR", now=rt.clock.now()
        )
        await allocate_booking(tx, booking_id, terms=TERMS, now=rt.clock.now())


@pytest.mark.parametrize("status", ["opening", "due"])
async def test_without_an_account_that_is_enabled_money_waits(
    runtime: Runtime, bank: FakeBank, booking: Booking, status: str
) -> None:
    async with runtime.db.write() as tx:
        await tx.run("UPDATE payouts.account SET status = %s", (status,))
    at(runtime, after_stay(booking))
    await pay_hosts(runtime)
    assert await payouts_of(runtime, booking) == []


async def test_an_amount_that_differs_is_not_taken_for_paid(runtime: Runtime, bank: FakeBank, booking: Booking) -> None:
    at(runtime, after_stay(booking))
    async with runtime.db.write() as tx:
        (made,) = await record_payouts(tx, booking.business_id, terms=TERMS, now=runtime.clock.now())
    from hospes.modules.payments.providers.port import TransferOrder
    from hospes.platform.money import Money

    bank.made[made] = TransferOrder(made, "a", Money(29_000, "EUR"), "")
    await run_payout(runtime, made)
    (seen,) = await payouts_of(runtime, booking)
    assert (seen.status, seen.reason) == (PayoutStatus.UNKNOWN, "amount_differs")
    assert await owed(runtime, booking) == 29_100
