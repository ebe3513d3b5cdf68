"""Statuses, actions, quotes, holds, bookings and the terms frozen into them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from hospes.modules.catalog.contracts import Mode
from hospes.modules.inventory.contracts import Ask, Place
from hospes.modules.ledger.contracts import Display, Shown
from hospes.modules.payments.contracts import PAID_AT_BOOKING, PaymentTerms, Way
from hospes.modules.pricing.contracts import Party, Price, PriceLine
from hospes.modules.promotions.contracts import Discount
from hospes.platform.money import Money

__all__ = [
    "Action",
    "Actor",
    "Block",
    "Booking",
    "BookingStatus",
    "CancellationTerms",
    "Extra",
    "HistoryEntry",
    "Hold",
    "HoldStatus",
    "Hours",
    "Item",
    "Leaving",
    "Mode",
    "Nights",
    "Party",
    "Place",
    "Price",
    "PriceLine",
    "Quote",
    "Refund",
    "RefundLine",
    "Terms",
    "Tier",
    "When",
    "Wish",
]


class BookingStatus(StrEnum):
    """Where a booking stands; states.py holds the moves between them."""

    PENDING_APPROVAL = "pending_approval"
    PENDING_PAYMENT = "pending_payment"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class Action(StrEnum):
    """What can be done to a booking."""

    CREATE = "create"
    ACCEPT = "accept"
    DECLINE = "decline"
    PAY = "pay"
    EXPIRE = "expire"
    CANCEL = "cancel"
    REINSTATE = "reinstate"
    START = "start"
    COMPLETE = "complete"
    MARK_NO_SHOW = "mark_no_show"
    CHANGE = "change"
    ASK_CHANGE = "ask_change"
    END_CHANGE = "end_change"
    LEAVE_EARLY = "leave_early"


class Actor(StrEnum):
    """Who did it."""

    GUEST = "guest"
    HOST = "host"
    ADMIN = "admin"
    CLOCK = "clock"
    PAYMENT = "payment"


class HoldStatus(StrEnum):
    """Only a live hold that has not expired can be booked."""

    LIVE = "live"
    USED = "used"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Nights:
    """The nights [arrival, departure)."""

    arrival: date
    departure: date


@dataclass(frozen=True, slots=True)
class Hours:
    """[starts_at, ends_at), instants; `place` is where a professional is to come."""

    starts_at: datetime
    ends_at: datetime
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """Places on a dated departure, one for each adult and child."""

    departure_id: UUID


When = Nights | Hours | Leaving


@dataclass(frozen=True, slots=True)
class Extra:
    """What comes along for the same time: another room, a parking space, a device; of the same business."""

    resource_id: UUID
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What a guest wants: `quantity` of a resource, when, for whom, at which rate plan, and what comes along.

    `unit_id`: by the hour only, this professional, chair or desk and no other.
    `coupons`: codes; `use_credit`: pay from the guest's credit what it reaches for. `display`: the currency in which
    the guest wants to see the total besides."""

    resource_id: UUID
    when: When
    party: Party
    quantity: int = 1
    plan_id: UUID | None = None
    children_ages: tuple[int, ...] = ()
    extras: tuple[Extra, ...] = ()
    unit_id: UUID | None = None
    coupons: tuple[str, ...] = ()
    use_credit: bool = False
    display: Display | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One resource of a booking, how many of it, and what is claimed of it."""

    resource_id: UUID
    resource_name: str
    quantity: int
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """Cancelling at least `hours_before` hours before check-in gives back `refund_bp` basis points of the nights."""

    hours_before: int
    refund_bp: int


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """Terms as accepted; `tiers` from the earliest to the latest, no refund of nights after the last.

    `text` says the same in sentences, the first one being the summary; `free_until` is None when never free.
    Tiers count back from `counts_from`, the earliest check-in ever agreed, where that is not `check_in_at`: moving a
    stay never makes cancelling it cheaper."""

    policy: str
    tiers: tuple[Tier, ...]
    check_in_at: datetime
    text: tuple[str, ...]
    free_until: datetime | None = None
    counts_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What guest and host agreed to, frozen at booking; later edits of the listing do not touch it.

    `items`: first what the booking is about, then what comes along; empty in terms frozen before there were items,
    which have `pooled` and `unit_ids` instead. `plan_name` is empty for the listing's own price.
    `unit_id` and `unit_name`: the professional, chair or desk that was asked for, if one was. `discounts`: the coupons
    whose lines the price has. `paying`: how and when the price is taken. `shown`: the rate at which the guest saw the
    total in another currency."""

    price: Price
    cancellation: CancellationTerms
    property_name: str
    resource_name: str
    city: str
    country: str
    zone: str
    check_in_from: str
    check_out_until: str
    house_rules: str
    instant: bool
    pooled: bool
    unit_ids: tuple[UUID, ...] = ()
    mode: Mode = Mode.NIGHTLY
    items: tuple[Item, ...] = ()
    plan_id: UUID | None = None
    plan_name: str = ""
    unit_id: UUID | None = None
    unit_name: str = ""
    discounts: tuple[Discount, ...] = ()
    paying: PaymentTerms = PAID_AT_BOOKING
    shown: Shown | None = None

    @property
    def paid_at_booking(self) -> bool:
        """Whether something has to be paid, or authorised, for it to be confirmed."""
        return self.price.total > 0 and self.paying.way is not Way.AT_PROPERTY


