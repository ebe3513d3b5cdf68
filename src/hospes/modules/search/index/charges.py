"""What rules and taxes make of amounts, of many listings at once: pricing's own integers, whatever is sold."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.tables.tariffs import LENGTH, Tariffs

Numbers = NDArray[np.int64]
WHOLE = 10_000
LARGE = (2**63 - 1) // 200_000  # an amount from which a share is counted in two steps
DAYS, STAYS, TAXES = range(3)  # of a tariff's head
NO_RULE = 2**31 - 1


def share(amounts: Numbers, basis_points: Numbers) -> Numbers:
    """`platform.money.share` of many: rounded half up."""
    if len(amounts) and int(amounts.max()) > LARGE:
        wholes, rests = np.divmod(amounts, WHOLE)
        return wholes * basis_points + (rests * basis_points + WHOLE // 2) // WHOLE
    return (amounts * basis_points + WHOLE // 2) // WHOLE


def day_changes(combos: Numbers, amounts: Numbers) -> tuple[Numbers, Numbers]:
    """What weekday and season change about the price of a day, which never falls below nothing."""
    weekday: Numbers = np.maximum(share(amounts, combos[:, 0]) + combos[:, 1], -amounts)
    season: Numbers = np.maximum(share(amounts, combos[:, 2]) + combos[:, 3], -amounts - weekday)
    return weekday, season


def adjust(
    tariffs: Tariffs, sums: Numbers, heads: Numbers, day: int | Numbers, ahead: Numbers, *, nights: int | None = None
) -> None:
    """Change the sums by what speaks for the length of the stay (`nights`; None: nobody sleeps), then by early bird or
    last minute. `day`: the ordinal of the first day, one for each or the same for all."""
    those = np.flatnonzero(heads[:, STAYS])
    if not len(those):
        return
    entries = tariffs.stays.of(heads[those, STAYS])
    kind, weekdays, first, last, least, most, bp = entries.rows.T
    days = day[those][entries.owners] if isinstance(day, np.ndarray) else day
    asked = ahead[those][entries.owners]
    if nights is not None:
        asked = np.where(kind == LENGTH, nights, asked)
    speaks = (first <= days) & (days <= last) & (weekdays >> (days + 6) % 7 & 1 > 0)
    speaks &= (least <= asked) & (asked <= most)
    for of_this_kind in (kind == LENGTH, kind != LENGTH)[nights is None :]:
        found = np.flatnonzero(speaks & of_this_kind)
        best: Numbers = np.full(len(those), NO_RULE, np.int64)
        np.minimum.at(best, entries.owners[found], bp[found])
        sums[those] += share(sums[those], np.where(best == NO_RULE, 0, best))


def taxes(
    tariffs: Tariffs, base: Numbers, heads: Numbers, *, guests: int = 0, nights: int = 0, ages: Sequence[int] = ()
) -> Numbers:
    """Taxes on top of these amounts, and for each guest and night; `ages`: of those guests whose age is known."""
    sums: Numbers = np.zeros(len(heads), np.int64)
    those = np.flatnonzero(heads[:, TAXES])
    if len(those):
        entries = tariffs.taxes.of(heads[those, TAXES])
        bp, amount, most, exempt = entries.rows.T
        owners = those[entries.owners]
        payers = guests - sum(exempt > age for age in ages)
        np.add.at(sums, owners, share(base[owners], bp) + amount * payers * np.minimum(nights, most))
    return sums
