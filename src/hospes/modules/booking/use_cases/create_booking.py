"""Book: from a hold, or directly. Claims, booking, history, payment and event are one commit."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from hospes.modules.booking import events, states, store
from hospes.modules.booking.contracts import Booking, BookingStatus, HoldStatus, Nights, Party, Quote, Wish
from hospes.modules.booking.errors import HoldNotFound, PriceChanged
from hospes.modules.booking.policies.deadlines import decide_by, pay_by
from hospes.modules.booking.policies.references import new_reference
from hospes.modules.booking.use_cases.open_booking_payment import open_booking_payment
from hospes.modules.booking.use_cases.place_hold import (
    claim_quote,
    price_past_own,
    release_own,
    resources_of,
    time_taken,
)
from hospes.modules.booking.use_cases.spending import hand_over, reserve, spend, wants
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.modules.inventory.errors import HoldExpired, NotAvailable
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def book_stay(
    tx: WriteTx,
    *,
    guest_id: UUID,
    resource_id: UUID,
    arrival: date,
    departure: date,
    party: Party,
    message: str = "",
    expected_total: int | None = None,
    provider: str,
    now: datetime,
) -> Booking:
    """A booking of nights of one place; as `book_wish`."""
    return await book_wish(
        tx,
        Wish(resource_id, Nights(arrival, departure), party),
        guest_id=guest_id,
        message=message,
        expected_total=expected_total,
        provider=provider,
        now=now,
    )


async def book_wish(
    tx: WriteTx,
    wish: Wish,
    *,
    guest_id: UUID,
    message: str = "",
    expected_total: int | None = None,
    provider: str,
    now: datetime,
) -> Booking:
    """A booking at today's price. Raises what `quote_wish` raises, `PriceChanged`, `NotAvailable`."""
    own = store.ask_for_own_hold(tx, guest_id, [wish.resource_id, *(each.resource_id for each in wish.extras)])
    quote = await price_past_own(tx, wish, guest_id=guest_id, now=now)
    if wants(wish):
        if await own.row():
            await release_own(tx, guest_id, resources_of(quote), *time_taken(quote), quote=quote, now=now)
        quote = await spend(tx, quote, codes=wish.coupons, use_credit=wish.use_credit, guest_id=guest_id, now=now)
    booking = _booking(quote, guest_id, message, expected_total, now)
    claims = await (_claim_past_own if await own.row() else _claim)(tx, booking, quote, now)
    await reserve(tx, booking.terms, owner_id=booking.id, guest_id=guest_id, until=booking.decide_by, now=now)
    await _write(tx, booking, claims, provider, now)
    return booking


async def book_hold(
    tx: WriteTx,
    *,
    guest_id: UUID,
    hold_id: UUID,
    message: str = "",
    expected_total: int | None = None,
    provider: str,
    now: datetime,
) -> Booking:
    """A booking of what the guest holds, at the price held. Raises `HoldNotFound`, `HoldExpired`, `PriceChanged`."""
    hold = await store.lock_hold(tx, hold_id, guest_id)
    if hold is None:
        raise HoldNotFound()
    if not hold.live(now):
        raise HoldExpired("The time to book has run out. Please choose your dates again.")
    booking = _booking(hold.quote, guest_id, message, expected_total, now)
    claims = await inventory.hand_over(
        tx,
        hold.id,
        booking.id,
        kind=ClaimKind.BOOKING,
        held_until=booking.decide_by,
        count=sum(len(item.asks) for item in hold.quote.terms.items) or 1,
        now=now,
    )
    await store.move_hold(tx, hold.id, HoldStatus.USED)
    await hand_over(tx, booking.terms, hold.id, booking.id, guest_id=guest_id, until=booking.decide_by, now=now)
    await _write(tx, booking, _main_first(claims, booking), provider, now)
    return booking


def _booking(quote: Quote, guest_id: UUID, message: str, expected_total: int | None, now: datetime) -> Booking:
    if expected_total is not None and expected_total != quote.price.total:
        raise PriceChanged(f"The total is {quote.total.text()} now.", total=quote.total.as_json())
    status = states.first_status(instant=quote.terms.instant, free=not quote.terms.paid_at_booking)
    return Booking(
        id=new_id(),
        reference=new_reference(),
        guest_id=guest_id,
        business_id=quote.business_id,
        property_id=quote.property_id,
        resource_id=quote.resource_id,
        status=status,
        arrival=quote.arrival,
        departure=quote.departure,
        check_in_at=quote.check_in_at,
        check_out_at=quote.check_out_at,
        party=quote.party,
        total=quote.total,
        terms=quote.terms,
        message=message,
        decide_by=_deadline(status, quote, now),
        created_at=now,
        updated_at=now,
        version=1,
        quantity=quote.terms.items[0].quantity if quote.terms.items else 1,
    )


def _deadline(status: BookingStatus, quote: Quote, now: datetime) -> datetime | None:
    if status is BookingStatus.PENDING_PAYMENT:
        return pay_by(now)
    return decide_by(now, quote.check_in_at) if status is BookingStatus.PENDING_APPROVAL else None


async def _claim(tx: WriteTx, booking: Booking, quote: Quote, now: datetime) -> Sequence[Claim]:
    return await claim_quote(
        tx, quote, kind=ClaimKind.BOOKING, owner_id=booking.id, held_until=booking.decide_by, now=now
    )


async def _claim_past_own(tx: WriteTx, booking: Booking, quote: Quote, now: datetime) -> Sequence[Claim]:
    """The claims; the guest's own holds give way only when the place is not free otherwise.

    The savepoint lets go of what the failed claim has locked, so that locks are taken in order once more.
    """
    try:
        async with tx.savepoint():
            return await _claim(tx, booking, quote, now)
    except NotAvailable:
        if not await release_own(tx, booking.guest_id, resources_of(quote), *time_taken(quote), quote=quote, now=now):
            raise
    return await _claim(tx, booking, quote, now)


def _main_first(claims: Sequence[Claim], booking: Booking) -> Sequence[Claim]:
    return sorted(claims, key=lambda each: (each.resource_id != booking.resource_id, each.resource_id, each.id))


async def _write(tx: WriteTx, booking: Booking, claims: Sequence[Claim], provider: str, now: datetime) -> None:
    """Everything that follows the claims, in one statement."""
    await store.insert_booking(tx, booking, claims)
    if booking.status in (BookingStatus.PENDING_PAYMENT, BookingStatus.CONFIRMED) and booking.total.amount:
        await open_booking_payment(tx, booking, provider=provider, now=now)
    data = events.booking_data(booking, booking.status)
    await publish(tx, events.BOOKING_CREATED, booking.id, data, now=now)
    if booking.status is BookingStatus.CONFIRMED:
        await publish(tx, events.BOOKING_CONFIRMED, booking.id, data, now=now)
