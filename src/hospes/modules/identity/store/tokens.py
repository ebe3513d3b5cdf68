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
        SELECT t.id, t.family_id, t.user_id, t.expires_at, t.used_at,
               COALESCE(t.revoked_at, f.revoked_at) AS revoked_at, f.created_at AS began_at, f.confirmed_at
          FROM identity.refresh_token t JOIN identity.token_family f ON f.id = t.family_id
         WHERE t.token_hash = %s FOR UPDATE OF f, t
        """,
        (token_hash,),
    )


async def mark_refresh_token_used(tx: WriteTx, token_id: UUID, now: datetime) -> None:
    """A second use will be seen as theft."""
    await tx.run("UPDATE identity.refresh_token SET used_at = %s WHERE id = %s", (now, token_id))


async def insert_family(tx: WriteTx, *, id: UUID, user_id: UUID, now: datetime, user_agent: str, place: str) -> None:
    """One sign-in of an API client, its password just given."""
    await tx.run(
        """
        INSERT INTO identity.token_family (id, user_id, created_at, last_used_at, confirmed_at, user_agent, place)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (id, user_id, now, now, now, user_agent, place),
    )


async def note_use(tx: WriteTx, family_id: UUID, *, user_agent: str, place: str, now: datetime) -> None:
    """When, with what and where from it was refreshed last."""
    await tx.run(
        "UPDATE identity.token_family SET last_used_at = %s, user_agent = %s, place = %s WHERE id = %s",
        (now, user_agent, place, family_id),
    )


async def note_confirmed(tx: WriteTx, family_id: UUID, user_id: UUID, now: datetime) -> bool:
    """A password or second factor was given; False when this sign-in has ended or is somebody else's."""
    return (
        await tx.run(
            "UPDATE identity.token_family SET confirmed_at = %s WHERE id = %s AND user_id = %s AND revoked_at IS NULL",
            (now, family_id, user_id),
        )
        == 1
    )


async def revoke_family(tx: WriteTx, family_id: UUID, now: datetime) -> int:
    """Withdraw every token that came from one sign-in; answers how many sign-ins that ended."""
    return await tx.run(
        "UPDATE identity.token_family SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL", (now, family_id)
    )


async def revoke_family_of(tx: WriteTx, user_id: UUID, family_id: UUID, now: datetime) -> int:
    """The same, if it is this person's."""
    return await tx.run(
        "UPDATE identity.token_family SET revoked_at = %s WHERE id = %s AND user_id = %s AND revoked_at IS NULL",
        (now, family_id, user_id),
    )


async def revoke_families_of(tx: WriteTx, user_id: UUID, *, except_id: str, now: datetime) -> int:
    """Withdraw every token of a person but those of one sign-in; answers how many sign-ins that ended."""
    return await tx.run(
        "UPDATE identity.token_family SET revoked_at = %s WHERE user_id = %s AND revoked_at IS NULL AND id::text <> %s",
        (now, user_id, except_id),
    )


async def delete_expired_tokens(tx: WriteTx, before: datetime) -> int:
    """Forget tokens that nobody can use any more, and sign-ins that have none left."""
    gone = await tx.run("DELETE FROM identity.refresh_token WHERE expires_at < %s", (before,))
    await tx.run(
        """
        DELETE FROM identity.token_family f
         WHERE f.last_used_at < %s
           AND NOT EXISTS (SELECT 1 FROM identity.refresh_token t WHERE t.family_id = f.id)
        """,
        (before,),
    )
    return gone
