"""A booking's money in the ledger: at confirmation, after changes, cancellations, refunds, chargebacks."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Account, guest, host, platform
from hospes.modules.payouts import queries
from hospes.modules.payouts.use_cases.allocate_booking import allocate_booking
from hospes.modules.payouts.use_cases.follow_dispute import charge_back
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from hospes.platform.settings import Payouts
from tests.builders.booking import a_booking, a_stay
from tests.builders.payouts import TERMS, a_paid_booking, an_earning


async def on(tx: WriteTx, account: Account) -> int:
    return await ledger.balance(tx, account, "EUR")


async def allocations(tx: WriteTx, booking: Booking) -> int:
    return len([each for each in await ledger.about(tx, booking.id) if each.kind == "allocated"])


async def test_a_confirmed_booking_is_shared_once_and_its_guest_owes_nothing(tx: WriteTx, now: datetime) -> None:
    booking = await a_paid_booking(tx, await a_stay(tx, rate={"service_fee_bp": 1_200}))
    for _ in range(2):
        shares = await allocate_booking(tx, booking.id, terms=TERMS, now=now)
    assert shares is not None
    assert shares.kept == booking.total.amount == 33_600
    assert await on(tx, guest(booking.guest_id)) == 0
    assert await on(tx, host(booking.business_id)) == -29_100  # 300 euros of nights less 3 %
    assert await on(tx, platform("fees")) == -3_600 - 900
    assert await allocations(tx, booking) == 1
    earning = await queries.find_earning(tx, booking.id)
    assert earning is not None
    assert (earning.earned, earning.due, earning.commission_bp) == (29_100, 29_100, 300)


async def test_a_booking_that_was_never_confirmed_is_not_shared(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    assert await allocate_booking(tx, booking.id, terms=TERMS, now=now) is None
    assert await queries.find_earning(tx, booking.id) is None


async def test_a_guest_who_has_not_paid_all_still_owes_the_rest(tx: WriteTx, now: datetime) -> None:
    booking = await an_earning(tx, await a_stay(tx))
    other = await a_booking(tx, await a_stay(tx, guest_id=booking.guest_id), status=BookingStatus.NO_SHOW)
    await allocate_booking(tx, other.id, terms=TERMS, now=now)  # its payment waits
    assert await on(tx, guest(booking.guest_id)) == other.total.amount


async def test_cancelling_takes_back_by_the_lines_that_came_back(tx: WriteTx, now: datetime) -> None:
    """Half of the nights stay by the terms, and the service fee."""
    booking = await an_earning(tx, await a_stay(tx, policy="flexible", rate={"service_fee_bp": 1_200}))
    at = booking.check_in_at.replace(hour=8)
    _, refund = await bookings.cancel_booking(
        tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=at
    )
    assert refund.amount == 15_000
    shares = await allocate_booking(tx, booking.id, terms=TERMS, now=at)
    assert shares is not None
    assert (shares.kept, shares.host, shares.fees, shares.rounding) == (18_600, 14_550, 4_050, 0)
    assert await on(tx, host(booking.business_id)) == -14_550
    assert await on(tx, guest(booking.guest_id)) == -15_000  # until the refund has left
    assert await allocations(tx, booking) == 2


async def test_when_the_host_cancels_nobody_keeps_anything(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await an_earning(tx, stay)
    await bookings.cancel_booking(tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, now=now)
    shares = await allocate_booking(tx, booking.id, terms=TERMS, now=now)
    assert shares is not None
    assert shares.kept == 0
    assert await on(tx, host(booking.business_id)) == 0
    assert await on(tx, platform("fees")) == 0


async def test_a_commission_of_its_own_holds_for_bookings_confirmed_from_then_on(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=2)
    before = await an_earning(tx, stay)
    await set_commission(tx, before.business_id, 1_000, now)
    after = await an_earning(tx, stay)
    await allocate_booking(tx, before.id, terms=TERMS, now=now)
    earned = [await queries.find_earning(tx, each.id) for each in (before, after)]
    assert [each.earned for each in earned if each] == [29_100, 27_000]


async def set_commission(tx: WriteTx, business_id: UUID, bp: int, now: datetime) -> None:
    from hospes.modules.payouts import store

    await store.put_terms(tx, business_id, bp, user_id=business_id, now=now)


async def test_a_lost_chargeback_is_the_hosts_once_the_stay_was_given_and_counts_once(
    tx: WriteTx, now: datetime
) -> None:
    booking = await an_earning(tx, await a_stay(tx), status=BookingStatus.COMPLETED)
    for _ in range(2):
        await charge_back(tx, booking, booking.id, Money(33_600, "EUR"), terms=TERMS, now=now)
    await allocate_booking(tx, booking.id, terms=TERMS, now=now)
    assert await on(tx, host(booking.business_id)) == -29_100 + 33_600
    earning = await queries.find_earning(tx, booking.id)
    assert earning is not None
    assert earning.due == -4_500
    assert earning.lines[-1].label == "Chargeback"
    mine = Payouts(chargebacks="platform")
    await charge_back(tx, booking, booking.business_id, Money(100, "EUR"), terms=mine, now=now)
    assert await on(tx, host(booking.business_id)) == 4_500
