"""The REST edge of inventory, one file a topic."""

from fastapi import APIRouter

from hospes.modules.inventory.http import departures, exports, feeds, room_plans, schedules, slots

api = APIRouter(prefix="/api/v1", tags=["inventory"])
for part in (slots, departures, schedules, feeds, room_plans):
    api.include_router(part.router)
router = APIRouter()
router.include_router(api)
router.include_router(exports.router)
