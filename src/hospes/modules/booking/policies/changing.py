"""What a change makes of a booking. Nights that stay keep their price, the accepted cancellation terms stay, and what
falls away comes back by the share that cancelling now would give of the nights; the rest is kept, as a line of its own,
so that the total is always what has been paid and not given back."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from hospes.modules.booking.contracts import (
    Booking,
    BookingStatus,
    Change,
    Extra,
    Giving,
    Hours,
    Leaving,
    Mode,
    Nights,
    Party,
    Price,
    PriceLine,
    Quote,
    Terms,
    When,
    Wish,
)
from hospes.modules.booking.errors import ChangeRefused, NotAllowed
from hospes.modules.booking.policies.cancellation import FULL, KEPT, carry_over, tier_at
from hospes.modules.booking.policies.discounting import credit_in, with_credit_at
from hospes.modules.inventory.contracts import DepartureAsk, SlotAsk

PAID = frozenset({BookingStatus.CONFIRMED, BookingStatus.IN_PROGRESS})
GOODWILL = "nights:goodwill"
GIVEN = "given_back"  # by staff, after booking; stays when something is changed


@dataclass(frozen=True, slots=True)
class Settled:
    """The quote at which a booking goes on, and what is due (above zero) or comes back (below)."""

    quote: Quote
    difference: int
    kept: int


def wish_of(booking: Booking) -> Wish:
    """What the booking is, as a wish."""
    terms = booking.terms
    extras = tuple(Extra(each.resource_id, each.quantity) for each in terms.items[1:])
    quantity = 1 if booking.mode is Mode.DEPARTURE else booking.quantity
    return Wish(booking.resource_id, _when(booking), booking.party, quantity, terms.plan_id, (), extras, terms.unit_id)


def changed_wish(booking: Booking, change: Change) -> Wish:
    """What it would be; raises `ChangeRefused` for a change that says nothing, or speaks of another way to sell."""
    now, party = wish_of(booking), booking.party
    moved = change.resource_id is not None and change.resource_id != booking.resource_id
    wish = replace(
        now,
        resource_id=change.resource_id or now.resource_id,
        when=_changed_when(now.when, change),
        party=Party(
            adults=party.adults if change.adults is None else change.adults,
            children=party.children if change.children is None else change.children,
            infants=party.infants if change.infants is None else change.infants,
            pets=party.pets if change.pets is None else change.pets,
        ),
        quantity=change.quantity or now.quantity,
        plan_id=change.plan_id or (None if moved else now.plan_id),
        children_ages=change.children_ages,
        unit_id=change.unit_id or (None if moved else now.unit_id),
    )
    if change.unit_id and not isinstance(wish.when, Hours):
        raise ChangeRefused("Only an appointment is with somebody; rooms are given by the house.")
    if replace(wish, children_ages=()) == now:
        raise ChangeRefused("This is what is booked already.")
    return wish


def changed_booking(booking: Booking, quote: Quote, now: datetime) -> Booking:
    """The booking as the quote says."""
    return replace(
        booking,
        property_id=quote.property_id,
        resource_id=quote.resource_id,
        arrival=quote.arrival,
        departure=quote.departure,
        check_in_at=quote.check_in_at,
        check_out_at=quote.check_out_at,
        party=quote.party,
        total=quote.total,
        terms=quote.terms,
        quantity=quote.terms.items[0].quantity,
        updated_at=now,
        version=booking.version + 1,
    )


def check_changeable(booking: Booking, wish: Wish, *, by_guest: bool, now: datetime) -> None:
    """Raises `NotAllowed` or `ChangeRefused` for what must not change in this status, or not by the guest."""
    old = wish_of(booking)
    paid = booking.status in PAID
    if not paid and booking.decide_by is not None and booking.decide_by <= now:
        raise NotAllowed("The time of this booking has run out.")
    if booking.status is BookingStatus.IN_PROGRESS:
        if not isinstance(wish.when, Nights) or wish.when.arrival != booking.arrival:
            raise NotAllowed("The stay has begun, so its arrival stays as it is.")
        if wish.when.departure < booking.departure:
            raise NotAllowed("The stay has begun: leave early instead.")
    elif by_guest and now >= booking.check_in_at:
        raise NotAllowed("It is about to begin, so only the host can still see to it.")
    if paid and wish.plan_id != old.plan_id and wish.resource_id == old.resource_id:
        tier = tier_at(booking.terms.cancellation, now)
        if tier is None or tier.refund_bp != FULL:
            raise ChangeRefused("Another rate can be chosen only while cancellation is free.")
    if by_guest and paid and not booking.terms.instant and _takes_more(old, wish):
        raise ChangeRefused("The host accepts stays here one by one: please ask them to make this change.")


def kept_nights(booking: Booking, wish: Wish) -> dict[date, int]:
    """The price of each night that was agreed; none when it is another resource."""
    return dict(booking.terms.price.nights) if wish.resource_id == booking.resource_id else {}


def settle(booking: Booking, quote: Quote, *, plan_changed: bool, giving: Giving | None, now: datetime) -> Settled:
    """The quote with the terms that go on and the total that makes the money add up. `giving`: by staff."""
    old, paid = booking.terms, booking.status in PAID
    price = quote.terms.price
    if price.currency != old.price.currency:
        raise ChangeRefused("This is sold in another currency.")
    price = with_lines(price, *(line for line in old.price.lines if line.code in (KEPT, GIVEN)))
    fall, kept = _gross(old.price) - _gross(price), 0
    difference = price.total - old.price.total
    if paid and fall > 0:
        back = fall * share_back(booking, giving, now) // FULL
        kept = fall - back
        price = with_credit_at(price, credit_in(old.price) - credit_share(old.price, back))
        if kept:
            price = with_lines(price, kept_line(kept))
    elif giving is Giving.FREE and difference > 0:
        price = with_lines(price, PriceLine(GOODWILL, "With the compliments of the house", 1, -difference, -difference))
    terms = _carried(old, quote.terms, price, plan_changed=plan_changed, fixed=paid, now=now)
    return Settled(replace(quote, terms=terms), price.total - old.price.total, kept)


def _gross(price: Price) -> int:
    """What it costs, in money and credit."""
    return price.total + credit_in(price)


def credit_share(price: Price, back: int) -> int:
    """How much of what comes back is credit: as much of it as of the price, rounded down; the rest is money. At most
    what was spent, and the money at most what was paid."""
    gross = _gross(price)
    return min(max(back, 0), gross) * credit_in(price) // gross if gross > 0 else 0


def share_back(booking: Booking, giving: Giving | None, now: datetime) -> int:
    """Basis points of what falls away that come back: everything when staff say so, else as of a night's price."""
    if giving is Giving.FULL:
        return FULL
    tier = tier_at(booking.terms.cancellation, now)
    return tier.refund_bp if tier else 0


