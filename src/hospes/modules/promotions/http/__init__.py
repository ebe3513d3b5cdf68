"""The API of promotions: one's own coupons and credit, a host's coupons, and what admins see to."""

from fastapi import APIRouter

from hospes.modules.promotions.http import admin, business, mine

router = APIRouter(prefix="/api/v1", tags=["promotions"])
for _part in (mine, business, admin):
    router.include_router(_part.router)
