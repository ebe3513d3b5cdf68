"""The write side of accounts, role grants and refresh tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.identity.contracts import Applicant, Profile
from hospes.platform.db import Row, WriteTx


async def insert_account(tx: WriteTx, user_id: UUID, person: Applicant, password_hash: str, now: datetime) -> bool:
    """False when the email address already has an account; the transaction stays usable."""
    return (
        await tx.run(
            """
        INSERT INTO identity.user_account
          (id, email, password_hash, first_name, last_name, phone, born_on, language, created_at, updated_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT ON CONSTRAINT user_email_is_unique DO NOTHING
        """,
            (
                *(user_id, person.email, password_hash, person.first_name, person.last_name),
                *(person.phone, person.born_on, person.language, now, now),
            ),
        )
        == 1
    )


async def insert_role(tx: WriteTx, user_id: UUID, role: str, now: datetime) -> bool:
    """False when the account had the role already."""
    return (
        await tx.run(
            "INSERT INTO identity.role_grant (user_id, role, granted_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (user_id, role, now),
        )
        == 1
    )


async def update_profile(tx: WriteTx, user_id: UUID, profile: Profile, seen_version: int, now: datetime) -> bool:
    """False when the row is no longer the version that was seen."""
    return (
        await tx.run(
            """
        UPDATE identity.user_account
           SET first_name = %s, last_name = %s, phone = %s, language = %s, zone = %s, country = %s, city = %s, bio = %s,
               updated_at = %s, version = version + 1
         WHERE id = %s AND version = %s::integer
        """,
            (
                *(profile.first_name, profile.last_name, profile.phone, profile.language, profile.zone),
                *(profile.country, profile.city, profile.bio, now, user_id, seen_version),
            ),
        )
        == 1
    )


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


async def delete_expired_tokens(tx: WriteTx, before: datetime) -> int:
    """Forget tokens that nobody can use any more."""
    return await tx.run("DELETE FROM identity.refresh_token WHERE expires_at < %s", (before,))
