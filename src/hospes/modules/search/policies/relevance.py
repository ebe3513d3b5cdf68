"""Which listing is shown first when nothing else is asked for. docs/search.md explains the choice."""

from math import log

import numpy as np
from numpy.typing import NDArray

USUAL_RATING = 4.2
WEIGHT = 5  # of the usual rating, in ratings


def relevance(rating: float, rating_count: int, *, instant: bool, euro_cents: int) -> int:
    """Thousandths of 20·liked + 6 when bookable at once − 4·ln(price in euros), the larger the better.

    `liked`: the average of its ratings (`rating`, 1 to 5) and of five more of 4.2. A price below one euro counts as
    one euro."""
    liked = (rating * rating_count + USUAL_RATING * WEIGHT) / (rating_count + WEIGHT)
    return round(1000 * (20 * liked + 6 * instant - 4 * log(max(euro_cents, 100) / 100)))


def relevances(
    rating: NDArray[np.float64],
    rating_count: NDArray[np.int64],
    instant: NDArray[np.bool_],
    euro_cents: NDArray[np.int64],
) -> NDArray[np.int64]:
    """`relevance` of many."""
    liked = (rating * rating_count + USUAL_RATING * WEIGHT) / (rating_count + WEIGHT)
    prices = np.log(np.maximum(euro_cents, 100) / 100)
    found: NDArray[np.int64] = np.rint(1000 * (20 * liked + 6 * instant - 4 * prices)).astype(np.int64)
    return found
