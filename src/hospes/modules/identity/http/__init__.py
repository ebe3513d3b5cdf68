"""The REST edge of identity."""

from fastapi import APIRouter

from hospes.modules.identity.http import (
    account,
    factor_resets,
    second_step,
    security,
    signing_in,
    vouching,
)

router = APIRouter(prefix="/api/v1", tags=["identity"])
for _part in (signing_in, second_step, account, security, factor_resets, vouching):
    router.include_router(_part.router)
