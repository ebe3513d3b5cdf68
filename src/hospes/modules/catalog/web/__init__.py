"""The catalogue's pages: a host's listings, the admins' approvals, and the pictures themselves."""

from fastapi import APIRouter, Depends

from hospes.modules.catalog.web import admin, host, listings, media, photos, units
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False)
router.include_router(media.router)
for part in (host, listings, photos, units, admin):
    router.include_router(part.router, dependencies=[Depends(verify_csrf)])
