"""Two lists of the same movements, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Booked:
    """A movement in somebody's books: minor units, what came in above zero."""

    key: UUID | None
    ref: str
    movement: str
    amount: int
    currency: str
    at: datetime

    @property
    def name(self) -> str:
        """Our key, or their name when there is none of ours."""
        return str(self.key) if self.key else self.ref


@dataclass(frozen=True, slots=True)
class Difference:
    """One movement that the books do not agree on."""

    name: str
    movement: str
    kind: str
    currency: str
    ours: int | None
    theirs: int | None
    at: datetime


def compare(
    ours: Sequence[Booked], settled: Sequence[Booked], theirs: Sequence[Booked]
) -> tuple[list[str], list[Difference]]:
    """Names on which both agree, and differences. `settled` are those of `theirs` old enough to be missed here.

    Movements of one name, such as two captures of one authorisation, count together."""
    mine, known, old = _summed(ours), _summed(theirs), _summed(settled)
    matched, found = [], []
    for (name, movement, currency), (amount, at) in known.items():
        own = mine.get((name, movement, currency))
        if own is None:
            if (name, movement, currency) in old:
                found.append(Difference(name, movement, "missing_here", currency, None, amount, at))
        elif own[0] != amount:
            found.append(Difference(name, movement, "amounts_differ", currency, own[0], amount, at))
        else:
            matched.append(name)
    for (name, movement, currency), (amount, at) in mine.items():
        if (name, movement, currency) not in known:
            found.append(Difference(name, movement, "missing_there", currency, amount, None, at))
    return matched, found


def _summed(books: Sequence[Booked]) -> dict[tuple[str, str, str], tuple[int, datetime]]:
    sums: dict[tuple[str, str, str], tuple[int, datetime]] = {}
    for each in books:
        name = (each.name, each.movement, each.currency)
        before = sums.get(name, (0, each.at))
        sums[name] = (before[0] + each.amount, min(before[1], each.at))
    return sums
