"""GET /api/v1/search; its suggestions are in naming/http.py."""

import orjson
from fastapi import APIRouter, Request, Response

from hospes.modules.search import facade, whereabouts, wished
from hospes.modules.search.asked import AskedIn, question_of
from hospes.modules.search.naming import http as naming
from hospes.modules.search.schemas import SearchOut, results_out
from hospes.platform.query_models import documented, read_query
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1", tags=["search"])
router.include_router(naming.router)
router.include_router(whereabouts.router)
router.include_router(wished.router)


@router.get("/search", response_model=SearchOut, openapi_extra=documented(AskedIn))
async def search_listings(request: Request) -> Response:
    """Properties by place, dates, party and wishes, each with its cheapest fitting resource and, with dates, the total
    with fees and taxes; facets count what other choices would find."""
    asked = read_query(request, AskedIn)
    found = facade.search(runtime(request), question_of(request, asked))
    return Response(orjson.dumps(results_out(found)), media_type="application/json")
