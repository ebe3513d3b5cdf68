"""Places on dated departures, and the departures themselves."""

from dataclasses import asdict
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import Departure, DepartureDraft
from hospes.modules.inventory.queries.departures import DEPARTURE, as_departure
from hospes.platform.db import Row, WriteTx

Days = tuple[date, date]
_TAKE: LiteralString = """
WITH moved AS (
  UPDATE inventory.departure AS d SET claimed = d.claimed + %(quantity)s::integer
  WHERE d.id = %(departure)s AND d.resource_id = %(resource)s AND d.status = 'scheduled'
    AND d.claimed + %(quantity)s::integer <= d.capacity + d.overbooking
  RETURNING d.starts_at, d.ends_at, d.first_day, d.last_day)
INSERT INTO inventory.claim AS c (id, resource_id, departure_id, quantity, during, first_night, last_night, kind,
  owner_id, held_until, note, created_at, starts_at, ends_at)
SELECT %(id)s, %(resource)s, %(departure)s, %(quantity)s::smallint, tstzrange(m.starts_at, m.ends_at), m.first_day,
  m.last_day, %(kind)s, %(owner)s, %(held)s::timestamptz, %(note)s, %(now)s, m.starts_at, m.ends_at
FROM moved AS m RETURNING c.first_night, c.last_night, c.starts_at, c.ends_at
"""


async def insert_on_departure(tx: WriteTx, values: Row) -> Row | None:
    """The claim's days and instants, or None when there is no room (or no such departure on sale)."""
    return await tx.find(_TAKE, values)


async def insert_departure(
    tx: WriteTx, departure_id: UUID, resource_id: UUID, said: DepartureDraft, days: Days, now: datetime
) -> None:
    """A new departure; `days` are those of its start and its end on the wall there."""
    await tx.run(
        "INSERT INTO inventory.departure (id, resource_id, starts_at, ends_at, first_day, last_day, capacity,"
        " overbooking, cutoff_minutes, min_group, max_group, price_amount, status, created_at, updated_at)"
        " VALUES (%(id)s, %(resource)s, %(starts_at)s, %(ends_at)s, %(first_day)s, %(last_day)s, %(capacity)s,"
        " %(overbooking)s, %(cutoff_minutes)s, %(min_group)s, %(max_group)s, %(price_amount)s, %(status)s, %(now)s,"
        " %(now)s)",
        {"id": departure_id, "resource": resource_id, **_columns(said, days), "now": now},
    )


async def lock_departure(tx: WriteTx, resource_id: UUID, departure_id: UUID, now: datetime) -> Departure | None:
    """The departure as nobody else can change it until the transaction ends."""
    row = await tx.find(
        f"SELECT {DEPARTURE} FROM inventory.departure AS d WHERE d.id = %(id)s AND d.resource_id = %(resource)s"  # noqa: S608
        " FOR NO KEY UPDATE",
        {"id": departure_id, "resource": resource_id, "now": now},
    )
    return None if row is None else as_departure(row)


async def update_departure(tx: WriteTx, departure_id: UUID, said: DepartureDraft, days: Days, now: datetime) -> None:
    """Change a locked departure; its live claims follow its times."""
    values = {"id": departure_id, **_columns(said, days), "now": now}
    await tx.run(
        "UPDATE inventory.departure SET starts_at = %(starts_at)s, ends_at = %(ends_at)s, first_day = %(first_day)s,"
        " last_day = %(last_day)s, capacity = %(capacity)s::integer, overbooking = %(overbooking)s::integer,"
        " cutoff_minutes = %(cutoff_minutes)s, min_group = %(min_group)s, max_group = %(max_group)s,"
        " price_amount = %(price_amount)s, status = %(status)s, updated_at = %(now)s, version = version + 1"
        " WHERE id = %(id)s",
        values,
    )
    await tx.run(
        "UPDATE inventory.claim SET during = tstzrange(%(starts_at)s, %(ends_at)s), starts_at = %(starts_at)s,"
        " ends_at = %(ends_at)s, first_night = %(first_day)s, last_night = %(last_day)s"
        " WHERE departure_id = %(id)s AND released_at IS NULL"
        " AND (starts_at, ends_at) IS DISTINCT FROM (%(starts_at)s::timestamptz, %(ends_at)s::timestamptz)",
        values,
    )


async def cancel_departure(tx: WriteTx, departure_id: UUID, now: datetime) -> None:
    """Take a locked departure off sale."""
    await tx.run(
        "UPDATE inventory.departure SET status = 'cancelled', updated_at = %s, version = version + 1 WHERE id = %s",
        (now, departure_id),
    )


def _columns(said: DepartureDraft, days: Days) -> Row:
    return {**asdict(said), "first_day": days[0], "last_day": days[1]}
