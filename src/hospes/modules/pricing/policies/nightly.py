"""The price of a stay by the night, line by line. All amounts are integer minor units; shares round half up."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from hospes.modules.pricing.contracts import NO_SHEET, Party, Price, PriceLine, Rate, RatePlan, Sheet
from hospes.modules.pricing.policies import wording
from hospes.modules.pricing.policies.adjusting import Asked, adjustments, ages_of
from hospes.modules.pricing.policies.charges import charges
from hospes.modules.pricing.policies.specificity import chain_of, of_plans
from hospes.platform.money import Money


def price_nights(
    rate: Rate,
    days: Mapping[date, int],
    arrival: date,
    departure: date,
    party: Party,
    *,
    quantity: int = 1,
    sheet: Sheet = NO_SHEET,
    plan: RatePlan | None = None,
    children_ages: Sequence[int] = (),
    today: date | None = None,
    kept: Mapping[date, int] = MappingProxyType({}),
) -> Price:
    """Nights [arrival, departure) of `quantity` rooms for the party; `days` holds nights with a price of their own,
    `kept` those whose price was agreed before.

    `sheet`: the resource's plans and rules; restrictions are not looked at. Without `today` neither early bird nor last
    minute applies. Percent taxes are counted on nights and cleaning. The lines' amounts sum to the total.
    """
    count = (departure - arrival).days
    stay = [arrival + timedelta(days=offset) for offset in range(count)]
    nights = tuple((night, kept.get(night, days.get(night, rate.base_amount))) for night in stay)
    ages = ages_of(party, children_ages)
    lines = _night_lines(rate.currency, nights, quantity)
    if sheet.rules or plan is not None:
        chain = chain_of(sheet, plan)
        rules = of_plans(sheet.rules, [each.id for each in chain])
        asked = tuple((night, amount, night in days) for night, amount in nights)
        lines += adjustments(Asked(rate.currency, asked, party, ages, quantity, rules, chain, today))
    if rate.cleaning_fee:
        lines.append(wording.line("cleaning", "Cleaning", quantity, rate.cleaning_fee, "Once a stay"))
    lodging = sum(line.amount for line in lines)
    lines += charges(rate, lodging, "nights and cleaning", adults=party.adults, ages=ages, count=count)
    return Price(
        currency=rate.currency,
        lines=tuple(lines),
        total=sum(line.amount for line in lines),
        nights=nights,
        plan_id=plan.id if plan else None,
        plan_name=plan.name if plan else "",
    )


def _night_lines(currency: str, nights: tuple[tuple[date, int], ...], quantity: int) -> list[PriceLine]:
    """One line for each different amount, in the order it first comes."""
    by_amount: dict[int, list[date]] = {}
    for night, amount in nights:
        by_amount.setdefault(amount, []).append(night)
    return [
        wording.line(
            "nights",
            f"{Money(amount, currency).text()} × {wording.nights(len(dates))}"
            + (f" × {quantity} rooms" if quantity > 1 else ""),
            len(dates) * quantity,
            amount,
            wording.when(dates),
        )
        for amount, dates in by_amount.items()
    ]
