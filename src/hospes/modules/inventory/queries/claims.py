"""The read side of inventory."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import Claim, ClaimAsk, ClaimKind, NightState
from hospes.modules.inventory.policies.nights import nights_span
from hospes.platform.db import ReadTx, Row

CLAIM: LiteralString = (
    "c.id, c.resource_id, c.unit_id, c.quantity, c.first_night, c.last_night + 1 AS departure, c.kind, c.owner_id,"
    " c.held_until, COALESCE(c.starts_at, lower(c.during)) AS starts_at,"
    " COALESCE(c.ends_at, upper(c.during)) AS ends_at, c.note, c.departure_id"
)
_LIVE: LiteralString = "c.released_at IS NULL AND (c.held_until IS NULL OR c.held_until > %(now)s)"
_FREE_UNIT: LiteralString = f"""
SELECT count(*) >= %(quantity)s::integer AS free FROM unnest(%(units)s::uuid[]) AS u (unit_id)
WHERE NOT EXISTS (SELECT FROM inventory.claim AS c WHERE c.unit_id = u.unit_id AND c.unit_id IS NOT NULL
                  AND c.during && tstzrange(%(start)s, %(end)s) AND {_LIVE})
"""  # noqa: S608 (constants only)
_FREE_COUNT: LiteralString = f"""
SELECT COALESCE(bool_and(COALESCE(n.capacity + n.overbooking, %(capacity)s::integer) - %(quantity)s::integer >= (
         SELECT COALESCE(sum(c.quantity), 0) FROM inventory.claim AS c
         WHERE c.resource_id = %(resource)s AND c.unit_id IS NULL AND c.during && tstzrange(%(start)s, %(end)s)
           AND c.first_night <= %(first)s::date + d AND c.last_night >= %(first)s::date + d AND {_LIVE}
       )), false) AS free
FROM generate_series(0, %(nights)s::integer - 1) AS d
LEFT JOIN inventory.night_count AS n ON n.resource_id = %(resource)s AND n.night = %(first)s::date + d
"""  # noqa: S608 (constants only)


def as_claim(row: Row) -> Claim:
    """A row of `CLAIM`."""
    return Claim(**{**row, "kind": ClaimKind(row["kind"])})


async def list_claims_of(tx: ReadTx, owner_id: UUID) -> list[Claim]:
    """The owner's live claims."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.owner_id = %s AND c.released_at IS NULL ORDER BY c.id",  # noqa: S608
        (owner_id,),
    )
    return [as_claim(row) for row in rows]


async def list_claims_between(tx: ReadTx, resource_ids: Sequence[UUID], first: date, last: date) -> list[Claim]:
    """Live claims that touch [first, last]."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.resource_id = ANY(%s::uuid[]) AND c.released_at IS NULL"  # noqa: S608
        " AND c.during && tstzrange(%s::date - interval '1 day', %s::date + interval '3 days')"
        " AND c.first_night <= %s AND c.last_night >= %s ORDER BY c.first_night, c.id",
        (list(resource_ids), first, last, last, first),
    )
    return [as_claim(row) for row in rows]


async def is_available(tx: ReadTx, ask: ClaimAsk, now: datetime) -> bool:
    """Whether a claim would succeed now."""
    start, end = nights_span(ask.zone, ask.first_night, ask.departure)
    row = await tx.find(
        _FREE_COUNT if ask.pooled else _FREE_UNIT,
        {
            "resource": ask.resource_id,
            "units": list(ask.unit_ids),
            "capacity": ask.capacity,
            "quantity": ask.quantity,
            "first": ask.first_night,
            "nights": (ask.departure - ask.first_night).days,
            "start": start,
            "end": end,
            "now": now,
        },
    )
    return bool(row and row["free"])


_UNIT_NIGHTS: LiteralString = f"""
SELECT d::date AS night, sum(c.quantity) AS taken,
       COALESCE(sum(c.quantity) FILTER (WHERE c.kind IN ('block', 'external')), 0) AS blocked
FROM inventory.claim AS c, generate_series(GREATEST(c.first_night, %(first)s::date),
                                           LEAST(c.last_night, %(last)s::date), interval '1 day') AS d
