"""Coupons and credit in quotes, holds and bookings. Without them nothing here asks the database anything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import queries
from hospes.modules.booking.contracts import Booking, Price, Quote, Terms, Wish
from hospes.modules.booking.policies.changing import PAID
from hospes.modules.booking.policies.discounting import bill_of, credit_in, discounted, plain, taken_off, with_credit
from hospes.modules.catalog import facade as catalog
from hospes.modules.promotions import facade as promotions
from hospes.modules.promotions.contracts import Asking, Discount
from hospes.modules.promotions.errors import (
    CouponAlreadyUsed,
    CouponExpired,
    CouponFirstBookingOnly,
    CouponUsedUp,
    CreditChanged,
)
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.money import Money

TAKEN = (CouponAlreadyUsed, CouponExpired, CouponFirstBookingOnly, CouponUsedUp, CreditChanged)


async def spend(
    tx: ReadTx, quote: Quote, *, codes: Sequence[str], use_credit: bool, guest_id: UUID | None, now: datetime
) -> Quote:
    """The quote with these coupons and credit, instead of those it has; raises why one of them cannot be used."""
    price = plain(quote.terms.price)
    if not codes and not use_credit:
        return _priced(quote, price, ())
    sellable = await catalog.get_sellable(tx, quote.resource_id)

    async def has_booked() -> bool:
        return guest_id is not None and await queries.has_booked(tx, guest_id)

    asking = Asking(
        user_id=guest_id,
        business_id=quote.business_id,
        property_id=quote.property_id,
        resource_kind=str(sellable.kind),
        bill=bill_of(price, (quote.departure - quote.arrival).days),
        has_booked=has_booked,
    )
    found = await promotions.find_spending(tx, asking, codes=codes, use_credit=use_credit, now=now)
    less = discounted(price, promotions.reductions(asking.bill, found.discounts))
    used = taken_off(less)
    kept = tuple(each for each in found.discounts if each.code in used)
    return _priced(quote, with_credit(less, promotions.credit_used(less.total, found.credit)), kept)


def spend_as(quote: Quote, terms: Terms) -> Quote:
    """The quote with the coupons of these terms, as they were frozen, and their credit, as far as there is anything to
    pay with it."""
    if not spends(terms):
        return quote
    price = plain(quote.terms.price)
    bill = bill_of(price, (quote.departure - quote.arrival).days)
    less = discounted(price, promotions.reductions(bill, terms.discounts))
    credit = promotions.credit_used(less.total, credit_in(terms.price))
    return _priced(quote, with_credit(less, credit), terms.discounts)


def spends(terms: Terms) -> bool:
    """Whether there is a coupon or credit in it."""
    return bool(terms.discounts) or any(line.kind for line in terms.price.lines)


def wants(wish: Wish) -> bool:
    """Whether a wish comes with coupons or credit."""
    return bool(wish.coupons) or wish.use_credit


async def reserve(
    tx: WriteTx, terms: Terms, *, owner_id: UUID, guest_id: UUID, until: datetime | None, now: datetime
) -> None:
    """Take what the terms count on, until some time or for good (None); raises one of `TAKEN` when it is not there."""
    if spends(terms):
        await promotions.reserve_spending(
            tx, owner_id=owner_id, user_id=guest_id, uses=_uses(terms), credit=_credit(terms), until=until, now=now
        )


async def hand_over(
    tx: WriteTx,
    terms: Terms,
    owner_id: UUID,
    new_owner: UUID,
    *,
    guest_id: UUID,
    until: datetime | None,
    now: datetime,
) -> None:
    """What one owner has reserved is another's, until that time or for good (None); raises as `reserve` does."""
    if spends(terms):
        await promotions.move_spending(
            tx, owner_id, new_owner, user_id=guest_id, uses=_uses(terms), credit=_credit(terms), until=until, now=now
        )


async def keep(tx: WriteTx, booking: Booking, *, until: datetime | None, now: datetime) -> None:
    """A booking keeps its coupons and credit longer, or for good (None)."""
    await hand_over(tx, booking.terms, booking.id, booking.id, guest_id=booking.guest_id, until=until, now=now)


async def follow_change(tx: WriteTx, before: Booking, after: Booking, *, now: datetime) -> None:
    """What a changed booking spends: of a paid one credit that is not needed any more comes back, of another everything
    is reserved anew."""
    if not spends(before.terms):
        return
    old, new = before.terms.price, after.terms.price
    if before.status in PAID:
        if taken_off(old) != taken_off(new):
            await promotions.note_amounts(tx, after.id, _uses(after.terms), now=now)
        if credit_in(old) > credit_in(new):
            await promotions.return_credit(tx, before.id, credit_in(old) - credit_in(new), now=now)
    elif taken_off(old) != taken_off(new) or credit_in(old) != credit_in(new):
        await promotions.release_spending(tx, before.id, now=now)
        await reserve(tx, after.terms, owner_id=after.id, guest_id=after.guest_id, until=before.decide_by, now=now)


async def give_spending_back(tx: WriteTx, booking: Booking, *, credit: int, coupons: bool, now: datetime) -> None:
    """Of a paid booking that is cancelled: so much of its credit, and its coupons if they are not used up."""
    if credit:
        note = f"Booking {booking.reference} was cancelled"
        await promotions.return_credit(tx, booking.id, credit, note=note, now=now)
    if coupons and booking.terms.discounts:
        await promotions.release_spending(tx, booking.id, now=now)


async def let_spending_go(tx: WriteTx, terms: Terms, owner_id: UUID, *, now: datetime) -> None:
    """Nothing comes of it: coupons can be used again, reserved credit is left again."""
    if spends(terms):
        await promotions.release_spending(tx, owner_id, now=now)


def _priced(quote: Quote, price: Price, discounts: tuple[Discount, ...]) -> Quote:
    return replace(quote, terms=replace(quote.terms, price=price, discounts=discounts))


def _uses(terms: Terms) -> list[tuple[Discount, int]]:
    off = taken_off(terms.price)
    return [(each, off.get(each.code, 0)) for each in terms.discounts]


def _credit(terms: Terms) -> Money:
    return Money(credit_in(terms.price), terms.price.currency)
