"""The catalogue's pages: a host's listings, the admins' approvals, and the pictures themselves."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request

from hospes.modules.catalog.web import admin, host, invitations, listings, media, members, photos, units
from hospes.platform.csrf import verify_csrf


async def close_form(request: Request) -> AsyncIterator[None]:
    """Uploaded files are given back once the page is answered, refused ones too."""
    try:
        yield
    finally:
        await request.close()


router = APIRouter(include_in_schema=False)
router.include_router(media.router)
for part in (host, members, invitations, listings, photos, units, admin):
    router.include_router(part.router, dependencies=[Depends(close_form), Depends(verify_csrf)])
