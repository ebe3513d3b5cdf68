"""Amounts as vendors count them: their number of decimals is not always the currency's."""

from decimal import Decimal, InvalidOperation

from hospes.modules.payments.providers.reading import BIGGEST
from hospes.platform.money import Money, exponent


def to_units(amount: Money, decimals: int) -> int | None:
    """The amount counted with so many decimals; None when that would lose something."""
    apart = decimals - exponent(amount.currency)
    if apart >= 0:
        return int(amount.amount * 10**apart)
    whole, rest = divmod(amount.amount, 10**-apart)
    return None if rest else whole


def from_units(units: int | None, currency: str, decimals: int) -> Money | None:
    """Our amount for a vendor's number; None when there is none, or it cannot be one."""
    if units is None or not _is_code(currency) or abs(units) > BIGGEST:
        return None
    currency = currency.upper()
    apart = exponent(currency) - decimals
    if apart >= 0:
        return Money(int(units * 10**apart), currency)
    whole, rest = divmod(units, 10**-apart)
    return None if rest else Money(whole, currency)


def to_decimal_text(amount: Money, decimals: int) -> str | None:
    """`10.00`, with so many decimals; None when that would lose something."""
    units = to_units(amount, decimals)
    return None if units is None else f"{Decimal(units).scaleb(-decimals):.{decimals}f}"


def from_decimal_text(said: object, currency: str) -> Money | None:
    """Our amount for `10.00`; None when it is none, or has more decimals than the currency."""
    if not isinstance(said, str) or not 0 < len(said) <= 32 or not _is_code(currency):
        return None
    try:
        scaled = Decimal(said).scaleb(exponent(currency.upper()))
    except InvalidOperation:
        return None
    if not scaled.is_finite() or scaled != scaled.to_integral_value() or abs(scaled) > BIGGEST:
        return None
    return Money(int(scaled), currency.upper())


def _is_code(currency: str) -> bool:
    return len(currency) == 3 and currency.isascii() and currency.isalpha()