def with_lines(price: Price, *lines: PriceLine) -> Price:
    """The same with lines at its end."""
    return replace(price, lines=(*price.lines, *lines), total=price.total + sum(line.amount for line in lines))


def kept_line(amount: int) -> PriceLine:
    """What the guest has paid for and gave up without getting it back."""
    return PriceLine(KEPT, "Kept by the cancellation terms", 1, amount, amount, "Of what fell away at a change")


def _carried(old: Terms, new: Terms, price: Price, *, plan_changed: bool, fixed: bool, now: datetime) -> Terms:
    """New price and asks, the cancellation terms as accepted, unless another rate was chosen."""
    if plan_changed:
        return replace(new, price=price, instant=old.instant, paying=old.paying, shown=old.shown)
    start = new.cancellation.check_in_at
    accepted = old.cancellation if fixed else replace(old.cancellation, check_in_at=start, counts_from=None)
    terms = carry_over(accepted, start, mode=new.mode, now=now)
    return replace(
        new,
        price=price,
        cancellation=terms,
        house_rules=old.house_rules,
        instant=old.instant,
        paying=old.paying,
        shown=old.shown,
    )


def _when(booking: Booking) -> When:
    if booking.mode is Mode.NIGHTLY:
        return Nights(booking.arrival, booking.departure)
    ask = booking.terms.items[0].asks[0]
    if isinstance(ask, DepartureAsk):
        return Leaving(ask.departure_id)
    return Hours(booking.check_in_at, booking.check_out_at, ask.place if isinstance(ask, SlotAsk) else None)


def _changed_when(when: When, change: Change) -> When:
    nights, hours, leaving = (change.arrival or change.departure), change.hours, change.departure_id
    if isinstance(when, Nights):
        if hours or leaving:
            raise ChangeRefused("This is booked by the night.")
        return Nights(change.arrival or when.arrival, change.departure or when.departure)
    if isinstance(when, Hours):
        if nights or leaving:
            raise ChangeRefused("This is booked by the hour.")
        return replace(hours, place=hours.place or when.place) if hours else when
    if nights or hours:
        raise ChangeRefused("This is booked by departure.")
    return Leaving(leaving) if leaving else when


def _takes_more(old: Wish, new: Wish) -> bool:
    """Whether the host has not agreed to this: other times, another professional or resource, more guests or rooms."""
    if new.unit_id != old.unit_id:
        return True
    if new.resource_id != old.resource_id or new.quantity > old.quantity or new.party.guests > old.party.guests:
        return True
    if new.party.pets > old.party.pets:
        return True
    if isinstance(new.when, Nights) and isinstance(old.when, Nights):
        return new.when.arrival < old.when.arrival or new.when.departure > old.when.departure
    return new.when != old.when
