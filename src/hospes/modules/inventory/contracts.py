"""Inventory's words: what is asked for, what was claimed, and the state of a night."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class ClaimKind(StrEnum):
    """Why a place is taken."""

    HOLD = "hold"
    BOOKING = "booking"
    BLOCK = "block"
    EXTERNAL = "external"


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
class Claim:
    """A place taken for the nights [first_night, departure). Soft while `held_until` is set: a rival may release it
    once that instant has passed. `owner_id` is the hold, booking or block it belongs to."""

    id: UUID
    resource_id: UUID
    unit_id: UUID | None
    quantity: int
    first_night: date
    departure: date
    kind: ClaimKind
    owner_id: UUID
    held_until: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NightState:
    """One night of a resource: how many are free of how many; `blocked` when the host has blocked what is left."""

    night: date
    available: int
    capacity: int
    blocked: bool
