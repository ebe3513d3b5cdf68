"""Calling a departure off: what it would cancel, and the word to do it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from hospes.modules.booking.schemas.answers import MoneyOut
from hospes.modules.booking.use_cases.call_off_departure import CallingOff
from hospes.platform.money import Money


class CallingOffIn(BaseModel, extra="forbid"):
    """The `stamp` of the preview that was looked at, and a word to the guests."""

    stamp: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = Field(default="")


class CalledOffBookingOut(BaseModel):
    """A booking that is cancelled with it, and what goes back."""

    id: UUID
    reference: str
    status: str
    places: int
    refund: MoneyOut


class CallingOffOut(BaseModel):
    """What calling it off cancels and gives back. `others`: places without a booking yet, such as holds. `stamp` says
    that nothing has changed since. `status`: scheduled or cancelled; while bookings are left of a cancelled one, they
    keep their places or are being cancelled."""

    departure_id: UUID
    status: str
    bookings: list[CalledOffBookingOut]
    guests: int
    others: int
    refunds: list[MoneyOut]
    stamp: str


def calling_off_out(seen: CallingOff) -> dict[str, Any]:
    """As `CallingOffOut`."""
    return {
        "departure_id": str(seen.departure.id),
        "status": seen.departure.status,
        "bookings": [
            {
                "id": str(booking.id),
                "reference": booking.reference,
                "status": str(booking.status),
                "places": booking.party.adults + booking.party.children,
                "refund": Money(refund.amount, refund.currency).as_json(),
            }
            for booking, refund in seen.bookings
        ],
        "guests": seen.guests,
        "others": seen.others,
        "refunds": [each.as_json() for each in seen.refunds],
        "stamp": seen.stamp,
    }
