"""The price of hours and of places: one day, no nights. Integer minor units; shares round half up."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from hospes.modules.pricing.contracts import NO_SHEET, Party, Price, PriceLine, Rate, RuleKind, Sheet
from hospes.modules.pricing.policies.adjusting import advance_change, day_changes, label_of_day
from hospes.modules.pricing.policies.charges import charges
from hospes.modules.pricing.policies.specificity import of_plans
from hospes.modules.pricing.policies.wording import line, signed_percent
from hospes.platform.money import Money, share


def price_span(
    rate: Rate,
    days: Mapping[date, int],
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    party: Party,
    *,
    travel_km: float | None = None,
    sheet: Sheet = NO_SHEET,
    today: date | None = None,
) -> Price:
    """[starts_at, ends_at), both instants, at the price by the hour on the local day it starts; minutes pro rata.

    An hour costs the same whoever comes. `travel_km`: None when the customer comes, else the way of whoever travels.
    """
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    minutes = (ends_at - starts_at) // timedelta(minutes=1)
    hour = days.get(day, rate.base_amount)
    lines = [_hours("hours", "", hour, minutes, rate.currency)]
    rules = of_plans(sheet.rules, ())
    for rule, change in [] if day in days else day_changes(rules, (), day, hour):
        each = _hours(f"hours:{rule.kind}", label_of_day(rule), change, minutes, rate.currency)
        before = sum(each.amount for each in lines)
        if before + each.amount < 0:  # each line is rounded by itself: together they must not fall below nothing
            each = line(each.code, each.label, 1, -before, each.detail)
        lines.append(each)
    _add_advance(lines, "hours", sheet, day, today)
    if travel_km is not None:
        lines += _travel(rate, travel_km)
    return _finish(rate, lines, "hours, travel and cleaning", party)


def price_seats(
    rate: Rate,
    days: Mapping[date, int],
    day: date,
    party: Party,
    *,
    amount: int | None = None,
    sheet: Sheet = NO_SHEET,
    today: date | None = None,
) -> Price:
    """A place for each adult and child on a departure of this day; infants go along.

    `amount`: the departure's own price, which no rule changes; a child then pays the same share of it as of the usual
    price.
    """
    own = amount is not None or day in days
    adult = amount if amount is not None else days.get(day, rate.base_amount)
    child = _child_place(rate, adult)
    lines = [_places("places", "Adult" if party.children else "Place", party.adults, adult, rate.currency)]
    if party.children:
        lines.append(_places("places:child", "Child", party.children, child, rate.currency))
    rules = of_plans(sheet.rules, ())
    grown, small = ([] if own else day_changes(rules, (), day, each) for each in (adult, child))
    lines += [line(f"places:{rule.kind}", label_of_day(rule), party.adults, change) for rule, change in grown]
    for rule, change in small if party.children else []:
        lines.append(line(f"places:{rule.kind}", f"{label_of_day(rule)}, child", party.children, change))
    _add_advance(lines, "places", sheet, day, today)
    return _finish(rate, lines, "places and cleaning", party)


def _child_place(rate: Rate, adult: int) -> int:
    if rate.child_amount is None:
        return adult
    if not rate.base_amount:
        return min(rate.child_amount, adult)
    return (2 * adult * rate.child_amount + rate.base_amount) // (2 * rate.base_amount)


def _hours(code: str, label: str, hour: int, minutes: int, currency: str) -> PriceLine:
    """Whole hours as quantity × price; anything else as one amount, rounded half up."""
    hours, rest = divmod(minutes, 60)
    spoken = f"{hours} h" + (f" {rest} min" if rest else "") if hours else f"{rest} min"
    said = f"{Money(hour, currency).text()} × {spoken}"
    if not rest:
        return line(code, label or said, hours, hour, said if label else "")
    return line(code, label or said, 1, (2 * hour * minutes + 60) // 120, said if label else "")


def _places(code: str, label: str, count: int, amount: int, currency: str) -> PriceLine:
    return line(code, f"{label}: {Money(amount, currency).text()} × {count}", count, amount)


def _travel(rate: Rate, km: float) -> list[PriceLine]:
    lines = []
    if rate.travel_fee:
        lines.append(line("travel", "Travel", 1, rate.travel_fee, "Once a visit"))
    way = Decimal(str(km)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if way > 0 and rate.travel_per_km:
        amount = int((way * rate.travel_per_km).quantize(Decimal(1), ROUND_HALF_UP))
        each = Money(rate.travel_per_km, rate.currency).text()
        lines.append(line("travel", f"Travel, {way.normalize():f} km", 1, amount, f"{each} for each kilometre"))
    return lines


def _add_advance(lines: list[PriceLine], what: str, sheet: Sheet, day: date, today: date | None) -> None:
    found = advance_change(of_plans(sheet.rules, ()), day, today)
    if found is not None:
        rule, label, detail = found
        change = share(sum(each.amount for each in lines), rule.adjust_bp or 0)
        code = f"{what}:{RuleKind(rule.kind)}"
        if change:
            lines.append(line(code, f"{label} {signed_percent(rule.adjust_bp or 0)}", 1, change, detail))


def _finish(rate: Rate, lines: list[PriceLine], of: str, party: Party) -> Price:
    if rate.cleaning_fee:
        lines.append(line("cleaning", "Cleaning", 1, rate.cleaning_fee, "Once a booking"))
    lines += charges(rate, sum(each.amount for each in lines), of, adults=party.adults, ages=(), count=0)
    return Price(rate.currency, tuple(lines), sum(each.amount for each in lines))
