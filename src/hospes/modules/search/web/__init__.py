"""The pages of search: the home page, the results with their map, destinations, and what search engines read."""

from fastapi import APIRouter, Depends

from hospes.modules.search.web import at, crawling, destinations, pages, pictures
from hospes.platform.csrf import verify_csrf

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
router.include_router(at.router)
router.include_router(pages.router)
router.include_router(pictures.router)
router.include_router(destinations.router)
router.include_router(crawling.router)
