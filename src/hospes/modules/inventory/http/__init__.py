"""The REST edge of inventory, one file a topic."""

from fastapi import APIRouter

from hospes.modules.inventory.http import departures, feeds, schedules, slots

router = APIRouter(prefix="/api/v1", tags=["inventory"])
for part in (slots, departures, schedules, feeds):
    router.include_router(part.router)
