"""Taking places: claims of nights and of time. Row locks are taken in the order of (resource, night)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import ClaimAsk, ClaimKind, Place
from hospes.modules.inventory.policies.nights import nights_span
from hospes.platform.db import Row, WriteTx

_COLUMNS: LiteralString = (
    "id, resource_id, unit_id, quantity, during, first_night, last_night, kind, owner_id, held_until, note, created_at,"
    " starts_at, ends_at, latitude, longitude"
)
_REST: LiteralString = (
    "%(quantity)s::smallint, tstzrange(%(start)s, %(end)s), %(first)s, %(last)s, %(kind)s, %(owner)s,"
    " %(held)s::timestamptz, %(note)s, %(now)s, %(starts)s::timestamptz, %(ends)s::timestamptz,"
    " %(latitude)s::double precision, %(longitude)s::double precision"
)
_INSERT_UNIT: LiteralString = (
    f"INSERT INTO inventory.claim ({_COLUMNS}) VALUES (%(id)s, %(resource)s, %(unit)s, {_REST})"  # noqa: S608
    " ON CONFLICT DO NOTHING RETURNING unit_id"
)
_INSERT_FREE_UNIT: LiteralString = f"""
INSERT INTO inventory.claim ({_COLUMNS})
SELECT %(id)s, %(resource)s, free.unit_id, {_REST}
FROM (SELECT u.unit_id FROM unnest(%(units)s::uuid[]) WITH ORDINALITY AS u (unit_id, place)
      WHERE NOT EXISTS (SELECT FROM inventory.claim AS c WHERE c.unit_id = u.unit_id AND c.unit_id IS NOT NULL
                        AND c.released_at IS NULL AND c.during && tstzrange(%(start)s, %(end)s))
      ORDER BY u.place LIMIT 1) AS free
ON CONFLICT DO NOTHING RETURNING unit_id
"""  # noqa: S608 (constants only)
_ANY_FREE_UNIT: LiteralString = """
SELECT EXISTS (SELECT FROM unnest(%(units)s::uuid[]) AS u (unit_id)
      WHERE NOT EXISTS (SELECT FROM inventory.claim AS c WHERE c.unit_id = u.unit_id AND c.unit_id IS NOT NULL
                        AND c.released_at IS NULL AND c.during && tstzrange(%(start)s, %(end)s))) AS free
"""
_ADD_NIGHTS: LiteralString = """
INSERT INTO inventory.night_count (resource_id, night, capacity)
SELECT %(resource)s, %(first)s::date + n, %(capacity)s::integer FROM generate_series(0, %(nights)s::integer - 1) AS n
ORDER BY n ON CONFLICT DO NOTHING
"""
LOCK_NIGHTS: LiteralString = """
SELECT n.night FROM inventory.night_count AS n
WHERE n.resource_id = %(resource)s AND n.night BETWEEN %(first)s AND %(last)s ORDER BY n.night FOR NO KEY UPDATE
"""
# Those of soft claims in the way whose time has passed, too: they may be let go of next, and locks are taken in order.
_LOCK_NIGHTS_IN_THE_WAY: LiteralString = """
SELECT n.night FROM inventory.night_count AS n, (
  SELECT LEAST(%(first)s::date, min(c.first_night)) AS first, GREATEST(%(last)s::date, max(c.last_night)) AS last
  FROM inventory.claim AS c WHERE c.resource_id = %(resource)s AND c.unit_id IS NULL AND c.departure_id IS NULL
    AND c.released_at IS NULL AND c.during && tstzrange(%(start)s, %(end)s) AND c.held_until <= %(now)s) AS span
WHERE n.resource_id = %(resource)s AND n.night BETWEEN span.first AND span.last
ORDER BY n.night FOR NO KEY UPDATE OF n
"""
_COUNT_AND_INSERT: LiteralString = f"""
WITH moved AS (
  UPDATE inventory.night_count AS n SET claimed = n.claimed + %(quantity)s::integer
  WHERE n.resource_id = %(resource)s AND n.night BETWEEN %(first)s AND %(last)s
    AND NOT EXISTS (SELECT FROM inventory.night_count AS full_night
                    WHERE full_night.resource_id = %(resource)s AND full_night.night BETWEEN %(first)s AND %(last)s
                      AND full_night.claimed + %(quantity)s::integer > full_night.capacity + full_night.overbooking)
  RETURNING 1)
