"""The price of a stay by the night, line by line. All amounts are integer minor units; shares round half up."""

from collections.abc import Mapping
from datetime import date, timedelta

from hospes.modules.pricing.contracts import Party, Price, PriceLine, Rate, Tax, TaxKind
from hospes.platform.money import Money, share


def price_nights(
    rate: Rate, days: Mapping[date, int], arrival: date, departure: date, party: Party, *, quantity: int = 1
) -> Price:
    """Nights [arrival, departure) of `quantity` rooms for the party; `days` holds nights with a price of their own.

    Percent taxes are counted on nights and cleaning. The lines' amounts sum to the total.
    """
    count = (departure - arrival).days
    stay = [arrival + timedelta(days=offset) for offset in range(count)]
    nights = tuple((night, days.get(night, rate.base_amount)) for night in stay)
    lines = _night_lines(rate.currency, nights, quantity)
    if rate.cleaning_fee:
        lines.append(_line("cleaning", "Cleaning", quantity, rate.cleaning_fee, "Once a stay"))
    lodging = sum(line.amount for line in lines)
    if fee := share(lodging, rate.service_fee_bp):
        lines.append(_line("service", "Service fee", 1, fee, f"{_percent(rate.service_fee_bp)} of nights and cleaning"))
    for tax in rate.taxes:
        line = _tax_line(tax, rate.currency, lodging, party.guests, count)
        if line.amount or line.included:
            lines.append(line)
    return Price(rate.currency, tuple(lines), sum(line.amount for line in lines), nights)


def _night_lines(currency: str, nights: tuple[tuple[date, int], ...], quantity: int) -> list[PriceLine]:
    """One line for each different amount, in the order it first comes."""
    by_amount: dict[int, list[date]] = {}
    for night, amount in nights:
        by_amount.setdefault(amount, []).append(night)
    return [
        _line(
            "nights",
            f"{Money(amount, currency).text()} × {len(dates)} night{'s' if len(dates) > 1 else ''}"
            + (f" × {quantity} rooms" if quantity > 1 else ""),
            len(dates) * quantity,
            amount,
            _when(dates),
        )
        for amount, dates in by_amount.items()
    ]


def _tax_line(tax: Tax, currency: str, lodging: int, guests: int, nights: int) -> PriceLine:
    code = f"tax:{tax.code}"
    if tax.kind is TaxKind.PER_PERSON_NIGHT:
        each = Money(tax.amount, currency).text()
        return _line(f"person_{code}", tax.name, guests * nights, tax.amount, f"{each} for each guest and night")
    if tax.included:
        within = lodging - _without(lodging, tax.bp)
        return PriceLine(code, tax.name, 1, within, 0, f"{_percent(tax.bp)}, contained in the price", within)
    return _line(code, tax.name, 1, share(lodging, tax.bp), f"{_percent(tax.bp)} of nights and cleaning")


def _without(gross: int, bp: int) -> int:
    """The net amount in a gross one, rounded half up."""
    whole = 10_000 + bp
    return (gross * 10_000 * 2 + whole) // (2 * whole)


def _line(code: str, label: str, quantity: int, unit_amount: int, detail: str) -> PriceLine:
    return PriceLine(code, label, quantity, unit_amount, quantity * unit_amount, detail)


def _percent(bp: int) -> str:
    return f"{bp / 100:g} %"


def _when(dates: list[date]) -> str:
    if len(dates) == 1:
        return f"Night of {_day(dates[0])}"
    if (dates[-1] - dates[0]).days == len(dates) - 1:
        return f"Nights from {_day(dates[0])} to {_day(dates[-1])}"
    return "Nights of " + ", ".join(_day(each) for each in dates[:7]) + (" and others" if len(dates) > 7 else "")


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
