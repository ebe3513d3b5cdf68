"""Several listings column by column, as the index takes them: what `Listing` says of one, as arrays of all.

The database is read so (`reading.py`), and single listings are put together so (`batch_of`): from there on there is one
way into the index.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hospes.modules.pricing.contracts import Restriction
from hospes.modules.search.contracts import Listing, Mode, Tariff
from hospes.modules.search.contracts.listing import NOWHERE
from hospes.modules.search.policies.wall_clock import WallClock
from hospes.modules.search.tables.faces import Packed
from hospes.modules.search.tables.own_prices import OwnNights

T = TypeVar("T")
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Ids = NDArray[Any]
WORDS = 8


@dataclass(frozen=True, slots=True)
class Coded(Generic[T]):
    """Distinct values, and for each listing which of them is its own."""

    values: Sequence[T]
    codes: Numbers

    def at(self, place: int) -> T:
        """The value of a listing."""
        return self.values[int(self.codes[place])]


@dataclass(slots=True)
class Batch:
    """For each listing what `Listing` tells, as one array a field; ids are 16 bytes (`S16`).

    `words`: `open_words`, (listings, `WORDS`) of uint64. `own`: prices of single nights, owners are places here.
    `special`: by place the listings that have something in a table beside the columns, which is taken from there."""

    ids: Ids
    properties: Ids
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    kind: Coded[str]
    mode: NDArray[np.uint8]
    guests: Numbers
    pets: Mask
    instant: Mask
    amenities: NDArray[np.uint64]
    rating: NDArray[np.float64]
    rating_count: Numbers
    currency: Coded[str]
    base: Numbers
    min_nights: Numbers
    max_nights: Numbers
    notice: Numbers
    horizon: Numbers
    clock: Coded[WallClock]
    cleaning: Numbers
    service: Numbers
    tariff: Coded[Tariff]
    limit: Coded[tuple[Restriction, ...]]
    words: NDArray[np.uint64]
    own: OwnNights
    faces: Packed
    special: dict[int, Listing]

    def __len__(self) -> int:
        return len(self.ids)

    def resource_ids(self) -> list[UUID]:
        """The ids of the listings."""
        return [uuid_of(each) for each in self.ids]


def uuid_of(key: bytes) -> UUID:
    """An id as arrays have it."""
    return UUID(bytes=bytes(key).ljust(16, b"\0"))


def coded(values: Iterable[Hashable]) -> Coded[Any]:
    """Equal values kept once."""
    seen: dict[Hashable, int] = {}
    codes = [seen.setdefault(each, len(seen)) for each in values]
    return Coded(list(seen), np.array(codes, np.int64))


def batch_of(listings: Sequence[Listing]) -> Batch:
    """The same listings as a batch."""

    def array(kind: DTypeLike, name: str) -> NDArray[Any]:
        return np.array([getattr(each, name) for each in listings], kind)

    size = len(listings)
    homes = [each.resource_id if each.property_id == NOWHERE else each.property_id for each in listings]
    own = [(place, *price) for place, each in enumerate(listings) for price in each.day_prices.items()]
    words = b"".join(each.open_words.ljust(WORDS * 8, b"\0") for each in listings)
    return Batch(
        ids=np.array([each.resource_id.bytes for each in listings], "S16"),
        properties=np.array([each.bytes for each in homes], "S16"),
        latitude=array(np.float64, "latitude"),
        longitude=array(np.float64, "longitude"),
        kind=coded(each.kind for each in listings),
        mode=np.array([each.mode if each.mode or each.nightly else Mode.TIMED for each in listings], np.uint8),
        guests=array(np.int64, "guests"),
        pets=array(np.bool_, "pets"),
        instant=array(np.bool_, "instant"),
        amenities=array(np.uint64, "amenities"),
        rating=array(np.float64, "rating"),
        rating_count=array(np.int64, "rating_count"),
        currency=coded(each.currency for each in listings),
        base=array(np.int64, "base_amount"),
        min_nights=array(np.int64, "min_nights"),
        max_nights=array(np.int64, "max_nights"),
        notice=array(np.int64, "notice_hours"),
        horizon=array(np.int64, "horizon_days"),
        clock=coded(WallClock(each.zone, each.check_in_from) for each in listings),
        cleaning=np.array([each.tariff.cleaning_fee for each in listings], np.int64),
        service=np.array([each.tariff.service_fee_bp for each in listings], np.int64),
        tariff=Coded([each.tariff for each in listings], np.arange(size)),
        limit=Coded([each.restrictions for each in listings], np.arange(size)),
        words=np.frombuffer(words, np.uint64).reshape(-1, WORDS),
        own=OwnNights(*np.array(own, np.int64).reshape(-1, 3).T),
        faces=Packed.of([each.face for each in listings]),
        special=dict(enumerate(listings)),
    )
