"""The write side of passkeys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.platform.db import WriteTx


async def insert_passkey(
    tx: WriteTx,
    *,
    id: UUID,
    user_id: UUID,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
    transports: Sequence[str],
    backed_up: bool,
    now: datetime,
) -> bool:
    """False when this credential is somebody's already."""
    return (
        await tx.run(
            """
        INSERT INTO identity.passkey
          (id, user_id, credential_id, public_key, sign_count, name, transports, backed_up, created_at)
        VALUES (%s, %s, %s, %s, %s::bigint, %s, %s, %s, %s)
        ON CONFLICT ON CONSTRAINT passkey_belongs_to_one_person DO NOTHING
        """,
            (id, user_id, credential_id, public_key, sign_count, name, list(transports), backed_up, now),
        )
        == 1
    )


async def use_passkey(tx: WriteTx, passkey_id: UUID, *, seen: int, count: int, now: datetime) -> bool:
    """Keep the authenticator's new counter; False when it has moved since it was seen."""
    return (
        await tx.run(
            "UPDATE identity.passkey SET sign_count = %s::bigint, last_used_at = %s"
            " WHERE id = %s AND sign_count = %s::bigint",
            (count, now, passkey_id, seen),
        )
        == 1
    )


async def rename_passkey(tx: WriteTx, user_id: UUID, passkey_id: UUID, name: str) -> bool:
    """False when it is none of theirs."""
    return (
        await tx.run(
            "UPDATE identity.passkey SET name = %s WHERE id = %s AND user_id = %s", (name, passkey_id, user_id)
        )
        == 1
    )


async def delete_passkey(tx: WriteTx, user_id: UUID, passkey_id: UUID) -> bool:
    """False when it is none of theirs."""
    return await tx.run("DELETE FROM identity.passkey WHERE id = %s AND user_id = %s", (passkey_id, user_id)) == 1


async def delete_passkeys(tx: WriteTx, user_id: UUID) -> int:
    """All of a person's."""
    return await tx.run("DELETE FROM identity.passkey WHERE user_id = %s", (user_id,))
