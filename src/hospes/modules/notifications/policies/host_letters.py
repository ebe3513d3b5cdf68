"""What hosts are told."""

from hospes.modules.booking.contracts import Booking
from hospes.modules.notifications.contracts import Letter, Recipient
from hospes.modules.notifications.policies.guest_letters import facts_of
from hospes.modules.notifications.policies.moments import said_moment, span_of
from hospes.platform.money import Money


def _facts(booking: Booking, guest: str) -> tuple[tuple[str, str], ...]:
    return (("Guest", guest), *facts_of(booking))


def _page(booking: Booking) -> str:
    return f"/host/bookings/{booking.id}"


def request(booking: Booking, to: Recipient, *, guest: str, others: int) -> Letter:
    """Somebody asks; `others` more of a series wait beside it."""
    until = f" Please answer until {said_moment(booking.decide_by, to.zone)}." if booking.decide_by else ""
    more = f" and {others} more date{'' if others == 1 else 's'}" if others else ""
    said = (f"They wrote: “{booking.message}”",) if booking.message else ()
    return Letter(
        f"Request: {guest}, {span_of(booking)}",
        "Somebody would like to come",
        (f"Hello {to.first_name}, {guest} asks for {booking.terms.resource_name}{more}.{until}", *said),
        _facts(booking, guest),
        ("Answer the request", _page(booking)),
    )


def new_booking(booking: Booking, to: Recipient, *, guest: str) -> Letter:
    """A booking is confirmed."""
    said = (f"They wrote: “{booking.message}”",) if booking.message else ()
    return Letter(
        f"New booking: {guest}, {span_of(booking)}",
        "You have a new booking",
        (f"Hello {to.first_name}, {guest} has booked {booking.terms.resource_name}.", *said),
        _facts(booking, guest),
        ("See the booking", _page(booking)),
    )


def changed(booking: Booking, to: Recipient, *, guest: str) -> Letter:
    """A guest has changed theirs."""
    return Letter(
        f"Changed: {guest}, {span_of(booking)}",
        "A booking has changed",
        (f"Hello {to.first_name}, {guest} has changed their booking. This is how it is now.",),
        _facts(booking, guest),
        ("See the booking", _page(booking)),
    )


def cancelled(booking: Booking, to: Recipient, *, guest: str, refund: int, note: str) -> Letter:
    """It is off, and the dates are on sale again."""
    back = Money(refund, booking.total.currency).text()
    said = (f"They wrote: “{note}”",) if note else ()
    return Letter(
        f"Cancelled: {guest}, {span_of(booking)}",
        "A booking is cancelled",
        (
            f"Hello {to.first_name}, the booking of {guest} is cancelled. The dates are on sale again."
            + (f" {back} goes back to the guest." if refund else " Nothing goes back to the guest."),
            *said,
        ),
        _facts(booking, guest),
        ("See the booking", _page(booking)),
    )


def payout_sent(to: Recipient, *, amount: Money, business: str) -> Letter:
    """Money is on its way to the business."""
    return Letter(
        f"{amount.text()} is on its way to you",
        "A payout is on its way",
        (f"Hello {to.first_name}, {amount.text()} has been sent to the account of {business}.",),
        (("Payout", amount.text()), ("Business", business)),
        ("See your earnings", "/host/earnings"),
    )


def payout_failed(to: Recipient, *, amount: Money, business: str, reason: str) -> Letter:
    """Money could not be sent; it stays on the balance."""
    why = f" The reason given: {reason}." if reason else ""
    return Letter(
        f"A payout of {amount.text()} did not go through",
        "A payout did not go through",
        (f"Hello {to.first_name}, {amount.text()} could not be sent to {business}. It stays on your balance.{why}",),
        (("Payout", amount.text()), ("Business", business)),
        ("Check your account for payouts", "/host/earnings"),
    )


def fees_invoiced(to: Recipient, *, amount: Money, code: str) -> Letter:
    """The platform's invoice over a month's fees, or a credit note over what it gave back of them."""
    what = "invoice" if amount.amount >= 0 else "credit note"
    said = "Nothing is to be paid: it was kept from your bookings." if amount.amount >= 0 else "It is on your balance."
    return Letter(
        f"Our {what} {code} to you",
        f"Our {what} to you",
        (f"Hello {to.first_name}, our {what} over {amount.text()} of service fees and commission is attached. {said}",),
        (("Number", code), ("Total", amount.text())),
        ("See your invoices", "/host/invoices#fees"),
    )
