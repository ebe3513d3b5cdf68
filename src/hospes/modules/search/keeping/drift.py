"""Compares the index with the database, listing by listing; reading a listing again for that also repairs it."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.inventory.contracts import Place
from hospes.modules.search.index.columns import DEGREE, NIGHTS, ROW, Columns, Mask, Rows
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping import loader
from hospes.modules.search.tables.diaries import DAYS
from hospes.modules.search.tables.lists import Table
from hospes.platform.db import Database

GONE = "whether it is live"
_LOOKED_AT = 3  # days of a diary
_NAMES = tuple(name for name in ROW.names or () if name != "id")


@dataclass(frozen=True, slots=True)
class Known:
    """What an index knows of some listings: which of them are `there`; by name what each of them has, one row each; and
    by name and place what only some have."""

    there: Mask
    all_have: dict[str, NDArray[Any]]
    some_have: dict[str, dict[int, Any]]


async def compared(
    db: Database, index: SearchIndex, ids: Sequence[UUID], *, now: datetime
) -> dict[UUID, tuple[str, ...]]:
    """Of these listings those that were not as in the database, with what was different; now they are.

    What has just changed is among them too: see what events tell about it before you call it drift."""
    days = _days(now)
    before = known_of(index.columns, ids, days, now)
    await loader.refresh(db, index, ids, now=now)
    found = _differing(before, known_of(index.columns, ids, days, now))
    return {ids[place]: tuple(what) for place, what in found.items()}


def known_of(columns: Columns, ids: Sequence[UUID], days: Sequence[date], now: datetime) -> Known:
    """All that is known of these listings, of their hours what can be booked on these days."""
    rows = columns.rows_of(ids)
    there = rows >= 0
    places, rows = np.flatnonzero(there), rows[there]
    all_have: dict[str, NDArray[Any]] = {}
    for name in (*_NAMES, "nights"):
        values = columns.calendar.T if name == "nights" else columns[name]
        all_have[name] = np.zeros((len(ids), *values.shape[1:]), values.dtype)
        all_have[name][places] = values[rows]
    found: dict[str, Iterable[tuple[int, Any]]] = {
        "what is shown": [(at, columns.faces.packed(row)) for at, row in enumerate(rows.tolist())],
        "nights of units": [
            (at, sorted(columns.unit_nights.words_of(int(rows[at])))) for at in _who(columns.unit_nights, rows)
        ],
        "prices of nights": columns.own.nights(rows, 0, NIGHTS).by_owner().items(),
        **_hours(columns, rows, days, now),
        **_departures(columns, rows, days, now),
    }
    some_have = {name: {int(places[at]): what for at, what in told} for name, told in found.items()}
    return Known(there, all_have, some_have)


def _hours(columns: Columns, rows: Rows, days: Sequence[date], now: datetime) -> dict[str, list[tuple[int, Any]]]:
    diaries, those = columns.diaries, _who(columns.diaries, rows)
    starts = [diaries.first_start(rows[those], day, day, now=now)[1].tolist() for day in days]
    found: dict[str, list[tuple[int, Any]]] = {
        "hours": list(zip(those, zip(*starts, strict=True), strict=True)), "hours elsewhere": [], "travel fees": []
    }  # fmt: skip
    for at in (at for at in those if diaries.travels(rows[[at]])[0]):
        row = rows[[at]]
        elsewhere = Place(columns["lat"][row[0]] / DEGREE, columns["lon"][row[0]] / DEGREE)
        starts = [diaries.first_start(row, day, day, place=elsewhere, now=now)[1].tolist() for day in days]
        found["hours elsewhere"].append((at, starts))
        found["travel fees"].append((at, diaries.travel_fees(row, elsewhere).item()))
    return found


def _departures(columns: Columns, rows: Rows, days: Sequence[date], now: datetime) -> dict[str, list[tuple[int, Any]]]:
    sailings, those = columns.sailings, _who(columns.sailings, rows)
    mine = rows[those]
    leaving = [
        each.tolist() for day in days for each in sailings.first_departure(mine, day, day + timedelta(90), 1, now=now)
    ]
    return {
        "departures": list(zip(those, zip(*leaving, strict=True), strict=True)),
        "a child's place": list(zip(those, sailings.child_amounts(mine).tolist(), strict=True)),
    }


def _who(table: Table, rows: Rows) -> list[int]:
    """The places of the rows of which the table knows something."""
    found: list[int] = np.flatnonzero(table.known(rows)).tolist()
    return found


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


def _differing(was: Known, now: Known) -> dict[int, list[str]]:
    """By place what is not the same."""
    found: dict[int, list[str]] = {int(place): [GONE] for place in np.flatnonzero(was.there != now.there)}
    both = was.there & now.there
    for name, values in was.all_have.items():
        other = values != now.all_have[name]
        for place in np.flatnonzero(both & (other.any(axis=1) if other.ndim > 1 else other)).tolist():
            found.setdefault(place, []).append(name)
    for name, mine in was.some_have.items():
        theirs = now.some_have[name]
        for place in sorted(mine.keys() | theirs.keys()):
            if both[place] and mine.get(place) != theirs.get(place):
                found.setdefault(place, []).append(name)
    return found
