"""Rates to compare prices of several currencies in a search. They never decide what anybody pays.

Units of a currency for one euro, rounded, as of 2026-09: enough to sort and filter by; a total is always shown in the
listing's own currency.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.platform.money import exponent

PER_EURO: dict[str, float] = {
    "EUR": 1.0, "USD": 1.16, "GBP": 0.87, "CHF": 0.94, "SEK": 11.0, "NOK": 11.7, "DKK": 7.46, "PLN": 4.26, "CZK": 24.4,
    "HUF": 392.0, "RON": 5.07, "BGN": 1.956, "TRY": 48.5, "JPY": 172.0, "CNY": 8.3, "KRW": 1620.0, "INR": 102.0,
    "IDR": 19200.0, "THB": 37.5, "VND": 30600.0, "MYR": 4.9, "SGD": 1.5, "PHP": 66.5, "HKD": 9.1, "TWD": 35.5,
    "AUD": 1.77, "NZD": 2.0, "CAD": 1.61, "MXN": 21.7, "BRL": 6.3, "ARS": 1600.0, "CLP": 1120.0, "COP": 4650.0,
    "PEN": 4.1, "ZAR": 20.4, "NGN": 1740.0, "KES": 150.0, "EGP": 56.0, "MAD": 10.5, "AED": 4.27, "SAR": 4.36,
    "QAR": 4.23, "ILS": 3.9, "ISK": 142.0, "GHS": 13.5, "TZS": 2880.0, "UAH": 48.3, "GEL": 3.15, "JOD": 0.82,
    "LKR": 351.0, "NPR": 163.0, "KWD": 0.356, "BHD": 0.438, "OMR": 0.447, "RSD": 117.2, "ETB": 165.0, "CRC": 590.0,
    "UYU": 46.5, "BOB": 8.0, "DOP": 73.0, "CUP": 28.0, "GTQ": 8.9, "PKR": 328.0, "BDT": 141.0, "XOF": 656.0,
    "XAF": 656.0, "TND": 3.4, "DZD": 151.0, "KZT": 625.0, "UZS": 14300.0, "MNT": 4170.0, "KHR": 4680.0, "RWF": 1680.0, 
    "UGX": 4080.0,
}  # fmt: skip


def cents(amount: int, currency: str) -> int:
    """Euro cents for an amount in minor units; unknown currencies count as euros."""
    return round(amount * _cents_each(currency))


def from_cents(euro_cents: float, currency: str) -> int:
    """Minor units of a currency for euro cents."""
    return round(euro_cents / 100 * PER_EURO.get(currency, 1.0) * float(10 ** exponent(currency)))


def many_cents(
    amounts: NDArray[np.float64], codes: NDArray[np.unsignedinteger[Any]], currencies: Sequence[str]
) -> NDArray[np.int64]:
    """`cents` of many amounts; `codes` say which of the currencies each one is in."""
    each = np.array([_cents_each(currency) for currency in currencies])
    found: NDArray[np.int64] = np.rint(amounts * each[codes]).astype(np.int64)
    return found


def _cents_each(currency: str) -> float:
    """Euro cents for one minor unit: exactly 1 for euros, so that halves of a cent are rounded as halves."""
    return 100 / float(10 ** exponent(currency)) / PER_EURO.get(currency, 1.0)
