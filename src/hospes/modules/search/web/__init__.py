"""The pages of search: the home page and the results with their map."""

from fastapi import APIRouter, Depends

from hospes.modules.search.web import at, pages
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
router.include_router(at.router)
router.include_router(pages.router)
