"""Places that say what somebody asks for in words of their own, and that fit the rest of the question.

The nearest vectors alone would be of no use where a place is asked for: of the 200 most alike in the world hardly any
lie in Lisbon. So the index is asked first. Where few places fit, each of them is compared; where many do, a graph of
vectors is followed within the box until enough are found.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.search.contracts import Box, Find, Found, Likeness, Query, Results, Sort
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.policies.grid import circle_box
from hospes.modules.search.policies.polygons import ring_box, unwrapped
from hospes.modules.search.use_cases.find_listings import items_of

FEW = 2_000  # that fit: each is compared
LIKELY = (200, 1_000, 4_000)  # the most alike, and more where the other filters leave too few of them
ENOUGH = 60


async def find_wished(
    index_now: Callable[[], SearchIndex], likeness: Likeness, wish: str, query: Query, *, now: datetime
) -> Results:
    """The most alike first unless another order is asked for. `index_now`: the index, which may be another one after
    every wait. Raises `SemanticUnavailable`."""
    query = replace(query, find=query.find or Find.ALL)  # the wish says what is meant
    bare = replace(query, limit=1, after=None, before=None, clusters=None)
    fitting = index_now().find(bare, now=now, facets=False).total
    if not fitting:
        return Results((), 0, index_now().find(bare, now=now).facets, None)
    index, found, order = await _likely(index_now, likeness, wish, query, fitting, now)
    hits = found.hits
    if query.sort is Sort.RELEVANCE:
        hits = tuple(sorted(hits, key=lambda hit: order[hit.property_id]))
    items = items_of(index.columns, hits[: query.limit])
    return Results(items, found.total, found.facets, None, found.clusters)


async def _likely(
    index_now: Callable[[], SearchIndex], likeness: Likeness, wish: str, query: Query, fitting: int, now: datetime
) -> tuple[SearchIndex, Found, dict[UUID, int]]:
    """What fits of the most alike, in which index, and their places in the order of likeness."""
    whole = replace(query, limit=LIKELY[-1], after=None, before=None)
    few: list[UUID] | None = None
    if fitting <= FEW:
        fits = index_now().find(replace(whole, clusters=None), now=now, facets=False)
        few = [hit.property_id for hit in fits.hits]
    for most in LIKELY:
        ids = await likeness.nearest(wish, among=few, box=_box(query), most=most)
        index = index_now()
        found = index.find(whole, now=now, among=ids)
        if few is not None or found.total >= ENOUGH or len(ids) < most:
            break
    return index, found, {each: at for at, each in enumerate(ids)}


def _box(query: Query) -> Box | None:
    if query.polygon:
        return ring_box(unwrapped(query.polygon))
    if query.latitude is None or query.longitude is None or query.comes_to_me:
        return query.box
    return circle_box(query.latitude, query.longitude, query.radius_km)
