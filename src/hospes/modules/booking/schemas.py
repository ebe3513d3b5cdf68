"""Booking on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from hospes.modules.booking import states
from hospes.modules.booking.contracts import (
    Actor,
    Block,
    Booking,
    CancellationTerms,
    HistoryEntry,
    Hold,
    Party,
    Price,
    Quote,
    Refund,
)
from hospes.modules.inventory.contracts import NightState

Count = Annotated[int, Field(ge=0, le=1000, strict=True)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MoneyOut(BaseModel):
    """Minor units of an ISO 4217 currency."""

    amount: int
    currency: str


class PartyIn(_In):
    """Who comes."""

    adults: Count = 1
    children: Count = 0
    infants: Count = 0
    pets: Count = 0

    def party(self) -> Party:
        """As the core speaks of it."""
        return Party(self.adults, self.children, self.infants, self.pets)


class StayIn(PartyIn):
    """Nights [arrival, departure) of a resource for a party."""

    resource_id: UUID
    arrival: date
    departure: date


class HoldIn(StayIn):
    """A stay to keep; with `expected_total` only at that total (minor units)."""

    expected_total: Annotated[int, Field(ge=0, le=10**15)] | None = None


class BookingIn(PartyIn):
    """Either `hold_id`, or `resource_id`, `arrival` and `departure` with the party."""

    hold_id: UUID | None = None
    resource_id: UUID | None = None
    arrival: date | None = None
    departure: date | None = None
    message: Text = ""
    expected_total: Annotated[int, Field(ge=0, le=10**15)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "BookingIn":
        stay = (self.resource_id, self.arrival, self.departure)
        if self.hold_id is not None and any(part is not None for part in stay):
            raise ValueError("Send either hold_id, or resource_id with arrival and departure, not both.")
        if self.hold_id is None and any(part is None for part in stay):
            raise ValueError("Send hold_id, or resource_id with arrival and departure.")
        return self


class CancelIn(_In):
    """Why, and the refund that was shown (minor units): another one is refused."""

    reason: Text = ""
    expected_refund: Annotated[int, Field(ge=0, le=10**15)] | None = None


class DeclineIn(_In):
    """Why."""

    reason: Text = ""


class BlockIn(_In):
    """Nights [arrival, departure) to keep off sale."""

    arrival: date
    departure: date
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class PriceLineOut(BaseModel):
    """One line of a price; `included` is a tax contained in the other lines."""

    code: str
    label: str
    detail: str
    quantity: int
    unit_amount: MoneyOut
    amount: MoneyOut
    included: MoneyOut


class NightOut(BaseModel):
    """A night and its price."""

    night: date
    amount: MoneyOut


class PriceOut(BaseModel):
    """Lines that sum to the total."""

    total: MoneyOut
    lines: list[PriceLineOut]
    nights: list[NightOut]


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


class QuoteOut(BaseModel):
    """What a stay costs now, and whether it is free."""

    resource_id: UUID
    arrival: date
    departure: date
    nights: int
    party: PartyOut
    available: bool
    instant: bool
    check_in_at: datetime
    check_out_at: datetime
    price: PriceOut
    cancellation: CancellationOut


class HoldOut(BaseModel):
    """Nights kept until `expires_at`."""

    id: UUID
    status: str
    expires_at: datetime
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
    party: PartyOut
    total: MoneyOut
    price: PriceOut
    cancellation: CancellationOut
    house_rules: str
    message: str
    decide_by: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    actions: list[str]


class BookingsOut(BaseModel):
    """A page of bookings."""

    items: list[BookingOut]
    next_cursor: str | None


class HistoryEntryOut(BaseModel):
    """One step."""

    at: datetime
    actor: str
    action: str
    from_status: str | None
    to_status: str
    note: str


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
    """What cancelling gives back."""

    paid: MoneyOut
    amount: MoneyOut
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


def price_out(price: Price) -> dict[str, Any]:
    """`PriceOut`."""
    currency = price.currency
    return {
        "total": _money(price.total, currency),
        "lines": [
            {
                "code": line.code,
                "label": line.label,
                "detail": line.detail,
                "quantity": line.quantity,
                "unit_amount": _money(line.unit_amount, currency),
                "amount": _money(line.amount, currency),
                "included": _money(line.included, currency),
            }
            for line in price.lines
        ],
        "nights": [{"night": night, "amount": _money(amount, currency)} for night, amount in price.nights],
    }


def cancellation_out(terms: CancellationTerms) -> dict[str, Any]:
    """`CancellationOut`."""
    return {
        "policy": terms.policy,
        "tiers": [{"hours_before": each.hours_before, "refund_percent": each.refund_bp / 100} for each in terms.tiers],
        "free_until": terms.free_until,
        "text": list(terms.text),
    }


def quote_out(quote: Quote) -> dict[str, Any]:
    """`QuoteOut`."""
    return {
        "resource_id": quote.resource_id,
        "arrival": quote.arrival,
        "departure": quote.departure,
        "nights": (quote.departure - quote.arrival).days,
        "party": _party(quote.party),
        "available": quote.available,
        "instant": quote.terms.instant,
        "check_in_at": quote.check_in_at,
        "check_out_at": quote.check_out_at,
        "price": price_out(quote.price),
        "cancellation": cancellation_out(quote.cancellation),
    }


def hold_out(hold: Hold) -> dict[str, Any]:
    """`HoldOut`."""
    return {"id": hold.id, "status": hold.status, "expires_at": hold.expires_at, "quote": quote_out(hold.quote)}


def booking_out(booking: Booking, actor: Actor) -> dict[str, Any]:
    """`BookingOut`."""
    terms = booking.terms
    return {
        "id": booking.id,
        "reference": booking.reference,
        "status": booking.status,
        "guest_id": booking.guest_id,
        "business_id": booking.business_id,
        "property_id": booking.property_id,
        "resource_id": booking.resource_id,
        "property_name": terms.property_name,
        "resource_name": terms.resource_name,
        "city": terms.city,
        "country": terms.country,
        "zone": terms.zone,
        "arrival": booking.arrival,
        "departure": booking.departure,
        "nights": booking.nights,
        "check_in_at": booking.check_in_at,
        "check_out_at": booking.check_out_at,
        "party": _party(booking.party),
        "total": booking.total.as_json(),
        "price": price_out(terms.price),
        "cancellation": cancellation_out(terms.cancellation),
        "house_rules": terms.house_rules,
        "message": booking.message,
        "decide_by": booking.decide_by,
        "created_at": booking.created_at,
        "updated_at": booking.updated_at,
        "version": booking.version,
        "actions": sorted(states.allowed(booking.status, actor)),
    }


def history_out(entry: HistoryEntry) -> dict[str, Any]:
    """`HistoryEntryOut`."""
    return {
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "from_status": entry.from_status,
        "to_status": entry.to_status,
        "note": entry.note,
    }


def refund_out(refund: Refund) -> dict[str, Any]:
    """`RefundOut`."""
    return {
        "paid": _money(refund.paid, refund.currency),
        "amount": _money(refund.amount, refund.currency),
        "reason": refund.reason,
        "lines": [
            {
                "code": line.code,
                "label": line.label,
                "paid": _money(line.paid, refund.currency),
                "refund": _money(line.refund, refund.currency),
                "detail": line.detail,
            }
            for line in refund.lines
        ],
    }


def night_out(state: NightState) -> dict[str, Any]:
    """`NightStateOut`."""
    return {
        "night": state.night,
        "available": state.available,
        "capacity": state.capacity,
        "blocked": state.blocked,
    }


def block_out(block: Block) -> dict[str, Any]:
    """`BlockOut`."""
    return {
        "id": block.id,
        "resource_id": block.resource_id,
        "arrival": block.arrival,
        "departure": block.departure,
        "note": block.note,
    }


def _money(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def _party(party: Party) -> dict[str, int]:
    return {"adults": party.adults, "children": party.children, "infants": party.infants, "pets": party.pets}
