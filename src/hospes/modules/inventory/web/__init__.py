"""A host's pages of inventory: opening hours, calendars of other sites, and rooms."""

from fastapi import APIRouter, Depends

from hospes.modules.inventory.web import feeds, overview, rooms, schedules, special_days
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
for _part in (overview, schedules, special_days, feeds, rooms):
    router.include_router(_part.router)
