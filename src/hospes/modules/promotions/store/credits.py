"""The write side of credit: lots moved by conditional updates, their uses, and what the person sees of it."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.promotions.contracts import CreditLot
from hospes.platform.db import Row, WriteTx
from hospes.platform.ids import new_id

_LOT: LiteralString = "id, user_id, currency, amount, left_over, expires_at, reason, note, created_at"


async def insert_lot(
    tx: WriteTx, lot: CreditLot, *, fund: str, about: UUID | None = None, given_by: UUID | None = None
) -> None:
    """New credit, all of it left."""
    await tx.run(
        "INSERT INTO promotions.credit_lot (id, user_id, currency, amount, left_over, expires_at, reason, note, fund,"
        " about, given_by, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(lot.id, lot.user_id, lot.currency, lot.amount, lot.amount, lot.expires_at, lot.reason, lot.note, fund),
            *(about, given_by, lot.created_at),
        ),
    )


async def insert_entry(
    tx: WriteTx,
    user_id: UUID,
    kind: str,
    amount: int,
    currency: str,
    *,
    about: UUID | None = None,
    note: str = "",
    now: datetime,
) -> UUID:
    """A movement, as the person sees it."""
    entry_id = new_id()
    await tx.run(
        "INSERT INTO promotions.wallet_entry (id, user_id, at, kind, amount, currency, about, note)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (entry_id, user_id, now, kind, amount, currency, about, note),
    )
    return entry_id


async def lots_to_spend(tx: WriteTx, user_id: UUID, currency: str, now: datetime) -> list[CreditLot]:
    """What is left, in the order in which it is spent: what runs out first, then the oldest."""
    rows = await tx.all(
        f"SELECT {_LOT} FROM promotions.credit_lot WHERE user_id = %s AND currency = %s AND left_over > 0"  # noqa: S608
        " AND (expires_at IS NULL OR expires_at > %s) ORDER BY expires_at NULLS LAST, id",
        (user_id, currency, now),
    )
    return [CreditLot(**row) for row in rows]


async def take_from_lot(tx: WriteTx, lot_id: UUID, amount: int) -> bool:
    """Take so much of what is left; False when it is not there any more: of two rivals one gets it."""
    return bool(
        await tx.run(
            "UPDATE promotions.credit_lot SET left_over = left_over - %s::bigint"
            " WHERE id = %s AND left_over >= %s::bigint",
            (amount, lot_id, amount),
        )
    )


async def insert_use(
    tx: WriteTx, lot: CreditLot, amount: int, *, owner_id: UUID, until: datetime | None, now: datetime
) -> UUID:
    """So much of a lot reserved until some time, or spent (None); answers the use's id."""
    use_id = new_id()
    await tx.run(
        "INSERT INTO promotions.credit_use (id, lot_id, user_id, owner_id, amount, status, expires_at, created_at,"
        " updated_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (use_id, lot.id, lot.user_id, owner_id, amount, "reserved" if until else "spent", until, now, now),
    )
    return use_id


_GIVE_BACK: LiteralString = """
WITH gone AS (
  UPDATE promotions.credit_use SET status = 'released', expires_at = NULL, updated_at = %(now)s
  WHERE status = 'reserved' AND {which} RETURNING lot_id, amount)
UPDATE promotions.credit_lot AS l SET left_over = l.left_over + g.amount
FROM (SELECT lot_id, sum(amount)::bigint AS amount FROM gone GROUP BY 1) AS g WHERE l.id = g.lot_id
"""
_OF_OWNER: LiteralString = _GIVE_BACK.replace("{which}", "owner_id = %(owner)s")
_OF_USER: LiteralString = _GIVE_BACK.replace("{which}", "user_id = %(user)s AND expires_at <= %(now)s")
_OF_ALL: LiteralString = _GIVE_BACK.replace("{which}", "expires_at <= %(now)s")


async def release_reserved(tx: WriteTx, owner_id: UUID, now: datetime) -> None:
    """What an owner had reserved is left again."""
    await tx.run(_OF_OWNER, {"owner": owner_id, "now": now})


async def release_stale(tx: WriteTx, user_id: UUID, now: datetime) -> None:
    """What this person had reserved and has run out is left again."""
    await tx.run(_OF_USER, {"user": user_id, "now": now})


async def release_all_stale(tx: WriteTx, now: datetime) -> int:
    """The same for everybody; answers how many lots were touched."""
    return await tx.run(_OF_ALL, {"now": now})


async def lock_reserved(tx: WriteTx, owner_id: UUID) -> int:
    """How much an owner has reserved and nobody has swept, locked."""
    rows = await tx.all(
        "SELECT amount FROM promotions.credit_use WHERE owner_id = %s AND status = 'reserved'"
        " ORDER BY id FOR NO KEY UPDATE",
        (owner_id,),
    )
    return sum(row["amount"] for row in rows)


async def move_uses(
    tx: WriteTx, owner_id: UUID, new_owner: UUID, *, until: datetime | None, now: datetime
) -> list[tuple[UUID, int]]:
    """Reservations go to another owner, until another time, or are spent (None); answers each use and its amount."""
    rows = await tx.all(
        "UPDATE promotions.credit_use SET owner_id = %s, status = %s, expires_at = %s, updated_at = %s"
        " WHERE owner_id = %s AND status = 'reserved' RETURNING id, amount",
        (new_owner, "reserved" if until else "spent", until, now, owner_id),
    )
    return [(row["id"], row["amount"]) for row in rows]


async def spent_of(tx: WriteTx, owner_id: UUID) -> list[Row]:
    """What a booking has spent, locked: id, lot_id, user_id, left (not returned yet), currency, fund, expires_at."""
    return await tx.all(
        "SELECT u.id, u.lot_id, u.user_id, u.amount - u.returned AS left, l.currency, l.fund, l.expires_at"
        " FROM promotions.credit_use AS u JOIN promotions.credit_lot AS l ON l.id = u.lot_id"
        " WHERE u.owner_id = %s AND u.status = 'spent' AND u.returned < u.amount ORDER BY u.id DESC FOR UPDATE OF u",
        (owner_id,),
    )


async def mark_returned(tx: WriteTx, use_id: UUID, amount: int, now: datetime) -> None:
    """So much more of a use came back; the constraint refuses more than was spent."""
    await tx.run(
        "UPDATE promotions.credit_use SET returned = returned + %s::bigint, updated_at = %s WHERE id = %s",
        (amount, now, use_id),
    )


async def lock_expired_lots(tx: WriteTx, now: datetime, limit: int) -> list[Row]:
    """Lots that have run out with something left, locked."""
    return await tx.all(
        "SELECT id, user_id, currency, left_over, fund FROM promotions.credit_lot"
        " WHERE left_over > 0 AND expires_at <= %s ORDER BY expires_at LIMIT %s::bigint FOR UPDATE SKIP LOCKED",
        (now, limit),
    )


async def empty_lot(tx: WriteTx, lot_id: UUID, amount: int) -> None:
    """What was left has run out."""
    await tx.run("UPDATE promotions.credit_lot SET left_over = left_over - %s::bigint WHERE id = %s", (amount, lot_id))
