"""What was paid with credit comes back as credit, in the same share as what was paid with money."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Giving, Nights, Party, Price, PriceLine, Wish
from hospes.modules.booking.policies.changing import credit_share
from hospes.modules.booking.policies.departing import departing, shortened
from hospes.modules.booking.policies.discounting import credit_in, with_credit, with_credit_at
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Account, AccountKind
from hospes.modules.payments import facade as payments
from hospes.modules.promotions import facade as promotions
from hospes.platform.db import WriteTx
from tests.builders.booking import ARRIVAL, DEPARTURE, a_stay, take_payment
from tests.builders.promotions import a_credit


def a_price(gross: int, credit: int) -> Price:
    line = PriceLine("nights:base", "Nights", 1, gross, gross)
    return with_credit(Price("EUR", (line,), gross), credit)


@given(gross=st.integers(0, 10**9), credit=st.integers(0, 10**9), back=st.integers(-10, 10**9))
def test_shares_are_never_more_than_was_paid_in_money_or_credit(gross: int, credit: int, back: int) -> None:
    credit, back = min(credit, gross), min(back, gross)
    price = a_price(gross, credit)
    share = credit_share(price, back)
    money = max(back, 0) - share
    assert 0 <= share <= credit
    assert 0 <= money <= gross - credit
    assert abs(share * gross - max(back, 0) * credit) <= gross  # as much of each, to the minor unit


@given(gross=st.integers(0, 10**9), parts=st.lists(st.integers(0, 10**6), max_size=12), credit=st.integers(0, 10**9))
def test_of_many_shares_one_after_the_other_none_is_lost(gross: int, parts: list[int], credit: int) -> None:
    price, credit = a_price(gross, min(credit, gross)), min(credit, gross)
    money_back = credit_back = 0
    for part in parts:
        left = price.total + credit_in(price)
        back = min(part, left)
        share = credit_share(price, back)
        less = PriceLine("given", "Given back", 1, -back, -back)
        price = Price("EUR", (*price.lines, less), price.total - back)
        price = with_credit_at(price, credit_in(price) - share)
        money_back, credit_back = money_back + back - share, credit_back + share
        assert price.total == sum(line.amount for line in price.lines) >= 0
    assert price.total + money_back == gross - credit
    assert credit_in(price) + credit_back == credit


async def test_leaving_early_gives_credit_back_as_credit_and_money_as_money(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_credit(tx, stay.guest_id, 7_500)
    wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), use_credit=True)
    booking = await facade.book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=now)
    await take_payment(tx, booking.id, now=now)
    booking = await facade.confirm_paid(tx, booking_id=booking.id, now=now)
    arrived = booking.check_in_at + timedelta(hours=1)
    booking = await facade.check_in(tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, now=arrived)
    assert (booking.total.amount, credit_in(booking.terms.price)) == (22_500, 7_500)
    leaves = date(2026, 7, 3)
    seen = departing(booking, leaves, giving=Giving.FULL, now=arrived)
    assert (seen.value, seen.refund, seen.credit, seen.kept) == (10_000, 7_500, 2_500, 0)
    assert shortened(booking, seen).total.amount == 15_000
    shorter, left = await facade.leave_early(
        tx,
        booking_id=booking.id,
        leaves=leaves,
        actor=Actor.HOST,
        actor_id=stay.owner_id,
        giving=Giving.FULL,
        now=arrived,
    )
    assert left == seen
    assert (shorter.total.amount, credit_in(shorter.terms.price)) == (15_000, 5_000)
    assert await promotions.credit_of(tx, stay.guest_id, "EUR", arrived) == 2_500
    assert await ledger.balance(tx, Account(AccountKind.WALLET, str(stay.guest_id)), "EUR") == -2_500
    assert await payments.refundable_of(tx, booking.id) == 15_000


async def test_leaving_by_the_terms_gives_neither_back(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    await a_credit(tx, stay.guest_id, 7_500)
    wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), use_credit=True)
    booking = await facade.book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=now)
    await take_payment(tx, booking.id, now=now)
    booking = await facade.confirm_paid(tx, booking_id=booking.id, now=now)
    arrived = booking.check_in_at + timedelta(hours=1)
    seen = departing(booking, date(2026, 7, 3), giving=None, now=arrived)
    assert (seen.refund, seen.credit, seen.kept) == (0, 0, 10_000)
