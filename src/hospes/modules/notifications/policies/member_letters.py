"""What people are told of who works for a business. The link of an invitation stands as `LINK` until it is sent."""

from collections.abc import Sequence
from datetime import datetime

from hospes.modules.notifications.contracts import LINK, Letter, Recipient
from hospes.modules.notifications.policies.moments import said_moment


def invited(to: Recipient, *, business: str, by: str, part: str, may: Sequence[str], until: datetime) -> Letter:
    """To an address, whoever has it, with an account or without: the letter is the same."""
    who = by or "Somebody who works there"
    return Letter(
        f"{who} invites you to work at {business}",
        f"Work at {business}",
        (
            f"Hello, {who} invites you to work at {business} on Hospes as {part}. This part includes:"
            f" {', '.join(may)}.",
            "Accept or decline on the page of the invitation, signed in with an account of this address. If you have"
            " none yet, you can make one there.",
        ),
        (("Business", business), ("Your part", part), ("Invited by", who), ("Good until", said_moment(until, to.zone))),
        ("See the invitation", f"/invitations/{LINK}"),
        ("If you do not know them, leave this letter alone: nothing happens without you. Do not pass the link on.",),
        because="because somebody there gave us this address",
    )


def joined(to: Recipient, *, business: str, who: str, part: str, page: str) -> Letter:
    """Somebody works there from now on."""
    return Letter(
        f"{who} works at {business} now",
        "Somebody has joined",
        (f"Hello {to.first_name}, {who} has accepted the invitation and works at {business} as {part}.",),
        (("Business", business), ("Who", who), ("Their part", part)),
        ("See who works there", page),
        ("If this is wrong, remove them on that page; it holds at once.",),
    )


def declined(to: Recipient, *, business: str, page: str) -> Letter:
    """An invitation is over."""
    return Letter(
        f"An invitation to {business} was declined",
        "Your invitation was declined",
        (f"Hello {to.first_name}, somebody you have invited to work at {business} does not want to.",),
        (("Business", business),),
        ("See who works there", page),
    )


def changed(to: Recipient, *, business: str, part: str, may: Sequence[str], page: str) -> Letter:
    """Another part."""
    return Letter(
        f"Your part at {business} has changed",
        f"You are {part} at {business} now",
        (f"Hello {to.first_name}, your part at {business} has changed. It includes: {', '.join(may)}.",),
        (("Business", business), ("Your part", part)),
        ("See who works there", page),
    )


def removed(to: Recipient, *, business: str) -> Letter:
    """They work there no more."""
    return Letter(
        f"You no longer work at {business}",
        f"You no longer work at {business}",
        (f"Hello {to.first_name}, you were removed from {business}. You reach nothing of it any more.",),
        (("Business", business),),
        ("Your account", "/account"),
    )


def left(to: Recipient, *, business: str, who: str, page: str) -> Letter:
    """A member has gone."""
    return Letter(
        f"{who} has left {business}",
        "Somebody has left",
        (f"Hello {to.first_name}, {who} works at {business} no more, by their own decision.",),
        (("Business", business), ("Who", who)),
        ("See who works there", page),
    )


def handed_on(to: Recipient, *, business: str, who: str, at: datetime) -> Letter:
    """To who was the owner."""
    return Letter(
        f"{business} belongs to {who} now",
        "You have handed your business over",
        (
            f"Hello {to.first_name}, {business} belongs to {who} now, and you work there as a manager. Your payout"
            " account is taken out; what was on its way to you arrives.",
            "If it was not you, set a new password now and write to us at once.",
        ),
        (("Business", business), ("New owner", who), ("When", said_moment(at, to.zone))),
        ("Look at your security", "/account/security"),
    )


def owned(to: Recipient, *, business: str, who: str, at: datetime) -> Letter:
    """To who owns it from now on."""
    return Letter(
        f"{business} is yours now",
        f"{business} is yours now",
        (
            f"Hello {to.first_name}, {who} has handed {business} over to you, with its listings, its bookings and what"
            " is owed on both sides.",
            "Nothing is paid out until you set up a payout account of yours; the page says what else is asked for."
            " Look at the details on your invoices, too: they stay as they are until you change them.",
        ),
        (("Business", business), ("From", who), ("When", said_moment(at, to.zone))),
        ("What is left to do", "/host/start"),
    )
