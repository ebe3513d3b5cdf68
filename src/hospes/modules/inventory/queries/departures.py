"""Departures, and who is on them."""

from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import Claim, Departure
from hospes.modules.inventory.queries.claims import CLAIM, as_claim
from hospes.platform.db import ReadTx, Row

DEPARTURE: LiteralString = """
  d.id, d.resource_id, d.starts_at, d.ends_at, d.first_day, d.last_day, d.capacity, d.overbooking, d.claimed,
  GREATEST(0, d.capacity + d.overbooking - d.claimed + (
    SELECT COALESCE(sum(c.quantity), 0) FROM inventory.claim AS c
    WHERE c.departure_id = d.id AND c.departure_id IS NOT NULL AND c.released_at IS NULL
      AND c.held_until <= %(now)s))::integer AS available,
  d.cutoff_minutes, d.min_group, d.max_group, d.price_amount, d.status, d.version
"""


def as_departure(row: Row) -> Departure:
    """A row of `DEPARTURE`; nothing can be sold of a cancelled one."""
    return Departure(**{**row, "available": row["available"] if row["status"] == "scheduled" else 0})


async def find_departure(tx: ReadTx, resource_id: UUID, departure_id: UUID, now: datetime) -> Departure | None:
    """One departure of a resource."""
    row = await tx.find(
        f"SELECT {DEPARTURE} FROM inventory.departure AS d WHERE d.id = %(id)s AND d.resource_id = %(resource)s",  # noqa: S608
        {"id": departure_id, "resource": resource_id, "now": now},
    )
    return None if row is None else as_departure(row)


async def list_departures(
    tx: ReadTx, resource_id: UUID, first: date, last: date, now: datetime, *, limit: int = 1000
) -> list[Departure]:
    """Those that start on a day of [first, last], cancelled ones too, in order."""
    rows = await tx.all(
        f"SELECT {DEPARTURE} FROM inventory.departure AS d WHERE d.resource_id = %(resource)s"  # noqa: S608
        " AND d.starts_at >= %(first)s::date - interval '2 days' AND d.starts_at < %(last)s::date + interval '3 days'"
        " AND d.first_day BETWEEN %(first)s AND %(last)s ORDER BY d.starts_at, d.id LIMIT %(limit)s::bigint",
        {"resource": resource_id, "first": first, "last": last, "limit": limit, "now": now},
    )
    return [as_departure(row) for row in rows]


async def list_claims_on(tx: ReadTx, departure_id: UUID, now: datetime) -> list[Claim]:
    """Who has places: firm claims and holds whose time has not passed."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.departure_id = %s AND c.released_at IS NULL"  # noqa: S608
        " AND (c.held_until IS NULL OR c.held_until > %s) ORDER BY c.id",
        (departure_id, now),
    )
    return [as_claim(row) for row in rows]


async def list_claims_called_off(tx: ReadTx, departure_id: UUID) -> list[Claim]:
    """Every live claim of a departure that is off sale, also those whose time has passed; none while it is on sale."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c"  # noqa: S608
        " WHERE c.departure_id = %s AND c.released_at IS NULL AND EXISTS ("
        "SELECT FROM inventory.departure AS d WHERE d.id = c.departure_id AND d.status = 'cancelled') ORDER BY c.id",
        (departure_id,),
    )
    return [as_claim(row) for row in rows]
