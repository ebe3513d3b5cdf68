"""The pages of the ledger: what admins see of it, and in which currency a visitor sees amounts."""

from fastapi import APIRouter

from hospes.modules.ledger.web import currency, explorer

router = APIRouter(include_in_schema=False)
router.include_router(explorer.router)
router.include_router(currency.router)
