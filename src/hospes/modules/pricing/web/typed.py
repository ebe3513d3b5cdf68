"""What a host types on the pages of rates: percentages and amounts of money instead of basis points and minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import Request

from hospes.modules.pricing.contracts import ALL_WEEK
from hospes.platform.money import plain_amount, read_amount, read_decimal
from hospes.platform.typed import Typed as FormTyped

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WIRE = ("adjust_bp", "adjust_amount")


@dataclass(slots=True)
class Typed(FormTyped):
    """A form as typed, with the weekdays that are ticked."""

    weekdays: list[int] = field(default_factory=lambda: list(range(7)))

    def blame(self, faults: Mapping[str, str]) -> None:
        """Put the core's faults beside the fields of this form."""
        for name, sentence in faults.items():
            self.errors.setdefault("change" if name in _WIRE else name.split(".")[0], _plain(sentence))

    def amount(self, name: str, currency: str) -> int:
        """Minor units; 0 when empty."""
        found = read_amount(self[name], currency) if self[name] else 0
        if found is None:
            self.errors[name] = "Enter an amount, such as 12.50."
        return found or 0

    def change(self, currency: str) -> dict[str, int | None]:
        """`adjust_bp` or `adjust_amount` of `change`, in the unit `change_in`: percent or amount."""
        if self["change_in"] == "amount":
            return {"adjust_bp": None, "adjust_amount": self.amount("change", currency) if self["change"] else None}
        percent = read_decimal(self["change"]) if self["change"] else None
        if self["change"] and (percent is None or abs(percent) > 1000):
            self.errors["change"] = "Enter a percentage, such as -10 or 15."
            return {"adjust_bp": 0, "adjust_amount": None}
        return {"adjust_bp": None if percent is None else int(percent * 100), "adjust_amount": None}

    def mask(self) -> int:
        """The weekdays as bits, Monday the lowest."""
        return sum(1 << day for day in set(self.weekdays))


async def read_typed(request: Request) -> Typed:
    """The form a browser has sent."""
    form = await request.form()
    values = {name: value.strip()[:200] for name, value in form.items() if isinstance(value, str)}
    days = [int(str(each)) for each in form.getlist("weekday") if str(each) in "0123456" and len(str(each)) == 1]
    return Typed(values, days)


def change_values(bp: int | None, amount: int | None, currency: str) -> dict[str, str]:
    """A stored change as it is typed."""
    if amount is not None:
        return {"change_in": "amount", "change": plain_amount(amount, currency)}
    return {"change_in": "percent", "change": "" if bp is None else f"{bp / 100:g}"}


def days_of(mask: int) -> list[int]:
    """The weekdays of a mask."""
    return [day for day in range(7) if mask >> day & 1]


def plain_values(thing: Any, names: tuple[str, ...]) -> dict[str, str]:
    """Fields as text; what is None is empty."""
    return {name: "" if getattr(thing, name) is None else str(getattr(thing, name)) for name in names}


def when_words(first: date | None, last: date | None, mask: int) -> str:
    """When a rule or restriction holds: `Fri, Sat from 1 Jul 2026 to 31 Aug 2026`."""
    days = "" if mask == ALL_WEEK else ", ".join(WEEK[day] for day in days_of(mask))
    if first is None or last is None:
        return days or "Always"
    span = f"on {first:%-d %b %Y}" if first == last else f"{first:%-d %b %Y} to {last:%-d %b %Y}"
    return f"{days}, {span}" if days else span


def change_words(bp: int | None, amount: int | None, currency: str) -> str:
    """A change in words: `+15 %`, `−20`."""
    if amount is not None:
        return f"{'+' if amount >= 0 else '−'}{plain_amount(abs(amount), currency)} {currency}"
    share = (bp or 0) / 100
    return f"{'+' if share >= 0 else '−'}{abs(share):g} %"


def _plain(sentence: str) -> str:
    """Without the names the wire has."""
    return sentence.replace(" (adjust_bp)", "").replace(" (adjust_amount)", "").replace(": give adjust_bp", "")
