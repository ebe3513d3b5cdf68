"""The REST edge of identity."""

from fastapi import APIRouter

from hospes.modules.identity.http import (
    account,
    api_keys,
    confirm_step,
    confirming,
    factor_resets,
    identity_checks,
    people,
    photo,
    preferences,
    privacy,
    second_step,
    security,
    sessions,
    signing_in,
    verification,
    vouching,
)

router = APIRouter(prefix="/api/v1", tags=["identity"])
for _part in (
    signing_in,
    confirming,
    confirm_step,
    sessions,
    second_step,
    account,
    security,
    factor_resets,
    identity_checks,
    vouching,
    verification,
    photo,
    privacy,
    api_keys,
    preferences,
    people,
):
    router.include_router(_part.router)
router.include_router(people.stopping)
