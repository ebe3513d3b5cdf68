"""Calendar words as `Listing` has them, made one by one."""

from collections.abc import Iterable, Sequence

from hospes.modules.search.index.columns import NIGHTS, Span

_ALL_OPEN = (1 << NIGHTS) - 1


def all_nights_but(closed: Iterable[Span]) -> bytes:
    """Every night open except those of these spans [start, end), counted from the first night."""
    nights = _ALL_OPEN
    for start, end in closed:
        first, last = max(start, 0), min(end, NIGHTS)
        if first < last:
            nights &= ~(((1 << (last - first)) - 1) << first)
    return nights.to_bytes(NIGHTS // 8, "little")


def union_of(units: Sequence[bytes]) -> bytes:
    """The nights on which at least one of the units is free."""
    together = 0
    for each in units:
        together |= int.from_bytes(each, "little")
    return together.to_bytes(NIGHTS // 8, "little")
