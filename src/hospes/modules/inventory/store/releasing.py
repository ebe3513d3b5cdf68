"""Letting go, handing over and keeping. Several resources are locked in the order of their ids, as in a claim of
several; within one the counters come before the claims."""

from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.modules.inventory.queries.claims import CLAIM, as_claim
from hospes.modules.inventory.store.claims import LOCK_NIGHTS, lock_keys
from hospes.platform.db import Row, WriteTx

_NOBODY = UUID(int=0)
_LOCK_DEPARTURE: LiteralString = "SELECT d.id FROM inventory.departure AS d WHERE d.id = %s FOR NO KEY UPDATE"
_EXPIRED: LiteralString = "(NOT %(expired)s OR c.held_until <= %(now)s)"
_DOOMED: LiteralString = (
    "WITH doomed AS (SELECT c.id FROM inventory.claim AS c WHERE c.id = ANY(%(ids)s::uuid[])"  # noqa: S608
    f" AND c.released_at IS NULL AND {_EXPIRED} ORDER BY c.resource_id, c.id FOR UPDATE"
)
_LET_GO: LiteralString = (
    " UPDATE inventory.claim AS c SET released_at = %(now)s FROM doomed WHERE c.id = doomed.id"  # noqa: S608
    f" AND c.released_at IS NULL AND {_EXPIRED} RETURNING {CLAIM}"
)
_RELEASE: LiteralString = f"{_DOOMED}){_LET_GO}"
_RELEASE_UNLOCKED: LiteralString = f"{_DOOMED} SKIP LOCKED){_LET_GO}"
_MINE: LiteralString = (
    "WITH mine AS (SELECT c.id FROM inventory.claim AS c WHERE c.owner_id = %(owner)s AND c.released_at IS NULL"
    " ORDER BY c.resource_id, c.id FOR UPDATE)"
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


async def release_expired_in_diaries(
    tx: WriteTx, resource_id: UUID, unit_ids: list[UUID], start: datetime, end: datetime, now: datetime
) -> None:
    """Let go of every soft claim of these units within the span whose time has passed, so that none of them can be made
    firm after it has been left out of a count."""
    await tx.run(
        """
        WITH doomed AS (
          SELECT c.id FROM inventory.claim AS c
          WHERE c.resource_id = %(resource)s AND c.unit_id = ANY(%(units)s::uuid[]) AND c.released_at IS NULL
            AND c.during && tstzrange(%(start)s, %(end)s) AND c.held_until <= %(now)s
          ORDER BY c.id FOR UPDATE)
        UPDATE inventory.claim AS c SET released_at = %(now)s FROM doomed
        WHERE c.id = doomed.id AND c.released_at IS NULL AND c.held_until <= %(now)s
        """,
        {"resource": resource_id, "units": unit_ids, "start": start, "end": end, "now": now},
    )


async def release_expired_counted(tx: WriteTx, values: Row) -> bool:
    """The same for counted places; their nights are locked already."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.resource_id = %(resource)s AND c.unit_id IS NULL"  # noqa: S608
        " AND c.departure_id IS NULL AND c.released_at IS NULL AND c.during && tstzrange(%(start)s, %(end)s)"
        " AND c.held_until <= %(now)s"
        " ORDER BY c.id",
        values,
    )
    return await _release(tx, [as_claim(row) for row in rows], values["now"], only_expired=True) > 0


async def release_expired_on_departure(tx: WriteTx, departure_id: UUID, now: datetime) -> bool:
    """The same for the places of a departure."""
    await tx.run(_LOCK_DEPARTURE, (departure_id,))
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.departure_id = %s AND c.released_at IS NULL"  # noqa: S608
        " AND c.held_until <= %s ORDER BY c.id",
        (departure_id, now),
    )
    return await _release(tx, [as_claim(row) for row in rows], now, only_expired=True) > 0


async def give_claims(
    tx: WriteTx, from_owner: UUID, to_owner: UUID, kind: ClaimKind, held_until: datetime | None
) -> list[Claim]:
    """The live claims of one owner under another."""
    rows = await tx.all(
        f"{_MINE} UPDATE inventory.claim AS c SET owner_id = %(to)s, kind = %(kind)s,"  # noqa: S608
        " held_until = %(held)s::timestamptz FROM mine"
        f" WHERE c.id = mine.id AND c.owner_id = %(owner)s AND c.released_at IS NULL RETURNING {CLAIM}",
        {"owner": from_owner, "to": to_owner, "kind": str(kind), "held": held_until},
    )
    return [as_claim(row) for row in rows]


async def harden_claims(tx: WriteTx, owner_id: UUID, held_until: datetime | None) -> int:
    """Set until when the owner's live claims are kept (None: for good); how many there are."""
    return await tx.run(
        f"{_MINE} UPDATE inventory.claim AS c SET held_until = %(held)s::timestamptz FROM mine"  # noqa: S608
        " WHERE c.id = mine.id AND c.owner_id = %(owner)s AND c.released_at IS NULL",
        {"owner": owner_id, "held": held_until},
    )


async def release_owner(tx: WriteTx, owner_id: UUID, now: datetime) -> int:
    """Let go of the owner's live claims."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.owner_id = %s AND c.released_at IS NULL ORDER BY c.id",  # noqa: S608
        (owner_id,),
    )
    claims = [as_claim(row) for row in rows]
    if len({each.resource_id for each in claims}) > 1:
        await lock_keys(tx, [str(each.resource_id) for each in claims])
    return await _release(tx, claims, now)


async def release_expired(tx: WriteTx, limit: int, now: datetime) -> list[UUID]:
    """Let go of the oldest soft claims whose time has passed; those somebody else is busy with are left to them."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.released_at IS NULL AND c.held_until <= %s"  # noqa: S608
        " ORDER BY c.held_until LIMIT %s::bigint",
        (now, limit),
    )
    claims = sorted((as_claim(row) for row in rows), key=lambda each: (each.resource_id, each.id))
    await _release(tx, claims, now, only_expired=True, wait=False)
    return sorted({each.resource_id for each in claims})


async def _release(
    tx: WriteTx, claims: list[Claim], now: datetime, *, only_expired: bool = False, wait: bool = True
) -> int:
    """Locks the counters first, then lets go of what is still live, then counts down."""
    for claim in sorted((each for each in claims if each.unit_id is None), key=_order):
        if claim.departure_id is None:
            await tx.run(LOCK_NIGHTS, _nights_of(claim))
        else:
            await tx.run(_LOCK_DEPARTURE, (claim.departure_id,))
    released = await tx.all(
        _RELEASE if wait else _RELEASE_UNLOCKED,
        {"ids": [each.id for each in claims], "expired": only_expired, "now": now},
    )
    for claim in map(as_claim, released):
        if claim.departure_id is not None:
            await tx.run(
                "UPDATE inventory.departure SET claimed = claimed - %s::integer WHERE id = %s",
                (claim.quantity, claim.departure_id),
            )
        elif claim.unit_id is None:
            await tx.run(
                "UPDATE inventory.night_count SET claimed = claimed - %(quantity)s::integer"
                " WHERE resource_id = %(resource)s AND night BETWEEN %(first)s AND %(last)s",
                _nights_of(claim),
            )
    return len(released)


def _order(claim: Claim) -> tuple[UUID, UUID, int]:
    return claim.resource_id, claim.departure_id or _NOBODY, claim.first_night.toordinal()


def _nights_of(claim: Claim) -> Row:
    return {
        "resource": claim.resource_id,
        "first": claim.first_night,
        "last": claim.departure - timedelta(days=1),
        "quantity": claim.quantity,
    }
