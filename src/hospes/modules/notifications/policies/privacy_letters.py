"""What people are told about copies of their data and the deletion of their account."""

from collections.abc import Sequence
from datetime import datetime

from hospes.modules.notifications.contracts import Letter, Recipient
from hospes.modules.notifications.policies.moments import said_moment

_IN_THE_WAY = {
    "stay_to_come": "a stay of yours that is not over",
    "guests_to_come": "guests who are booked with you",
    "dispute_open": "an open dispute about a payment",
    "money_moving": "a payment or refund under way",
    "payout_unpaid": "money we still owe you",
    "business_has_members": "people who work in your business",
    "last_admin": "nobody else is an admin",
}


def export_ready(to: Recipient, *, ends_at: datetime) -> Letter:
    """The copy can be fetched."""
    return Letter(
        "Your copy is ready",
        "The copy of your data is ready",
        (f"Hello {to.first_name}, you can download it until {said_moment(ends_at, to.zone)}. Sign in for it.",),
        (),
        ("Download my copy", "/account/privacy"),
        ("If you did not ask for a copy, somebody may be in your account: change your password.",),
    )


def deletion_asked(to: Recipient, *, due_at: datetime) -> Letter:
    """When it will happen, and how to take it back."""
    return Letter(
        "Your account will be deleted",
        "Your account will be deleted",
        (
            f"Hello {to.first_name}, you have asked us to delete your account. It will be gone after"
            f" {said_moment(due_at, to.zone)}, and nobody can bring it back then.",
            "If you change your mind, or if it was not you, sign in before: that takes it back.",
        ),
        (),
        ("Keep my account", "/login"),
    )


def deletion_undone(to: Recipient) -> Letter:
    """It stays."""
    return Letter(
        "Your account stays",
        "Your account stays",
        (f"Hello {to.first_name}, you have signed in, so your account will not be deleted.",),
        (),
        ("Privacy", "/account/privacy"),
    )


def deletion_put_off(to: Recipient, *, in_the_way: Sequence[str]) -> Letter:
    """Something has come in between."""
    why = ", ".join(_IN_THE_WAY.get(kind, "something that is not settled") for kind in in_the_way)
    return Letter(
        "Your account cannot be deleted yet",
        "Your account cannot be deleted yet",
        (
            f"Hello {to.first_name}, something still needs your account: {why}.",
            "We look again every day and delete it once that is over. You need not do anything.",
        ),
    )
