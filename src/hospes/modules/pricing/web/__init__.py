"""A host's pages of pricing: rate plans, price rules, restrictions, and what a stay would cost with them."""

from fastapi import APIRouter, Depends

from hospes.modules.pricing.web import overview, plans, restrictions, rules
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
for _part in (overview, plans, rules, restrictions):
    router.include_router(_part.router)
