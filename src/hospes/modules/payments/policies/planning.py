"""What a booking's price is taken in: parts, when each is due, and whether it is only authorised at first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hospes.modules.payments.contracts import AT_PROPERTY, Part, PaymentTerms, Purpose, Way
from hospes.platform.money import Money, share

AUTHORISED_FOR = timedelta(days=7)  # how long vendors keep an authorisation


def parts_of(
    terms: PaymentTerms, total: Money, *, nights: int, check_in_at: datetime, now: datetime
) -> tuple[Part, ...]:
    """The parts of a price above zero; they sum to it, a damage deposit aside.

    A balance that would be due at once is paid with the deposit."""
    return (*_price_in_parts(terms, total, nights, check_in_at, now), *_damages(terms, total, check_in_at))


def split_amount(total: int, shares: Sequence[int]) -> tuple[int, ...]:
    """The amounts several methods pay; raises `ValueError` unless there are two or more, each above zero, that sum to
    the total."""
    if len(shares) < 2 or min(shares) <= 0 or sum(shares) != total:
        raise ValueError("The amounts must be above zero and sum to the total.")
    return tuple(shares)


def _price_in_parts(
    terms: PaymentTerms, total: Money, nights: int, check_in_at: datetime, now: datetime
) -> tuple[Part, ...]:
    if terms.way is Way.AT_PROPERTY:
        return (Part(Purpose.FULL, total.amount, due_at=max(check_in_at, now), provider=AT_PROPERTY),)
    if terms.way is Way.AUTHORISE:
        return (Part(Purpose.FULL, total.amount, manual=True),)
    due_at = check_in_at - timedelta(days=terms.balance_days)
    deposit = share(total.amount, terms.deposit_bp)
    if terms.way is Way.DEPOSIT and nights > terms.long_stay_nights and due_at > now and 0 < deposit < total.amount:
        balance = Part(Purpose.BALANCE, total.amount - deposit, due_at=due_at, grace_days=terms.grace_days)
        return Part(Purpose.DEPOSIT, deposit), balance
    return (Part(Purpose.FULL, total.amount),)


def _damages(terms: PaymentTerms, total: Money, check_in_at: datetime) -> tuple[Part, ...]:
    if not terms.damage_amount or terms.damage_currency != total.currency or terms.way is Way.AT_PROPERTY:
        return ()
    return (Part(Purpose.DAMAGE_DEPOSIT, terms.damage_amount, due_at=check_in_at, manual=True),)
