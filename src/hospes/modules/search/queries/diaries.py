"""What diaries and departures in the index are made of: SQL across the schemas of catalog and inventory."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, Row

_LIVE: LiteralString = "c.released_at IS NULL AND (c.held_until IS NULL OR c.held_until > %(now)s)"
_JOBS: LiteralString = (
    "SELECT c.unit_id, array_agg(floor(extract(epoch FROM lower(c.during)))::bigint) AS starts,"
    " array_agg(ceil(extract(epoch FROM upper(c.during)))::bigint) AS ends,"
    " array_agg(floor(extract(epoch FROM COALESCE(c.starts_at, lower(c.during))))::bigint)"
    " FILTER (WHERE c.kind IN ('hold', 'booking')) AS counted"
)
_PLACES: LiteralString = (
    ", array_agg(c.kind IN ('hold', 'booking')) AS sold, array_agg(c.latitude) AS latitudes,"
    " array_agg(c.longitude) AS longitudes"
)


async def schedules(tx: ReadTx, ids: Sequence[UUID], *, first: date, last: date) -> list[Row]:
    """The schedules of these resources with their windows, the exceptions of [first, last] (both JSON texts) and the
    active units."""
    return await tx.all(
        "SELECT s.resource_id, s.slot_minutes, s.step_minutes, s.longest_minutes, s.before_minutes, s.after_minutes,"
        " s.notice_minutes, s.horizon_days, s.max_per_day, s.max_per_week, s.travel_mode, s.radius_km,"
        " s.speed_kmh, s.home_latitude, s.home_longitude, coalesce(t.travel_fee, 0) AS travel_fee,"
        " coalesce(t.travel_per_km, 0) AS travel_per_km, w.windows, e.exceptions, u.units"
        " FROM inventory.schedule AS s LEFT JOIN pricing.rate AS t ON t.resource_id = s.resource_id"
        " LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(w.weekday, w.opens, w.closes, w.unit_id)"
        " ORDER BY w.unit_id NULLS FIRST, w.weekday, w.opens)::text AS windows FROM inventory.schedule_window AS w"
        " WHERE w.resource_id = s.resource_id) AS w ON true"
        " LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(e.day, e.opens, e.closes, e.unit_id)"
        " ORDER BY e.day, e.unit_id NULLS FIRST)::text AS exceptions FROM inventory.schedule_exception AS e"
        " WHERE e.resource_id = s.resource_id AND e.day BETWEEN %(first)s AND %(last)s) AS e ON true"
        " LEFT JOIN LATERAL (SELECT array_agg(u.id) AS units FROM catalog.unit AS u"
        " WHERE u.resource_id = s.resource_id AND u.active) AS u ON true WHERE s.resource_id = ANY(%(ids)s)",
        {"ids": list(ids), "first": first, "last": last},
    )


async def jobs(
    tx: ReadTx, ids: Sequence[UUID], start: datetime, end: datetime, *, places: bool, now: datetime
) -> list[Row]:
    """By unit, what these resources' units have to do in [start, end): `starts` and `ends` with the buffers, in epoch
    seconds, and `counted`, when those begin that use up limits. With `places` also whether each is `sold`, and its
    `latitudes` and `longitudes` (None: no place of its own). Holds whose time has passed are left out."""
    return await tx.all(
        _JOBS + (_PLACES if places else "") + " FROM inventory.claim AS c"
        " WHERE c.resource_id = ANY(%(ids)s) AND c.unit_id IS NOT NULL"
        " AND c.during && tstzrange(%(start)s, %(end)s) AND " + _LIVE + " GROUP BY c.unit_id",
        {"ids": list(ids), "start": start, "end": end, "now": now},
    )


async def departures(tx: ReadTx, ids: Sequence[UUID], start: datetime, end: datetime, *, now: datetime) -> list[Row]:
    """The departures on sale that start in [start, end) with places left, in order, by resource; `most` is the largest
    group that booking takes, `child_amount` as in the resource's rate."""
    return await tx.all(
        "SELECT d.resource_id, floor(extract(epoch FROM d.starts_at))::bigint AS start, d.first_day, d.cutoff_minutes,"
        " d.min_group, COALESCE(d.max_group, d.capacity) AS most, d.price_amount, d.left, t.child_amount FROM ("
        " SELECT d.*, d.capacity + d.overbooking - d.claimed + (SELECT COALESCE(sum(c.quantity), 0)"
        " FROM inventory.claim AS c WHERE c.departure_id = d.id AND c.departure_id IS NOT NULL"
        " AND c.released_at IS NULL AND c.held_until <= %(now)s) AS left FROM inventory.departure AS d"
        " WHERE d.resource_id = ANY(%(ids)s) AND d.starts_at >= %(start)s AND d.starts_at < %(end)s"
        " AND d.status = 'scheduled') AS d LEFT JOIN pricing.rate AS t ON t.resource_id = d.resource_id"
        " WHERE d.left > 0 ORDER BY d.resource_id, d.starts_at, d.id",
        {"ids": list(ids), "start": start, "end": end, "now": now},
    )
