"""The pages of identity: signing in, up and out, and the account."""

from fastapi import APIRouter, Depends

from hospes.modules.identity.web import account, signing_in
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
for _part in (signing_in, account):
    router.include_router(_part.router)
