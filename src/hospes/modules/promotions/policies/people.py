"""When two addresses are one person's, whose birthday it is, and which currency somebody gets."""

from datetime import date

from babel.numbers import get_territory_currencies

_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


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
