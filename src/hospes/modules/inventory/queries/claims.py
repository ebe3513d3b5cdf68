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
    """Each night of [first, last]."""
    claims = [
        each
        for each in await list_claims_between(tx, [resource_id], first, last)
        if each.held_until is None or each.held_until > now
    ]
    known = set(unit_ids)
    taken: dict[date, int] = {}
    blocked: dict[date, int] = {}
    for claim in claims:
        if not pooled and claim.unit_id not in known:
            continue
        day = max(claim.first_night, first)
        while day < claim.departure and day <= last:
            taken[day] = taken.get(day, 0) + claim.quantity
            if claim.kind in (ClaimKind.BLOCK, ClaimKind.EXTERNAL):
                blocked[day] = blocked.get(day, 0) + claim.quantity
            day += timedelta(days=1)
    limits = await _capacities(tx, resource_id, first, last) if pooled else {}
    nights = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [_night(night, limits.get(night, capacity), taken.get(night, 0), blocked.get(night, 0)) for night in nights]


async def _capacities(tx: ReadTx, resource_id: UUID, first: date, last: date) -> dict[date, int]:
    rows = await tx.all(
        "SELECT n.night, n.capacity + n.overbooking AS capacity FROM inventory.night_count AS n"
        " WHERE n.resource_id = %s AND n.night BETWEEN %s AND %s",
        (resource_id, first, last),
    )
    return {row["night"]: row["capacity"] for row in rows}


def _night(night: date, capacity: int, taken: int, blocked: int) -> NightState:
    available = max(0, capacity - taken)
    return NightState(night, available, capacity, available == 0 and blocked > 0)