WHERE c.resource_id = %(resource)s AND c.unit_id = ANY(%(units)s::uuid[])
  AND c.during && tstzrange(%(first)s::date - interval '1 day', %(last)s::date + interval '3 days') AND {_LIVE}
GROUP BY d
"""  # noqa: S608 (constants only)
_COUNTED_NIGHTS: LiteralString = """
SELECT n.night, n.capacity + n.overbooking AS capacity, n.claimed - COALESCE(loose.expired, 0) AS taken,
       COALESCE(loose.blocked, 0) AS blocked
FROM inventory.night_count AS n LEFT JOIN (
  SELECT d::date AS night, sum(c.quantity) FILTER (WHERE c.held_until <= %(now)s) AS expired,
         sum(c.quantity) FILTER (WHERE c.held_until IS NULL) AS blocked
  FROM inventory.claim AS c, generate_series(GREATEST(c.first_night, %(first)s::date),
                                             LEAST(c.last_night, %(last)s::date), interval '1 day') AS d
  WHERE c.resource_id = %(resource)s AND c.unit_id IS NULL AND c.departure_id IS NULL AND c.released_at IS NULL
    AND c.first_night <= %(last)s AND c.last_night >= %(first)s
    AND (c.kind IN ('block', 'external') OR c.held_until <= %(now)s)
  GROUP BY d) AS loose ON loose.night = n.night
WHERE n.resource_id = %(resource)s AND n.night BETWEEN %(first)s AND %(last)s
"""


async def calendar(
    tx: ReadTx,
    resource_id: UUID,
    *,
    pooled: bool,
    capacity: int,
    unit_ids: Sequence[UUID],
    first: date,
    last: date,
    now: datetime,
) -> list[NightState]:
    """Each night of [first, last]. Soft claims whose time has passed count as free: a rival may take their place."""
    params = {"resource": resource_id, "units": list(unit_ids), "first": first, "last": last, "now": now}
    rows = await tx.all(_COUNTED_NIGHTS if pooled else _UNIT_NIGHTS, params)
    found = {row["night"]: row for row in rows}
    nights = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [_night(night, found.get(night), capacity) for night in nights]


def _night(night: date, row: Row | None, capacity: int) -> NightState:
    if row is None:
        return NightState(night, capacity, capacity, blocked=False)
    most = row.get("capacity", capacity)
    available = max(0, most - row["taken"])
    return NightState(night, available, most, available == 0 and row["blocked"] > 0)


async def taken_until(tx: ReadTx, resource_ids: Sequence[UUID], now: datetime) -> datetime | None:
    """The end of the last live claim of any of these that has not ended; a departure with places sold counts."""
    row = await tx.find(
        f"SELECT max(upper(c.during)) AS until FROM inventory.claim AS c"  # noqa: S608 (constants only)
        f" WHERE c.resource_id = ANY(%(ids)s::uuid[]) AND upper(c.during) > %(now)s AND {_LIVE}",
        {"ids": list(resource_ids), "now": now},
    )
    return row["until"] if row else None


async def sold_with(tx: ReadTx, resource_id: UUID, unit_id: UUID, now: datetime) -> list[tuple[date, date]]:
    """What is held or booked on this very unit, and the nights for which counted rooms need every unit there is."""
    rows = await tx.all(
        f"SELECT c.first_night AS first, c.last_night + 1 AS ends FROM inventory.claim AS c"  # noqa: S608 (constants only)
        f" WHERE c.unit_id = %(unit)s AND c.kind IN ('hold', 'booking') AND upper(c.during) > %(now)s AND {_LIVE}"
        " UNION SELECT n.night, n.night + 1 FROM inventory.night_count AS n WHERE n.resource_id = %(resource)s"
        " AND n.night >= (%(now)s::timestamptz - interval '1 day')::date"
        " AND n.claimed > n.capacity + n.overbooking - 1 AND n.claimed > 0 ORDER BY 1, 2 LIMIT 50",
        {"unit": unit_id, "resource": resource_id, "now": now},
    )
    return [(row["first"], row["ends"]) for row in rows]
