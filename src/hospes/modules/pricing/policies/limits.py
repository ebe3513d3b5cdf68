"""What a rate may say."""

import re
from collections.abc import Mapping
from datetime import date

from babel.core import get_global

from hospes.modules.pricing.contracts import Rate, TaxKind

MAX_AMOUNT = 1_000_000_000_00
_TENDER = {
    code
    for names in get_global("territory_currencies").values()
    for code, _start, end, tender in names
    if tender and end is None
}


def known_currency(code: str) -> bool:
    """Whether this is the ISO 4217 code of a currency that is legal tender somewhere today."""
    return code in _TENDER


def faults_of_rate(rate: Rate) -> dict[str, str]:
    """What cannot be right, by field."""
    faults: dict[str, str] = {}
    if not known_currency(rate.currency):
        faults["currency"] = "This is not a currency in use. Give its three letters, such as EUR."
    if not 0 <= rate.base_amount <= MAX_AMOUNT:
        faults["base_amount"] = "A price cannot be negative, nor this high."
    if not 0 <= rate.cleaning_fee <= MAX_AMOUNT:
        faults["cleaning_fee"] = "A fee cannot be negative, nor this high."
    for name in ("travel_fee", "travel_per_km", "child_amount"):
        if not 0 <= (getattr(rate, name) or 0) <= MAX_AMOUNT:
            faults[name] = "A price cannot be negative, nor this high."
    if not 0 <= rate.service_fee_bp <= 10_000:
        faults["service_fee_bp"] = "The service fee lies between 0 and 100 %."
    codes = [tax.code for tax in rate.taxes]
    if len(set(codes)) != len(codes):
        faults["taxes"] = "Each tax needs a code of its own."
    if len(codes) > 10:
        faults["taxes"] = "At most 10 taxes."
    for tax in rate.taxes:
        if not re.fullmatch(r"[a-z0-9_]{1,30}", tax.code) or not 1 <= len(tax.name.strip()) <= 60:
            faults["taxes"] = "A tax needs a code of small letters, and a name of at most 60 characters."
        if not 0 <= tax.bp <= 10_000 or not 0 <= tax.amount <= MAX_AMOUNT:
            faults["taxes"] = "A tax lies between 0 and 100 %, or is an amount that is not negative."
        personal = tax.kind is TaxKind.PER_PERSON_NIGHT
        if (tax.exempt_under_age, tax.max_nights) != (None, None) and not personal:
            faults["taxes"] = "Only a tax per person and night spares children or nights."
        if not 1 <= (tax.exempt_under_age or 1) <= 18 or not 1 <= (tax.max_nights or 1) <= 365:
            faults["taxes"] = "A tax spares children under 1 to 18 years, and nights after 1 to 365."
    return faults


def faults_of_day_prices(prices: Mapping[date, int | None]) -> dict[str, str]:
    """What cannot be right, by field."""
    if len(prices) > 1000:
        return {"prices": "At most 1,000 nights at once."}
    if any(amount is not None and not 0 <= amount <= MAX_AMOUNT for amount in prices.values()):
        return {"prices": "A price cannot be negative, nor this high."}
    return {}
