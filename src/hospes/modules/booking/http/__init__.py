"""Booking over REST. Answers are made by schemas; the handlers parse, open the transaction and call."""

from fastapi import APIRouter

from hospes.modules.booking.http import bookings, calendars, changes, lifecycle, live, quoting

router = APIRouter(prefix="/api/v1", tags=["booking"])
for _part in (bookings, quoting, lifecycle, changes, live, calendars):
    router.include_router(_part.router)
