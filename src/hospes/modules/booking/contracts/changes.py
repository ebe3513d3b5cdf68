"""Changes to a booking, series, the waitlist, and what needs a person."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from hospes.modules.booking.contracts.bookings import Booking, Hours, Quote, Wish
from hospes.platform.money import Money


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise; None stays as it is. Another resource is taken at its own price unless `plan_id` says
    which. `children_ages` of those who come then; `unit_id`: whom an appointment is with."""

    arrival: date | None = None
    departure: date | None = None
    hours: Hours | None = None
    departure_id: UUID | None = None
    adults: int | None = None
    children: int | None = None
    infants: int | None = None
    pets: int | None = None
    quantity: int | None = None
    resource_id: UUID | None = None
    plan_id: UUID | None = None
    children_ages: tuple[int, ...] = ()
    unit_id: UUID | None = None


class Giving(StrEnum):
    """What staff give back of what falls away, or ask for what is added."""

    FULL = "full"
    BY_TERMS = "by_terms"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a public code, a sentence, and sentences by field."""

    code: str
    detail: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeQuote:
    """What a change would cost, or why it cannot be: `quote` is None when refused before there was a price.

    `difference`: above zero it is due, below zero it comes back; for an unpaid booking the total changes by it.
    `kept`: what the terms keep of what falls away."""

    booking_id: UUID
    old_total: Money
    new_total: Money
    difference: int
    kept: int
    quote: Quote | None
    refusals: tuple[Refusal, ...] = ()

    @property
    def available(self) -> bool:
        """Whether it would be taken now."""
        return not self.refusals


class ChangeStatus(StrEnum):
    """A change that costs more is open until it is paid. Money for one that is over goes back (refunded)."""

    OPEN = "open"
    APPLIED = "applied"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A change that waits for `difference` to be paid by `pay_by`; the payment is under this id."""

    id: UUID
    booking_id: UUID
    status: ChangeStatus
    actor: str
    actor_id: UUID
    quote: Quote
    old_total: int
    difference: Money
    seen: dict[str, Any]
    pay_by: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a change: done, or waiting for its payment when there is a `request`."""

    booking: Booking
    difference: int
    request: ChangeRequest | None = None


@dataclass(frozen=True, slots=True)
class Departing:
    """Leaving before the agreed day: the nights [first_night, departure) go back on sale, worth `value`, of which
    `refund` comes back as money, `credit` as credit, and `kept` does not."""

    first_night: date
    departure: date
    nights: int
    currency: str
    value: int
    refund: int
    kept: int
    reason: str
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What accepting a request would do: why it cannot be accepted, if so, and whose chance it takes."""

    booking_id: UUID
    refusal: Refusal | None
    rival_requests: tuple[UUID, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """Every so many weeks, `count` times or up to and with `until`; days to skip are those a repetition starts on."""

    every_weeks: int = 1
    count: int | None = None
    until: date | None = None
    skip: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One repetition: the day it starts, its quote, or why it cannot be had."""

    day: date
    wish: Wish
    quote: Quote | None
    refusal: Refusal | None


class WaitStatus(StrEnum):
    """Who waits is offered a hold; it is booked, or lapses. `over`: the time has passed."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    LAPSED = "lapsed"
    LEFT = "left"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class WaitEntry:
    """A guest's place in the queue for a wish; `minutes`: any time of this length in [starts_at, ends_at).

    `ahead`: how many wait before them for the same resource and overlapping time."""

    id: UUID
    guest_id: UUID
    business_id: UUID
    resource_id: UUID
    wish: Wish
    minutes: int | None
    starts_at: datetime
    ends_at: datetime
    status: WaitStatus
    hold_id: UUID | None
    offered_until: datetime | None
    created_at: datetime
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that went wrong and needs a person."""

    id: UUID
    booking_id: UUID
    kind: str
    data: dict[str, Any]
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: UUID | None
    note: str
