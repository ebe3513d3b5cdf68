"""When the price of what is about to be booked is taken, in words with amounts; all of it pure."""

from dataclasses import dataclass
from datetime import datetime

from hospes.modules.booking.contracts import Quote
from hospes.modules.booking.web import views
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Part, Purpose, Way
from hospes.platform.money import Money


@dataclass(frozen=True, slots=True)
class Planned:
    """One amount of the plan: what it is, when it is taken, how much."""

    words: str
    detail: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Plan:
    """The amounts, what the button says, and the sentence below it."""

    lines: tuple[Planned, ...]
    button: str
    sentence: str


def plan_of(quote: Quote, nights: int, now: datetime) -> Plan | None:
    """How the price is taken in parts or later; None when it is simply paid at booking, or nothing is to be paid."""
    terms, total = quote.terms, quote.total
    if terms.paying.plain or total.amount <= 0:
        return None
    parts = payments.parts_of(terms.paying, total, nights=nights, check_in_at=quote.check_in_at, now=now)
    lines = tuple(_line(each, quote) for each in parts)
    if terms.paying.way is Way.AT_PROPERTY:
        return Plan(lines, "Confirm the booking", f"Nothing is taken now. You pay {total.text()} at the property.")
    if terms.paying.way is Way.AUTHORISE:
        sentence = f"Next: your card. {total.text()} is reserved on it now and taken after check-in."
        return Plan(lines, f"Confirm and reserve {total.text()}", sentence)
    first = Money(parts[0].amount, total.currency)
    if first == total:
        return Plan(
            lines,
            f"Confirm and pay {total.text()}",
            f"Next: your card. You are charged {total.text()} for the booking.",
        )
    sentence = f"Next: your card. You are charged {first.text()} now and {lines[1].amount.text()} {lines[1].detail}."
    return Plan(lines, f"Confirm and pay {first.text()} now", sentence)


def _line(part: Part, quote: Quote) -> Planned:
    amount = Money(part.amount, quote.total.currency)
    check_in = views.local(quote.check_in_at, quote.terms.zone, "d MMM y")
    if part.purpose is Purpose.DAMAGE_DEPOSIT:
        detail = "held on your card at check-in, let go after check-out unless something is damaged"
        return Planned("Damage deposit", detail, amount)
    if part.provider is not None:
        return Planned("At the property", f"when you arrive, {check_in}", amount)
    if part.manual:
        return Planned("Reserved on your card now", f"taken after check-in, {check_in}", amount)
    if part.due_at is not None:
        return Planned("Balance", f"on {views.local(part.due_at, quote.terms.zone, 'd MMM y')}", amount)
    return Planned("Deposit now" if part.purpose is Purpose.DEPOSIT else "Now", "", amount)
