"""How alike two places are, from what is known of them alone: no one needs to have looked at either.

    likeness = 0.30 same kind + 0.25 amenities + 0.20 price + 0.10 size + 0.15 rating of the other
    times 0.4 + 0.6 * exp(-kilometres / 8)

Amenities are compared by Jaccard (shared among all of either), price and size by how many times one is the other. Where
it is known how alike their descriptions are (cosine), 0.50 of that is added before the distance counts.
"""

import numpy as np
from numpy.typing import NDArray

from hospes.modules.recommendations.contracts import Traits

SORTS = (
    frozenset({"HOME", "HOTEL_ROOM"}), frozenset({"DESK", "MEETING_ROOM"}), frozenset({"TOUR", "PACKAGE"}),
    *(frozenset({kind}) for kind in ("DOCTOR_SLOT", "SALON_CHAIR", "PROFESSIONAL", "PARKING", "EQUIPMENT", "OTHER")),
)  # fmt: skip
"""Kinds that stand for one another: who looks at a home may like a hotel room, but no parking space."""
KIND, AMENITIES, PRICE, SIZE, RATING = 0.30, 0.25, 0.20, 0.10, 0.15
PRICE_BAND, SIZE_BAND = 0.45, 0.6  # natural logarithms: 57 % dearer, 82 % larger is about one band away
SAYING = 0.50  # measured (docs/recommendations.md); anything from 0.2 to 1 does nearly as well
NEAR_KM, FAR_SHARE = 8.0, 0.4
UNRATED = 4.0
EARTH_KM = 6371.0088

Scores = NDArray[np.float64]


def likeness(traits: Traits, one: int, others: Traits, sayings: Scores | None = None) -> Scores:
    """Of each of `others` to row `one` of `traits`: 0 to 1, and up to `SAYING` more with `sayings`: how alike what they
    say is, 0 to 1."""
    found = same_sort(traits, one, others)
    if sayings is not None:
        found = found + SAYING * np.clip(sayings, 0.0, 1.0)
    return found * (FAR_SHARE + (1 - FAR_SHARE) * np.exp(-distance(traits, one, others) / NEAR_KM))


def same_sort(traits: Traits, one: int, others: Traits) -> Scores:
    """The same, wherever they are."""
    shared = np.bitwise_count(others.amenities & traits.amenities[one]).astype(np.float64)
    either = np.bitwise_count(others.amenities | traits.amenities[one])
    rating = np.where(others.rating > 0, others.rating.astype(np.float64), UNRATED) / 5.0
    found: Scores = (
        KIND * (others.kind == traits.kind[one])
        + AMENITIES * shared / np.maximum(either, 1)
        + PRICE * _band(others.euro_cents, traits.euro_cents[one], PRICE_BAND)
        + SIZE * _band(others.guests, traits.guests[one], SIZE_BAND)
        + RATING * rating
    )
    return found


def distance(traits: Traits, one: int, others: Traits) -> Scores:
    """Great-circle kilometres."""
    here, there = np.radians(traits.latitude[one]), np.radians(others.latitude)
    across = np.radians(others.longitude - traits.longitude[one])
    half = np.sin((there - here) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(across / 2) ** 2
    km: Scores = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return km


def _band(values: NDArray[np.generic], one: np.generic, width: float) -> Scores:
    """1 where they are equal, falling with how many times one is the other."""
    ratio = np.log(np.maximum(values.astype(np.float64), 1.0)) - np.log(max(float(one), 1.0))
    found: Scores = np.exp(-0.5 * (ratio / width) ** 2)
    return found
