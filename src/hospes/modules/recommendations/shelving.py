"""Fills the shelves of the home page and of a listing's page, and notes what is looked at.

The home page waits for three short statements of somebody it knows, a listing's page for two; what is the same for
everybody is kept for a minute, and then they wait for none.
"""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.recommendations import visitors
from hospes.modules.recommendations.contracts import Card, Person
from hospes.modules.recommendations.noting import Noting
from hospes.modules.recommendations.use_cases.look_back import look_back
from hospes.modules.recommendations.use_cases.popular_in import popular_in
from hospes.modules.recommendations.use_cases.similar_stays import similar_stays
from hospes.modules.search.errors import IndexLoading
from hospes.platform.runtime import Runtime
from hospes.platform.shelves import Shelf

log = structlog.get_logger(__name__)
SHOWN = 8
RECENT = ("/recently-viewed", "All of it, and whether we keep it")
KEPT_SECONDS, MOST_KEPT = 60.0, 1_000


class Shelving:
    """The shelves of one process; `noting` has what its pages were asked for."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self.noting = Noting(rt.db)
        self._kept: dict[Any, tuple[float, Any]] = {}

    async def fill(self, request: Request, page: str, about: dict[str, Any]) -> Sequence[Shelf]:
        """As `platform.shelves.Shelves`."""
        person = visitors.person_of(request)
        try:
            if page == "stay":
                return await self._of_a_stay(request, person, about)
            return await self._of_the_home_page(person)
        except (IndexLoading, DatabaseError, PoolTimeout) as fault:
            log.info("no_shelves", page=page, reason=str(fault))
            return ()

    async def _of_a_stay(self, request: Request, person: Person | None, about: dict[str, Any]) -> Sequence[Shelf]:
        resource_id: UUID = about["resource_id"]
        if person is not None and about["live"] and _looked_at(request):
            self.noting.note(person, resource_id, now=self._rt.clock.now())
        stay = about.get("stay")
        if stay is None:
            title, cards = "Similar places", await self._like(resource_id)
        else:
            title = "Similar places, free on your dates"
            cards = await similar_stays(self._rt, resource_id, stay=stay, party=about.get("party"), limit=SHOWN)
        ask = person is None and getattr(request.state, "caller", None) is None
        return [Shelf("similar", title, cards, about.get("along", ""), asks_to_remember=ask)] if cards else ()

    async def _of_the_home_page(self, person: Person | None) -> Sequence[Shelf]:
        if person is None:
            return self._popular(*await self._popular_there(""), set())
        async with self._rt.db.read() as tx:
            recent, found = await look_back(tx, person=person, recent=SHOWN, suggested=SHOWN)
        shelves = [Shelf("recent", "Recently viewed", [each.card for each in recent], more=RECENT)] if recent else []
        if found:
            shelves.append(Shelf("suggested", "Suggested for you", found))
        elif recent and (like := await self._like(recent[0].card.resource_id)):
            shelves.append(Shelf("suggested", f"Because you looked at {recent[0].card.title}", like))
        shown = {card.property_id for shelf in shelves for card in shelf.cards}
        where, cards = await self._popular_there(recent[0].card.city if recent else "")
        return [*shelves, *self._popular(where, cards, shown)]

    async def _like(self, resource_id: UUID) -> Sequence[Card]:
        cards: Sequence[Card] | None = self._find(("like", resource_id))
        if cards is None:
            cards = await similar_stays(self._rt, resource_id, limit=SHOWN)
            self._keep(("like", resource_id), cards)
        return cards

    def _popular(self, where: str, cards: Sequence[Card], shown: set[UUID]) -> list[Shelf]:
        fresh = [card for card in cards if card.property_id not in shown][:SHOWN]
        return [Shelf("popular", f"Popular in {where}", fresh)] if len(fresh) > 1 else []

    async def _popular_there(self, city: str) -> tuple[str, Sequence[Card]]:
        known: tuple[str, Sequence[Card]] | None = self._find(("popular", city))
        if known is None:
            async with self._rt.db.read() as tx:
                known = await popular_in(tx, city=city, limit=2 * SHOWN)
                if city and not known[1]:
                    known = await popular_in(tx, limit=2 * SHOWN)
            self._keep(("popular", city), known)
        return known

    def _find(self, key: Any) -> Any:
        until, value = self._kept.get(key, (0.0, None))
        return value if until > time.monotonic() else None

    def _keep(self, key: Any, value: Any) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (time.monotonic() + KEPT_SECONDS, value)


def _looked_at(request: Request) -> bool:
    """Whether a person opened the page: not a part of it, not a form, not a browser that loads ahead."""
    ahead = "prefetch" in f"{request.headers.get('sec-purpose', '')} {request.headers.get('purpose', '')}"
    return request.method == "GET" and request.headers.get("hx-request") != "true" and not ahead
