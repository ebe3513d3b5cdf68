"""The REST edge of the catalogue."""

from fastapi import APIRouter

from hospes.modules.catalog.http import admin, businesses, media, members, properties, resources

router = APIRouter(prefix="/api/v1", tags=["catalog"])
for part in (members, businesses, properties, resources, media, admin):
    router.include_router(part.router)
