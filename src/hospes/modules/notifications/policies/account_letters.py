"""What people are told about their account. Codes and links stand as `CODE` and `LINK` until a letter is sent."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from hospes.modules.notifications.contracts import CODE, LINK, Letter, Recipient
from hospes.modules.notifications.policies.moments import said_moment

NOT_ASKED = "If you did not ask for this, leave this message alone: nothing happens without the code or the link."
NEVER_TELL = "We never ask for this code on the phone or in a message. Do not pass it on."


def verify_email(to: Recipient) -> Letter:
    """The address somebody has signed up with."""
    return Letter(
        "Confirm your email address",
        "Confirm your email address",
        (f"Hello {to.first_name}, welcome. Type this code where you signed up, or use the button.",),
        (("Code", CODE), ("Good for", "10 minutes; the button for 24 hours")),
        ("Confirm my address", f"/verify?link={LINK}"),
        ("If you have not signed up, somebody has mistyped their address: leave this message alone.", NEVER_TELL),
    )


def change_email(to: Recipient) -> Letter:
    """To the address somebody wants to have from now on."""
    return Letter(
        "Confirm your new email address",
        "Confirm your new email address",
        (f"Hello {to.first_name}, with this code or button your account moves to this address.",),
        (("Code", CODE), ("Good for", "10 minutes; the button for 24 hours")),
        ("Use this address", f"/account/email?link={LINK}"),
        (NOT_ASKED, NEVER_TELL),
    )


def reset_password(to: Recipient) -> Letter:
    """To who has forgotten theirs."""
    return Letter(
        "Set a new password",
        "Set a new password",
        (f"Hello {to.first_name}, somebody has asked for a new password for your account. If it was you, go on here.",),
        (("Code", CODE), ("Good for", "10 minutes; the button for an hour")),
        ("Set a new password", f"/reset?link={LINK}"),
        (NOT_ASKED, NEVER_TELL),
    )


def second_factor(to: Recipient) -> Letter:
    """The second step of signing in, or of setting one up."""
    return Letter(
        "Your code",
        "Your code",
        (f"Hello {to.first_name}, this is the code you were asked for.",),
        (("Code", CODE), ("Good for", "10 minutes")),
        None,
        (f"If you were not asked for one, somebody knows your password: change it. {NEVER_TELL}",),
    )


def code_by_sms(to: Recipient) -> Letter:
    """One line that phones can fill in by themselves."""
    said = f"{CODE} is your Hospes code, good for 10 minutes. Never pass it on."
    return Letter("", "", (said,))


def welcome(to: Recipient, *, places: Sequence[str]) -> Letter:
    """Once the address is confirmed: what to do first, and where to look. `places` are cities."""
    facts = (("Popular now", ", ".join(places)),) if places else ()
    go = ("Find a place", f"/search?place={quote(places[0])}" if places else "/search")
    return Letter(
        f"Welcome to Hospes, {to.first_name}",
        "Welcome, your address is confirmed",
        (
            f"Hello {to.first_name}, your account is ready. Look around, and book when you are sure:"
            " every price you see is the price you pay.",
            "A phone number and a photo help hosts to know who is coming; your account page shows what is left to do.",
        ),
        facts,
        go,
        ("Have something to share? Any account can become a host, on the account page.",),
    )


def password_changed(to: Recipient, *, at: datetime) -> Letter:
    """A notice; the way back if it was somebody else."""
    return Letter(
        "Your password was changed",
        "Your password was changed",
        (
            f"Hello {to.first_name}, your password was changed on {said_moment(at, to.zone)}. All other devices were"
            " signed out.",
            "If it was not you, set a new password now.",
        ),
        (),
        ("It was not me", "/forgot"),
    )


def email_changed(to: Recipient, *, at: datetime) -> Letter:
    """To the old address, with the way back."""
    return Letter(
        "Your account has a new email address",
        "Your account has a new email address",
        (
            f"Hello {to.first_name}, since {said_moment(at, to.zone)} your account no longer uses this address.",
            "If it was not you, take it back within 7 days: your account returns to this address, everybody is signed"
            " out, and you set a new password.",
        ),
        (),
        ("It was not me, take it back", f"/undo?link={LINK}"),
    )


def phone_changed(to: Recipient, *, at: datetime) -> Letter:
    """By mail, with the way back."""
    return Letter(
        "Your account has a new phone number",
        "Your account has a new phone number",
        (
            f"Hello {to.first_name}, the phone number of your account was changed on {said_moment(at, to.zone)}.",
            "If it was not you, take it back within 7 days: the old number returns, everybody is signed out, and you"
            " set a new password.",
        ),
        (),
        ("It was not me, take it back", f"/undo?link={LINK}"),
    )


def phone_replaced(to: Recipient) -> Letter:
    """To the old number."""
    said = "This number was removed from your Hospes account. If it was not you, follow the link in the mail we sent."
    return Letter("", "", (said,))


def locked_out(to: Recipient, *, at: datetime) -> Letter:
    """Somebody guesses; who it may be, and what still works."""
    return Letter(
        "Wrong passwords for your account",
        "Somebody tried wrong passwords",
        (
            f"Hello {to.first_name}, several wrong passwords were given for your account until"
            f" {said_moment(at, to.zone)}. It now rests for a while and takes no passwords from unknown browsers.",
            "Browsers you have signed in with before are not concerned. If it was you, set a new password and go on at"
            " once; if it was not, nobody got in, and there is nothing you must do.",
        ),
        (),
        ("Set a new password", "/forgot"),
        ("We tell you once a day at most.",),
    )
