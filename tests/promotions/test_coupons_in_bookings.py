"""Coupons and credit from the quote to the cancellation, on a real database."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hospes.entrypoints.invariants import breaches
from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus, Change, Nights, Party, Wish
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Account, AccountKind
from hospes.modules.promotions import facade as promotions
from hospes.modules.promotions import queries
from hospes.modules.promotions.contracts import Bearer, CouponKind, Fee
from hospes.modules.promotions.errors import (
    CouponAlreadyUsed,
    CouponExpired,
    CouponFirstBookingOnly,
    CouponMinimum,
    CouponNotCombinable,
    CouponNotForThis,
    CouponNotFound,
    CouponNotYet,
    CouponOtherCurrency,
    CouponUsedUp,
)
from hospes.modules.promotions.use_cases.sweep import expire_credit, sweep_coupon
from hospes.platform.db import WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.ids import new_id
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_stay, take_payment
from tests.builders.identity import a_user
from tests.builders.promotions import a_coupon, a_credit

S = BookingStatus
DAY = timedelta(days=1)
OURS = {
    "coupons are counted as they are used",
    "every confirmed booking with a coupon has redeemed it",
    "credit given is left, in use, or has run out",
}


def a_wish(stay: Stay, *codes: str, use_credit: bool = False, nights: Nights = Nights(ARRIVAL, DEPARTURE)) -> Wish:
    return Wish(stay.resource_id, nights, Party(2), coupons=codes, use_credit=use_credit)


async def book(tx: WriteTx, stay: Stay, wish: Wish, now: datetime, guest_id: UUID | None = None) -> Booking:
    return await facade.book_wish(tx, wish, guest_id=guest_id or stay.guest_id, provider="sandbox", now=now)


async def paid(tx: WriteTx, booking: Booking, now: datetime) -> Booking:
    await take_payment(tx, booking.id, now=now)
    return await facade.confirm_paid(tx, booking_id=booking.id, now=now)


async def uses(tx: WriteTx, owner_id: UUID) -> list[str]:
    rows = await tx.all("SELECT status FROM promotions.coupon_use WHERE owner_id = %s ORDER BY id", (owner_id,))
    return [row["status"] for row in rows]


async def test_a_coupon_has_its_line_and_the_total_shown_is_the_total_charged(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_coupon(tx, "WELCOME10")
    wish = a_wish(stay, "welcome10 ")
    quote = await facade.quote_wish(tx, wish, guest_id=stay.guest_id, now=now)
    line = quote.price.lines[-1]
    assert (line.label, line.amount, line.kind, line.borne_by) == ("WELCOME10: 10 % off", -3000, "discount", "platform")
    assert quote.price.total == 27_000
    booking = await book(tx, stay, wish, now)
    payment = await tx.find("SELECT amount FROM payments.payment WHERE booking_id = %s", (booking.id,))
    assert booking.total.amount == 27_000
    assert payment == {"amount": 27_000}
    assert (await facade.get_booking(tx, booking.id)).terms == booking.terms


async def test_a_hold_reserves_its_booking_keeps_and_its_payment_redeems(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    coupon = await a_coupon(tx, global_limit=1)
    hold = await facade.hold_wish(tx, a_wish(stay, "TEN"), guest_id=stay.guest_id, now=now)
    assert await uses(tx, hold.id) == ["reserved"]
    booking = await facade.book_hold(tx, guest_id=stay.guest_id, hold_id=hold.id, provider="sandbox", now=now)
    assert (await uses(tx, hold.id), await uses(tx, booking.id)) == ([], ["reserved"])
    await paid(tx, booking, now)
    assert await uses(tx, booking.id) == ["redeemed"]
    usage = (await queries.usage_of(tx, [coupon.id], now))[coupon.id]
    assert (usage.reserved, usage.redeemed, usage.taken_off) == (0, 1, {"EUR": 3000})


@pytest.mark.parametrize("how", ["hold released", "hold expired", "booking expired", "booking cancelled"])
async def test_what_comes_to_nothing_gives_the_last_use_back(tx: WriteTx, now: datetime, how: str) -> None:
    stay, other = await a_stay(tx), await a_stay(tx)
    await a_coupon(tx, global_limit=1)
    if how.startswith("hold"):
        hold = await facade.hold_wish(tx, a_wish(stay, "TEN"), guest_id=stay.guest_id, now=now)
    else:
        booking = await book(tx, stay, a_wish(stay, "TEN"), now)
    with pytest.raises(CouponUsedUp, match="TEN has been used up"):
        await facade.hold_wish(tx, a_wish(other, "TEN"), guest_id=other.guest_id, now=now)
    later = now + timedelta(hours=2)
    if how == "hold released":
        await facade.release_hold(tx, guest_id=stay.guest_id, hold_id=hold.id, now=now)
    elif how == "booking cancelled":
        await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=now)
    else:
        assert await facade.expire_due(tx, now=later) == 1
    kept = await facade.hold_wish(tx, a_wish(other, "TEN"), guest_id=other.guest_id, now=later)
    assert await uses(tx, kept.id) == ["reserved"]


async def test_a_dead_sweeper_never_blocks_the_last_use(tx: WriteTx, now: datetime) -> None:
    stay, other = await a_stay(tx), await a_stay(tx)
    await a_coupon(tx, global_limit=1)
    await facade.hold_wish(tx, a_wish(stay, "TEN"), guest_id=stay.guest_id, now=now)
    later = now + timedelta(minutes=16)
    quote = await facade.quote_wish(tx, a_wish(other, "TEN"), guest_id=other.guest_id, now=later)
    assert quote.price.total == 27_000
    await facade.hold_wish(tx, a_wish(other, "TEN"), guest_id=other.guest_id, now=later)
    rows = await tx.all("SELECT status, counted FROM promotions.coupon_use ORDER BY id")
    assert [(row["status"], row["counted"]) for row in rows] == [("released", False), ("reserved", True)]


async def test_the_sweeper_counts_what_is_over_no_more(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    coupon = await a_coupon(tx)
    await facade.hold_wish(tx, a_wish(stay, "TEN"), guest_id=stay.guest_id, now=now)
    assert (await sweep_coupon(tx, now=now), await sweep_coupon(tx, now=now + DAY)) == (0, 1)
    found = await queries.find_coupon(tx, coupon.id)
    assert found is not None
    assert found.used == 0
    assert await sweep_coupon(tx, now=now + DAY) == 0


async def test_money_that_comes_late_takes_the_coupon_again_or_goes_back(tx: WriteTx, now: datetime) -> None:
    stay, other = await a_stay(tx), await a_stay(tx)
    await a_coupon(tx, global_limit=1)
    booking = await book(tx, stay, a_wish(stay, "TEN"), now)
    later = now + timedelta(hours=2)
    await facade.expire_due(tx, now=later)
    await take_payment(tx, booking.id, now=later)
    assert (await facade.confirm_paid(tx, booking_id=booking.id, now=later)).status is S.CONFIRMED
    assert await uses(tx, booking.id) == ["released", "redeemed"]
    with pytest.raises(CouponUsedUp):
        await book(tx, other, a_wish(other, "TEN"), later)


async def test_money_that_comes_after_a_rival_has_had_the_last_use_goes_back(tx: WriteTx, now: datetime) -> None:
    stay, other = await a_stay(tx), await a_stay(tx)
    await a_coupon(tx, global_limit=1)
    booking = await book(tx, stay, a_wish(stay, "TEN"), now)
    later = now + timedelta(hours=2)
    await book(tx, other, a_wish(other, "TEN"), later)
    await take_payment(tx, booking.id, now=later)
    assert (await facade.confirm_paid(tx, booking_id=booking.id, now=later)).status is S.EXPIRED
    refund = await tx.find("SELECT sum(amount)::bigint AS back FROM payments.attempt WHERE kind = 'refund'")
    assert refund == {"back": 27_000}


REFUSED: list[tuple[dict[str, Any], type[HospesError], str]] = [
    ({"ends_at": datetime.fromisoformat("2026-05-31T12:00:00+00:00")}, CouponExpired, "TEN has run out."),
    ({"starts_at": datetime.fromisoformat("2026-06-02T00:00:00+00:00")}, CouponNotYet, "TEN begins on 2 June 2026."),
    ({"minimum_total": 50_000, "currency": "EUR"}, CouponMinimum, "TEN is for bookings of €500 or more."),
    ({"minimum_nights": 4}, CouponMinimum, "TEN is for stays of 4 nights or more."),
    ({"resource_kind": "DESK"}, CouponNotForThis, "TEN is for another kind of booking (desk)."),
    ({"cap": 500, "currency": "USD"}, CouponOtherCurrency, "TEN is for prices in USD."),
    (
        {"kind": CouponKind.FEE, "fee": Fee.CLEANING},
        CouponNotForThis,
        "TEN takes nothing off here: this price has not a cleaning fee.",
    ),
]


@pytest.mark.parametrize(("columns", "kind", "sentence"), REFUSED)
async def test_each_refusal_is_a_sentence(
    tx: WriteTx, now: datetime, columns: dict[str, Any], kind: type[HospesError], sentence: str
) -> None:
    stay = await a_stay(tx)
    if "ends_at" in columns:
        columns = {**columns, "starts_at": columns["ends_at"] - DAY}
    await a_coupon(tx, **columns)
    with pytest.raises(kind) as refusal:
        await facade.quote_wish(tx, a_wish(stay, "TEN"), guest_id=stay.guest_id, now=now)
    assert refusal.value.detail == sentence
    assert refusal.value.fields == {"coupons": sentence}


async def test_codes_nobody_has_and_somebody_elses_are_not_told_apart(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_coupon(tx, "HERS", user_id=(await a_user(tx)).id)
    for code in ("HERS", "NONE"):
        with pytest.raises(CouponNotFound, match=f"There is no coupon {code}."):
            await facade.quote_wish(tx, a_wish(stay, code), guest_id=stay.guest_id, now=now)


async def test_a_coupon_for_a_first_booking_is_for_one_even_of_two_at_once(tx: WriteTx, now: datetime) -> None:
    stay, other = await a_stay(tx), await a_stay(tx)
    await a_coupon(tx, "FIRST", first_booking_only=True)
    await a_coupon(tx, "ALSO", first_booking_only=True)
    await facade.hold_wish(tx, a_wish(stay, "FIRST"), guest_id=stay.guest_id, now=now)
    with pytest.raises(CouponFirstBookingOnly):
        await facade.hold_wish(tx, a_wish(other, "ALSO"), guest_id=stay.guest_id, now=now)
    await book(tx, stay, a_wish(stay, "FIRST"), now)
    with pytest.raises(CouponFirstBookingOnly, match="FIRST is for your first booking"):
        await facade.quote_wish(tx, a_wish(other, "FIRST"), guest_id=stay.guest_id, now=now)


async def test_a_guest_uses_a_coupon_as_often_as_allowed_and_their_own_hold_does_not_block_them(
    tx: WriteTx, now: datetime
) -> None:
    stay, other = await a_stay(tx), await a_stay(tx)
    await a_coupon(tx, per_user_limit=1, global_limit=1)
    await facade.hold_wish(tx, a_wish(stay, "TEN"), guest_id=stay.guest_id, now=now)
    hold = await facade.hold_wish(tx, a_wish(stay, "TEN"), guest_id=stay.guest_id, now=now)
    await facade.book_hold(tx, guest_id=stay.guest_id, hold_id=hold.id, provider="sandbox", now=now)
    with pytest.raises((CouponAlreadyUsed, CouponUsedUp)):
        await facade.quote_wish(tx, a_wish(other, "TEN"), guest_id=stay.guest_id, now=now)


async def test_what_cannot_be_combined_stands_alone(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_coupon(tx, "ALONE", combinable=False)
    await a_coupon(tx, "TEN")
    with pytest.raises(CouponNotCombinable, match="ALONE cannot be combined with another coupon"):
        await facade.quote_wish(tx, a_wish(stay, "ALONE", "TEN"), guest_id=stay.guest_id, now=now)
    assert (await facade.quote_wish(tx, a_wish(stay, "ALONE"), guest_id=stay.guest_id, now=now)).price.total == 27_000


async def test_a_hosts_coupon_is_for_their_places_only(tx: WriteTx, now: datetime) -> None:
    stay, other = await a_stay(tx), await a_stay(tx)
    await a_coupon(tx, "MINE", borne_by=Bearer.HOST, business_id=stay.sellable.business_id)
    quote = await facade.quote_wish(tx, a_wish(stay, "MINE"), guest_id=stay.guest_id, now=now)
    assert quote.price.lines[-1].borne_by == "host"
    with pytest.raises(CouponNotForThis, match="another host's places"):
        await facade.quote_wish(tx, a_wish(other, "MINE"), guest_id=stay.guest_id, now=now)


async def test_coupons_are_tried_on_a_hold_and_taken_off_again(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_coupon(tx, global_limit=1)
    await a_credit(tx, stay.guest_id, 2000)
    hold = await facade.hold_wish(tx, a_wish(stay), guest_id=stay.guest_id, now=now)

    async def tried(*codes: str, use_credit: bool = False) -> int:
        held = await facade.discount_hold(
            tx, guest_id=stay.guest_id, hold_id=hold.id, coupons=codes, use_credit=use_credit, now=now
        )
        return held.quote.price.total

    assert await tried("TEN", use_credit=True) == 25_000
    assert await promotions.credit_of(tx, stay.guest_id, "EUR", now) == 0
    assert await tried("TEN") == 27_000
    assert await tried() == 30_000
    assert await promotions.credit_of(tx, stay.guest_id, "EUR", now) == 2000
    assert await tried(use_credit=True) == 28_000
    booking = await facade.book_hold(
        tx, guest_id=stay.guest_id, hold_id=hold.id, expected_total=28_000, provider="sandbox", now=now
    )
    assert booking.total.amount == 28_000


async def test_credit_that_pays_for_everything_confirms_without_a_payment(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_credit(tx, stay.guest_id, 50_000)
    booking = await book(tx, stay, a_wish(stay, use_credit=True), now)
    assert (booking.total.amount, booking.status) == (0, S.CONFIRMED)
    assert await promotions.credit_of(tx, stay.guest_id, "EUR", now) == 20_000
    wallet = Account(AccountKind.WALLET, str(stay.guest_id))
    assert await ledger.balance(tx, wallet, "EUR") == -20_000
    assert await ledger.balance(tx, Account(AccountKind.GUEST, str(stay.guest_id)), "EUR") == -30_000
    cancelled, refund = await facade.cancel_booking(
        tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=now
    )
    assert (cancelled.status, refund.amount, refund.credit) == (S.CANCELLED, 0, 30_000)
    assert await promotions.credit_of(tx, stay.guest_id, "EUR", now) == 50_000
    assert await ledger.balance(tx, wallet, "EUR") == -50_000


async def test_the_credit_part_of_a_refund_comes_back_as_credit_and_a_spent_coupon_stays_spent(
    tx: WriteTx, now: datetime
) -> None:
    stay = await a_stay(tx)  # moderate: half comes back from 5 days to 1 day before
    await a_coupon(tx)
    await a_credit(tx, stay.guest_id, 9000)
    booking = await paid(tx, await book(tx, stay, a_wish(stay, "TEN", use_credit=True), now), now)
    assert booking.total.amount == 18_000
    late = booking.check_in_at - 2 * DAY
    _, refund = await facade.cancel_booking(
        tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=late
    )
    assert (refund.amount, refund.credit) == (9000, 4500)
    assert sum(line.refund for line in refund.lines) == refund.amount
    assert refund.reason.endswith("€45 comes back as credit.")
    assert not OURS & set(await breaches(tx))
    assert await promotions.credit_of(tx, stay.guest_id, "EUR", late) == 4500
    assert await uses(tx, booking.id) == ["redeemed"]


async def test_a_host_who_cancels_gives_the_coupon_back(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_coupon(tx, global_limit=1, per_user_limit=1)
    booking = await paid(tx, await book(tx, stay, a_wish(stay, "TEN"), now), now)
    await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, now=now)
    assert await uses(tx, booking.id) == ["released"]
    assert (await book(tx, stay, a_wish(stay, "TEN"), now)).total.amount == 27_000


async def test_a_changed_booking_keeps_its_coupon_as_it_was(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    coupon = await a_coupon(tx)
    booking = await paid(tx, await book(tx, stay, a_wish(stay, "TEN"), now), now)
    await promotions.put_coupon(tx, replace(coupon, percent_bp=5000), new=False, now=now)
    shorter = Change(departure=date(2026, 7, 3))
    changed = await facade.change_booking(
        tx,
        booking_id=booking.id,
        change=shorter,
        actor=Actor.GUEST,
        actor_id=stay.guest_id,
        provider="sandbox",
        now=now,
    )
    assert changed.booking.total.amount == 18_000
    assert changed.difference == -9000
    assert (await queries.usage_of(tx, [coupon.id], now))[coupon.id].taken_off == {"EUR": 2000}


async def test_a_change_that_needs_less_credit_gives_the_rest_back(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_credit(tx, stay.guest_id, 25_000)
    booking = await paid(tx, await book(tx, stay, a_wish(stay, use_credit=True), now), now)
    changed = await facade.change_booking(
        tx,
        booking_id=booking.id,
        change=Change(departure=date(2026, 7, 2)),
        actor=Actor.GUEST,
        actor_id=stay.guest_id,
        provider="sandbox",
        now=now,
    )
    # Of 300 euros 250 were credit; of the 200 that come back as much of each euro.
    assert changed.booking.total.amount == 5_000 - 3_334
    assert await promotions.credit_of(tx, stay.guest_id, "EUR", now) == 16_666


async def test_credit_that_runs_out_first_is_spent_first_and_goes_back_when_it_has(tx: WriteTx, now: datetime) -> None:
    guest = (await a_user(tx)).id
    stay = await a_stay(tx, guest_id=guest)
    await a_credit(tx, guest, 1000)
    await a_credit(tx, guest, 1000, expires_at=now + 30 * DAY)
    await book(tx, stay, a_wish(stay, use_credit=True), now)
    await a_credit(tx, guest, 700, expires_at=now + DAY)
    assert await expire_credit(tx, now=now + 2 * DAY) == 1
    assert await ledger.balance(tx, Account(AccountKind.WALLET, str(guest)), "EUR") == -2000
    kinds = [entry.kind for entry in await queries.list_entries(tx, guest, after=None, limit=9)]
    assert sorted(kinds) == ["expired", "given", "given", "given"]
    assert not OURS & set(await breaches(tx))


async def test_a_coupon_somebody_uses_is_ended_and_one_nobody_uses_is_forgotten(tx: WriteTx, now: datetime) -> None:
    from hospes.modules.promotions.use_cases.put_coupon import end_coupon

    stay = await a_stay(tx)
    used, unused = await a_coupon(tx, "USED"), await a_coupon(tx, "UNUSED")
    await facade.hold_wish(tx, a_wish(stay, "USED"), guest_id=stay.guest_id, now=now)
    for each in (used, unused):
        await end_coupon(tx, each, now=now)
    assert await queries.find_coupon(tx, unused.id) is None
    with pytest.raises(CouponExpired):
        await facade.quote_wish(tx, a_wish(stay, "USED"), guest_id=new_id(), now=now)
