"""The write side of accounts and role grants."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity.contracts import Applicant, Profile
from hospes.platform.db import WriteTx


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
