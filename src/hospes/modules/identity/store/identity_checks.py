"""The write side of identity checks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from hospes.modules.identity.contracts import CheckStatus, IdentityCheck, Side
from hospes.modules.identity.queries.identity_checks import CHECK, as_check
from hospes.platform.db import Row, WriteTx


async def insert_check(tx: WriteTx, check: IdentityCheck, files: Mapping[Side, str]) -> bool:
    """With the keys of its files; False while another of this person waits."""
    made = await tx.run(
        "INSERT INTO identity.identity_check (id, user_id, kind, country, expires_on, asked_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (user_id) WHERE status = 'waiting' DO NOTHING",
        (check.id, check.user_id, check.kind, check.country, check.expires_on, check.asked_at),
    )
    if made:
        await tx.run(
            "INSERT INTO identity.identity_file (check_id, side, storage_key)"
            " SELECT %s, f.side, f.key FROM unnest(%s::text[], %s::text[]) AS f (side, key)",
            (check.id, [str(side) for side in files], list(files.values())),
        )
    return made == 1


async def lock_check(tx: WriteTx, check_id: UUID) -> IdentityCheck | None:
    """The check, locked for a decision."""
    row = await tx.find(CHECK + " WHERE c.id = %s FOR UPDATE OF c", (check_id,))
    return as_check(row) if row else None


async def decide_check(
    tx: WriteTx,
    check_id: UUID,
    status: CheckStatus,
    *,
    admin_id: UUID,
    reason: str,
    expires_on: date,
    files_until: datetime,
    now: datetime,
) -> bool:
    """False when it no longer waits: whoever comes second changes nothing."""
    done = await tx.run(
        "UPDATE identity.identity_check SET status = %s, reason = %s, reviewed_by = %s, expires_on = %s,"
        " files_until = %s, decided_at = %s WHERE id = %s AND status = 'waiting'",
        (status, reason, admin_id, expires_on, files_until, now, check_id),
    )
    return done == 1


async def replace_approved(tx: WriteTx, user_id: UUID) -> None:
    """The approved one makes room for a newer one."""
    await tx.run(
        "UPDATE identity.identity_check SET status = 'expired' WHERE user_id = %s AND status = 'approved'", (user_id,)
    )


async def expire_checks(tx: WriteTx, today: date) -> Sequence[Row]:
    """Those whose document ends today or has ended: `id, user_id`."""
    return await tx.all(
        "UPDATE identity.identity_check SET status = 'expired' WHERE status = 'approved' AND expires_on <= %s"
        " RETURNING id, user_id",
        (today,),
    )


async def note_reminded(tx: WriteTx, until: date, now: datetime) -> Sequence[Row]:
    """Those whose document ends by then and who were not told yet: `id, user_id, expires_on`."""
    return await tx.all(
        "UPDATE identity.identity_check SET reminded_at = %s WHERE status = 'approved' AND expires_on <= %s"
        " AND reminded_at IS NULL RETURNING id, user_id, expires_on",
        (now, until),
    )


async def forget_files(tx: WriteTx, check_id: UUID) -> int:
    """The keys, once what they lead to is deleted."""
    return await tx.run("DELETE FROM identity.identity_file WHERE check_id = %s", (check_id,))


async def forget_checks(tx: WriteTx, user_id: UUID) -> list[str]:
    """All of a person; answers the keys of their files, to delete after the commit."""
    rows = await tx.all(
        "SELECT f.storage_key FROM identity.identity_file AS f JOIN identity.identity_check AS c ON c.id = f.check_id"
        " WHERE c.user_id = %s",
        (user_id,),
    )
    await tx.run("DELETE FROM identity.identity_check WHERE user_id = %s", (user_id,))
    return [row["storage_key"] for row in rows]
