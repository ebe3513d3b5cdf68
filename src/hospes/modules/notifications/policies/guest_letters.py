"""What guests are told about their bookings."""

from collections.abc import Sequence
from datetime import datetime

from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.notifications.contracts import Letter, Recipient
from hospes.modules.notifications.policies.moments import hours_of, nearby, party_words, said_moment, span_of
from hospes.platform.money import Money


def facts_of(booking: Booking, *, total: str = "Total") -> tuple[tuple[str, str], ...]:
    """What, where, when, who and how much."""
    terms = booking.terms
    many = f"{booking.quantity} × " if booking.quantity > 1 else ""
    return (
        ("Where", nearby(booking)),
        ("What", f"{many}{terms.resource_name}"),
        ("When", span_of(booking)),
        *hours_of(booking),
        ("Who", party_words(booking.party)),
        (total, booking.total.text()),
        ("Reference", booking.reference),
    )


def trip(booking: Booking) -> tuple[str, str]:
    """The way to the booking's page."""
    return "See your trip", f"/trips/{booking.id}"


def requested(booking: Booking, to: Recipient) -> Letter:
    """The host has been asked."""
    until = f" They answer until {said_moment(booking.decide_by, to.zone)}." if booking.decide_by else ""
    return Letter(
        f"Your request for {booking.terms.property_name}",
        "Your request is with the host",
        (
            f"Hello {to.first_name}, we have passed on your request.{until}",
            "You pay once they accept. Until then the place is kept for you, and nothing is charged.",
        ),
        facts_of(booking),
        trip(booking),
    )


def accepted(booking: Booking, to: Recipient) -> Letter:
    """The host has said yes; now it is to be paid."""
    until = said_moment(booking.decide_by, to.zone) if booking.decide_by else "soon"
    return Letter(
        f"Accepted: {booking.terms.property_name}. Please pay to confirm",
        "The host has accepted",
        (f"Hello {to.first_name}, the place is yours once it is paid. It is kept for you until {until}.",),
        facts_of(booking),
        (f"Pay {booking.total.text()}", f"/pay/{booking.id}"),
    )


def confirmed(booking: Booking, to: Recipient, *, address: str, attached: str, unpaid: int) -> Letter:
    """It is settled. `attached`: what is, in words; `unpaid` minor units are still to be paid."""
    facts = facts_of(booking)
    if address:
        facts = (facts[0], ("Address", address), *facts[1:])
    rest = (f"{Money(unpaid, booking.total.currency).text()} is still to be paid; we tell you when.",) if unpaid else ()
    return Letter(
        f"Confirmed: {booking.terms.property_name}, {span_of(booking)}",
        f"You are going to {booking.terms.city}",
        (f"Hello {to.first_name}, your booking is confirmed.", *rest, *((attached,) if attached else ())),
        facts,
        trip(booking),
        booking.terms.cancellation.text,
    )


def declined(booking: Booking, to: Recipient, *, note: str) -> Letter:
    """The host has said no."""
    said = (f"They wrote: “{note}”",) if note else ()
    return Letter(
        f"Not possible: {booking.terms.property_name}",
        "The host could not take your request",
        (f"Hello {to.first_name}, this time it did not work out. Nothing was charged.", *said),
        facts_of(booking),
        ("Look for another place", "/search"),
    )


def expired(booking: Booking, to: Recipient, *, asked: bool) -> Letter:
    """Time ran out: of the host to answer (`asked`), or of the guest to pay."""
    why = "The host did not answer in time." if asked else "It was not paid in time."
    return Letter(
        f"Your time for {booking.terms.property_name} has run out",
        "The time has run out",
        (
            f"Hello {to.first_name}. {why} The place is no longer kept for you.",
            "If a payment was under way, it goes back to you by itself.",
        ),
        facts_of(booking),
        ("See the place again", f"/stays/{booking.resource_id}"),
    )


def changed(booking: Booking, to: Recipient, *, old_total: int, by_guest: bool, attached: str) -> Letter:
    """The booking as it is from now on, and what that does to the price."""
    who = "as you asked" if by_guest else "by your host"
    return Letter(
        f"Changed: {booking.terms.property_name}, {span_of(booking)}",
        "Your booking has changed",
        (
            f"Hello {to.first_name}, your booking was changed {who}. {_difference(booking, old_total)}",
            *((attached,) if attached else ()),
        ),
        facts_of(booking, total="New total"),
        trip(booking),
    )


def _difference(booking: Booking, old_total: int) -> str:
    difference = Money(abs(booking.total.amount - old_total), booking.total.currency).text()
    if booking.total.amount == old_total:
        return "The price is the same."
    if booking.total.amount > old_total:
        return f"It costs {difference} more."
    return f"It costs {difference} less; what you have paid of that goes back the way you paid."


def cancelled(
    booking: Booking,
    to: Recipient,
    *,
    by_guest: bool,
    refund: int,
    paid: int,
    credit: int = 0,
    note: str,
    attached: str,
) -> Letter:
    """It is off, and what comes back: `refund` of `paid` minor units, and `credit` as credit."""
    who = "You have cancelled this booking." if by_guest else "Your booking has been cancelled by the host."
    back = Money(refund, booking.total.currency).text()
    if not paid:
        money = "Nothing had been paid, so nothing is charged."
    elif refund:
        of = Money(paid, booking.total.currency).text()
        money = f"{back} of {of} goes back the way you paid. Banks take a few days to show it."
    else:
        money = "By the terms of this booking nothing of what was paid comes back."
    if credit:
        money += f" {Money(credit, booking.total.currency).text()} comes back as credit."
    said = (f"They wrote: “{note}”",) if note and not by_guest else ()
    return Letter(
        f"Cancelled: {booking.terms.property_name}",
        "This booking is cancelled",
        (f"Hello {to.first_name}. {who} {money}", *said, *((attached,) if attached else ())),
        (*facts_of(booking), *((("Refund", back),) if paid else ())),
        trip(booking),
    )


def series_booked(made: Sequence[Booking], to: Recipient) -> Letter:
    """Several at once, each of them a booking."""
    first = made[0]
    asked = any(each.status is BookingStatus.PENDING_APPROVAL for each in made)
    due = max((each.decide_by for each in made if each.decide_by), default=None)
    then = (
        "The host is asked for each of them; you pay what they accept."
        if asked
        else "Each is confirmed once it is paid."
    )
    until = f" Time to pay: until {said_moment(due, to.zone)}." if due and not asked else ""
    total = Money(sum(each.total.amount for each in made), first.total.currency)
    return Letter(
        f"{len(made)} dates at {first.terms.property_name}",
        f"{len(made)} dates in a row",
        (f"Hello {to.first_name}, these dates are kept for you. {then}{until}",),
        (
            ("Where", nearby(first)),
            ("What", first.terms.resource_name),
            *((f"{number}.", f"{span_of(each)} · {each.total.text()}") for number, each in enumerate(made, 1)),
            ("All together", total.text()),
        ),
        ("See your trips", "/trips"),
    )


def waitlist_offer(name: str, when: str, until: datetime, to: Recipient, *, path: str) -> Letter:
    """A place has become free, and is kept for a while."""
    return Letter(
        f"A place is free: {name}",
        "A place has become free",
        (
            f"Hello {to.first_name}, what you are waiting for is free. It is kept for you until"
            f" {said_moment(until, to.zone)}; after that the next in the queue is asked.",
        ),
        (("What", name), ("When", when)),
        ("Book it now", path),
    )
