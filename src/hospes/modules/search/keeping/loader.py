"""Fills the index from the database, wholly at start and listing by listing when events tell of changes."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.search.index.columns import Columns
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping.container import UnfitSnapshot
from hospes.modules.search.keeping.reading import read_all, read_these
from hospes.modules.search.policies.repairing import Reason, Stand
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.queries.batches import count_resources
from hospes.modules.search.queries.listings import resources_below
from hospes.modules.search.queries.standing import events_since, lapsed_between, where_it_stands
from hospes.platform.db import Database, ReadTx
from hospes.platform.outbox import Event

log = structlog.get_logger(__name__)
MOST_EVENTS = 50_000
AT_ONCE = 1_000  # listings read again in one go when catching up
TELL_EVERY_SECONDS = 5.0


async def load_all(db: Database, index: SearchIndex, *, now: datetime) -> int:
    """Every live listing into the index, which answers from what it had until then; answers how many."""
    fresh = Columns(index.columns.kinds, earliest_today(now))
    async with db.read() as tx:
        resources = await count_resources(tx)
    fresh.reserve(resources)
    told = time.monotonic()
    async with aclosing(read_all(db, today=fresh.first_night, now=now)) as everything:
        async for batch in everything:
            await asyncio.to_thread(fresh.extend, batch)
            if time.monotonic() - told > TELL_EVERY_SECONDS:
                told = time.monotonic()
                log.info("search.reading", listings=len(fresh), resources=resources)
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
    for first in range(0, len(ids), AT_ONCE):
        await refresh(db, index, ids[first : first + AT_ONCE], now=stands.at)
    return len(ids)


async def named_by(tx: ReadTx, events: Sequence[Event]) -> set[UUID]:
    """The listings that these events may have changed."""
    ids = {found for event in events for value in _named(event) if (found := _uuid(value))}
    above = {event.aggregate_id for event in events if event.type.startswith(("business.", "property."))}
    return ids | set(await resources_below(tx, sorted(above))) if above else ids


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
    batch = await read_these(db, ids, today=columns.first_night, now=now)
    if index.columns is not columns:  # a reload has come between: count the nights from its first one
        await refresh(db, index, ids, now=now)
        return
    columns.put_all(batch)
    for resource_id in set(ids).difference(batch.resource_ids()):
        columns.drop(resource_id)
