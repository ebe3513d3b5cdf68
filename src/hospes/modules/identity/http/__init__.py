"""The REST edge of identity."""

from fastapi import APIRouter

from hospes.modules.identity.http import account, signing_in

router = APIRouter(prefix="/api/v1", tags=["identity"])
for _part in (signing_in, account):
    router.include_router(_part.router)
