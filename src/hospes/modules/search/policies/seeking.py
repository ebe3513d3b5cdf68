"""Whether somebody looks for a place to sleep or for something to do. docs/search.md explains the choice."""

from hospes.modules.catalog.contracts import CATEGORIES, Kind
from hospes.modules.search.contracts import Find, Query

SLEPT_IN = frozenset({Kind.HOME, Kind.HOTEL_ROOM, Kind.PACKAGE, Kind.OTHER})  # when sold by the night


def by_the_rule(query: Query) -> bool:
    """Whether stays are found because nights are asked for and nothing else is said: no kind, no profession, nobody who
    shall come."""
    nights = query.flexible is not None or (query.arrival is not None and query.departure is not None)
    said = query.find or query.hours or query.kinds or query.comes_to_me
    return nights and not said and CATEGORIES.isdisjoint(query.amenities)


def sought(query: Query) -> Find:
    """Stays, things or all."""
    if by_the_rule(query):
        return Find.STAYS
    return query.find or Find.ALL
