"""Take away every way into an account that was added after an instant."""

from datetime import datetime
from uuid import UUID

from hospes.platform.db import WriteTx


async def delete_factors_since(tx: WriteTx, user_id: UUID, since: datetime) -> list[str]:
    """Second steps and passkeys added at that instant or later; answers the kind of each."""
    steps = await tx.all(
        "DELETE FROM identity.second_factor WHERE user_id = %s AND created_at >= %s RETURNING kind", (user_id, since)
    )
    keys = await tx.all(
        "DELETE FROM identity.passkey WHERE user_id = %s AND created_at >= %s RETURNING 'passkey' AS kind",
        (user_id, since),
    )
    return sorted(row["kind"] for row in (*steps, *keys))


async def delete_codes_since(tx: WriteTx, user_id: UUID, since: datetime) -> int:
    """Recovery codes made at that instant or later; answers how many."""
    return await tx.run("DELETE FROM identity.recovery_code WHERE user_id = %s AND created_at >= %s", (user_id, since))


async def delete_links_since(tx: WriteTx, user_id: UUID, since: datetime) -> int:
    """Accounts of other sites linked at that instant or later; answers how many."""
    return await tx.run("DELETE FROM identity.linked_account WHERE user_id = %s AND linked_at >= %s", (user_id, since))


async def revoke_keys_since(tx: WriteTx, user_id: UUID, since: datetime, now: datetime) -> list[UUID]:
    """Programs' keys made at that instant or later; answers their ids."""
    rows = await tx.all(
        "UPDATE identity.api_key SET revoked_at = %s WHERE user_id = %s AND created_at >= %s AND revoked_at IS NULL"
        " RETURNING id",
        (now, user_id, since),
    )
    return [row["id"] for row in rows]
