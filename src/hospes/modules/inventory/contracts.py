"""Inventory's words: what is asked for, what was claimed, opening hours, departures and the state of a night."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

Span = tuple[int, int]
"""From a second to before another."""


def merged(spans: Iterable[Span]) -> tuple[list[int], list[int]]:
    """Starts and ends of what the spans cover together, both sorted."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(spans):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


class ClaimKind(StrEnum):
    """Why a place is taken."""

    HOLD = "hold"
    BOOKING = "booking"
    BLOCK = "block"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class ClaimAsk:
    """Nights wanted: [first_night, departure). Exclusive: any one of `unit_ids`, tried in order (`quantity` must be 1).
    Pooled: `quantity` of `capacity`, counted per night; no unit is taken. `zone` is the property's IANA name."""

    resource_id: UUID
    unit_ids: tuple[UUID, ...]
    pooled: bool
    capacity: int
    zone: str
    first_night: date
    departure: date
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class SlotAsk:
    """Time wanted: the service runs [starts_at, ends_at) and keeps `before` and `after` free around it. Any one of
    `unit_ids`, tried in order. `place` is where a travelling job is (None: at `home`); with `home` and `speed_kmh` the
    way from the job before and to the next must fit between. Limits count the unit's holds and bookings by the day and
    the ISO week they start on in `zone`."""

    resource_id: UUID
    unit_ids: tuple[UUID, ...]
    zone: str
    starts_at: datetime
    ends_at: datetime
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    place: Place | None = None
    home: Place | None = None
    speed_kmh: float | None = None
    max_per_day: int | None = None
    max_per_week: int | None = None

    @property
    def quantity(self) -> int:
        """Always one."""
        return 1


@dataclass(frozen=True, slots=True)
class DepartureAsk:
    """Places wanted on a dated departure."""

    resource_id: UUID
    departure_id: UUID
    quantity: int = 1


Ask = ClaimAsk | SlotAsk | DepartureAsk


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an owner will claim instead of what they have, roughly: enough to lock it. `nights`: [first, departure);
    `diaries`: by the minute, so that the units' diaries count."""

    resource_id: UUID
    unit_ids: tuple[UUID, ...]
    pooled: bool
    capacity: int
    nights: tuple[date, date] | None = None
    diaries: bool = False


@dataclass(frozen=True, slots=True)
class GivenRoom:
    """The unit that a counted stay has been given, for its room number `place` from 0; a pinned one stays."""

    place: int
    unit_id: UUID
    pinned: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A place taken for the nights [first_night, departure). Soft while `held_until` is set: a rival may release it
    once that instant has passed. `owner_id` is the hold, booking or block it belongs to.

    The service runs [starts_at, ends_at), buffers not counted; of nights it is noon to noon. For slots and departures
    `first_night` is the local day of the start and `departure` the day after the local day of the end. `rooms` that
    a counted stay has been given are told by `prepare_exchange` alone."""

    id: UUID
    resource_id: UUID
    unit_id: UUID | None
    quantity: int
    first_night: date
    departure: date
    kind: ClaimKind
    owner_id: UUID
    held_until: datetime | None
    starts_at: datetime
    ends_at: datetime
    note: str = ""
    departure_id: UUID | None = None
    rooms: tuple[GivenRoom, ...] = ()


@dataclass(frozen=True, slots=True)
class NightState:
    """One night of a resource: how many are free of how many; `blocked` when the host has blocked what is left."""

    night: date
    available: int
    capacity: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Open every week from `opens` to `closes` on the wall there; `weekday` 0 is Monday. `closes` at or before `opens`
    is on the next day. With a `unit_id` it is that unit's own: a unit with any window of its own follows only those."""

    weekday: int
    opens: time
    closes: time
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DayException:
    """Other hours on one date (none: closed), for everyone or one unit. A unit's own exception comes first."""

    day: date
    hours: tuple[tuple[time, time], ...] = ()
    unit_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When and how a resource is sold by time. Lengths are minutes. `slot_minutes` is the usual and shortest booking,
    `longest_minutes` the longest (None: up to the window); starts lie every `step_minutes` from a window's opening.
    Limits are per unit. `travel_mode` "travel": the professional comes to within `radius_km` of `home`."""

    resource_id: UUID
    slot_minutes: int
    step_minutes: int
    longest_minutes: int | None = None
    before_minutes: int = 0
    after_minutes: int = 0
    notice_minutes: int = 0
    horizon_days: int = 90
    max_per_day: int | None = None
    max_per_week: int | None = None
    travel_mode: Literal["local", "travel"] = "local"
    radius_km: float | None = None
    speed_kmh: float | None = None
    home: Place | None = None
    windows: tuple[Window, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked now, with the units free then, in their order."""

    starts_at: datetime
    ends_at: datetime
    units_free: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DepartureDraft:
    """What a host says of a departure."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    overbooking: int = 0
    cutoff_minutes: int = 0
    min_group: int = 1
    max_group: int | None = None
    price_amount: int | None = None
    status: Literal["scheduled", "cancelled"] = "scheduled"


@dataclass(frozen=True, slots=True)
class Departure:
    """A dated departure. `available` is what can still be sold, until `cutoff_minutes` before the start, to groups of
    `min_group` to `max_group`. `price_amount` in minor units of the rate's currency; None: the rate's own price."""

    id: UUID
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date
    capacity: int
    overbooking: int
    claimed: int
    available: int
    cutoff_minutes: int
    min_group: int
    max_group: int | None
    price_amount: int | None
    status: Literal["scheduled", "cancelled"]
    version: int
