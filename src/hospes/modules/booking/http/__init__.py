"""Booking over REST. Answers are made by schemas; the handlers parse, open the transaction and call."""

from fastapi import APIRouter

from hospes.modules.booking.http import bookings, calendars, lifecycle, quoting

router = APIRouter(prefix="/api/v1", tags=["booking"])
for _part in (bookings, quoting, lifecycle, calendars):
    router.include_router(_part.router)
