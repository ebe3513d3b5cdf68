"""A host's pages of inventory: opening hours and departures."""

from fastapi import APIRouter, Depends

from hospes.modules.inventory.web import departures, overview, schedules, special_days
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
for _part in (overview, schedules, special_days, departures):
    router.include_router(_part.router)
