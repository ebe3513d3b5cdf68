"""Money in integer minor units of an ISO 4217 currency."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import Any

from babel.core import get_global
from babel.numbers import format_currency

_FRACTIONS: dict[str, tuple[int, int, int, int]] = get_global("currency_fractions")  # type: ignore[assignment]

# What the European Central Bank quotes, and with them most of what visitors count in; for choosing one to look at.
CURRENCIES = (
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY",
    "KRW", "MXN", "MYR", "NGN", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "USD", "ZAR",
)  # fmt: skip


def exponent(currency: str) -> int:
    """How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _FRACTIONS.get(currency, _FRACTIONS["DEFAULT"])[0]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units: `Money(12000, "EUR")` is 120 euros."""

    amount: int
    currency: str

    def as_json(self) -> dict[str, Any]:
        """The wire form: `{"amount": 12000, "currency": "EUR"}`."""
        return {"amount": self.amount, "currency": self.currency}

    def text(self, locale: str = "en") -> str:
        """For people: `€120.00`; whole amounts lose their zeros."""
        return _text(self.amount, self.currency, locale)


@lru_cache(maxsize=8192)
def _text(amount: int, currency: str, locale: str) -> str:
    places = exponent(currency)
    whole = places and amount % 10**places == 0
    said = format_currency(
        amount / 10**places, currency, "¤#,##0" if whole else None, locale=locale, currency_digits=not whole
    )
    return said.replace(currency, f"{currency}\u00a0") if currency in said else said


def share(amount: int, basis_points: int) -> int:
    """A share of an amount in basis points, rounded half up to the minor unit."""
    return (amount * basis_points + 5_000) // 10_000


def at_rate(money: Money, to: str, rate: Decimal) -> Money:
    """The amount in minor units of `to`, of which one unit of the money's currency buys `rate`; half a unit is rounded
    away from zero."""
    with localcontext(prec=60):
        exact = Decimal(money.amount).scaleb(exponent(to) - exponent(money.currency)) * rate
        return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), to)


def read_amount(text: str, currency: str) -> int | None:
    """Minor units of an amount a person has typed, `120`, `120.50` or `-3,5`; None when it is none, or too large."""
    value = read_decimal(text)
    scaled = value.scaleb(exponent(currency)) if value is not None else None
    if scaled is None or scaled != scaled.to_integral_value() or abs(scaled) > 10**13:
        return None
    return int(scaled)


def read_decimal(text: str) -> Decimal | None:
    """A number a person has typed, with a point or a comma; None when it is none."""
    try:
        value = Decimal(text.strip().replace(" ", "").replace(",", ".") if len(text) < 20 else "")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def plain_amount(amount: int, currency: str) -> str:
    """An amount as a person would type it: `120.50`; whole amounts lose their zeros."""
    value = Decimal(amount).scaleb(-exponent(currency))
    return f"{value.to_integral_value():f}" if value == value.to_integral_value() else f"{value:f}"