@dataclass(frozen=True, slots=True)
class Quote:
    """An explained price for a wish, valid at `quoted_at`; `available` may be stale a moment later.

    `arrival` and `departure` are local dates: of nights, or of the start and the end. `check_in_at` and `check_out_at`
    are instants: of check-in and check-out, or of the start and the end."""

    resource_id: UUID
    property_id: UUID
    business_id: UUID
    arrival: date
    departure: date
    party: Party
    check_in_at: datetime
    check_out_at: datetime
    available: bool
    terms: Terms
    quoted_at: datetime

    @property
    def price(self) -> Price:
        """The price, as the terms hold it."""
        return self.terms.price

    @property
    def cancellation(self) -> CancellationTerms:
        """The cancellation terms, as the terms hold them."""
        return self.terms.cancellation

    @property
    def total(self) -> Money:
        """What the guest would be charged."""
        return Money(self.price.total, self.price.currency)


@dataclass(frozen=True, slots=True)
class Hold:
    """A place kept for a guest until `expires_at`, at the price quoted."""

    id: UUID
    guest_id: UUID
    resource_id: UUID
    arrival: date
    departure: date
    party: Party
    quote: Quote
    status: HoldStatus
    expires_at: datetime
    created_at: datetime
    renewed: bool = False

    def live(self, now: datetime) -> bool:
        """Whether it can still be booked."""
        return self.status is HoldStatus.LIVE and self.expires_at > now


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking. `decide_by`: the host's answer or the guest's payment, whichever the status waits for."""

    id: UUID
    reference: str
    guest_id: UUID
    business_id: UUID
    property_id: UUID
    resource_id: UUID
    status: BookingStatus
    arrival: date
    departure: date
    check_in_at: datetime
    check_out_at: datetime
    party: Party
    total: Money
    terms: Terms
    message: str
    decide_by: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    quantity: int = 1
    series_id: UUID | None = None

    @property
    def mode(self) -> Mode:
        """How it is sold."""
        return self.terms.mode

    @property
    def nights(self) -> int:
        """How many nights; 0 for hours and departures of one day."""
        return (self.departure - self.arrival).days


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step in a booking's life; of a change, `data` has `before`, `after` and `difference`."""

    id: UUID
    at: datetime
    actor: Actor
    actor_id: UUID | None
    action: Action
    from_status: BookingStatus | None
    to_status: BookingStatus
    note: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What comes back of one price line, and why."""

    code: str
    label: str
    paid: int
    refund: int
    detail: str


@dataclass(frozen=True, slots=True)
class Refund:
    """What cancelling at a moment gives back, explained. Lines sum to `amount`; `paid` is what has been received.
    `credit` comes back as credit, the share of what was paid with it."""

    currency: str
    paid: int
    amount: int
    reason: str
    lines: tuple[RefundLine, ...] = field(default=())
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Nights [arrival, departure) the host keeps off sale."""

    id: UUID
    resource_id: UUID
    arrival: date
    departure: date
    quantity: int
    note: str
