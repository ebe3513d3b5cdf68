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
    """When something sold by the hour can start, of all its units together, and what is asked of a start.

    `runs`: int32 triples (first, until, end) in native order, sorted: seconds since `ORIGIN`. Somebody is free to start
    at `first` and every `step` minutes after it up to `until`, for any length that is over by `end`. Lengths: `slot`,
    or a multiple of `step` from that to `longest` minutes. A start is `notice` minutes ahead or more, and at most
    `horizon` days: what time it is is asked when somebody searches, not when this is written."""

    runs: bytes
    slot: int
    step: int
    longest: int = 1440
    notice: int = 0
    horizon: int = 90


@dataclass(frozen=True, slots=True)
class Rounds:
    """What somebody who travels has to do: from that follows when a job elsewhere can start.

    `runs`: int32 (first, until, end, unit), sorted, as in a diary if nobody were ever on the way. `jobs`: int32 (start,
    end, unit), sorted, and float64 (latitude, longitude) of each in `places`. Around a job `before` and `after` seconds
    are kept free; the way between two takes as long as the great circle at `speed_kmh`."""

    runs: bytes
    jobs: bytes
    places: bytes
    before: int
    after: int
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class Sailing:
    """A departure with places left: seconds since `ORIGIN`, the ordinal of its local day, places left, the group sizes
    it takes, how long before the start it is closed, and its own price (None: the base price)."""

    start: int
    day: int
    left: int
    min_group: int = 1
    max_group: int | None = None
    cutoff: int = 0
    price: int | None = None


ORIGIN = 1_577_836_800
"""Epoch seconds of 2020-01-01: seconds since then fit into 32 bits until 2088."""
NOWHERE = UUID(int=0)
BARE = Tariff()


@dataclass(slots=True)
class Listing:
    """`open_words`: a bit for each night from the index's first one, set when it can be sold; `day_prices`: nights with
    a price of their own, by the same count. `property_id` NOWHERE: a property of its own; all of a property are
    at the same place. `zone` and `check_in_from`: the clock at the property. `range_km`: how far
    its people travel to the guest, 0 when nobody does, from `home` (None: from the property); where that is stays
    between us and them. `diary` is of jobs at the place or at home; `rounds` (None: no job stands anywhere in the way)
    of jobs elsewhere. `travel_fee`, `travel_per_km`, `child_amount`: as in pricing's `Rate`.

    `unit_words`: `open_words` of each unit, where all are partly taken and none is free whenever another one is.
    """

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
    home: tuple[float, float] | None = None
    unit_words: tuple[bytes, ...] = ()
    rounds: Rounds | None = None
    travel_fee: int = 0
    travel_per_km: int = 0
    child_amount: int | None = None
    face: bytes = b""
