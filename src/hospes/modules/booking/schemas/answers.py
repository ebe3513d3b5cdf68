"""What is answered: the models of the OpenAPI document. writing.py makes the answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class MoneyOut(BaseModel):
    """Minor units of an ISO 4217 currency."""

    amount: int
    currency: str


class PriceLineOut(BaseModel):
    """One line of a price; `included` is a tax contained in the other lines. `kind` is discount, discount_tax or
    credit where a coupon or credit made the line, `borne_by` platform or host."""

    code: str
    label: str
    detail: str
    quantity: int
    unit_amount: MoneyOut
    amount: MoneyOut
    included: MoneyOut
    kind: str = ""
    borne_by: str = ""


class NightOut(BaseModel):
    """A night and its price."""

    night: date
    amount: MoneyOut


class PriceOut(BaseModel):
    """Lines that sum to the total."""

    total: MoneyOut
    lines: list[PriceLineOut]
    nights: list[NightOut]


class ShownOut(BaseModel):
    """About how much the total is in another currency: one unit of the charged one buys `rate` of it, as `source` said
    for the day `on`. It is for showing only."""

    total: MoneyOut
    rate: str
    source: str
    on: date


class TierOut(BaseModel):
    """At least `hours_before` hours before check-in, `refund_percent` of the nights comes back."""

    hours_before: int
    refund_percent: float


class CancellationOut(BaseModel):
    """Cancellation terms, as data and in sentences."""

    policy: str
    tiers: list[TierOut]
    free_until: datetime | None
    text: list[str]


class PartyOut(BaseModel):
    """Who comes."""

    adults: int
    children: int
    infants: int
    pets: int


class ItemOut(BaseModel):
    """One resource of a booking; the first is what it is about."""

    resource_id: UUID
    resource_name: str
    quantity: int


class QuoteOut(BaseModel):
    """What a wish costs now, and whether it can be had. `mode`: nightly, timed or departure.

    `arrival` and `departure` are local dates; `check_in_at` and `check_out_at` are instants, the start and the end of
    hours and departures."""

    resource_id: UUID
    mode: str
    items: list[ItemOut]
    plan_name: str
    arrival: date
    departure: date
    nights: int
    party: PartyOut
    available: bool
    instant: bool
    check_in_at: datetime
    check_out_at: datetime
    price: PriceOut
    shown: ShownOut | None = None
    cancellation: CancellationOut


class HoldOut(BaseModel):
    """A place kept until `expires_at`, `seconds_left` from now; `renewable` once, for 15 minutes more."""

    id: UUID
    status: str
    expires_at: datetime
    seconds_left: int
    renewable: bool
    quote: QuoteOut


class BookingOut(BaseModel):
    """A booking as its guest, its host or an admin sees it; `actions` is what this caller may do now."""

    id: UUID
    reference: str
    status: str
    guest_id: UUID
    business_id: UUID
    property_id: UUID
    resource_id: UUID
    property_name: str
    resource_name: str
    city: str
    country: str
    zone: str
    arrival: date
    departure: date
    nights: int
    check_in_at: datetime
    check_out_at: datetime
    mode: str
    items: list[ItemOut]
    plan_name: str
    party: PartyOut
    total: MoneyOut
    price: PriceOut
    shown: ShownOut | None = None
    cancellation: CancellationOut
    house_rules: str
    message: str
    decide_by: datetime | None
    series_id: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int
    actions: list[str]


class BookingsOut(BaseModel):
    """A page of bookings."""

    items: list[BookingOut]
    next_cursor: str | None


class HistoryEntryOut(BaseModel):
    """One step; of a change, `data` has `before`, `after` and `difference` (minor units)."""

    at: datetime
    actor: str
    action: str
    from_status: str | None
    to_status: str
    note: str
    data: dict[str, Any]


class HistoryOut(BaseModel):
    """Every step, the first one first."""

    items: list[HistoryEntryOut]


class RefundLineOut(BaseModel):
    """What comes back of one line."""

    code: str
    label: str
    paid: MoneyOut
    refund: MoneyOut
    detail: str


class RefundOut(BaseModel):
    """What cancelling gives back; `credit` comes back as credit, besides `amount`."""

    paid: MoneyOut
    amount: MoneyOut
    credit: MoneyOut
    reason: str
    lines: list[RefundLineOut]


class CancelledOut(BaseModel):
    """The cancelled booking and what comes back."""

    booking: BookingOut
    refund: RefundOut


class NightStateOut(BaseModel):
    """One night: how many are free."""

    night: date
    available: int
    capacity: int
    blocked: bool


class CalendarOut(BaseModel):
    """Nights in order."""

    items: list[NightStateOut]


class BlockOut(BaseModel):
    """Nights kept off sale."""

    id: UUID
    resource_id: UUID
    arrival: date
    departure: date
    note: str
