"""The write side of linked accounts."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity.providers.port import Vouched
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


def subject_mark(tx: WriteTx, vouched: Vouched) -> bytes:
    """The provider's name for a person, comparable and not readable."""
    return tx.keyring.blind(vouched.subject, f"linked-account:{vouched.provider}")


async def insert_link(tx: WriteTx, user_id: UUID, vouched: Vouched, now: datetime) -> bool:
    """False when that account elsewhere is linked already, or this person has one of the provider."""
    return (
        await tx.run(
            """
        INSERT INTO identity.linked_account (id, user_id, provider, subject_mark, linked_at, last_used_at)
        VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
            (new_id(), user_id, vouched.provider, subject_mark(tx, vouched), now, now),
        )
        == 1
    )


async def use_link(tx: WriteTx, vouched: Vouched, now: datetime) -> UUID | None:
    """Whose account this is, noted as used now; None when nobody's."""
    row = await tx.find(
        "UPDATE identity.linked_account SET last_used_at = %s WHERE provider = %s AND subject_mark = %s"
        " RETURNING user_id",
        (now, vouched.provider, subject_mark(tx, vouched)),
    )
    return row["user_id"] if row else None


async def lock_ways_in(tx: WriteTx, user_id: UUID) -> tuple[bool, bool, list[str]]:
    """Whether there is a password and a passkey, and which providers are linked; the account stays locked."""
    row = await tx.find(
        "SELECT password_hash IS NOT NULL AS password FROM identity.user_account WHERE id = %s FOR UPDATE", (user_id,)
    )
    more = await tx.find(
        "SELECT EXISTS (SELECT FROM identity.passkey AS p WHERE p.user_id = %(user)s) AS passkey,"
        " ARRAY(SELECT l.provider FROM identity.linked_account AS l WHERE l.user_id = %(user)s ORDER BY 1) AS linked",
        {"user": user_id},
    )
    return bool(row and row["password"]), bool(more and more["passkey"]), list(more["linked"]) if more else []


async def delete_link(tx: WriteTx, user_id: UUID, provider: str) -> bool:
    """False when there was none."""
    return (
        await tx.run("DELETE FROM identity.linked_account WHERE user_id = %s AND provider = %s", (user_id, provider))
        == 1
    )


async def delete_links(tx: WriteTx, user_id: UUID) -> int:
    """How many there were."""
    return await tx.run("DELETE FROM identity.linked_account WHERE user_id = %s", (user_id,))
