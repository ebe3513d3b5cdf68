"""The waitlist, series and operator matters on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from hospes.modules.booking.contracts import Actor, Attention, Booking, Occurrence, Refund, Repeat, WaitEntry
from hospes.modules.booking.schemas.answers import BookingOut, CancelledOut, MoneyOut, PartyOut, QuoteOut
from hospes.modules.booking.schemas.asking import AskModel, Text, Total, WishIn
from hospes.modules.booking.schemas.changing import RefusalOut, refusal_out
from hospes.modules.booking.schemas.writing import booking_out, party_out, quote_out, refund_out
from hospes.platform.money import Money


class WaitIn(WishIn):
    """What to wait for. With `any_minutes` any time of that length between starts_at and ends_at will do."""

    any_minutes: Annotated[int, Field(ge=1, le=1440, strict=True)] | None = None


class AcceptIn(AskModel):
    """Book what is offered; with `expected_total` only at that total (minor units)."""

    message: Text = ""
    expected_total: Total | None = None


class RepeatIn(WishIn):
    """A wish, repeated every so many weeks: `count` times, or up to and with `until`. Days in `skip` are left out."""

    every_weeks: Annotated[int, Field(ge=1, le=52, strict=True)] = 1
    count: Annotated[int, Field(ge=2, le=52, strict=True)] | None = None
    until: date | None = None
    skip: Annotated[list[date], Field(max_length=52, default_factory=list)]

    def repeat(self) -> Repeat:
        """As the core speaks of it."""
        return Repeat(self.every_weeks, self.count, self.until, tuple(self.skip))


class SeriesIn(RepeatIn):
    """`take`: all repetitions or nothing, or those that are free. `expected_total` of all together (minor units)."""

    take: Literal["all", "free"] = "all"
    message: Text = ""
    expected_total: Total | None = None


class CancelSeriesIn(AskModel):
    """One booking of the series, those from it on, or all that are to come; `expected_refund` of all together."""

    scope: Literal["one", "following", "all"]
    booking_id: UUID | None = None
    reason: Text = ""
    expected_refund: Total | None = None


class ResolveIn(AskModel):
    """What was done about it."""

    note: Text = ""


class WaitEntryOut(BaseModel):
    """A place in a queue; `ahead` wait before you. An offer is the hold `hold_id`, yours until `offered_until`."""

    id: UUID
    status: str
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    any_minutes: int | None
    party: PartyOut
    quantity: int
    ahead: int
    hold_id: UUID | None
    offered_until: datetime | None
    created_at: datetime


class WaitEntriesOut(BaseModel):
    """Places in queues."""

    items: list[WaitEntryOut]


class QueueOut(BaseModel):
    """Who waits for a resource, in order; `waiting` without those who have an offer."""

    waiting: int
    offered: int
    items: list[WaitEntryOut]


class OccurrenceOut(BaseModel):
    """One repetition: its quote, or why it cannot be had."""

    day: date
    available: bool
    refusal: RefusalOut | None
    quote: QuoteOut | None


class SeriesQuoteOut(BaseModel):
    """Every repetition, and the total of those that can be had."""

    items: list[OccurrenceOut]
    available: bool
    free: int
    total: MoneyOut | None


class SeriesOut(BaseModel):
    """The bookings of a series in order of time, and the repetitions left out when it was made."""

    id: UUID
    items: list[BookingOut]
    left_out: list[OccurrenceOut]


class SeriesRefundOut(BaseModel):
    """What cancelling would give back, booking by booking and together."""

    items: list[CancelledOut]
    refund: MoneyOut | None


class AttentionOut(BaseModel):
    """Something that needs a person, such as a refund that the provider refused (`refund_failed`)."""

    id: UUID
    booking_id: UUID
    kind: str
    data: dict[str, Any]
    created_at: datetime
    resolved_at: datetime | None
    note: str


class AttentionsOut(BaseModel):
    """Matters, the newest first."""

    items: list[AttentionOut]


def wait_entry_out(entry: WaitEntry) -> dict[str, Any]:
    """`WaitEntryOut`."""
    return {
        "id": entry.id,
        "status": entry.status,
        "resource_id": entry.resource_id,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
        "any_minutes": entry.minutes,
        "party": party_out(entry.wish.party),
        "quantity": entry.wish.quantity,
        "ahead": entry.ahead if entry.status == "waiting" else 0,
        "hold_id": entry.hold_id,
        "offered_until": entry.offered_until,
        "created_at": entry.created_at,
    }


def queue_out(entries: list[WaitEntry]) -> dict[str, Any]:
    """`QueueOut`."""
    waiting = sum(1 for each in entries if each.status == "waiting")
    return {
        "waiting": waiting,
        "offered": len(entries) - waiting,
        "items": [wait_entry_out(each) for each in entries],
    }


def occurrence_out(each: Occurrence) -> dict[str, Any]:
    """`OccurrenceOut`."""
    return {
        "day": each.day,
        "available": each.refusal is None,
        "refusal": refusal_out(each.refusal) if each.refusal else None,
        "quote": quote_out(each.quote) if each.quote else None,
    }


def series_quote_out(found: list[Occurrence]) -> dict[str, Any]:
    """`SeriesQuoteOut`."""
    free = [each.quote for each in found if each.refusal is None and each.quote]
    total = Money(sum(quote.price.total for quote in free), free[0].price.currency).as_json() if free else None
    return {
        "items": [occurrence_out(each) for each in found],
        "available": len(free) == len(found),
        "free": len(free),
        "total": total,
    }


def series_out(series_id: UUID, bookings: list[Booking], left_out: list[Occurrence], actor: Actor) -> dict[str, Any]:
    """`SeriesOut`."""
    return {
        "id": series_id,
        "items": [booking_out(each, actor) for each in bookings],
        "left_out": [occurrence_out(each) for each in left_out],
    }


def series_refund_out(found: list[tuple[Booking, Refund]], actor: Actor) -> dict[str, Any]:
    """`SeriesRefundOut`."""
    total = Money(sum(refund.amount for _, refund in found), found[0][1].currency).as_json() if found else None
    return {
        "items": [{"booking": booking_out(each, actor), "refund": refund_out(refund)} for each, refund in found],
        "refund": total,
    }


def attention_out(each: Attention) -> dict[str, Any]:
    """`AttentionOut`."""
    return {
        "id": each.id,
        "booking_id": each.booking_id,
        "kind": each.kind,
        "data": each.data,
        "created_at": each.created_at,
        "resolved_at": each.resolved_at,
        "note": each.note,
    }
