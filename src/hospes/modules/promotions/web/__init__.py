"""The pages of promotions: one's coupons and credit, a host's coupons, what admins see to, and links of friends."""

from fastapi import APIRouter, Depends

from hospes.modules.promotions.web import admin, campaigns, host, mine
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
for _part in (mine, host, campaigns, admin):
    router.include_router(_part.router)
