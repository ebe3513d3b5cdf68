"""The write side of refresh tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.platform.db import Row, WriteTx


async def insert_refresh_token(tx: WriteTx, **token: Any) -> None:
    """`id, family_id, user_id, token_hash, created_at, expires_at`; only the hash of the token is kept."""
    await tx.run(
        """
        INSERT INTO identity.refresh_token (id, family_id, user_id, token_hash, created_at, expires_at)
        VALUES (%(id)s, %(family_id)s, %(user_id)s, %(token_hash)s, %(created_at)s, %(expires_at)s)
        """,
        token,
    )


async def find_refresh_token_for_change(tx: WriteTx, token_hash: bytes) -> Row | None:
    """The locked row, or None."""
    return await tx.find(
        """
        SELECT id, family_id, user_id, expires_at, used_at, revoked_at
          FROM identity.refresh_token WHERE token_hash = %s FOR UPDATE
        """,
        (token_hash,),
    )


async def mark_refresh_token_used(tx: WriteTx, token_id: UUID, now: datetime) -> None:
    """A second use will be seen as theft."""
    await tx.run("UPDATE identity.refresh_token SET used_at = %s WHERE id = %s", (now, token_id))


async def revoke_family(tx: WriteTx, family_id: UUID, now: datetime) -> int:
    """Withdraw every token that came from one sign-in."""
    return await tx.run(
        "UPDATE identity.refresh_token SET revoked_at = %s WHERE family_id = %s AND revoked_at IS NULL",
        (now, family_id),
    )


async def revoke_families_of(tx: WriteTx, user_id: UUID, *, except_id: str, now: datetime) -> int:
    """Withdraw every token of a person but those of one sign-in."""
    return await tx.run(
        """
        UPDATE identity.refresh_token SET revoked_at = %s
         WHERE user_id = %s AND revoked_at IS NULL AND family_id::text <> %s
        """,
        (now, user_id, except_id),
    )


async def delete_expired_tokens(tx: WriteTx, before: datetime) -> int:
    """Forget tokens that nobody can use any more."""
    return await tx.run("DELETE FROM identity.refresh_token WHERE expires_at < %s", (before,))
