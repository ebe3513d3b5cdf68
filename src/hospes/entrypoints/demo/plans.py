"""Rate plans, price rules and restrictions of homes and hotel rooms."""

from datetime import date
from typing import Any

from hospes.entrypoints.demo.maker import Maker, Sold
from hospes.entrypoints.demo.rows import World, nice

WEEKEND = 0b011_0000  # the nights of Friday and Saturday
SUNDAY = 0b100_0000
SOUTH = frozenset({"ZA", "AU", "NZ", "BR", "AR", "CL", "PE"})


def add_plans(maker: Maker, world: World, sold: Sold, breakfast: float) -> None:
    """Flexible, ten percent less without a refund, and with breakfast, so many euros each."""
    flexible = maker.id()
    price = nice(breakfast, sold.spot.city.currency)
    world.plan += [
        (flexible, sold.id, "Flexible", "flexible", "standard", None, None, "none", 0, "flexible", 0),
        (maker.id(), sold.id, "Non-refundable", "non-refundable", "derived", flexible, -1000, "none", 0, "non_refundable", 1),
        (maker.id(), sold.id, "With breakfast", "breakfast", "standard", None, None, "breakfast", price, "flexible", 2),
    ]  # fmt: skip


def add_rules(maker: Maker, world: World, sold: Sold, *, long_stays: bool) -> None:
    """Dearer weekends, a high season and the turn of the year; less for a week and for a month."""
    random = maker.random
    _rule(maker, world, sold, "weekday", "Weekend", weekdays=WEEKEND, bp=random.choice((800, 1000, 1200, 1500, 2000)))
    first, last, name = _season(maker.today, sold.spot.city.country)
    _rule(maker, world, sold, "season", name, first=first, last=last, bp=random.choice((1000, 1500, 2000, 2500)))
    turn = maker.today.year if maker.today.month > 1 else maker.today.year - 1
    _rule(
        *(maker, world, sold, "season", "Turn of the year"),
        first=date(turn, 12, 29), last=date(turn + 1, 1, 1), bp=random.choice((2500, 3500, 4500)),
    )  # fmt: skip
    _rule(maker, world, sold, "length", "A week or longer", min_nights=7, bp=random.choice((-500, -800, -1000)))
    if long_stays:
        _rule(maker, world, sold, "length", "A month or longer", min_nights=28, bp=random.choice((-1800, -2000, -2500)))


def add_restrictions(maker: Maker, world: World, sold: Sold, *, no_sundays: bool = False) -> None:
    """At least two nights where they include a Friday or a Saturday; a few let nobody arrive on a Sunday."""
    world.restriction.append((maker.id(), sold.id, None, None, WEEKEND, 2, None, None))
    if no_sundays:
        world.restriction.append((maker.id(), sold.id, None, None, SUNDAY, None, None, True))


def _rule(maker: Maker, world: World, sold: Sold, kind: str, name: str, *, bp: int, **given: Any) -> None:
    place = sum(1 for each in world.rule[-6:] if each[1] == sold.id)
    world.rule.append(
        (maker.id(), sold.id, kind, name, given.get("weekdays", 127), given.get("first"), given.get("last"), bp,
         given.get("min_nights"), None, place)
    )  # fmt: skip


def _season(today: date, country: str) -> tuple[date, date, str]:
    """The summer there that is not over yet."""
    if country in SOUTH:
        year = today.year if today.month > 2 else today.year - 1
        return date(year, 12, 15), date(year + 1, 2, 28), "Summer"
    year = today.year if (today.month, today.day) < (9, 11) else today.year + 1
    return date(year, 6, 15), date(year, 9, 10), "Summer"
