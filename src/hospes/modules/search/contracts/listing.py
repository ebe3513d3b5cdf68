"""A live listing as the index takes it."""

from dataclasses import dataclass, field
from datetime import time
from enum import IntEnum
from uuid import UUID

from hospes.modules.pricing.contracts import PriceRule, Restriction, Tax


class Mode(IntEnum):
    """How it is sold."""

    NIGHTLY = 0
    TIMED = 1
    DEPARTURE = 2


@dataclass(frozen=True, slots=True)
class Tariff:
    """What comes on top of the base price, as in pricing's `Rate`; `rules`: those of the resource itself, not of plans,
    in the host's order."""

    cleaning_fee: int = 0
    service_fee_bp: int = 0
    taxes: tuple[Tax, ...] = ()
    rules: tuple[PriceRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Diary:
    """When something sold by the hour can start: quarters of an hour of UTC, counted from the index's first day.

    For each unit, as bits with the first quarter the lowest: `free`, those in which a service may run, and `starts`,
    those on which one may begin. `shortest` and `longest` (None: as far as it is free) are quarters."""

    free: tuple[int, ...]
    starts: tuple[int, ...]
    shortest: int
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Sailing:
    """A departure that can still be booked: UTC minutes since the epoch, the local day counted from the index's first
    day, places left, the group sizes it takes, and its own price (None: the base price)."""

    minute: int
    day: int
    left: int
    min_group: int = 1
    max_group: int | None = None
    price: int | None = None


NOWHERE = UUID(int=0)
BARE = Tariff()


@dataclass(slots=True)
class Listing:
    """`open_words`: a bit for each night from the index's first one, set when it can be sold; `day_prices`: nights with
    a price of their own, by the same count. `zone` and `check_in_from`: the clock at the property. `range_km`: how far
    its people travel from (latitude, longitude) to the guest, 0 when nobody does."""

    resource_id: UUID
    latitude: float
    longitude: float
    kind: str
    guests: int
    pets: bool
    instant: bool
    amenities: int
    rating: float
    rating_count: int
    currency: str
    base_amount: int
    min_nights: int
    max_nights: int
    notice_hours: int
    horizon_days: int
    nightly: bool
    open_words: bytes = b""
    day_prices: dict[int, int] = field(default_factory=dict)
    zone: str = "UTC"
    check_in_from: time = time(15)
    property_id: UUID = NOWHERE
    mode: Mode = Mode.NIGHTLY
    tariff: Tariff = BARE
    restrictions: tuple[Restriction, ...] = ()
    diary: Diary | None = None
    sailings: tuple[Sailing, ...] = ()
    range_km: float = 0.0
