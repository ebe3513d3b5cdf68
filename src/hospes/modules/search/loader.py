"""Fills the index from the database, wholly at start and listing by listing when events tell of changes."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import structlog

from hospes.modules.catalog.contracts import AMENITIES, AMENITY_BIT, KINDS
from hospes.modules.search.columns import NIGHTS, Columns, all_nights_but
from hospes.modules.search.container import UnfitSnapshot
from hospes.modules.search.contracts import Listing, Mode
from hospes.modules.search.index import SearchIndex
from hospes.modules.search.policies.repairing import Reason, Stand
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.queries import listings
from hospes.modules.search.queries.cards import faces_of
from hospes.modules.search.queries.standing import events_since, lapsed_between, where_it_stands
from hospes.modules.search.queries.tariffs import BARE_TERMS, Terms, tariffs_of
from hospes.modules.search.queries.units import busy_units
from hospes.modules.search.timetables import by_time
from hospes.modules.search.unit_nights import union_of
from hospes.platform.db import Database, ReadTx, Row
from hospes.platform.outbox import Event

log = structlog.get_logger(__name__)
MOST_EVENTS = 50_000


async def load_all(db: Database, index: SearchIndex, *, now: datetime) -> int:
    """Every live listing into the index, which answers from what it had until then; answers how many."""
    fresh = Columns(index.columns.kinds, earliest_today(now))
    async with db.read() as tx:
        async for rows in listings.live_listings(tx):
            fresh.extend(await _listings(tx, rows, fresh.first_night, now))
    await asyncio.to_thread(fresh.compact)  # nobody else has it yet
    index.columns = fresh
    return len(fresh)


async def load_fresh(db: Database, *, now: datetime) -> tuple[SearchIndex, Stand]:
    """An index of every live listing, and the stand of the database that all of it is at least as young as."""
    stand = await where_it_stands(db, at=now)
    index = empty_index(now)
    await load_all(db, index, now=now)
    return index, stand


def empty_index(now: datetime) -> SearchIndex:
    """An index of nothing, with the words of the catalogue."""
    return SearchIndex([each.code for each in KINDS], [each.code for each in AMENITIES], earliest_today(now))


def index_of(columns: Columns) -> SearchIndex:
    """An index of these columns."""
    index = SearchIndex(columns.kinds, [each.code for each in AMENITIES], columns.first_night)
    index.columns = columns
    return index


async def catch_up(
    db: Database, index: SearchIndex, then: Stand, stands: Stand, *, most_events: int = MOST_EVENTS
) -> int:
    """Read again what was told, and what has lapsed, since `then`; answers how many listings that were.

    Raises `UnfitSnapshot` when reading everything is quicker. `stands`: `where_it_stands` after `then`."""
    async with db.read() as tx:
        events = await events_since(tx, then.position, limit=most_events + 1)
        if len(events) > most_events:
            raise UnfitSnapshot(Reason.TOO_MANY)
        ids = sorted(await named_by(tx, events) | set(await lapsed_between(tx, then.at, stands.at)))
    for first in range(0, len(ids), listings.BATCH):
        await refresh(db, index, ids[first : first + listings.BATCH], now=stands.at)
    return len(ids)


async def named_by(tx: ReadTx, events: Sequence[Event]) -> set[UUID]:
    """The listings that these events may have changed."""
    ids = {found for event in events for value in _named(event) if (found := _uuid(value))}
    above = {event.aggregate_id for event in events if event.type.startswith(("business.", "property."))}
    return ids | set(await listings.resources_below(tx, sorted(above))) if above else ids


def _named(event: Event) -> list[Any]:
    one, several = event.data.get("resource_id"), event.data.get("resource_ids")
    return [*([one] if one else []), *(several if isinstance(several, list) else [])]


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        log.error("search.event_names_no_listing", value=str(value)[:80])
        return None


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
    every, ids = [row["id"] for row in rows], [row["id"] for row in rows if row["mode"] == "nightly"]
    pooled = [row["id"] for row in rows if row["pooled"]]
    units: dict[UUID, list[bytes]] = defaultdict(list)
    for each in (
        *await busy_units(tx, list(set(ids) - set(pooled)), today=today, now=now),
        *await listings.full_nights(tx, pooled, today=today, now=now),
    ):
        units[each["resource_id"]].append(all_nights_but(zip(each["starts"], each["ends"], strict=True)))
    prices = {
        own["resource_id"]: dict(zip(own["days"], own["amounts"], strict=True))
        for own in await listings.own_prices(tx, every, today=today, end=today + timedelta(days=NIGHTS))
    }
    terms = await tariffs_of(tx, every, today=today)
    found = [
        _listing(row, units.get(row["id"], []), prices.get(row["id"], {}), terms.get(row["id"], BARE_TERMS))
        for row in rows
    ]
    await by_time(tx, found, now=now)
    faces = await faces_of(tx, every)
    for listing in found:
        listing.face = faces[listing.resource_id]
    return found


def _listing(row: Row, units: list[bytes], prices: dict[int, int], terms: Terms) -> Listing:
    """`units`: the open nights of each, where none is free all the time."""
    nightly = row["mode"] == "nightly"
    known = units if nightly and row["units"] > 0 else [bytes(NIGHTS // 8)]
    known = known or [all_nights_but([])]
    together = union_of(known)
    return Listing(
        resource_id=row["id"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        kind=row["kind"],
        guests=row["max_guests"],
        pets=row["pets_allowed"],
        instant=row["instant"],
        amenities=_amenity_bits(tuple(row["amenities"])),
        rating=float(row["rating_avg"] or 0),
        rating_count=row["rating_count"],
        currency=row["currency"],
        base_amount=row["base_amount"],
        min_nights=row["min_nights"],
        max_nights=row["max_nights"],
        notice_hours=row["notice_hours"],
        horizon_days=row["horizon_days"],
        nightly=nightly,
        open_words=together,
        unit_words=() if together in known else tuple(known),
        day_prices=prices,
        zone=row["zone"],
        check_in_from=row["check_in_from"],
        property_id=row["property_id"],
        mode=Mode[row["mode"].upper()],
        tariff=terms.tariff,
        restrictions=terms.restrictions,
    )


@lru_cache(maxsize=65_536)
def _amenity_bits(codes: tuple[str, ...]) -> int:
    """Many listings have the same."""
    return sum(1 << AMENITY_BIT[code] for code in set(codes) if code in AMENITY_BIT)
