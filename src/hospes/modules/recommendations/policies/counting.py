"""What acts count for. A booking says most; looking again says more, but ever less; all of it fades.

weight = (log2(1 + days on which it was looked at), at most 3, + 4 when kept on a list + 8 when booked)
times 0.5 ** (days since the last of these / 45)
"""

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.recommendations.contracts import Past

BOOKED, KEPT, MOST_VIEWED = 8.0, 4.0, 3.0
HALF_LIFE_DAYS = 45.0
KEEP_DAYS = 180
KEEP = timedelta(days=KEEP_DAYS)
FEWEST_PEOPLE = 3
"""Nothing that fewer people did shows to others: nobody's own view can be told from a shelf."""


def weights(
    views: NDArray[Any], kept: NDArray[Any], booked: NDArray[Any], days_ago: NDArray[Any]
) -> NDArray[np.float32]:
    """Of all that one person did with one place: a row for each such pair."""
    said = np.minimum(np.log2(1.0 + views), MOST_VIEWED) + KEPT * (kept > 0) + BOOKED * (booked > 0)
    found: NDArray[np.float32] = (said * 0.5 ** (np.maximum(days_ago, 0.0) / HALF_LIFE_DAYS)).astype(np.float32)
    return found


def past_of(
    person: NDArray[Any], item: NDArray[Any], at: NDArray[np.float64], booked: NDArray[Any], *, items: int, now: float
) -> Past:
    """Single acts, views or bookings at `at` (days), put together by person and place."""
    keys, where = np.unique(person.astype(np.int64) * items + item, return_inverse=True)
    views, bookings = np.bincount(where, ~booked, len(keys)), np.bincount(where, booked, len(keys))
    last = np.full(len(keys), -np.inf)
    np.maximum.at(last, where, at)
    return Past(
        people=int(person.max(initial=-1)) + 1,
        items=items,
        person=(keys // items).astype(np.int32),
        item=(keys % items).astype(np.int32),
        weight=weights(views, np.zeros(len(keys)), bookings, now - last),
        at=last,
    )
