"""Which listing is shown first when nothing else is asked for."""

from math import log


def relevance(rating: float, rating_count: int, *, instant: bool, euro_cents: int) -> int:
    """Thousandths of 20·rating − 60/(1 + number of ratings) + 6 when bookable at once − 4·ln(price in euros).

    Well rated by many first, then the easy and the cheap. A price below one euro counts as one euro.
    """
    score = 20 * rating - 60 / (1 + rating_count) + 6 * instant - 4 * log(max(euro_cents, 100) / 100)
    return round(1000 * score)
