"""An admin keeps money back."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.errors import BookingNotFound
from hospes.modules.catalog import facade as catalog
from hospes.modules.payouts.errors import HoldInPlace
from hospes.modules.payouts.use_cases.hold_money import place_hold
from hospes.platform.db import WriteTx


async def hold_by_admin(
    tx: WriteTx, *, business_id: UUID, booking_id: UUID | None, reason: str, user_id: UUID, now: datetime
) -> UUID:
    """The hold's id. Raises `BusinessNotFound`, `BookingNotFound` for a booking of another business, `HoldInPlace`."""
    await catalog.get_business(tx, business_id)
    if booking_id is not None:
        booking = await bookings.find_booking(tx, booking_id)
        if booking is None or booking.business_id != business_id:
            raise BookingNotFound("This business has no such booking.", fields={"booking_id": "is not one of theirs"})
    made = await place_hold(
        tx,
        business_id=business_id,
        booking_id=booking_id,
        kind="admin",
        reason=reason,
        user_id=user_id,
        now=now,
    )
    if made is None:
        raise HoldInPlace("An admin has put this on hold already.", fields={"reason": "It is on hold already."})
    return made
