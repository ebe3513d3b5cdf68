"""Rooms of stays, rooms out of service, overbooking. Whoever gives rooms holds the lock of the resource's rooms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from psycopg.errors import ExclusionViolation

from hospes.modules.inventory.contracts import Claim
from hospes.modules.inventory.policies.room_plans import StayKey
from hospes.modules.inventory.queries.claims import CLAIM, as_claim
from hospes.modules.inventory.queries.room_plans import Outage
from hospes.modules.inventory.store.claims import lock_keys, try_lock_key
from hospes.platform.db import WriteTx

_INSERT: LiteralString = (
    "INSERT INTO inventory.unit_assignment (claim_id, place, resource_id, unit_id, nights, pinned, assigned_at)"
    " VALUES (%s, %s, %s, %s, daterange(%s, %s), %s, %s)"
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A stay's room to be written."""

    claim: Claim
    place: int
    unit_id: UUID
    pinned: bool

    @property
    def key(self) -> StayKey:
        """Which stay this is."""
        return self.claim.id, self.place


async def lock_rooms(tx: WriteTx, resource_id: UUID) -> None:
    """One at a time gives the rooms of a resource."""
    await lock_keys(tx, [f"rooms {resource_id}"])


async def try_lock_rooms(tx: WriteTx, resource_id: UUID) -> bool:
    """As `lock_rooms`, for who holds other locks already: False at once when somebody is at it."""
    return await try_lock_key(tx, f"rooms {resource_id}")


async def find_resource_of(tx: WriteTx, claim_id: UUID) -> UUID | None:
    """The resource of a live claim of nights."""
    row = await tx.find(
        "SELECT resource_id FROM inventory.claim WHERE id = %s AND released_at IS NULL AND departure_id IS NULL",
        (claim_id,),
    )
    return None if row is None else UUID(str(row["resource_id"]))


async def lock_claims(tx: WriteTx, claim_ids: Collection[UUID]) -> dict[UUID, Claim]:
    """Those of these claims that are live; they stay so until the transaction ends."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.id = ANY(%s::uuid[]) AND c.released_at IS NULL"  # noqa: S608
        " ORDER BY c.resource_id, c.id FOR NO KEY UPDATE",
        (list(claim_ids),),
    )
    return {row["id"]: as_claim(row) for row in rows}


async def give_rooms(
    tx: WriteTx, assignments: Sequence[Assignment], now: datetime, *, without: Sequence[StayKey] = ()
) -> bool:
    """Whether all of them got their rooms instead of those they had, and those `without` lost theirs; False (and
    nothing has changed) when a room is taken."""
    try:
        async with tx.savepoint():
            await take_rooms(tx, [*without, *(each.key for each in assignments)])
            rows = [
                (
                    each.claim.id,
                    each.place,
                    each.claim.resource_id,
                    each.unit_id,
                    each.claim.first_night,
                    each.claim.departure,
                    each.pinned,
                    now,
                )
                for each in assignments
            ]
            await tx.run_many(_INSERT, rows)
    except ExclusionViolation:
        return False
    return True


async def take_rooms(tx: WriteTx, keys: Sequence[StayKey]) -> None:
    """These stays have no room any more."""
    await tx.run(
        "DELETE FROM inventory.unit_assignment AS a USING unnest(%s::uuid[], %s::int[]) AS k (claim_id, place)"
        " WHERE a.claim_id = k.claim_id AND a.place = k.place",
        ([claim_id for claim_id, _ in keys], [place for _, place in keys]),
    )


async def move_claim(tx: WriteTx, claim_id: UUID, unit_id: UUID) -> bool:
    """Whether a claim of a unit is one of another unit now; False when that is taken."""
    try:
        async with tx.savepoint():
            return bool(
                await tx.run(
                    "UPDATE inventory.claim SET unit_id = %s WHERE id = %s AND released_at IS NULL"
                    " AND unit_id IS NOT NULL",
                    (unit_id, claim_id),
                )
            )
    except ExclusionViolation:
        return False


async def insert_outage(tx: WriteTx, outage: Outage, now: datetime) -> None:
    """The unit is out of service on nights on which it was not, as the holder of the rooms' lock has seen."""
    await tx.run(
        "INSERT INTO inventory.outage (id, resource_id, unit_id, nights, reason, created_at)"
        " VALUES (%s, %s, %s, daterange(%s, %s), %s, %s)",
        (outage.id, outage.resource_id, outage.unit_id, outage.first_night, outage.departure, outage.reason, now),
    )


async def delete_outage(tx: WriteTx, outage_id: UUID) -> bool:
    """Whether it was there."""
    return bool(await tx.run("DELETE FROM inventory.outage WHERE id = %s", (outage_id,)))


async def set_overbooking(tx: WriteTx, resource_id: UUID, first: date, last: date, places: int) -> None:
    """How many more than the rooms in service may be sold on the nights [first, last]; their counters are there."""
    await tx.run(
        "UPDATE inventory.night_count SET overbooking = %s::integer WHERE resource_id = %s AND night BETWEEN %s AND %s",
        (places, resource_id, first, last),
    )
