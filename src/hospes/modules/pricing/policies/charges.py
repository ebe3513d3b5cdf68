"""What comes on top of a stay, an hour or a place: service fee and taxes."""

from collections.abc import Sequence

from hospes.modules.pricing.contracts import PriceLine, Rate, Tax, TaxKind
from hospes.modules.pricing.policies.wording import line, nights, percent
from hospes.platform.money import Money, share


def charges(rate: Rate, base: int, of: str, *, adults: int, ages: Sequence[int | None], count: int) -> list[PriceLine]:
    """Service fee and taxes on `base` minor units of `of`; `count` nights, 0 where nobody sleeps.

    `ages`: of the children who count as guests, None where it is not known.
    """
    lines = []
    if fee := share(base, rate.service_fee_bp):
        lines.append(line("service", "Service fee", 1, fee, f"{percent(rate.service_fee_bp)} of {of}"))
    for tax in rate.taxes:
        each = _of_persons(tax, rate.currency, adults, ages, count) if _personal(tax) else _of_base(tax, base, of)
        if each.amount or each.included:
            lines.append(each)
    return lines


def _personal(tax: Tax) -> bool:
    return tax.kind is TaxKind.PER_PERSON_NIGHT


def _of_persons(tax: Tax, currency: str, adults: int, ages: Sequence[int | None], count: int) -> PriceLine:
    """A child whose age is not known pays; anyone pays for at most `max_nights`."""
    limit = tax.exempt_under_age
    payers = adults + sum(1 for age in ages if limit is None or age is None or age >= limit)
    taxed = count if tax.max_nights is None else min(count, tax.max_nights)
    detail = f"{Money(tax.amount, currency).text()} for each guest and night"
    if payers < adults + len(ages):
        detail += f", none under {limit} years"
    if taxed < count:
        detail += f", at most {nights(taxed)}"
    return line(f"person_tax:{tax.code}", tax.name, payers * taxed, tax.amount, detail)


def _of_base(tax: Tax, base: int, of: str) -> PriceLine:
    code = f"tax:{tax.code}"
    if tax.included:
        within = base - _without(base, tax.bp)
        return PriceLine(code, tax.name, 1, within, 0, f"{percent(tax.bp)}, contained in the price", within)
    return line(code, tax.name, 1, share(base, tax.bp), f"{percent(tax.bp)} of {of}")


def _without(gross: int, bp: int) -> int:
    """The net amount in a gross one, rounded half up."""
    whole = 10_000 + bp
    return (gross * 10_000 * 2 + whole) // (2 * whole)
