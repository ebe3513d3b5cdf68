"""Compares the index with the database, listing by listing; reading a listing again for that also repairs it."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from hospes.modules.inventory.contracts import Place
from hospes.modules.search import loader
from hospes.modules.search.columns import DEGREE, ROW, Columns
from hospes.modules.search.diaries import DAYS
from hospes.modules.search.index import SearchIndex
from hospes.platform.db import Database

GONE = "whether it is live"
_LOOKED_AT = 3  # days of a diary
_PLACING = frozenset({"id"})
Known = dict[str, Any]


async def compared(
    db: Database, index: SearchIndex, ids: Sequence[UUID], *, now: datetime
) -> dict[UUID, tuple[str, ...]]:
    """Of these listings those that were not as in the database, with what was different; now they are.

    What has just changed is among them too: see what events tell about it before you call it drift."""
    days = _days(now)
    before = {each: known_of(index.columns, each, days, now) for each in ids}
    await loader.refresh(db, index, ids, now=now)
    found: dict[UUID, tuple[str, ...]] = {}
    for each, was in before.items():
        differing = _differing(was, known_of(index.columns, each, days, now))
        if differing:
            found[each] = differing
    return found


def known_of(columns: Columns, resource_id: UUID, days: Sequence[date], now: datetime) -> Known | None:
    """All that is known of a listing, of its hours what can be booked on these days; None when it is not there."""
    row = columns.row_of(resource_id)
    if row is None:
        return None
    assert ROW.names is not None
    known: Known = {name: columns[name][row].item() for name in ROW.names if name not in _PLACING}
    rows = np.array([row])
    known["nights"] = columns.open_words(row)
    known["nights of units"] = sorted(columns.unit_nights.words_of(row))
    known["prices of nights"] = columns.own.of(row)
    elsewhere = Place(columns["lat"][row] / DEGREE, columns["lon"][row] / DEGREE)
    for name, place in (("hours", None), ("hours elsewhere", elsewhere)):
        starts = (columns.diaries.first_start(rows, day, day, place=place, now=now)[1] for day in days)
        known[name] = [each.item() for each in starts]
    known["travel fees"] = columns.diaries.travel_fees(rows, elsewhere).item()
    known["a child's place"] = columns.sailings.child_amounts(rows).item()
    known["departures"] = [
        [found.item() for found in columns.sailings.first_departure(rows, day, day + timedelta(90), 1, now=now)]
        for day in days
    ]
    return known


def some_of(columns: Columns, count: int) -> list[UUID]:
    """Some of the listings, drawn anew at every call."""
    alive = np.flatnonzero(columns["guests"][: columns.used])
    drawn = random.sample(range(len(alive)), min(count, len(alive)))
    return [columns.id_of(int(alive[place])) for place in drawn]


def said(found: Mapping[UUID, Sequence[str]]) -> list[str]:
    """A line a listing."""
    return [f"{each}: {', '.join(what)}" for each, what in sorted(found.items())]


def _days(now: datetime) -> list[date]:
    """Some of the days that every process knows the hours of."""
    return [now.date() + timedelta(days=random.randint(1, DAYS - 3)) for _ in range(_LOOKED_AT)]


def _differing(was: Known | None, now: Known | None) -> tuple[str, ...]:
    if was is None or now is None:
        return () if was is now else (GONE,)
    return tuple(name for name in was if was[name] != now[name])
