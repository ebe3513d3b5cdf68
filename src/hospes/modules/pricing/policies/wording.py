"""How price lines and refusals speak."""

from collections.abc import Sequence
from datetime import date

from hospes.modules.pricing.contracts import ALL_WEEK, PriceLine

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKENDS = {0b110_0000, 0b011_0000, 0b111_0000}


def line(code: str, label: str, quantity: int, unit_amount: int, detail: str = "") -> PriceLine:
    """A line that is charged."""
    return PriceLine(code, label, quantity, unit_amount, quantity * unit_amount, detail)


def percent(bp: int) -> str:
    """`7 %`."""
    return f"{bp / 100:g} %"


def signed_percent(bp: int) -> str:
    """`−10 %`, `+20 %`."""
    return f"{'−' if bp < 0 else '+'}{percent(abs(bp))}"


def when(dates: Sequence[date]) -> str:
    """Which nights; `dates` ascend."""
    if len(dates) == 1:
        return f"Night of {said(dates[0])}"
    if (dates[-1] - dates[0]).days == len(dates) - 1:
        return f"Nights from {said(dates[0])} to {said(dates[-1])}"
    return "Nights of " + ", ".join(said(each) for each in dates[:7]) + (" and others" if len(dates) > 7 else "")


def said(day: date) -> str:
    """`3 Jul`."""
    return f"{day.day} {day:%b}"


def said_in_full(day: date) -> str:
    """`3 Jul 2026`."""
    return f"{said(day)} {day.year}"


def nights(count: int) -> str:
    """`1 night`, `3 nights`."""
    return f"{count} night{'' if count == 1 else 's'}"


def days(count: int) -> str:
    """`1 day`, `3 days`."""
    return f"{count} day{'' if count == 1 else 's'}"


def weekday(day: date) -> str:
    """`Friday`."""
    return _DAYS[day.weekday()]


def weekdays(mask: int) -> str:
    """`Weekend`, or the days of a mask whose bit 0 is Monday."""
    if mask in (ALL_WEEK, *_WEEKENDS):
        return "Every day" if mask == ALL_WEEK else "Weekend"
    names = [name for bit, name in enumerate(_DAYS) if mask >> bit & 1]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
