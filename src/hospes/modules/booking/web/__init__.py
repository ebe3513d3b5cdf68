"""The pages of booking: a listing with its price, checkout, trips, and what a host sees of them."""

from fastapi import APIRouter, Depends

from hospes.modules.booking.web import (
    calendars,
    cancelling,
    changing,
    checkout,
    early,
    host_agenda,
    host_calling_off,
    host_departures,
    host_detail,
    host_money,
    host_moving,
    host_suggestions,
    hosting,
    prices,
    stays,
    trips,
    waiting,
)
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
for _part in (
    stays,
    checkout,
    waiting,
    trips,
    cancelling,
    changing,
    early,
    hosting,
    host_detail,
    host_money,
    host_agenda,
    host_moving,
    host_departures,
    host_calling_off,
    host_suggestions,
    calendars,
    prices,
):
    router.include_router(_part.router)
