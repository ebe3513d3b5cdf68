"""The write side of accounts and role grants."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from hospes.modules.identity.contracts import Applicant, Person, Profile
from hospes.modules.identity.errors import EmailTaken
from hospes.modules.identity.sealed import SealedPerson, open_person, seal_person
from hospes.platform.db import WriteTx


async def insert_account(
    tx: WriteTx, user_id: UUID, person: Applicant, password_hash: str | None, now: datetime
) -> bool:
    """False when the email address already has an account; the transaction stays usable."""
    said = {each.name: getattr(person, each.name) for each in fields(person)}
    plain = (said.pop("language"), said.pop("zone"), said.pop("country"))
    sealed = seal_person(tx.keyring, user_id, Person(**said))
    return (
        await tx.run(
            """
        INSERT INTO identity.user_account
          (id, person, data_key, email_mark, phone_mark, birthday_mark, password_hash, language, zone,
           country, created_at, updated_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT ON CONSTRAINT user_email_is_unique DO NOTHING
        """,
            (user_id, *sealed, password_hash, *plain, now, now),
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
    said = {each.name: getattr(profile, each.name) for each in fields(profile)}
    plain = (said.pop("language"), said.pop("zone"), said.pop("country"))
    if await update_person(tx, user_id, now, seen_version=seen_version, **said) is None:
        return False
    await tx.run(
        "UPDATE identity.user_account SET language = %s, zone = %s, country = %s WHERE id = %s", (*plain, user_id)
    )
    return True


async def update_person(
    tx: WriteTx, user_id: UUID, now: datetime, *, seen_version: int | None = None, **changes: Any
) -> Person | None:
    """Seal the person anew with these fields of `Person` changed; the row is locked and a version newer.

    None when there is no such person any more, or not in the version that was seen. Raises `EmailTaken`.
    """
    row = await tx.find(
        "SELECT person, data_key, version FROM identity.user_account WHERE id = %s AND data_key IS NOT NULL FOR UPDATE",
        (user_id,),
    )
    if row is None or seen_version not in (None, row["version"]):
        return None
    person = replace(open_person(tx.keyring, user_id, row["data_key"], row["person"]), **changes)
    sealed = seal_person(tx.keyring, user_id, person, row["data_key"])
    try:
        async with tx.savepoint():
            await tx.run(
                """
                UPDATE identity.user_account
                   SET person = %s, data_key = %s, email_mark = %s, phone_mark = %s, birthday_mark = %s,
                       updated_at = %s, version = version + 1
                 WHERE id = %s
                """,
                (*sealed, now, user_id),
            )
    except UniqueViolation as fault:
        raise EmailTaken(fields={"email": "There is already an account with this email address."}) from fault
    return person


async def list_unsealed(tx: WriteTx, limit: int) -> list[tuple[UUID, Person]]:
    """People whose facts are still readable; their rows stay locked, and those another process has locked are left."""
    rows = await tx.all(
        "SELECT user_id, email, first_name, last_name, phone, born_on, city, bio FROM identity.unsealed_account"
        " ORDER BY user_id LIMIT %s::bigint FOR UPDATE SKIP LOCKED",
        (limit,),
    )
    return [(row.pop("user_id"), Person(**row)) for row in rows]


async def replace_unsealed(tx: WriteTx, sealed: Sequence[tuple[UUID, SealedPerson]]) -> None:
    """Keep these people sealed, and nothing readable of them."""
    await tx.run_many(
        "UPDATE identity.user_account SET person = %s, data_key = %s, email_mark = %s, phone_mark = %s,"
        " birthday_mark = %s WHERE id = %s",
        [(*each, user_id) for user_id, each in sealed],
    )
    await tx.run("DELETE FROM identity.unsealed_account WHERE user_id = ANY(%s)", ([user_id for user_id, _ in sealed],))
