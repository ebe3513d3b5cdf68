"""What guests are told about money."""

from datetime import datetime

from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.notifications.contracts import Letter, Recipient
from hospes.modules.notifications.policies.guest_letters import facts_of, trip
from hospes.modules.notifications.policies.moments import said_moment
from hospes.platform.money import Money


def payment_failed(booking: Booking, to: Recipient, *, amount: Money, paid_for: str) -> Letter:
    """A payment was refused; there may be time to try again."""
    waits = booking.status is BookingStatus.PENDING_PAYMENT and booking.decide_by
    until = (
        f" You can try again until {said_moment(booking.decide_by, to.zone)}." if waits and booking.decide_by else ""
    )
    return Letter(
        f"Your payment for {booking.terms.property_name} did not go through",
        "The payment did not go through",
        (
            f"Hello {to.first_name}, {amount.text()} could not be taken, so nothing was charged.{until}",
            "Another card, or a word with your bank, usually helps.",
        ),
        facts_of(booking),
        ("Try again", f"/pay/{paid_for}"),
    )


def share_let_go(booking: Booking, to: Recipient, *, amount: Money, paid_for: str) -> Letter:
    """Several methods share a payment, another one was refused: what was held of this one is free again."""
    return Letter(
        f"Your part of {amount.text()} for {booking.terms.property_name} was not charged",
        "Your part was not charged",
        (
            f"Hello {to.first_name}, another part of this payment did not go through, and parts are only taken"
            f" together. Your {amount.text()} was not charged; if your bank shows it as held, it is let go.",
        ),
        (("Your part", amount.text()), *facts_of(booking)),
        ("Try again", f"/pay/{paid_for}"),
    )


def share_given_back(booking: Booking, to: Recipient, *, amount: Money) -> Letter:
    """Several methods share a payment, another one did not come: what was taken of this one has gone back."""
    return Letter(
        f"Your part of {amount.text()} has gone back to you",
        "Your part has gone back to you",
        (
            f"Hello {to.first_name}, another part of this payment was not paid, and parts are only kept together."
            f" We have given back your {amount.text()} the way you paid. Banks take a few days to show it.",
        ),
        (("Your part", amount.text()), *facts_of(booking)),
        trip(booking),
    )


def balance_due(booking: Booking, to: Recipient, *, amount: Money, due_at: datetime | None) -> Letter:
    """The rest of a booking paid in parts is taken soon."""
    when = f" on {said_moment(due_at, to.zone)}" if due_at else " soon"
    return Letter(
        f"{amount.text()} for {booking.terms.property_name} is due",
        "The rest of your booking is due",
        (f"Hello {to.first_name}, we take the remaining {amount.text()}{when}, the way you paid the first part.",),
        (*facts_of(booking), ("Due now", amount.text())),
        ("Pay or change the card", f"/pay/{booking.id}"),
    )


def balance_failed(booking: Booking, to: Recipient, *, amount: Money, lapses_at: datetime | None) -> Letter:
    """The rest could not be taken; the booking ends if it is not paid in time."""
    until = f" Please pay it until {said_moment(lapses_at, to.zone)}." if lapses_at else " Please pay it now."
    return Letter(
        f"Please pay {amount.text()} for {booking.terms.property_name}",
        "The rest could not be taken",
        (
            f"Hello {to.first_name}, {amount.text()} could not be taken from your card.{until}"
            " Otherwise your booking ends by its cancellation terms.",
        ),
        (*facts_of(booking), ("To pay", amount.text())),
        (f"Pay {amount.text()}", f"/pay/{booking.id}"),
    )


def renewal_refused(booking: Booking, to: Recipient, *, amount: Money, ends_at: datetime | None, page: str) -> Letter:
    """What is reserved on the card lapses, and could not be renewed."""
    ends = f" ends {said_moment(ends_at, to.zone)}" if ends_at else " ends soon"
    return Letter(
        f"Please choose a card again for {booking.terms.property_name}",
        "Your card could not be reserved again",
        (
            f"Hello {to.first_name}, the {amount.text()} reserved on your card{ends}, and your bank does not renew it."
            " Nothing has been taken. Please choose a card again, so that your booking stays as it is.",
        ),
        (*facts_of(booking), ("Reserved", amount.text())),
        ("Choose a card", page),
    )


def balance_paid(booking: Booking, to: Recipient, *, amount: Money) -> Letter:
    """The rest has been taken."""
    return Letter(
        f"Received: {amount.text()} for {booking.terms.property_name}",
        "Thank you, everything is paid",
        (f"Hello {to.first_name}, the remaining {amount.text()} has arrived. Your receipt is attached.",),
        facts_of(booking),
        trip(booking),
    )


def refund_done(booking: Booking, to: Recipient, *, amount: Money) -> Letter:
    """Money has gone back."""
    return Letter(
        f"{amount.text()} has gone back to you",
        "Your refund is on its way",
        (
            f"Hello {to.first_name}, we have given back {amount.text()} the way you paid."
            " Banks take a few days to show it.",
        ),
        (("Refund", amount.text()), *facts_of(booking)),
        trip(booking),
    )


def coupon_issued(to: Recipient, *, code: str, words: str, ends_at: datetime | None) -> Letter:
    """Something off the next booking."""
    until = f" Use it until {said_moment(ends_at, to.zone)}." if ends_at else ""
    return Letter(
        f"A coupon for you: {code}",
        "A coupon for you",
        (f"Hello {to.first_name}, enter this code when you book.{until}",),
        (("Code", code), *((("Worth", words),) if words else ())),
        ("Find a place", "/search"),
    )


def credit_given(to: Recipient, *, amount: Money, ends_at: datetime | None) -> Letter:
    """Credit for the next booking."""
    until = f" It is yours until {said_moment(ends_at, to.zone)}." if ends_at else ""
    return Letter(
        f"{amount.text()} credit for you",
        f"{amount.text()} for your next booking",
        (
            f"Hello {to.first_name}, we have added {amount.text()} to your credit."
            f" You can use it at the checkout.{until}",
        ),
        (("Credit", amount.text()),),
        ("Find a place", "/search"),
    )
