"""What is left to do on an account, and how complete a profile is."""

from dataclasses import dataclass

from hospes.modules.identity.contracts import User

COMPLETE_PERCENT = 80


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: its words, where it is done, and whether it is."""

    words: str
    path: str
    done: bool


def completeness(user: User) -> int:
    """How much of a profile is filled, in percent: name, phone, birth date, language, zone, country, city, bio."""
    filled = (
        bool(user.first_name and user.last_name),
        bool(user.phone),
        user.born_on is not None,
        bool(user.language),
        user.zone != "UTC",
        bool(user.country),
        bool(user.city),
        bool(user.bio),
    )
    return 100 * sum(filled) // len(filled)


def onboarding(user: User) -> tuple[Step, ...]:
    """The checklist of the account page, in the order in which it helps; empty once everything is done."""
    to_phone = "/verify" if user.phone else "/account/phone"
    steps = (
        Step("Confirm your email address", "/verify", user.email_verified_at is not None),
        Step("Confirm your phone number", to_phone, user.phone_verified_at is not None),
        Step("Add a photo", "#photo", user.photo is not None),
        Step(f"Complete your profile to {COMPLETE_PERCENT} %", "#profile", completeness(user) >= COMPLETE_PERCENT),
    )
    return () if all(step.done for step in steps) else steps
