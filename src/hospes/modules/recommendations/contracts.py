"""Places as numbers, what people did with them, what was learned of it, and what is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.platform.money import Money

SoldBy = Literal["night", "hour", "person"]


@dataclass(frozen=True, slots=True)
class Traits:
    """What can be compared of places, one row each: degrees, kind (a number), amenities (bits), euro cents, rating (0:
    none yet) and how many it takes."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    kind: NDArray[np.uint8]
    amenities: NDArray[np.uint64]
    euro_cents: NDArray[np.int64]
    rating: NDArray[np.float32]
    guests: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.latitude)

    def take(self, rows: NDArray[Any]) -> "Traits":
        """Those rows alone."""
        return Traits(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Past:
    """Who did what with which place: `person` and `item` are numbers from 0, one row for each pair, `weight` is what it
    counts (`policies/counting.py`), already faded with time; `at` orders a person's rows."""

    people: int
    items: int
    person: NDArray[np.int32]
    item: NDArray[np.int32]
    weight: NDArray[np.float32]
    at: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True)
class Learned:
    """What training has found, by the numbers of `Past`.

    `suggested`: of a person, the best first; `together`: of an item, the others and how close (0 to 1); `popular`: of
    a city, its items; `city_weight`: how much goes on in it."""

    suggested: Mapping[int, Sequence[int]]
    together: Mapping[int, tuple[Sequence[int], Sequence[float]]]
    popular: Mapping[int, Sequence[int]]
    city_weight: Mapping[int, float] = field(default_factory=dict)
    factors: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Somebody has looked at a listing."""

    person: UUID
    resource_id: UUID
    visitor: bool
    at: datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Whose views are kept: an account, or a visitor who agreed."""

    id: UUID
    visitor: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A place as shown on a shelf: of its resources the one that is meant, else the cheapest. `total` is of the stay
    that was asked for."""

    resource_id: UUID
    property_id: UUID
    title: str
    subtitle: str
    city: str
    country: str
    kind: str
    picture: str | None
    picture_alt: str
    price: Money
    sold_by: SoldBy
    rating: float | None
    rating_count: int
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class Recent:
    """A place somebody looked at, and when last."""

    card: Card
    at: datetime


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Cards and why: what the person did ("for_you"), what they looked at last ("like_last"), or what is popular."""

    reason: Literal["for_you", "like_last", "popular"]
    cards: Sequence[Card]
    about: str = ""
