"""How many listings would be found with each value, all other filters applied."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.columns import Columns, Mask, Rows
from hospes.modules.search.contracts import Bar, Facets
from hospes.modules.search.policies.reference_rates import from_cents

BARS = 12


def facets_of(
    columns: Columns,
    amenities: Sequence[str],
    rows: Rows,
    prices: NDArray[np.int64],
    choices: Mapping[str, Mask],
    currency: str,
) -> Facets:
    """`choices`: for each facet in use, which of the rows it keeps."""

    def without(name: str) -> Rows:
        mask = np.ones(len(rows), np.bool_)
        for other, part in choices.items():
            if other != name:
                mask &= part
        return np.flatnonzero(mask)

    kinds = np.bincount(columns["kind"][rows[without("kinds")]], minlength=len(columns.kinds))
    return Facets(
        {kind: int(kinds[place]) for place, kind in enumerate(columns.kinds) if kinds[place]},
        _amenities(columns["amenities"][rows[without("")]], amenities),
        int(np.count_nonzero(columns["instant"][rows[without("instant")]])),
        _histogram(prices[without("prices")], currency),
    )


def _amenities(bits: NDArray[np.uint64], amenities: Sequence[str]) -> dict[str, int]:
    counts = [int(np.count_nonzero(bits & np.uint64(1 << place))) for place in range(len(amenities))]
    return {code: count for code, count in zip(amenities, counts, strict=True) if count}


def _histogram(prices: NDArray[np.int64], currency: str) -> tuple[Bar, ...]:
    if not len(prices):
        return ()
    top = max(float(np.percentile(prices, 98)), float(prices.min()) + 1)
    edges = np.linspace(float(prices.min()), top, BARS + 1)
    counts = np.histogram(np.minimum(prices, top), edges)[0]
    return tuple(
        Bar(from_cents(edges[i], currency), from_cents(edges[i + 1], currency), int(counts[i])) for i in range(BARS)
    )
