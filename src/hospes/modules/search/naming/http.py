"""GET /api/v1/search/suggestions."""

from collections.abc import Sequence
from inspect import signature
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.naming import places
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.schemas import Kind, SuggestionsOut, suggestion_out
from hospes.modules.search.naming.suggesting import KINDS, suggestions
from hospes.platform.runtime import runtime

router = APIRouter(tags=["search"])


class Asking:
    """What has been typed so far, and where."""

    def __init__(
        self,
        q: Annotated[str, Query(max_length=120, description="What has been typed so far")] = "",
        lat: Annotated[
            float | None, Query(ge=-90, le=90, description="Where somebody types: the near comes first")
        ] = None,
        lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
        country: Annotated[str, Query(pattern="^([A-Za-z]{2})?$", description="Or in which country")] = "",
        kinds: Annotated[list[Kind] | None, Query(max_length=10, description="Only these")] = None,
        limit: Annotated[int, Query(ge=1, le=20)] = 8,
    ) -> None:
        if (lat is None) != (lon is None):
            field = "lon" if lon is None else "lat"
            raise SearchInvalid("Give both lat and lon.", fields={field: "This is needed too."})
        self.text, self.limit = q, limit
        self.kinds: Sequence[str] = kinds or KINDS
        self.asker = Asker(lat, lon, places.country_number(country.upper()) if country else -1)


_KNOWN = frozenset(signature(Asking).parameters)


def only_what_is_asked(request: Request) -> None:
    """A misspelt parameter must not be ignored in silence."""
    unknown = {name: "Suggestions have no such parameter." for name in request.query_params if name not in _KNOWN}
    if unknown:
        raise SearchInvalid(f"Unknown: {', '.join(sorted(unknown))}."[:200], fields=unknown)


@router.get("/search/suggestions", dependencies=[Depends(only_what_is_asked)])
async def suggest_places(request: Request, asking: Annotated[Asking, Depends()]) -> SuggestionsOut:
    """Cities, regions, countries, airports and properties for what has been typed so far, the likeliest first."""
    names = runtime(request).ports.names
    live = names if isinstance(names, LiveNames) else None
    found = suggestions(live, asking.text, asker=asking.asker, kinds=asking.kinds, limit=asking.limit)
    return SuggestionsOut(items=[suggestion_out(place, asking.text) for place in found])
