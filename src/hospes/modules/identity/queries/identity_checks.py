"""The read side of identity checks."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.identity.contracts import CheckStatus, DocumentKind, IdentityCheck, IdentityStanding, Side
from hospes.platform.db import ReadTx, Row

CHECK: LiteralString = """
SELECT c.id, c.user_id, c.kind, c.country, c.expires_on, c.status, c.reason, c.asked_at, c.decided_at, c.reviewed_by,
       c.files_until, ARRAY(SELECT f.side FROM identity.identity_file AS f WHERE f.check_id = c.id ORDER BY f.side)
       AS sides
  FROM identity.identity_check AS c"""
_ORDER = {Side.FRONT: 0, Side.BACK: 1, Side.SELFIE: 2}


def as_check(row: Row) -> IdentityCheck:
    """A row of `CHECK`."""
    sides = tuple(sorted(map(Side, row["sides"]), key=lambda side: _ORDER[side]))
    known = {"kind": DocumentKind(row["kind"]), "status": CheckStatus(row["status"]), "sides": sides}
    return IdentityCheck(**{**row, **known})


async def find_check(tx: ReadTx, check_id: UUID) -> IdentityCheck | None:
    """Anyone's."""
    row = await tx.find(CHECK + " WHERE c.id = %s", (check_id,))
    return as_check(row) if row else None


async def list_checks(
    tx: ReadTx, *, status: CheckStatus | None = None, after: UUID | None = None, limit: int
) -> list[IdentityCheck]:
    """The oldest first, after one of them."""
    rows = await tx.all(
        CHECK + " WHERE (%(status)s::text IS NULL OR c.status = %(status)s) AND (%(after)s::uuid IS NULL"
        " OR c.id > %(after)s) ORDER BY c.id LIMIT %(limit)s::bigint",
        {"status": status, "after": after, "limit": limit},
    )
    return [as_check(row) for row in rows]


async def list_checks_of(tx: ReadTx, user_id: UUID) -> list[IdentityCheck]:
    """All of a person, the latest first."""
    rows = await tx.all(CHECK + " WHERE c.user_id = %s ORDER BY c.id DESC", (user_id,))
    return [as_check(row) for row in rows]


async def find_standing(tx: ReadTx, user_id: UUID) -> IdentityStanding:
    """How somebody stands."""
    checks = await list_checks_of(tx, user_id)
    return IdentityStanding(
        latest=checks[0] if checks else None,
        verified=any(each.status is CheckStatus.APPROVED for each in checks),
        proven=any(each.status in (CheckStatus.APPROVED, CheckStatus.EXPIRED) for each in checks),
    )


async def list_verified(tx: ReadTx, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these people whose identity is verified now."""
    rows = await tx.all(
        "SELECT c.user_id FROM identity.identity_check AS c WHERE c.status = 'approved' AND c.user_id = ANY(%s)",
        (list(user_ids),),
    )
    return {row["user_id"] for row in rows}


async def list_proven(tx: ReadTx, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these people whose identity was verified at some time."""
    rows = await tx.all(
        "SELECT c.user_id FROM identity.identity_check AS c WHERE c.status IN ('approved', 'expired')"
        " AND c.user_id = ANY(%s)",
        (list(user_ids),),
    )
    return {row["user_id"] for row in rows}


async def find_file(tx: ReadTx, check_id: UUID, side: Side) -> Row | None:
    """Where a file lies, and the wrapped key it opens with: `user_id, storage_key, data_key`."""
    return await tx.find(
        "SELECT c.user_id, f.storage_key, u.data_key FROM identity.identity_file AS f"
        " JOIN identity.identity_check AS c ON c.id = f.check_id JOIN identity.user_account AS u ON u.id = c.user_id"
        " WHERE f.check_id = %s AND f.side = %s AND u.data_key IS NOT NULL",
        (check_id, side),
    )


async def find_data_key(tx: ReadTx, user_id: UUID) -> bytes | None:
    """A person's wrapped key; None once they are forgotten."""
    row = await tx.find("SELECT data_key FROM identity.user_account WHERE id = %s", (user_id,))
    return bytes(row["data_key"]) if row and row["data_key"] is not None else None


async def files_to_forget(tx: ReadTx, now: datetime, *, limit: int) -> dict[UUID, list[str]]:
    """Checks whose files have been kept long enough, with the keys of those."""
    rows = await tx.all(
        "SELECT c.id, array_agg(f.storage_key) AS keys FROM identity.identity_check AS c"
        " JOIN identity.identity_file AS f ON f.check_id = c.id WHERE c.files_until <= %s"
        " GROUP BY c.id ORDER BY c.id LIMIT %s::bigint",
        (now, limit),
    )
    return {row["id"]: list(row["keys"]) for row in rows}
