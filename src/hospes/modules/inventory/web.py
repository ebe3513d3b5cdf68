"""The web edge."""

from fastapi import APIRouter

from hospes.modules.inventory.http import exports

router = APIRouter()
router.include_router(exports.router)
