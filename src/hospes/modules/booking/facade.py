"""What other modules and the pages may ask of booking."""

from datetime import date, datetime
from uuid import UUID

from hospes.modules.booking.contracts import Booking, Party, Quote
from hospes.platform.db import ReadTx


async def quote_stay(
    tx: ReadTx, *, resource_id: UUID, arrival: date, departure: date, party: Party, now: datetime
) -> Quote:
    """The explained price, terms and availability; raises an `Invalid` of errors.py when the stay cannot be booked."""
    raise NotImplementedError


async def get_booking(tx: ReadTx, booking_id: UUID) -> Booking:
    """The booking; raises `BookingNotFound`. Whose it is, is the caller's to check."""
    raise NotImplementedError
