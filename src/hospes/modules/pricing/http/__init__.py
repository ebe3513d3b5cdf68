"""Pricing over REST, for the host of a resource."""

from fastapi import APIRouter

from hospes.modules.pricing.http import plans, rates, restrictions, rules

router = APIRouter(prefix="/api/v1", tags=["pricing"])
for part in (rates, plans, rules, restrictions):
    router.include_router(part.router)
