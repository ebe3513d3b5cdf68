"""Search as people see it: what the index finds, with names, pictures and prices, all from memory."""

from datetime import datetime
from typing import Literal

from hospes.modules.catalog.contracts import thumb_key
from hospes.modules.search.columns import Columns
from hospes.modules.search.contracts import Hit, Item, Mode, Query, Results
from hospes.modules.search.index import SearchIndex
from hospes.modules.search.policies.asking import cursor_after, cursor_before
from hospes.platform.money import Money

SOLD_BY: dict[Mode, Literal["night", "hour", "person"]] = {
    Mode.NIGHTLY: "night",
    Mode.TIMED: "hour",
    Mode.DEPARTURE: "person",
}


def find_listings(index: SearchIndex, query: Query, *, now: datetime) -> Results:
    """A page of results without a question to the database: as true as the index is, which is about a second."""
    found = index.find(query, now=now)
    items = tuple(item_of(index.columns, hit) for hit in found.hits)
    more = items and found.skipped + len(items) < found.total
    cursor = cursor_after(found.hits[-1], query) if more else None
    previous = cursor_before(found.hits, query) if found.skipped else None
    return Results(items, found.total, found.facets, cursor, found.clusters, previous, found.skipped)


def item_of(columns: Columns, hit: Hit) -> Item:
    """One hit as people see it, of the index it was found in a moment ago."""
    row = hit.row  # found a moment ago, and nothing has come between
    face = columns.faces.of(row)
    return Item(
        resource_id=hit.resource_id,
        property_id=hit.property_id,
        title=face.title,
        subtitle=face.subtitle,
        city=face.city,
        country=face.country,
        kind=columns.kinds[columns["kind"][row]],
        latitude=hit.latitude,
        longitude=hit.longitude,
        picture=f"/media/{thumb_key(face.picture)}" if face.picture else None,
        picture_alt=face.picture_alt,
        nightly=Money(hit.nightly, hit.currency),
        total=None if hit.total is None else Money(hit.total, hit.currency),
        rating=face.rating,
        rating_count=face.rating_count,
        instant=bool(columns["instant"][row]),
        max_guests=int(columns["guests"][row]),
        bedrooms=face.bedrooms,
        distance_km=hit.distance_km,
        sold_by=SOLD_BY[Mode(int(columns["mode"][row]))],
        arrival=hit.arrival,
        departure=hit.departure,
        starts_at=hit.starts_at,
        zone=columns.clocks[columns["clock"][row]].zone,
        fitting=hit.fitting,
    )
