"""What the entrypoints and the pages may ask of search."""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from hospes.modules.search import places
from hospes.modules.search.contracts import Place, Query, Results, World
from hospes.modules.search.errors import IndexLoading
from hospes.modules.search.keeping import upkeep
from hospes.modules.search.keeping.checking import Checked as Checked
from hospes.modules.search.keeping.checking import check_index as check_index
from hospes.modules.search.keeping.checking import rebuild_index as rebuild_index
from hospes.modules.search.keeping.drift import said
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.naming import suggesting, tending
from hospes.modules.search.naming.checking import CheckedNames as CheckedNames
from hospes.modules.search.naming.checking import check_names as check_names
from hospes.modules.search.naming.checking import rebuild_names as rebuild_names
from hospes.modules.search.naming.checking import written_here as written_here
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.neighbours import checked_stay as checked_stay
from hospes.modules.search.neighbours import euro_cents as euro_cents
from hospes.modules.search.neighbours import neighbours as neighbours
from hospes.modules.search.use_cases.find_listings import find_listings
from hospes.platform.runtime import Runtime

_named_beside: WeakKeyDictionary[LiveIndex, LiveNames] = WeakKeyDictionary()


async def open_index(rt: Runtime) -> LiveIndex:
    """Load places and the index, and follow events; call after `tail.mark()`, so that nothing falls between."""
    live, told = LiveIndex(rt), LiveNames(rt)
    await asyncio.gather(live.open(), _open_names(told, rt))
    await live.look_around(told.popular)
    live.beside.append(told.hear)
    upkeep.tend(live)
    tending.tend(told)
    rt.ports.names = _named_beside[live] = told
    return live


async def _open_names(told: LiveNames, rt: Runtime) -> None:
    await places.open_places(rt.settings.data_dir)
    await told.open()


async def close_index(index: Any) -> None:
    """Stop following."""
    if (told := _named_beside.pop(index, None)) is not None:
        await told.close()
    await index.close()


async def destinations(rt: Runtime) -> list[tuple[str, Place, int]]:
    """Cities that have live listings, with their slugs (`lisbon-pt`) and numbers of listings, most listings first; a
    second old at most in a small world. Nothing while search is being loaded."""
    return rt.ports.names.destinations.all() if isinstance(rt.ports.names, LiveNames) else []


async def destinations_near(rt: Runtime, place: Place, *, most: int) -> list[tuple[str, Place, int]]:
    """As `destinations`, those nearest to the place, without itself, the nearest first."""
    return rt.ports.names.destinations.near(place, most=most) if isinstance(rt.ports.names, LiveNames) else []


async def destination_slugs(rt: Runtime) -> list[str]:
    """The slugs of all `destinations`."""
    return rt.ports.names.destinations.addresses() if isinstance(rt.ports.names, LiveNames) else []


async def destination_of(rt: Runtime, slug: str) -> Place | None:
    """The city with this slug, if it has live listings; `Place.slug` is the other way."""
    return rt.ports.names.destinations.get(slug) if isinstance(rt.ports.names, LiveNames) else None


def place_meant(rt: Runtime, text: str) -> Place | None:
    """Where to look for what somebody typed: a place of the world, or the property of exactly that name; None when
    there is no such. `Place.corrected` tells that it is not quite what was typed."""
    return suggesting.place_meant(rt.ports.names if isinstance(rt.ports.names, LiveNames) else None, text)


def search(rt: Runtime, query: Query) -> Results:
    """A page of results, from memory; raises `IndexLoading` while there is no index."""
    return find_listings(_live(rt).index, query, now=rt.clock.now())


def differences(checked: Checked | CheckedNames) -> list[str]:
    """A line for every listing, or property, that was not as in the database."""
    return said(checked.drifted)


def world(rt: Runtime) -> World:
    """What there is in all and in which cities, about a minute old; raises `IndexLoading`."""
    return _live(rt).world


def _live(rt: Runtime) -> LiveIndex:
    live = rt.ports.index
    if not isinstance(live, LiveIndex):
        raise IndexLoading("Search is being loaded. Please try again in a few seconds.")
    return live
