"""What people are told when something changes in how they sign in."""

from datetime import datetime

from hospes.modules.notifications.contracts import Letter, Recipient
from hospes.modules.notifications.policies.moments import said_moment

SECURITY = "/account/security"
WHAT = {"totp": "an authenticator app", "sms": "codes by text message", "passkey": "a passkey"}
NOT_YOU = "If it was not you, set a new password now and look at what is listed under Security in your account."


def factor_added(to: Recipient, *, kind: str, name: str, at: datetime) -> Letter:
    """One more way to prove it is them."""
    return Letter(
        f"You set up {WHAT[kind]}",
        "A second step was set up",
        (f"Hello {to.first_name}, {_named(kind, name)} now protects your account.", NOT_YOU),
        (("When", said_moment(at, to.zone)),),
        ("Look at your security", SECURITY),
    )


def factor_removed(to: Recipient, *, kind: str, name: str, left: int, at: datetime) -> Letter:
    """One less; the last one leaves the password alone."""
    off = " Your password alone opens your account now." if not left else ""
    return Letter(
        "Your second step is off" if not left else "A second step was removed",
        "Your second step is off" if not left else "A second step was removed",
        (f"Hello {to.first_name}, {_named(kind, name)} was removed from your account.{off}", NOT_YOU),
        (("When", said_moment(at, to.zone)),),
        ("Look at your security", SECURITY),
    )


def recovery_codes_made(to: Recipient, *, at: datetime) -> Letter:
    """Old ones are worthless."""
    return Letter(
        "New recovery codes",
        "New recovery codes were made",
        (f"Hello {to.first_name}, your account has ten new recovery codes; older ones no longer work.", NOT_YOU),
        (("When", said_moment(at, to.zone)),),
        ("Look at your security", SECURITY),
    )


def recovery_code_used(to: Recipient, *, left: int, at: datetime) -> Letter:
    """Somebody came in with one."""
    few = " Better make new ones soon." if left < 4 else ""
    return Letter(
        "A recovery code was used",
        "A recovery code was used",
        (
            f"Hello {to.first_name}, somebody with your password used one of your recovery codes."
            f" {left} {'is' if left == 1 else 'are'} left.{few}",
            NOT_YOU,
        ),
        (("When", said_moment(at, to.zone)),),
        ("Look at your security", SECURITY),
    )


def api_key_made(to: Recipient, *, name: str, at: datetime, old_ends_at: datetime | None = None) -> Letter:
    """A program can act in their name; `old_ends_at`: until when the key it replaces is good."""
    old = f" The key before it stays good until {said_moment(old_ends_at, to.zone)}." if old_ends_at else ""
    return Letter(
        "An API key was replaced" if old_ends_at else "A new API key",
        "An API key was replaced" if old_ends_at else "A new API key was made",
        (
            f"Hello {to.first_name}, a key with the name “{name}” was made in your account. Whoever has it does in"
            f" your name what it allows.{old}",
            "If it was not you, revoke it now and set a new password.",
        ),
        (("When", said_moment(at, to.zone)),),
        ("Look at your keys", "/account/keys"),
    )


def new_device(to: Recipient, *, device: str, place: str, at: datetime) -> Letter:
    """A browser or client they never used."""
    facts = (("Device", device), *((("Network", place),) if place else ()), ("When", said_moment(at, to.zone)))
    return Letter(
        f"New sign-in: {device}",
        "Somebody signed in with a new device",
        (f"Hello {to.first_name}, your account was opened with a device we have not seen before.", NOT_YOU),
        facts,
        ("Look at your security", SECURITY),
        ("If it was you, there is nothing to do.",),
    )


def reset_asked(to: Recipient, *, at: datetime) -> Letter:
    """Somebody with the password has lost the rest."""
    return Letter(
        "You asked us to remove your second step",
        "We have your request",
        (
            f"Hello {to.first_name}, somebody who knows your password says that every second step is lost. Before we"
            " remove them we make sure that it is you; please answer when we write or call.",
            "If it was not you, sign in, stop it under Security, and change your password.",
        ),
        (("When", said_moment(at, to.zone)),),
        ("It was not me", SECURITY),
    )


def reset_approved(to: Recipient, *, due_at: datetime) -> Letter:
    """A day to say no."""
    when = said_moment(due_at, to.zone)
    return Letter(
        "Your second steps will be removed tomorrow",
        "Your second steps will be removed",
        (
            f"Hello {to.first_name}, as you asked us, we remove your second steps on {when}. From then on your password"
            " opens your account; set up a new second step at once.",
            "If you did not ask for this, sign in and stop it under Security before that time, and change your"
            " password.",
        ),
        (("Removed on", when),),
        ("Stop it", SECURITY),
    )


def reset_refused(to: Recipient) -> Letter:
    """It does not happen."""
    return Letter(
        "Your second steps stay",
        "We could not remove your second steps",
        (
            f"Hello {to.first_name}, we could not make sure that it was you who asked us to remove your second steps,"
            " so they stay. You can ask again when you sign in, and tell us more.",
        ),
        (),
        ("Sign in", "/login"),
    )


def factors_reset(to: Recipient, *, at: datetime) -> Letter:
    """Done."""
    return Letter(
        "Your second steps are removed",
        "Your second steps are removed",
        (
            f"Hello {to.first_name}, your second steps, recovery codes and trusted browsers were removed, and you were"
            " signed out everywhere. Sign in with your password and set up a new second step.",
        ),
        (("When", said_moment(at, to.zone)),),
        ("Sign in", "/login?next=/account/security"),
    )


def _named(kind: str, name: str) -> str:
    return f"the passkey “{name}”" if kind == "passkey" and name else WHAT[kind]
