"""Bars of a plot, as plain numbers for a drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP, FOOT = 720, 180, 10, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: where its bar stands in a drawing of WIDTH by HEIGHT + FOOT, and what it says."""

    label: str
    amount: int
    x: float
    y: float
    width: float
    height: float
    middle: float


def bars_of(months: Sequence[tuple[str, int]]) -> list[Bar]:
    """One bar a month; what is below zero has none."""
    if not months:
        return []
    most = max((amount for _, amount in months), default=0)
    step = WIDTH / len(months)
    width = min(step - GAP, 56.0)
    made = []
    for at, (label, amount) in enumerate(months):
        height = round(max(amount, 0) * (HEIGHT - 8) / most, 1) if most > 0 else 0.0
        x = round(at * step + (step - width) / 2, 1)
        middle = round(at * step + step / 2, 1)
        made.append(Bar(label, amount, x, round(HEIGHT - height, 1), round(width, 1), height, middle))
    return made


def months_before(month: str, count: int) -> list[str]:
    """So many months up to and with this one: 2026-05, 2026-06, 2026-07."""
    year, number = (int(part) for part in month.split("-"))
    last = year * 12 + number - 1
    return [f"{each // 12}-{each % 12 + 1:02d}" for each in range(last - count + 1, last + 1)]
