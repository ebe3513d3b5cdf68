"""The write side of how an account stands: active or suspended, and with which roles."""

from datetime import datetime
from uuid import UUID

from hospes.platform.db import WriteTx


async def change_status(tx: WriteTx, user_id: UUID, *, seen: str, status: str, reason: str, now: datetime) -> bool:
    """False when the account is not in the status that was seen."""
    return (
        await tx.run(
            """
        UPDATE identity.user_account SET status = %s, status_reason = %s, status_changed_at = %s, updated_at = %s
         WHERE id = %s AND status = %s
        """,
            (status, reason, now, now, user_id, seen),
        )
        == 1
    )


async def delete_role(tx: WriteTx, user_id: UUID, role: str) -> bool:
    """False when the account did not have it."""
    return await tx.run("DELETE FROM identity.role_grant WHERE user_id = %s AND role = %s", (user_id, role)) == 1