INSERT INTO inventory.claim ({_COLUMNS})
SELECT %(id)s, %(resource)s, NULL::uuid, {_REST} FROM (SELECT count(*) AS nights FROM moved) AS m
WHERE m.nights = %(nights)s::integer RETURNING id
"""  # noqa: S608 (constants only)


def claim_values(
    claim_id: UUID,
    ask: ClaimAsk,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None,
    note: str,
    now: datetime,
) -> Row:
    """The parameters of a claim to be written."""
    start, end = nights_span(ask.zone, ask.first_night, ask.departure)
    return {
        "id": claim_id,
        "resource": ask.resource_id,
        "units": list(ask.unit_ids),
        "unit": ask.unit_ids[0] if ask.unit_ids else None,
        "quantity": ask.quantity,
        "capacity": ask.capacity,
        "start": start,
        "end": end,
        "first": ask.first_night,
        "last": ask.departure - timedelta(days=1),
        "nights": (ask.departure - ask.first_night).days,
        **owner_values(kind, owner_id, held_until, note, now),
        **service_values(None, None, None),
    }


def owner_values(kind: ClaimKind, owner_id: UUID, held_until: datetime | None, note: str, now: datetime) -> Row:
    """The parameters that say whose a claim is."""
    return {"kind": str(kind), "owner": owner_id, "held": held_until, "note": note, "now": now}


def service_values(starts_at: datetime | None, ends_at: datetime | None, place: Place | None) -> Row:
    """The parameters of a service within its span; all None for nights."""
    return {
        "starts": starts_at,
        "ends": ends_at,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }


async def insert_on_one_unit(tx: WriteTx, values: Row) -> UUID | None:
    """The unit, or None when another claim is in the way."""
    row = await tx.find(_INSERT_UNIT, values)
    return None if row is None else row["unit_id"]


async def insert_on_free_unit(tx: WriteTx, values: Row) -> UUID | None:
    """The first free unit in order, or None when none is free. A rival who takes it first sends us to the next."""
    for _ in values["units"]:
        row = await tx.find(_INSERT_FREE_UNIT, values)
        if row is not None:
            return UUID(str(row["unit_id"]))
        left = await tx.find(_ANY_FREE_UNIT, values)
        if left is None or not left["free"]:
            return None
    return None


async def insert_counted(tx: WriteTx, values: Row) -> bool:
    """Whether every night had room; the counters have moved then."""
    await tx.run(_ADD_NIGHTS, values)
    await tx.run(_LOCK_NIGHTS_IN_THE_WAY, values)
    return await tx.find(_COUNT_AND_INSERT, values) is not None


async def lock_keys(tx: WriteTx, keys: list[str]) -> None:
    """Hold these names until the transaction ends, taken in sorted order."""
    await tx.run(
        "SELECT pg_advisory_xact_lock(hashtextextended(each.name, 11))"
        " FROM (SELECT name FROM unnest(%s::text[]) AS k (name) ORDER BY name) AS each",
        (sorted(keys),),
    )


async def try_lock_key(tx: WriteTx, key: str) -> bool:
    """Hold this name until the transaction ends; False at once when somebody else does."""
    row = await tx.find("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 11)) AS held", (key,))
    return row is not None and bool(row["held"])


async def lock_nights(tx: WriteTx, resource_id: UUID, first: date, last: date, capacity: int) -> None:
    """Lock the counters of [first, last], adding those that are missing; without a capacity none is added."""
    values = {"resource": resource_id, "first": first, "last": last, "nights": (last - first).days + 1}
    if capacity:
        await tx.run(_ADD_NIGHTS, {**values, "capacity": capacity})
    await tx.run(LOCK_NIGHTS, values)


async def set_capacity(
    tx: WriteTx,
    resource_id: UUID,
    capacity: int,
    first: date,
    *,
    last: date | None = None,
    unit_ids: Sequence[UUID] = (),
) -> None:
    """The capacity of every night of [first, last] that has a counter: `capacity` without those of `unit_ids` that are
    out of service then; never below what is claimed already."""
    values = {"resource": resource_id, "capacity": capacity, "first": first, "last": last, "units": list(unit_ids)}
    await tx.run(
        "SELECT n.night FROM inventory.night_count AS n WHERE n.resource_id = %(resource)s AND n.night >= %(first)s"
        " AND (%(last)s::date IS NULL OR n.night <= %(last)s) ORDER BY n.night FOR NO KEY UPDATE",
        values,
    )
    await tx.run(
        "UPDATE inventory.night_count AS n SET capacity = GREATEST(n.claimed - n.overbooking, %(capacity)s::integer - ("
        "SELECT count(*) FROM inventory.outage AS o WHERE o.resource_id = %(resource)s"
        " AND o.unit_id = ANY(%(units)s::uuid[]) AND o.nights @> n.night)::integer)"
        " WHERE n.resource_id = %(resource)s AND n.night >= %(first)s"
        " AND (%(last)s::date IS NULL OR n.night <= %(last)s)",
        values,
    )
