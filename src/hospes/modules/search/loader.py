"""Fills the index from the database, wholly at start and listing by listing when events tell of changes."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.modules.catalog.contracts import AMENITY_BIT
from hospes.modules.search.columns import NIGHTS, Columns, Span, all_nights_but
from hospes.modules.search.contracts import Listing
from hospes.modules.search.index import SearchIndex
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.queries import listings
from hospes.platform.db import Database, ReadTx, Row


async def load_all(db: Database, index: SearchIndex, *, now: datetime) -> int:
    """Every live listing into the index, which answers from what it had until then; answers how many."""
    fresh = Columns(index.columns.kinds, earliest_today(now))
    async with db.read() as tx:
        async for rows in listings.live_listings(tx):
            fresh.extend(await _listings(tx, rows, fresh.first_night, now))
    await asyncio.to_thread(fresh.compact)  # nobody else has it yet
    index.columns = fresh
    return len(fresh)


async def refresh(db: Database, index: SearchIndex, ids: Sequence[UUID], *, now: datetime) -> None:
    """Read these listings again; those that are no longer live leave the index."""
    columns = index.columns
    async with db.read() as tx:
        fresh: list[Listing] = []
        async for rows in listings.live_listings(tx, ids):
            fresh += await _listings(tx, rows, columns.first_night, now)
    if index.columns is not columns:  # a reload has come between: count the nights from its first one
        await refresh(db, index, ids, now=now)
        return
    alive = {listing.resource_id for listing in fresh}
    for listing in fresh:
        index.put(listing)
    for resource_id in set(ids) - alive:
        index.drop(resource_id)


async def _listings(tx: ReadTx, rows: list[Row], today: date, now: datetime) -> list[Listing]:
    ids = [row["id"] for row in rows if row["mode"] == "nightly"]
    closed: dict[UUID, list[Span]] = defaultdict(list)
    for taken in (
        *await listings.taken_nights(tx, ids, today=today, now=now),
        *await listings.full_nights(tx, ids, today=today, now=now),
    ):
        closed[taken["resource_id"]] += zip(taken["starts"], taken["ends"], strict=True)
    prices = {
        own["resource_id"]: dict(zip(own["days"], own["amounts"], strict=True))
        for own in await listings.own_prices(tx, ids, today=today, end=today + timedelta(days=NIGHTS))
    }
    return [_listing(row, closed.get(row["id"], []), prices.get(row["id"], {})) for row in rows]


def _listing(row: Row, closed: list[Span], prices: dict[int, int]) -> Listing:
    nightly = row["mode"] == "nightly"
    sellable = nightly and row["units"] > 0
    return Listing(
        resource_id=row["id"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        kind=row["kind"],
        guests=row["max_guests"],
        pets=row["pets_allowed"],
        instant=row["instant"],
        amenities=sum(1 << AMENITY_BIT[code] for code in set(row["amenities"]) if code in AMENITY_BIT),
        rating=float(row["rating_avg"] or 0),
        rating_count=row["rating_count"],
        currency=row["currency"],
        base_amount=row["base_amount"],
        min_nights=row["min_nights"],
        max_nights=row["max_nights"],
        notice_hours=row["notice_hours"],
        horizon_days=row["horizon_days"],
        nightly=nightly,
        open_words=all_nights_but(closed if sellable else [(0, NIGHTS)]),
        day_prices=prices,
        zone=row["zone"],
        check_in_from=row["check_in_from"],
    )
