"""How many would be found, without looking at any of them."""

from dataclasses import replace

from hospes.modules.search.contracts import Query
from hospes.modules.search.errors import IndexLoading
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.platform.runtime import Runtime


def count_listings(rt: Runtime, query: Query) -> int:
    """What the index counts, without a statement; raises `IndexLoading`."""
    live = rt.ports.index
    if not isinstance(live, LiveIndex):
        raise IndexLoading("Search is being loaded. Please try again in a few seconds.")
    only = replace(query, limit=1, after=None, clusters=None)
    return live.index.find(only, now=rt.clock.now(), facets=False).total
