"""What the entrypoints and the pages may ask of search."""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from hospes.modules.pricing.contracts import Party
from hospes.modules.search import places
from hospes.modules.search.contracts import Place, Query, Results, World
from hospes.modules.search.errors import IndexLoading
from hospes.modules.search.follow import LiveIndex
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.neighbours import checked_stay as checked_stay
from hospes.modules.search.neighbours import euro_cents as euro_cents
from hospes.modules.search.neighbours import neighbours as neighbours
from hospes.modules.search.upkeep import tend
from hospes.modules.search.use_cases.find_listings import find_listings
from hospes.platform.runtime import Runtime

_named_beside: WeakKeyDictionary[LiveIndex, LiveNames] = WeakKeyDictionary()


async def open_index(rt: Runtime) -> LiveIndex:
    """Load places and the index, and follow events; call after `tail.mark()`, so that nothing falls between."""
    live, told = LiveIndex(rt), LiveNames(rt)
    await asyncio.gather(places.open_places(rt.settings.data_dir), live.open())
    await told.open()
    tend(live)
    rt.ports.names = _named_beside[live] = told
    return live


async def close_index(index: Any) -> None:
    """Stop following."""
    if (told := _named_beside.pop(index, None)) is not None:
        await told.close()
    await index.close()


async def destinations(rt: Runtime) -> list[tuple[str, Place, int]]:
    """Cities that have live listings, with their slugs (`lisbon-pt`) and numbers of listings, most listings first; a
    second old at most in a small world. Nothing while search is being loaded."""
    return rt.ports.names.destinations.all() if isinstance(rt.ports.names, LiveNames) else []


async def destination_of(rt: Runtime, slug: str) -> Place | None:
    """The city with this slug, if it has live listings; `Place.slug` is the other way."""
    return rt.ports.names.destinations.get(slug) if isinstance(rt.ports.names, LiveNames) else None


async def search(rt: Runtime, query: Query, party: Party) -> Results:
    """A page of results; raises `IndexLoading` while there is no index."""
    index = _live(rt).index
    async with rt.db.read() as tx:
        return await find_listings(tx, index, query, party, now=rt.clock.now())


def world(rt: Runtime) -> World:
    """What there is in all and in which cities, about a minute old; raises `IndexLoading`."""
    return _live(rt).world


def _live(rt: Runtime) -> LiveIndex:
    live = rt.ports.index
    if not isinstance(live, LiveIndex):
        raise IndexLoading("Search is being loaded. Please try again in a few seconds.")
    return live
