"""GET /api/v1/search; its suggestions are in naming/http.py."""

from datetime import UTC, date, time
from inspect import signature
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from hospes.modules.catalog.contracts import CATEGORIES
from hospes.modules.pricing.contracts import Party
from hospes.modules.search import facade, whereabouts
from hospes.modules.search.contracts import Place, Sort
from hospes.modules.search.contracts import Query as Question
from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.naming import http as naming
from hospes.modules.search.policies.asking import (
    MOST_DAYS,
    after_cursor,
    check_dates,
    check_hours,
    read_box,
    read_hours,
)
from hospes.modules.search.schemas import SearchOut, results_out
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1", tags=["search"])
router.include_router(naming.router)
router.include_router(whereabouts.router)


class Asked:
    """The parameters of a search, checked."""

    def __init__(
        self,
        request: Request,
        q: Annotated[str, Query(max_length=120, description="A place: city or airport")] = "",
        place: Annotated[str, Query(max_length=120, description="The same as q")] = "",
        lat: Annotated[float | None, Query(ge=-90, le=90)] = None,
        lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
        radius_km: Annotated[float | None, Query(gt=0, le=500)] = None,
        bbox: Annotated[str | None, Query(max_length=120, description="south,west,north,east")] = None,
        check_in: date | None = None,
        check_out: date | None = None,
        arrival: Annotated[date | None, Query(description="The same as check_in")] = None,
        departure: Annotated[date | None, Query(description="The same as check_out")] = None,
        adults: Annotated[int, Query(ge=1, le=50)] = 1,
        children: Annotated[int, Query(ge=0, le=50)] = 0,
        infants: Annotated[int, Query(ge=0, le=10)] = 0,
        pets: Annotated[int, Query(ge=0, le=10)] = 0,
        price_min: Annotated[int | None, Query(ge=0, le=10**12, description="Minor units a night")] = None,
        price_max: Annotated[int | None, Query(ge=0, le=10**12, description="Minor units a night")] = None,
        currency: Annotated[str, Query(pattern=r"^[A-Z]{3}$")] = "EUR",
        kind: Annotated[list[str] | None, Query(max_length=20)] = None,
        amenities: Annotated[list[str] | None, Query(max_length=50)] = None,
        amenity: Annotated[list[str] | None, Query(max_length=50, description="The same as amenities")] = None,
        category: Annotated[str, Query(max_length=40, description="What a professional is, such as plumber")] = "",
        day: Annotated[date | None, Query(description="For what is sold by the hour: a start on this day")] = None,
        days: Annotated[int | None, Query(ge=1, le=MOST_DAYS, description="Or on one of so many days from it")] = None,
        since: Annotated[time | None, Query(description="A start from this time by the clock there, 17:00")] = None,
        until: Annotated[time | None, Query(description="A start before this time by the clock there")] = None,
        minutes: Annotated[int | None, Query(ge=1, le=1440, description="For how long; left out: as is usual")] = None,
        comes_to_me: Annotated[bool, Query(description="Only who travels as far as lat and lon, or the place")] = False,
        near_me: Annotated[bool, Query(description="Around the network address, when no place is given")] = False,
        instant: bool = False,
        rating_min: Annotated[float | None, Query(ge=0, le=5)] = None,
        rating: Annotated[float | None, Query(ge=0, le=5, description="The same as rating_min")] = None,
        sort: Sort = Sort.RELEVANCE,
        limit: Annotated[int, Query(ge=1, le=60)] = 24,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
    ) -> None:
        self.text = (q or place).strip()
        self.dates = (check_in or arrival, check_out or departure)
        self.party = Party(adults, children, infants, pets)
        self.place: Place | None = None
        if self.text and lat is None:
            self.place = facade.place_meant(runtime(request), self.text)
        elif (near_me or comes_to_me) and lat is None and lon is None and (comes_to_me or not bbox):
            self.place = whereabouts.place_here(request, "near_me" if near_me else "comes_to_me")
        if category and category not in CATEGORIES:
            raise SearchInvalid(
                "We do not know this category.", fields={"category": f"Give one of {', '.join(sorted(CATEGORIES))}."}
            )
        middle = (self.place.latitude, self.place.longitude) if self.place else (lat, lon)
        if (middle[0] is None) != (middle[1] is None):
            raise SearchInvalid(
                "Give both lat and lon.", fields={"lon" if lon is None else "lat": "This is needed too."}
            )
        self.hours = read_hours(day, days, since, until, minutes, nights=self.dates[0] or self.dates[1])
        self.nowhere = bool(self.text) and self.place is None and lat is None
        self.question = Question(
            latitude=middle[0], longitude=middle[1],
            radius_km=radius_km or (self.place.radius_km if self.place else 25.0), box=read_box(bbox),
            arrival=self.dates[0], departure=self.dates[1], party=self.party,
            price_min=price_min, price_max=price_max, currency=currency, kinds=tuple(kind or ()),
            amenities=(*(amenities or ()), *(amenity or ()), *([category] if category else ())), instant=instant,
            rating_min=rating if rating_min is None else rating_min, sort=self._order(sort), limit=limit,
            hours=self.hours, comes_to_me=comes_to_me,
        )  # fmt: skip
        self.question = after_cursor(self.question, cursor)

    def _order(self, sort: Sort) -> Sort:
        """Who asks for a property by its name wants it first."""
        return Sort.DISTANCE if sort is Sort.RELEVANCE and self.place and self.place.kind == "property" else sort


KNOWN = frozenset(signature(Asked).parameters) - {"request"}


def refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """A misspelt wish must not be ignored in silence; raises `SearchInvalid` naming every unknown parameter."""
    unknown = {name: "Search has no such parameter." for name in request.query_params if name not in known}
    if unknown:
        raise SearchInvalid(f"Unknown: {', '.join(sorted(unknown))}."[:200], fields=unknown)


def only_what_search_knows(request: Request) -> None:
    """For the search itself."""
    refuse_unknown(request, KNOWN)


@router.get("/search", response_model=SearchOut, dependencies=[Depends(only_what_search_knows)])
async def search_listings(request: Request, asked: Annotated[Asked, Depends()]) -> Response:
    """Listings by place, dates, party and wishes, with facets that respect the other filters."""
    rt = runtime(request)
    today = rt.clock.now().astimezone(UTC).date()
    check_dates(*asked.dates, today=today)
    check_hours(asked.hours, today=today)
    if asked.nowhere:
        raise SearchInvalid("We do not know this place.", fields={"q": "Try a city or an airport nearby."})
    found = results_out(facade.search(rt, asked.question))
    return Response(found.model_dump_json(), media_type="application/json")  # checked once, not once more on the way
