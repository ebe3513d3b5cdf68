"""Changes on the wire: what callers send, what is answered, and how it is written."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from hospes.modules.booking.contracts import (
    Acceptance,
    Actor,
    Change,
    Changed,
    ChangeQuote,
    ChangeRequest,
    Departing,
    Giving,
    Hours,
    Place,
    Refusal,
)
from hospes.modules.booking.schemas.answers import BookingOut, MoneyOut, QuoteOut
from hospes.modules.booking.schemas.asking import AskModel, Count, PlaceIn
from hospes.modules.booking.schemas.writing import booking_out, quote_out
from hospes.platform.money import Money

Difference = Annotated[int, Field(ge=-(10**15), le=10**15)]


class ChangeIn(AskModel):
    """What is to be otherwise; what is left out stays. `giving` is for staff: `full` (the default) gives back all that
    falls away, `by_terms` what the terms give, `free` asks nothing for what is added. `unit_id`: who it is with."""

    arrival: date | None = None
    departure: date | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    minutes: Annotated[int, Field(ge=1, le=10_080, strict=True)] | None = None
    place: PlaceIn | None = None
    departure_id: UUID | None = None
    adults: Count | None = None
    children: Count | None = None
    infants: Count | None = None
    pets: Count | None = None
    children_ages: Annotated[list[Annotated[int, Field(ge=0, le=17)]], Field(max_length=50, default_factory=list)]
    quantity: Annotated[int, Field(ge=1, le=20, strict=True)] | None = None
    resource_id: UUID | None = None
    plan_id: UUID | None = None
    unit_id: UUID | None = None
    giving: Giving | None = None

    @model_validator(mode="after")
    def _whole_hours(self) -> "ChangeIn":
        some = self.starts_at is not None or self.ends_at is not None or self.minutes is not None
        if some and (self.starts_at is None or (self.ends_at is None) == (self.minutes is None)):
            raise ValueError("Send starts_at with ends_at or minutes.")
        return self

    def change(self) -> Change:
        """As the core speaks of it."""
        return Change(
            arrival=self.arrival,
            departure=self.departure,
            hours=self._hours(),
            departure_id=self.departure_id,
            adults=self.adults,
            children=self.children,
            infants=self.infants,
            pets=self.pets,
            quantity=self.quantity,
            resource_id=self.resource_id,
            plan_id=self.plan_id,
            children_ages=tuple(self.children_ages),
            unit_id=self.unit_id,
        )

    def _hours(self) -> Hours | None:
        if self.starts_at is None:
            return None
        end: datetime = self.ends_at or self.starts_at + timedelta(minutes=self.minutes or 0)
        return Hours(self.starts_at, end, Place(self.place.latitude, self.place.longitude) if self.place else None)


class ChangeBookingIn(ChangeIn):
    """The change, with `expected_difference` (minor units, below zero comes back) only at that difference."""

    expected_difference: Difference | None = None


class DepartureIn(AskModel):
    """The day of leaving, and the refund that was shown (minor units). `giving`: `full` by staff."""

    departure: date
    giving: Giving | None = None
    expected_refund: Annotated[int, Field(ge=0, le=10**15)] | None = None


class CheckOutIn(AskModel):
    """What comes back of nights not stayed."""

    giving: Giving = Giving.BY_TERMS


class RefusalOut(BaseModel):
    """Why not: a code that is stable, a sentence, and sentences by field."""

    code: str
    detail: str
    fields: dict[str, str]


class ChangeQuoteOut(BaseModel):
    """What a change costs: `difference` above zero is due, below zero comes back. `kept`: what the terms keep of what
    falls away. `quote` is null when there was no price to give."""

    booking_id: UUID
    old_total: MoneyOut
    new_total: MoneyOut
    difference: MoneyOut
    kept: MoneyOut
    available: bool
    refusals: list[RefusalOut]
    quote: QuoteOut | None


class ChangeRequestOut(BaseModel):
    """A change that has to be paid by `pay_by`: pay its `id` as `booking_id`, follow /payments/{id}/events."""

    id: UUID
    booking_id: UUID
    status: str
    actor: str
    difference: MoneyOut
    pay_by: datetime
    created_at: datetime
    quote: QuoteOut


class ChangeRequestsOut(BaseModel):
    """Changes that had to be paid, the first one first."""

    items: list[ChangeRequestOut]


class ChangedOut(BaseModel):
    """The booking; with a `request` it is changed only once that is paid."""

    booking: BookingOut
    difference: MoneyOut
    request: ChangeRequestOut | None


class DepartingOut(BaseModel):
    """Nights [first_night, departure) that go back on sale: what they are worth, what comes back as money
    (`refund`) and as credit, what is kept."""

    first_night: date
    departure: date
    nights: int
    value: MoneyOut
    refund: MoneyOut
    credit: MoneyOut
    kept: MoneyOut
    reason: str


class DepartedOut(BaseModel):
    """The shorter booking and what came back."""

    booking: BookingOut
    departure: DepartingOut


class AcceptanceOut(BaseModel):
    """Whether a request can be accepted now, and whose chance that takes."""

    booking_id: UUID
    possible: bool
    refusal: RefusalOut | None
    rival_requests: list[UUID]
    waiting: int


def change_quote_out(quote: ChangeQuote) -> dict[str, Any]:
    """`ChangeQuoteOut`."""
    currency = quote.old_total.currency
    return {
        "booking_id": quote.booking_id,
        "old_total": quote.old_total.as_json(),
        "new_total": quote.new_total.as_json(),
        "difference": Money(quote.difference, currency).as_json(),
        "kept": Money(quote.kept, currency).as_json(),
        "available": quote.available,
        "refusals": [refusal_out(each) for each in quote.refusals],
        "quote": {**quote_out(quote.quote), "available": quote.available} if quote.quote else None,
    }


def change_request_out(request: ChangeRequest) -> dict[str, Any]:
    """`ChangeRequestOut`."""
    return {
        "id": request.id,
        "booking_id": request.booking_id,
        "status": request.status,
        "actor": request.actor,
        "difference": request.difference.as_json(),
        "pay_by": request.pay_by,
        "created_at": request.created_at,
        "quote": quote_out(request.quote),
    }


def changed_out(changed: Changed, actor: Actor) -> dict[str, Any]:
    """`ChangedOut`."""
    return {
        "booking": booking_out(changed.booking, actor),
        "difference": Money(changed.difference, changed.booking.total.currency).as_json(),
        "request": change_request_out(changed.request) if changed.request else None,
    }


def departing_out(leaving: Departing) -> dict[str, Any]:
    """`DepartingOut`."""
    currency = leaving.currency
    return {
        "first_night": leaving.first_night,
        "departure": leaving.departure,
        "nights": leaving.nights,
        "value": Money(leaving.value, currency).as_json(),
        "refund": Money(leaving.refund, currency).as_json(),
        "credit": Money(leaving.credit, currency).as_json(),
        "kept": Money(leaving.kept, currency).as_json(),
        "reason": leaving.reason,
    }


def acceptance_out(found: Acceptance) -> dict[str, Any]:
    """`AcceptanceOut`."""
    return {
        "booking_id": found.booking_id,
        "possible": found.refusal is None,
        "refusal": refusal_out(found.refusal) if found.refusal else None,
        "rival_requests": list(found.rival_requests),
        "waiting": found.waiting,
    }


def refusal_out(refusal: Refusal) -> dict[str, Any]:
    """`RefusalOut`."""
    return {"code": refusal.code, "detail": refusal.detail, "fields": refusal.fields}
