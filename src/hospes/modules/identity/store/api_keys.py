"""The write side of partners' keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hospes.platform.db import WriteTx


async def lock_person(tx: WriteTx, user_id: UUID) -> None:
    """Of two who make keys for one person, one waits."""
    await tx.find("SELECT 1 AS locked FROM identity.user_account WHERE id = %s FOR UPDATE", (user_id,))


async def insert_key(
    tx: WriteTx,
    *,
    id: UUID,
    user_id: UUID,
    name: str,
    prefix: str,
    secret_hash: bytes,
    scopes: Sequence[str],
    per_minute: int,
    expires_at: datetime | None,
    rotated_from: UUID | None,
    business_id: UUID | None,
    now: datetime,
) -> None:
    """One more."""
    await tx.run(
        "INSERT INTO identity.api_key (id, user_id, name, prefix, secret_hash, scopes, per_minute, created_at,"
        " expires_at, rotated_from, business_id) VALUES (%s, %s, %s, %s, %s, %s, %s::integer, %s, %s, %s, %s)",
        (id, user_id, name, prefix, secret_hash, list(scopes), per_minute, now, expires_at, rotated_from, business_id),
    )


async def revoke_key(tx: WriteTx, user_id: UUID, key_id: UUID, now: datetime) -> bool:
    """False when the person has no such key that is not revoked yet."""
    done = await tx.run(
        "UPDATE identity.api_key SET revoked_at = %s WHERE id = %s AND user_id = %s AND revoked_at IS NULL",
        (now, key_id, user_id),
    )
    return done == 1


async def let_run_out(tx: WriteTx, key_id: UUID, ends_at: datetime) -> None:
    """It is good until then at the latest."""
    await tx.run(
        "UPDATE identity.api_key SET expires_at = least(expires_at, %s::timestamptz) WHERE id = %s", (ends_at, key_id)
    )


async def note_uses(tx: WriteTx, used: Mapping[UUID, datetime]) -> None:
    """When each of these was used last."""
    await tx.run_many(
        "UPDATE identity.api_key SET last_used_at = greatest(last_used_at, %s::timestamptz) WHERE id = %s",
        [(at, key_id) for key_id, at in sorted(used.items())],
    )
