"""A damage deposit at a provider that cannot only hold money: it is taken at check-in, and goes back."""

from datetime import date, timedelta

import pytest

from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Actor, Booking
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import deposit, host
from hospes.modules.payments import facade
from hospes.modules.payments.contracts import PaymentTerms
from hospes.modules.payments.errors import CaptureTooLarge, NothingAuthorised
from hospes.modules.payments.providers.port import Capabilities
from hospes.modules.payments.use_cases.take_later_parts import take_later_parts
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.paying import Desk, a_desk
from tests.conftest import FixedClock

SHORT = (date(2026, 6, 5), date(2026, 6, 8))


async def _staying(rt: Runtime, clock: FixedClock) -> tuple[Desk, Booking]:
    """A guest who has arrived, and whose deposit was due."""
    desk = await a_desk(rt, PaymentTerms(damage_amount=15_000))
    desk.vendor.can = Capabilities(save_methods=True)
    made = await desk.book(*SHORT)
    await desk.pay((await desk.parts(made.id))[0].id)
    clock.at = made.check_in_at
    await _sweep(desk, clock)
    assert await desk.said(made.id) == [("full", "succeeded", 30_000), ("damage_deposit", "succeeded", 15_000)]
    return desk, made


async def _sweep(desk: Desk, clock: FixedClock) -> None:
    async with desk.rt.db.write() as tx:
        await booking.start_and_complete_due(tx, now=clock.at)
    await take_later_parts(desk.rt)
    await desk.work()


async def _claim(rt: Runtime, made: Booking, amount: int, clock: FixedClock) -> None:
    async with rt.db.write() as tx:
        await facade.capture_damages(tx, made.id, Money(amount, "EUR"), reason="a lamp", now=clock.at)


async def _leave(desk: Desk, made: Booking, clock: FixedClock) -> None:
    """The stay is over, and two days more."""
    clock.at = made.check_out_at
    await _sweep(desk, clock)
    clock.at += timedelta(days=2)
    await _sweep(desk, clock)


async def _held_for(rt: Runtime, made: Booking) -> tuple[int, int]:
    """What the ledger says is the guest's deposit, and the host's."""
    async with rt.db.read() as tx:
        return (
            -await ledger.balance(tx, deposit(made.guest_id), "EUR"),
            -await ledger.balance(tx, host(made.business_id), "EUR"),
        )


async def test_it_is_taken_stays_the_guests_and_goes_back_whole_two_days_after_check_out(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk, made = await _staying(runtime, clock)
    assert await _held_for(runtime, made) == (15_000, 0)
    clock.at = made.check_out_at
    await _sweep(desk, clock)
    clock.at += timedelta(hours=47)
    await _sweep(desk, clock)
    assert (await desk.said(made.id))[1] == ("damage_deposit", "succeeded", 15_000)
    clock.at += timedelta(hours=1)
    await _sweep(desk, clock)
    await _sweep(desk, clock)
    assert (await desk.said(made.id))[1] == ("damage_deposit", "refunded", 15_000)
    assert [(each.taken, each.back) for each in desk.vendor.every] == [(30_000, 0), (15_000, 15_000)]
    assert await _held_for(runtime, made) == (0, 0)


@pytest.mark.parametrize("amount", [4_000, 15_000])
async def test_damages_are_kept_of_it_during_the_stay_once_and_only_the_rest_goes_back(
    runtime: Runtime, clock: FixedClock, amount: int
) -> None:
    desk, made = await _staying(runtime, clock)
    with pytest.raises(CaptureTooLarge):
        await _claim(runtime, made, 15_001, clock)
    await _claim(runtime, made, amount, clock)
    with pytest.raises(NothingAuthorised, match="settled already"):
        await _claim(runtime, made, 1, clock)
    await _leave(desk, made, clock)
    assert desk.vendor.every[1].back == 15_000 - amount
    assert await _held_for(runtime, made) == (0, amount)
    assert [each["amount"] for each in await desk.events("payment.damages_kept")] == [amount]


async def test_damages_are_claimed_of_it_after_the_stay_but_not_once_it_went_back(
    runtime: Runtime, clock: FixedClock
) -> None:
    desk, made = await _staying(runtime, clock)
    clock.at = made.check_out_at
    await _sweep(desk, clock)
    await _claim(runtime, made, 4_000, clock)
    await _leave(desk, made, clock)
    assert desk.vendor.every[1].back == 11_000
    with pytest.raises(NothingAuthorised, match="settled already"):
        await _claim(runtime, made, 1, clock)


async def test_who_cancels_before_arrival_is_never_asked_for_it(runtime: Runtime, clock: FixedClock) -> None:
    desk = await a_desk(runtime, PaymentTerms(damage_amount=15_000))
    desk.vendor.can = Capabilities(save_methods=True)
    made = await desk.book(*SHORT)
    await desk.pay((await desk.parts(made.id))[0].id)
    async with runtime.db.write() as tx:
        await booking.cancel_booking(tx, booking_id=made.id, actor=Actor.HOST, actor_id=made.guest_id, now=clock.at)
    clock.at = made.check_in_at
    await _sweep(desk, clock)
    assert [(each.taken, each.back) for each in desk.vendor.every] == [(30_000, 30_000)]
    assert (await desk.said(made.id))[1] == ("damage_deposit", "cancelled", 15_000)
