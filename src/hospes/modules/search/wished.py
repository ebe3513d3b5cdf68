"""GET /api/v1/search/semantic."""

import unicodedata
from dataclasses import replace
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from hospes.modules.search import wishes
from hospes.modules.search.asked import AskedIn, question_of
from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.naming.wishing import LONGEST
from hospes.modules.search.schemas import SearchOut, results_out
from hospes.platform.query_models import documented, read_query
from hospes.platform.runtime import runtime

router = APIRouter(tags=["search"])
ANYWHERE = ("place", "lat", "lon", "bbox", "polygon", "near_me", "comes_to_me")


class WishIn(AskedIn):
    """What somebody asks for in their own words, and the same filters as a search. There is one page."""

    q: Annotated[str, Field(min_length=1, max_length=LONGEST, description="Such as: romantic loft in Lisbon")]
    cursor: Annotated[str | None, Field(max_length=0, description="There is one page")] = None


class UnderstoodOut(BaseModel):
    """How the question was read."""

    wish: str = Field(description="What descriptions were compared with")
    place: str | None = Field(description="The place that was part of the question, if it was looked in")


class WishedOut(SearchOut):
    """The most alike first; total: of the 200 most alike those that fit, or a few more."""

    understood: UnderstoodOut


@router.get("/search/semantic", response_model=WishedOut, openapi_extra=documented(WishIn))
async def search_descriptions(request: Request) -> Response:
    """Properties whose descriptions say what is asked for in words of one's own, free and priced as in a search. A
    place in the question counts where none is given otherwise."""
    asked = read_query(request, WishIn)
    _check(asked.q)
    rt = runtime(request)
    elsewhere = any(getattr(asked, name) not in (None, "", False) for name in ANYWHERE)
    wish = wishes.wish_of(rt, asked.q)
    if elsewhere:
        wish = replace(wish, what=asked.q.strip(), place=None)
    place = wish.place
    instead: dict[str, Any] = {"q": "", "cursor": None}
    if place:
        km = asked.radius_km or place.radius_km
        instead |= {"lat": place.latitude, "lon": place.longitude, "radius_km": km}
    found = await wishes.find(rt, wish, question_of(request, asked.model_copy(update=instead)))
    understood = {"wish": wish.what, "place": place.name if place else None}
    return Response(orjson.dumps({**results_out(found), "understood": understood}), media_type="application/json")


def _check(text: str) -> None:
    """Raises `SearchInvalid` for what nobody can have meant."""
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\n\r" for sign in text):
        raise SearchInvalid("Ask in words.", fields={"q": "This has signs that cannot be read."})
    if not text.strip():
        raise SearchInvalid("Ask in words.", fields={"q": "Say what you are looking for."})
