"""GET /api/v1/search/suggestions."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.naming import places
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.schemas import Kind, SuggestionsOut, suggestion_out
from hospes.modules.search.naming.suggesting import KINDS, suggestions
from hospes.modules.search.naming.wishing import wish_in
from hospes.platform.query_models import documented, read_query
from hospes.platform.runtime import runtime

router = APIRouter(tags=["search"])


class TypedIn(BaseModel):
    """What has been typed so far, and where. A misspelt parameter is not ignored in silence."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=120, description="What has been typed so far")] = ""
    lat: Annotated[float | None, Field(ge=-90, le=90, description="Where somebody types: the near comes first")] = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None
    country: Annotated[str, Field(pattern="^([A-Za-z]{2})?$", description="Or in which country")] = ""
    kinds: Annotated[list[Kind], Field(max_length=10, description="Only these")] = []
    limit: Annotated[int, Field(ge=1, le=20)] = 8


@router.get("/search/suggestions", openapi_extra=documented(TypedIn))
async def suggest_places(request: Request) -> SuggestionsOut:
    """Cities, regions, countries, airports and properties for what has been typed so far, the likeliest first."""
    typed = read_query(request, TypedIn)
    if (typed.lat is None) != (typed.lon is None):
        field = "lon" if typed.lon is None else "lat"
        raise SearchInvalid("Give both lat and lon.", fields={field: "This is needed too."})
    asker = Asker(typed.lat, typed.lon, places.country_number(typed.country.upper()) if typed.country else -1)
    names = runtime(request).ports.names
    live = names if isinstance(names, LiveNames) else None
    found = suggestions(live, typed.q, asker=asker, kinds=typed.kinds or KINDS, limit=typed.limit)
    likeness = runtime(request).ports.likeness
    wish = wish_in(live, typed.q) if likeness is not None and likeness.on and not typed.kinds else None
    said = " ".join(typed.q.split()) if wish and wish.english else None
    return SuggestionsOut(items=[suggestion_out(place, typed.q) for place in found], descriptions=said)
