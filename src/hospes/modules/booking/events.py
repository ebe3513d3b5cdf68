"""What has happened to holds, bookings and blocks. Every fact carries resource_id, arrival and departure."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from hospes.modules.booking.contracts import Booking, BookingStatus, WaitEntry

HOLD_CREATED = "hold.created"
HOLD_USED = "hold.used"
HOLD_RELEASED = "hold.released"
HOLD_EXPIRED = "hold.expired"
HOLD_RENEWED = "hold.renewed"
HOLD_EXPIRING = "hold.expiring"

BLOCK_CREATED = "block.created"
BLOCK_REMOVED = "block.removed"

BOOKING_CREATED = "booking.created"
BOOKING_ACCEPTED = "booking.accepted"
BOOKING_DECLINED = "booking.declined"
BOOKING_CONFIRMED = "booking.confirmed"
BOOKING_EXPIRED = "booking.expired"
BOOKING_CANCELLED = "booking.cancelled"
BOOKING_STARTED = "booking.started"
BOOKING_COMPLETED = "booking.completed"
BOOKING_NO_SHOW = "booking.no_show"
BOOKING_CHANGED = "booking.changed"
CHANGE_REQUESTED = "booking.change_requested"
CHANGE_ENDED = "booking.change_ended"
GOODWILL_GIVEN = "booking.goodwill_given"
ATTENTION_NEEDED = "booking.attention_needed"

WAITLIST_JOINED = "waitlist.joined"
WAITLIST_OFFERED = "waitlist.offered"
WAITLIST_LAPSED = "waitlist.lapsed"
WAITLIST_LEFT = "waitlist.left"


def nights_data(
    resource_id: UUID, arrival: date, departure: date, *, others: Sequence[UUID] = (), **more: Any
) -> dict[str, Any]:
    """The data of `hold.*` and `block.*`; `others` come along for the same time."""
    if others:
        more["resource_ids"] = [str(each) for each in (resource_id, *others)]
    return {
        "resource_id": str(resource_id),
        "arrival": arrival.isoformat(),
        "departure": departure.isoformat(),
        **more,
    }


def booking_data(booking: Booking, status: BookingStatus, **more: Any) -> dict[str, Any]:
    """The data of `booking.*`."""
    return nights_data(
        booking.resource_id,
        booking.arrival,
        booking.departure,
        others=[item.resource_id for item in booking.terms.items[1:]],
        booking_id=str(booking.id),
        reference=booking.reference,
        guest_id=str(booking.guest_id),
        business_id=str(booking.business_id),
        property_id=str(booking.property_id),
        status=str(status),
        total=booking.total.amount,
        currency=booking.total.currency,
        **more,
    )


def waitlist_data(entry: WaitEntry, **more: Any) -> dict[str, Any]:
    """The data of `waitlist.*`; an offer also has hold_id and offered_until."""
    return {
        "entry_id": str(entry.id),
        "guest_id": str(entry.guest_id),
        "business_id": str(entry.business_id),
        "resource_id": str(entry.resource_id),
        "starts_at": entry.starts_at.isoformat(),
        "ends_at": entry.ends_at.isoformat(),
        **more,
    }
