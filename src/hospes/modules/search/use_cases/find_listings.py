"""Search as people see it: what the index finds, with names, pictures and prices, all from memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from hospes.modules.catalog.contracts import thumb_key
from hospes.modules.search.contracts import Hit, Item, Mode, Query, Results
from hospes.modules.search.index.columns import Columns
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.policies.asking import cursor_after, cursor_before
from hospes.platform.money import Money

SOLD_BY: dict[int, Literal["night", "hour", "person"]] = {
    Mode.NIGHTLY: "night",
    Mode.TIMED: "hour",
    Mode.DEPARTURE: "person",
}


def find_listings(index: SearchIndex, query: Query, *, now: datetime) -> Results:
    """A page of results without a question to the database: as true as the index is, which is about a second."""
    found = index.find(query, now=now)
    items = items_of(index.columns, found.hits)
    more = items and found.skipped + len(items) < found.total
    cursor = cursor_after(found.hits[-1], query) if more else None
    previous = cursor_before(found.hits, query) if found.skipped else None
    return Results(items, found.total, found.facets, cursor, found.clusters, previous, found.skipped)


def items_of(columns: Columns, hits: Sequence[Hit]) -> tuple[Item, ...]:
    """Hits as people see them, of the index they were found in a moment ago: nothing may have come between."""
    rows = [hit.row for hit in hits]

    def told(name: str) -> list[Any]:
        return list(columns[name][rows].tolist())  # all at once: numbers of arrays are slow to take out one by one

    facts = zip(told("kind"), told("instant"), told("guests"), told("mode"), told("clock"), strict=True)
    return tuple(_item(columns, hit, *each) for hit, each in zip(hits, facts, strict=True))


def _item(columns: Columns, hit: Hit, kind: int, instant: bool, guests: int, mode: int, clock: int) -> Item:
    face = columns.faces.of(hit.row)
    return Item(
        resource_id=hit.resource_id,
        property_id=hit.property_id,
        title=face.title,
        subtitle=face.subtitle,
        city=face.city,
        country=face.country,
        kind=columns.kinds[kind],
        latitude=hit.latitude,
        longitude=hit.longitude,
        picture=f"/media/{thumb_key(face.picture)}" if face.picture else None,
        picture_alt=face.picture_alt,
        nightly=Money(hit.nightly, hit.currency),
        total=None if hit.total is None else Money(hit.total, hit.currency),
        rating=face.rating,
        rating_count=face.rating_count,
        instant=instant,
        max_guests=guests,
        bedrooms=face.bedrooms,
        distance_km=hit.distance_km,
        sold_by=SOLD_BY[mode],
        arrival=hit.arrival,
        departure=hit.departure,
        starts_at=hit.starts_at,
        zone=columns.clocks[clock].zone,
        fitting=hit.fitting,
    )
