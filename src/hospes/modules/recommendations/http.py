"""GET /api/v1/recommendations, similar and popular places, and what somebody looked at."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.pricing.contracts import Party
from hospes.modules.recommendations import queries, visitors
from hospes.modules.recommendations import schemas as s
from hospes.modules.recommendations.contracts import Person
from hospes.modules.recommendations.use_cases.clear_recent import clear_recent
from hospes.modules.recommendations.use_cases.list_recent import list_recent
from hospes.modules.recommendations.use_cases.popular_in import popular_in
from hospes.modules.recommendations.use_cases.similar_stays import similar_stays
from hospes.modules.recommendations.use_cases.suggest_for import suggest_for
from hospes.modules.recommendations.use_cases.want_suggestions import want_suggestions
from hospes.modules.search import facade as search
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1", tags=["recommendations"])
Limit = Annotated[int, Query(ge=1, le=24)]
Count = Annotated[int, Query(ge=0, le=50)]


@router.get("/recommendations")
async def list_recommendations(request: Request, limit: Limit = 12) -> s.SuggestionsOut:
    """Places for you; for who is not signed in what is popular."""
    found = await suggest_for(runtime(request), person=visitors.person_of(request), limit=limit)
    return s.SuggestionsOut(reason=found.reason, about=found.about, items=[s.CardOut.of(card) for card in found.cards])


@router.get("/recommendations/popular")
async def list_popular(
    request: Request,
    city: Annotated[str, Query(max_length=120, pattern=r"^[^\x00]*$")] = "",
    country: Annotated[str, Query(pattern=r"^([A-Z]{2})?$", description="Such as PT")] = "",
    limit: Limit = 12,
) -> s.PopularOut:
    """What is popular in a city; without one, in the city where most goes on."""
    async with runtime(request).db.read() as tx:
        where, cards = await popular_in(tx, city=city.strip(), country=country, limit=limit)
    return s.PopularOut(city=where, items=[s.CardOut.of(card) for card in cards])


@router.get("/listings/{listing_id}/similar")
async def list_similar(
    request: Request,
    listing_id: UUID,
    check_in: date | None = None,
    check_out: date | None = None,
    adults: Annotated[int, Query(ge=1, le=50)] = 1,
    children: Count = 0,
    infants: Annotated[int, Query(ge=0, le=10)] = 0,
    pets: Annotated[int, Query(ge=0, le=10)] = 0,
    limit: Limit = 8,
) -> s.CardsOut:
    """Places like this one, near it; with dates those that are free for the stay. None for what is not on sale."""
    rt = runtime(request)
    stay = search.checked_stay(rt, check_in, check_out)
    party = Party(adults, children, infants, pets)
    return s.CardsOut.of(await similar_stays(rt, listing_id, stay=stay, party=party, limit=limit))


@router.get("/users/me/recently-viewed")
async def list_my_recent(request: Request, limit: Annotated[int, Query(ge=1, le=50)] = 24) -> s.RecentsOut:
    """Places you looked at in the last 180 days."""
    person = _me(request)
    async with runtime(request).db.read() as tx:
        recent = await list_recent(tx, person=person, limit=limit)
        wanted = await queries.find_wanted(tx, person.id)
    return s.RecentsOut(kept=wanted is not False, items=[s.RecentOut.seen(each) for each in recent])


@router.put("/users/me/recently-viewed")
async def choose_what_is_kept(request: Request, body: s.KeptIn) -> s.RecentsOut:
    """Have what you look at kept, or not. No deletes what is there, and what was suggested from it."""
    person, rt = _me(request), runtime(request)
    async with rt.db.write() as tx:
        if body.kept:
            await want_suggestions(tx, person=person, now=rt.clock.now())
        else:
            await clear_recent(tx, person=person, wanted=False, now=rt.clock.now())
        recent = await list_recent(tx, person=person, limit=24)
    return s.RecentsOut(kept=body.kept, items=[s.RecentOut.seen(each) for each in recent])


@router.delete("/users/me/recently-viewed", status_code=204)
async def clear_my_recent(request: Request) -> Response:
    """Forget all you looked at, and what was suggested from it."""
    person, rt = _me(request), runtime(request)
    async with rt.db.write() as tx:
        wanted = await queries.find_wanted(tx, person.id)
        await clear_recent(tx, person=person, wanted=wanted is not False, now=rt.clock.now())
    return Response(status_code=204)


def _me(request: Request) -> Person:
    return Person(require_caller(request).user_id, visitor=False)
