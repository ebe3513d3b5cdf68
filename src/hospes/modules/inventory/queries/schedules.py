"""Schedules with their windows and exceptions, and what units have to do: one statement each."""

from collections.abc import Sequence
from datetime import date, datetime, time
from math import ceil, floor
from typing import Any, LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import DayException, Place, Schedule, Window
from hospes.modules.inventory.policies.slots import Job
from hospes.platform.db import ReadTx, Row

_SCHEDULE: LiteralString = """
SELECT s.*,
  (SELECT jsonb_agg(jsonb_build_array(w.weekday, w.opens, w.closes, w.unit_id)
                    ORDER BY w.unit_id NULLS FIRST, w.weekday, w.opens)
   FROM inventory.schedule_window AS w WHERE w.resource_id = s.resource_id) AS windows,
  (SELECT jsonb_agg(jsonb_build_array(e.day, e.opens, e.closes, e.unit_id, e.note)
                    ORDER BY e.day, e.unit_id NULLS FIRST)
   FROM inventory.schedule_exception AS e
   WHERE e.resource_id = s.resource_id AND e.day BETWEEN %(first)s AND %(last)s) AS exceptions
FROM inventory.schedule AS s WHERE s.resource_id = %(resource)s
"""
_JOBS: LiteralString = """
SELECT c.unit_id, c.kind, c.latitude, c.longitude,
  extract(epoch FROM lower(c.during))::float8 AS start, extract(epoch FROM upper(c.during))::float8 AS end,
  extract(epoch FROM COALESCE(c.starts_at, lower(c.during)))::float8 AS starts_at
FROM inventory.claim AS c
WHERE c.resource_id = %(resource)s AND c.during && tstzrange(%(start)s, %(end)s) AND c.released_at IS NULL
  AND c.unit_id = ANY(%(units)s::uuid[]) AND (c.held_until IS NULL OR c.held_until > %(now)s)
"""
_SETTINGS = (
    *("resource_id", "slot_minutes", "step_minutes", "longest_minutes", "before_minutes", "after_minutes"),
    *("notice_minutes", "horizon_days", "max_per_day", "max_per_week", "travel_mode", "radius_km", "speed_kmh"),
    "version",
)


async def find_schedule(
    tx: ReadTx, resource_id: UUID, *, first: date = date.min, last: date = date.max
) -> Schedule | None:
    """The schedule, with the exceptions of [first, last]."""
    row = await tx.find(_SCHEDULE, {"resource": resource_id, "first": first, "last": last})
    return None if row is None else _as_schedule(row)


async def list_jobs(
    tx: ReadTx,
    resource_id: UUID,
    unit_ids: Sequence[UUID],
    start: datetime,
    end: datetime,
    *,
    home: Place | None,
    now: datetime,
) -> dict[UUID, list[Job]]:
    """What each unit has to do within the span. Holds and bookings without a place of their own are at `home`."""
    rows = await tx.all(
        _JOBS, {"resource": resource_id, "units": list(unit_ids), "start": start, "end": end, "now": now}
    )
    found: dict[UUID, list[Job]] = {unit_id: [] for unit_id in unit_ids}
    for row in rows:
        sold = row["kind"] in ("hold", "booking")
        if row["latitude"] is not None:
            place: Place | None = Place(row["latitude"], row["longitude"])
        else:
            place = home if sold else None
        found[row["unit_id"]].append(Job(floor(row["start"]), ceil(row["end"]), floor(row["starts_at"]), sold, place))
    return found


async def list_places(
    tx: ReadTx, resource_id: UUID, start: datetime, end: datetime, *, limit: int, now: datetime
) -> list[Place]:
    """Where those who travel come from: home, then where they have jobs in [start, end); empty when nobody travels."""
    rows = await tx.all(
        "SELECT s.home_latitude AS latitude, s.home_longitude AS longitude FROM inventory.schedule AS s"
        " WHERE s.resource_id = %(resource)s AND s.travel_mode = 'travel' UNION ALL"
        " (SELECT DISTINCT c.latitude, c.longitude FROM inventory.claim AS c"
        "  JOIN inventory.schedule AS s ON s.resource_id = c.resource_id AND s.travel_mode = 'travel'"
        "  WHERE c.resource_id = %(resource)s AND c.during && tstzrange(%(start)s, %(end)s) AND c.released_at IS NULL"
        "  AND c.latitude IS NOT NULL AND (c.held_until IS NULL OR c.held_until > %(now)s) LIMIT %(limit)s::bigint)",
        {"resource": resource_id, "start": start, "end": end, "limit": limit, "now": now},
    )
    return [Place(row["latitude"], row["longitude"]) for row in rows]


def _as_schedule(row: Row) -> Schedule:
    at_home = row["home_latitude"] is not None and row["home_longitude"] is not None
    return Schedule(
        **{name: row[name] for name in _SETTINGS},
        home=Place(row["home_latitude"], row["home_longitude"]) if at_home else None,
        windows=tuple(
            Window(weekday, _time(opens), _time(closes), _unit(unit_id))
            for weekday, opens, closes, unit_id in row["windows"] or ()
        ),
        exceptions=tuple(
            DayException(
                date.fromisoformat(day),
                tuple((_time(start), _time(end)) for start, end in zip(opens, closes, strict=True)),
                _unit(unit_id),
                note,
            )
            for day, opens, closes, unit_id, note in row["exceptions"] or ()
        ),
    )


def _time(said: str) -> time:
    return time.fromisoformat(said)


def _unit(said: Any) -> UUID | None:
    return None if said is None else UUID(said)
