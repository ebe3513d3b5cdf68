"""How many properties would be found with each value, all other filters applied."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hospes.modules.catalog.contracts import CATEGORIES
from hospes.modules.search.contracts import Bar, Facets, Find, Query
from hospes.modules.search.index.columns import Columns, Mask
from hospes.modules.search.index.grouping import Groups
from hospes.modules.search.index.offers import Offers
from hospes.modules.search.policies.reference_rates import from_cents
from hospes.modules.search.policies.seeking import by_the_rule, sought

BARS = 12
RATINGS = ("4.5", "4", "3.5")
PIECE = 8_192
NO_FACETS = Facets({}, {}, 0, ())
Numbers = NDArray[np.int64]


def left_by_the_others(choices: Mapping[str, Mask], count: int) -> tuple[Mask, dict[str, Mask]]:
    """Which rows pass every filter, and for each filter which pass all the others."""
    refused = np.zeros(count, np.uint8)
    for mask in choices.values():
        refused += ~mask
    passed: Mask = refused == 0
    return passed, {name: passed | ((refused == 1) & ~mask) for name, mask in choices.items()}


def facets_of(
    columns: Columns,
    amenities: Sequence[str],
    offers: Offers,
    groups: Groups,
    passed: Mask,
    others: Mapping[str, Mask],
    query: Query,
) -> Facets:
    """`passed`, `others`: of `left_by_the_others` for the rows of the offers, which lie in these groups."""
    rows = offers.rows
    instant = columns["instant"][rows]
    rating = columns["rating"][rows]
    rated = others.get("ratings", passed)
    ruled = by_the_rule(query)
    either = others.get("kinds" if ruled else "find", passed)
    return Facets(
        _kinds(columns, rows, groups, others.get("kinds", passed)),
        _wishes(columns["amenities"][rows], amenities, groups, passed, others.get("kinds") if ruled else None),
        groups.count(others.get("instant", passed) & instant),
        _histogram(groups.least(offers.cents, others.get("prices", passed)), query.currency),
        {each: groups.count(rated & (rating >= np.float32(each))) for each in RATINGS},
        {} if sought(query) is Find.ALL else _stays_and_things(columns, rows, groups, either),
    )


def _kinds(columns: Columns, rows: Numbers, groups: Groups, kept: Mask) -> dict[str, int]:
    kinds = columns["kind"][rows]
    rough = np.bincount(kinds[kept], minlength=len(columns.kinds))
    counts = [groups.count(kept & (kinds == code)) if rough[code] else 0 for code in range(len(columns.kinds))]
    return {kind: count for kind, count in zip(columns.kinds, counts, strict=True) if count}


def _stays_and_things(columns: Columns, rows: Numbers, groups: Groups, kept: Mask) -> dict[str, int]:
    stays = columns.stays(rows)
    return {Find.STAYS.value: groups.count(kept & stays), Find.THINGS.value: groups.count(kept & ~stays)}


def _wishes(
    bits: NDArray[np.uint64], amenities: Sequence[str], groups: Groups, kept: Mask, without_rule: Mask | None
) -> dict[str, int]:
    """Who asks for a profession no longer looks for stays alone: of these what is found without that rule counts."""
    found = _amenities(bits, amenities, groups, kept)
    if without_rule is None:
        return found
    more = _amenities(bits, amenities, groups, without_rule)
    return found | {code: count for code, count in more.items() if code in CATEGORIES}


def _amenities(bits: NDArray[np.uint64], amenities: Sequence[str], groups: Groups, kept: Mask) -> dict[str, int]:
    """Each property has what one of its rows has. Bits are spread out byte by byte and summed up."""
    bits = groups.any_of(bits, kept)
    counts = np.zeros(64, np.int64)
    for at in range(0, len(bits), PIECE):
        spread = np.unpackbits(bits[at : at + PIECE].view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
        counts += spread.sum(axis=0, dtype=np.int32)
    return {code: count for code, count in zip(amenities, counts.tolist(), strict=False) if count}


def _histogram(cents: Numbers, currency: str) -> tuple[Bar, ...]:
    if not len(cents):
        return ()
    low = int(cents.min())
    top = max(float(np.partition(cents, len(cents) * 98 // 100)[len(cents) * 98 // 100]), low + 1.0)
    places = ((np.minimum(cents, top) - low) * (BARS / (top - low))).astype(np.int64)
    counts = np.bincount(np.minimum(places, BARS - 1), minlength=BARS)
    edges = [from_cents(low + (top - low) * at / BARS, currency) for at in range(BARS + 1)]
    return tuple(Bar(*each) for each in zip(edges, edges[1:], counts.tolist(), strict=False))
