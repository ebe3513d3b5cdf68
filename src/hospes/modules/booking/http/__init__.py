"""Booking over REST. Answers are made by schemas; the handlers parse, open the transaction and call."""

from fastapi import APIRouter

from hospes.modules.booking.http import (
    attention,
    bookings,
    calendars,
    changes,
    departures,
    lifecycle,
    live,
    money,
    quoting,
    series,
    suggestions,
    waiting,
)

router = APIRouter(prefix="/api/v1", tags=["booking"])
for _part in (
    bookings,
    quoting,
    lifecycle,
    changes,
    live,
    money,
    waiting,
    series,
    calendars,
    departures,
    suggestions,
    attention,
):
    router.include_router(_part.router)
