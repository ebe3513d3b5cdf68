"""Search by description, as the API and the pages ask for it."""

from hospes.modules.search.contracts import Likeness, Query, Results
from hospes.modules.search.errors import IndexLoading, SemanticEnglishOnly, SemanticOff
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.naming import wishing
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.wishing import Wish
from hospes.modules.search.use_cases.find_wished import find_wished
from hospes.platform.runtime import Runtime


def likeness_of(rt: Runtime) -> Likeness | None:
    """What compares wishes with descriptions; None where that is not installed, or nothing is embedded."""
    likeness: Likeness | None = rt.ports.likeness
    return likeness if likeness is not None and likeness.on else None


def wish_in(rt: Runtime, text: str) -> Wish | None:
    """What somebody wants who typed this; None where that is a place's name, or descriptions are not searched."""
    return wishing.wish_in(_names(rt), text) if likeness_of(rt) else None


def wish_of(rt: Runtime, text: str) -> Wish:
    """The same of what is surely a wish."""
    return wishing.wish_of(_names(rt), text)


async def find(rt: Runtime, wish: Wish, query: Query) -> Results:
    """Places that say so. Raises `SemanticOff`, `SemanticEnglishOnly`, `SemanticUnavailable` and `IndexLoading`."""
    likeness = likeness_of(rt)
    if likeness is None:
        raise SemanticOff("This site does not search descriptions. Search by place and filters instead.")
    if not wish.english:
        said = "Ask in English, or search by place and filters instead."
        raise SemanticEnglishOnly(said, fields={"q": "This does not read like English."})

    def index_now() -> SearchIndex:
        live = rt.ports.index
        if not isinstance(live, LiveIndex):
            raise IndexLoading("Search is being loaded. Please try again in a few seconds.")
        return live.index

    return await find_wished(index_now, likeness, wish.what, query, now=rt.clock.now())


def _names(rt: Runtime) -> LiveNames | None:
    return rt.ports.names if isinstance(rt.ports.names, LiveNames) else None
