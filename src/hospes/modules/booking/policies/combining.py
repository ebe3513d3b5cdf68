"""Several resources in one booking: what goes together, how many it sleeps, and one price for all."""

from collections.abc import Sequence
from dataclasses import replace

from hospes.modules.booking.contracts import Price, PriceLine
from hospes.modules.booking.errors import NotSoldTogether
from hospes.modules.catalog.contracts import Kind, Sellable

MOST_EXTRAS = 9
MOST_OF_ONE = 20
_SLEEPS = frozenset({Kind.HOME, Kind.HOTEL_ROOM})


def check_extras(main: Sellable, extras: Sequence[tuple[Sellable, int]]) -> None:
    """Raises `NotSoldTogether` unless everything is of one business and zone and nothing is named twice."""
    ids = [main.resource_id, *(each.resource_id for each, _ in extras)]
    if len(set(ids)) != len(ids):
        raise NotSoldTogether("Each of these can be named only once; ask for a higher quantity.")
    if len(extras) > MOST_EXTRAS or any(not 1 <= quantity <= MOST_OF_ONE for _, quantity in extras):
        raise NotSoldTogether(f"At most {MOST_EXTRAS} things can come along, at most {MOST_OF_ONE} of each.")
    for each, _ in extras:
        if each.business_id != main.business_id or each.zone != main.zone:
            raise NotSoldTogether(f"{each.resource_name} is sold by someone else.")


def room_for(main: Sellable, quantity: int, extras: Sequence[tuple[Sellable, int]]) -> int:
    """How many guests there is room for: in all that can be slept in."""
    return main.max_guests * quantity + sum(each.max_guests * count for each, count in extras if each.kind in _SLEEPS)


def combined_price(main: Price, others: Sequence[tuple[str, Price]]) -> Price:
    """One price: the lines of all, those of what comes along under its name. Raises `NotSoldTogether` when the
    currencies differ."""
    lines, total = list(main.lines), main.total
    for name, price in others:
        if price.currency != main.currency:
            raise NotSoldTogether(f"{name} is sold in another currency.")
        lines += [_named(line, name) for line in price.lines]
        total += price.total
    return replace(main, lines=tuple(lines), total=total)


def _named(line: PriceLine, name: str) -> PriceLine:
    return replace(line, label=f"{name}: {line.label}")
