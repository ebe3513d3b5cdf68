"""The pages of paying, of what was paid, of a business's terms, and of the admins."""

from fastapi import APIRouter, Depends

from hospes.modules.payments.web import account, admin, disputes, methods, paying, terms
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
for _part in (paying, account, methods, terms, disputes, admin):
    router.include_router(_part.router)
