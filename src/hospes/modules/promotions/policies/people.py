"""When a profile is complete, and when two addresses are one person's."""

from datetime import date

from babel.numbers import get_territory_currencies

from hospes.modules.identity.contracts import User

COMPLETE_PERCENT = 80
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


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


def normal_email(email: str) -> str:
    """The mailbox behind an address: without what follows a plus, and without dots where dots do not count."""
    name, _, domain = email.strip().lower().rpartition("@")
    name = name.partition("+")[0]
    domain = domain.rstrip(".")
    return f"{name.replace('.', '')}@{_DOTLESS[domain]}" if domain in _DOTLESS else f"{name}@{domain}"


def birthdays_on(day: date) -> list[tuple[int, int]]:
    """Whose birthday it is, as month and day; whoever was born on 29 February has it on 1 March in other years."""
    days = [(day.month, day.day)]
    leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    if days == [(3, 1)] and not leap:
        days.append((2, 29))
    return days


def currency_for(country: str | None, amounts: dict[str, int], on: date) -> str:
    """The currency somebody gets: that of their country if there is an amount in it, else the first."""
    if country is not None:
        for each in get_territory_currencies(country, on):
            if each in amounts:
                return str(each)
    return next(iter(amounts))
