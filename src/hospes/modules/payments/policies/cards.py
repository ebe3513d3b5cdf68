"""Judging a card form, and what the sandbox's well-known cards do.

Luhn's check digit: ISO/IEC 7812-1 annex B. The numbers are those every payment sandbox uses; a real card is refused.
"""

import re
from dataclasses import dataclass
from datetime import date

from hospes.modules.payments.contracts import CardForm


@dataclass(frozen=True, slots=True)
class SandboxCard:
    """A number of the sandbox and what paying with it does.

    decline:<reason>; challenge: the bank asks the payer; slow; lost: taken, the answer is lost; outage: out of service
    once; silent: taken, and the call never returns; nonsense: no answer ever makes sense; lapse: what was authorised
    cannot be taken any more; dispute:<lost|won>: taken, a minute later the bank takes it back, and three days later it
    is decided.
    """

    number: str
    behaviour: str
    brand: str = "visa"


SANDBOX_CARDS = (
    SandboxCard("4242424242424242", "succeed"),
    SandboxCard("5555555555554444", "succeed", "mastercard"),
    SandboxCard("4000000000000002", "decline:card_declined"),
    SandboxCard("4000000000009995", "decline:insufficient_funds"),
    SandboxCard("4000000000000069", "decline:expired_card"),
    SandboxCard("4000000000009979", "decline:stolen_card"),
    SandboxCard("4000002500003155", "challenge"),
    SandboxCard("4000000000000077", "slow"),
    SandboxCard("4000000000000119", "lost"),
    SandboxCard("4000000000000341", "outage"),
    SandboxCard("4000000000000192", "silent"),
    SandboxCard("4000000000003063", "nonsense"),
    SandboxCard("4000000000006975", "lapse"),
    SandboxCard("4000000000000259", "dispute:lost"),
    SandboxCard("4000000000001976", "dispute:won"),
)
_LIKE_A_CARD = re.compile(r"(?<![0-9A-Za-z-])[3-6](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z-])")
_BY_NUMBER = {card.number: card for card in SANDBOX_CARDS}


def passes_luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card_numbers_in(text: str) -> list[str]:
    """Every run of 13 to 19 digits in a text, spaces and dashes between them or not, that could be a card's number.

    For searching what was stored or logged: a number of the big brands (3 to 6 in front) with a right check digit."""
    found = (re.sub(r"[ -]", "", run) for run in _LIKE_A_CARD.findall(text))
    return [run for run in found if passes_luhn(run)]


def sandbox_card_of(form: CardForm, *, today: date) -> tuple[SandboxCard | None, dict[str, str]]:
    """The test card that was typed, or what is wrong, by field."""
    errors = {
        "number": _fault_of_number(_digits(form.number)),
        "expiry": _fault_of_expiry(form.expiry, today),
        "cvc": "" if re.fullmatch(r"[0-9]{3,4}", form.cvc.strip()) else "The three or four digits on the back.",
        "name": "" if 0 < len(form.name.strip()) <= 100 else "Please enter the name on the card.",
    }
    found = {field: fault for field, fault in errors.items() if fault}
    return (None, found) if found else (_BY_NUMBER[_digits(form.number)], {})


def _digits(typed: str) -> str:
    return re.sub(r"[ \-\u00a0]", "", typed.strip())


def _fault_of_number(number: str) -> str:
    if not number:
        return "Please enter the card number."
    if not re.fullmatch(r"[0-9]{12,19}", number) or not passes_luhn(number):
        return "This is not a card number. Please check the digits."
    if number not in _BY_NUMBER:
        return "This site is in test mode and takes test cards only. Please do not enter a real card."
    return ""


def _fault_of_expiry(typed: str, today: date) -> str:
    match = re.fullmatch(r"\s*([0-9]{1,2})\s*/\s*(?:20)?([0-9]{2})\s*", typed)
    if match is None or not 1 <= int(match[1]) <= 12:
        return "Please enter the expiry date as MM/YY."
    if (2000 + int(match[2]), int(match[1])) < (today.year, today.month):
        return "This card has expired."
    return ""
