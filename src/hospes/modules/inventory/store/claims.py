"""The write side of inventory. Row locks are always taken in the order of (resource, night) or of claim ids."""

from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import Claim, ClaimAsk, ClaimKind
from hospes.modules.inventory.policies.nights import nights_span
from hospes.modules.inventory.queries.claims import CLAIM, as_claim
from hospes.platform.db import Row, WriteTx

_COLUMNS: LiteralString = (
    "id, resource_id, unit_id, quantity, during, first_night, last_night, kind, owner_id, held_until, note, created_at"
)
_REST: LiteralString = (
    "%(quantity)s::smallint, tstzrange(%(start)s, %(end)s), %(first)s, %(last)s, %(kind)s, %(owner)s,"
    " %(held)s::timestamptz, %(note)s, %(now)s"
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
_LOCK_NIGHTS: LiteralString = """
SELECT n.night FROM inventory.night_count AS n
WHERE n.resource_id = %(resource)s AND n.night BETWEEN %(first)s AND %(last)s ORDER BY n.night FOR NO KEY UPDATE
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
        "kind": str(kind),
        "owner": owner_id,
        "held": held_until,
        "note": note,
        "now": now,
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
    async with tx.pipeline():
        await tx.run(_ADD_NIGHTS, values)
        await tx.run(_LOCK_NIGHTS, values)
        return await tx.find(_COUNT_AND_INSERT, values) is not None


async def lock_keys(tx: WriteTx, keys: list[str]) -> None:
    """Hold these names until the transaction ends, taken in sorted order."""
    await tx.run(
        "SELECT pg_advisory_xact_lock(hashtextextended(each.name, 11))"
        " FROM (SELECT name FROM unnest(%s::text[]) AS k (name) ORDER BY name) AS each",
        (sorted(keys),),
    )


async def release_expired_on_units(tx: WriteTx, values: Row) -> bool:
    """Let go of soft claims in the way whose time has passed, on units where nothing else is in the way."""
    return bool(
        await tx.run(
            """
            WITH doomed AS (
              SELECT c.id FROM inventory.claim AS c
              WHERE c.unit_id = ANY(%(units)s::uuid[]) AND c.unit_id IS NOT NULL AND c.released_at IS NULL
                AND c.during && tstzrange(%(start)s, %(end)s) AND c.held_until <= %(now)s
                AND NOT EXISTS (SELECT FROM inventory.claim AS firm WHERE firm.unit_id = c.unit_id
                                AND firm.unit_id IS NOT NULL AND firm.released_at IS NULL
                                AND firm.during && tstzrange(%(start)s, %(end)s)
                                AND (firm.held_until IS NULL OR firm.held_until > %(now)s))
              ORDER BY c.id FOR UPDATE)
            UPDATE inventory.claim AS c SET released_at = %(now)s FROM doomed
            WHERE c.id = doomed.id AND c.released_at IS NULL AND c.held_until <= %(now)s
            """,
            values,
        )
    )


async def release_expired_counted(tx: WriteTx, values: Row) -> bool:
    """The same for counted places; their nights are locked already."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.resource_id = %(resource)s AND c.unit_id IS NULL"  # noqa: S608
        " AND c.released_at IS NULL AND c.during && tstzrange(%(start)s, %(end)s) AND c.held_until <= %(now)s"
        " ORDER BY c.id",
        values,
    )
    return await _release(tx, [as_claim(row) for row in rows], values["now"], only_expired=True) > 0


async def give_claims(
    tx: WriteTx, from_owner: UUID, to_owner: UUID, kind: ClaimKind, held_until: datetime | None
) -> list[Claim]:
    """The live claims of one owner under another."""
    rows = await tx.all(
        "UPDATE inventory.claim AS c SET owner_id = %s, kind = %s, held_until = %s"  # noqa: S608
        f" WHERE c.owner_id = %s AND c.released_at IS NULL RETURNING {CLAIM}",
        (to_owner, str(kind), held_until, from_owner),
    )
    return [as_claim(row) for row in rows]


async def harden_claims(tx: WriteTx, owner_id: UUID, held_until: datetime | None) -> bool:
    """Set until when the owner's live claims are kept (None: for good); False without any."""
    return bool(
        await tx.run(
            "UPDATE inventory.claim SET held_until = %s WHERE owner_id = %s AND released_at IS NULL",
            (held_until, owner_id),
        )
    )


async def release_owner(tx: WriteTx, owner_id: UUID, now: datetime) -> int:
    """Let go of the owner's live claims."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.owner_id = %s AND c.released_at IS NULL ORDER BY c.id",  # noqa: S608
        (owner_id,),
    )
    return await _release(tx, [as_claim(row) for row in rows], now, only_expired=False)


async def release_expired(tx: WriteTx, limit: int, now: datetime) -> list[UUID]:
    """Let go of the oldest soft claims whose time has passed."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.released_at IS NULL AND c.held_until <= %s"  # noqa: S608
        " ORDER BY c.held_until LIMIT %s::bigint",
        (now, limit),
    )
    claims = sorted((as_claim(row) for row in rows), key=lambda each: (each.resource_id, each.id))
    await _release(tx, claims, now, only_expired=True)
    return sorted({each.resource_id for each in claims})


async def set_capacity(tx: WriteTx, resource_id: UUID, capacity: int, first: date) -> None:
    """The capacity of every night from `first` on that has a counter; never below what is claimed already."""
    await tx.run(
        "SELECT n.night FROM inventory.night_count AS n WHERE n.resource_id = %s AND n.night >= %s"
        " ORDER BY n.night FOR NO KEY UPDATE",
        (resource_id, first),
    )
    await tx.run(
        "UPDATE inventory.night_count SET capacity = GREATEST(%s::integer, claimed - overbooking)"
        " WHERE resource_id = %s AND night >= %s",
        (capacity, resource_id, first),
    )


async def _release(tx: WriteTx, claims: list[Claim], now: datetime, *, only_expired: bool) -> int:
    """Locks the counters first (in night order), then lets go of what is still live, then counts down."""
    for claim in sorted((each for each in claims if each.unit_id is None), key=lambda each: each.resource_id):
        await tx.run(_LOCK_NIGHTS, _nights_of(claim))
    released = await tx.all(
        "WITH doomed AS (SELECT c.id FROM inventory.claim AS c WHERE c.id = ANY(%(ids)s::uuid[])"  # noqa: S608
        " AND c.released_at IS NULL AND (NOT %(expired)s OR c.held_until <= %(now)s) ORDER BY c.id FOR UPDATE)"
        " UPDATE inventory.claim AS c SET released_at = %(now)s FROM doomed WHERE c.id = doomed.id"
        f" AND c.released_at IS NULL AND (NOT %(expired)s OR c.held_until <= %(now)s) RETURNING {CLAIM}",
        {"ids": [each.id for each in claims], "expired": only_expired, "now": now},
    )
    for row in released:
        if row["unit_id"] is None:
            await tx.run(
                "UPDATE inventory.night_count SET claimed = claimed - %(quantity)s::integer"
                " WHERE resource_id = %(resource)s AND night BETWEEN %(first)s AND %(last)s",
                _nights_of(as_claim(row)),
            )
    return len(released)


def _nights_of(claim: Claim) -> Row:
    return {
        "resource": claim.resource_id,
        "first": claim.first_night,
        "last": claim.departure - timedelta(days=1),
        "quantity": claim.quantity,
    }
