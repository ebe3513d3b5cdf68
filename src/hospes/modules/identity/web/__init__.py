"""The pages of identity: signing in, up and out, and the account."""

from fastapi import APIRouter, Depends

from hospes.modules.identity.web import (
    account,
    activity,
    api_keys,
    confirm_step,
    confirming,
    credentials,
    factor_resets,
    identity_checks,
    known_keys,
    legal,
    linked,
    newcomers,
    people,
    preferences,
    privacy,
    second_step,
    security,
    sessions,
    setting_up,
    signing_in,
    verification,
    vouching,
)
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False)
router.include_router(vouching.returning)
_pages = APIRouter(dependencies=[Depends(verify_csrf)])
for _part in (
    signing_in,
    confirming,
    confirm_step,
    known_keys,
    people,
    privacy,
    sessions,
    second_step,
    account,
    security,
    setting_up,
    factor_resets,
    identity_checks,
    newcomers,
    vouching,
    linked,
    verification,
    credentials,
    api_keys,
    activity,
    preferences,
    legal,
):
    _pages.include_router(_part.router)
router.include_router(_pages)
