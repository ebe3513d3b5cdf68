"""The write side of what people have proven, and of their passwords."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity.sealed import email_mark, phone_mark
from hospes.platform.db import WriteTx


async def mark_email_verified(tx: WriteTx, user_id: UUID, email: str, now: datetime) -> bool:
    """False when it was verified before, or is not their address any more."""
    done = await tx.run(
        """
        UPDATE identity.user_account SET email_verified_at = %s, updated_at = %s
         WHERE id = %s AND email_mark = %s AND email_verified_at IS NULL
        """,
        (now, now, user_id, email_mark(tx.keyring, email)),
    )
    return done == 1


async def mark_phone_verified(tx: WriteTx, user_id: UUID, phone: str, now: datetime) -> bool:
    """False when it was verified before, or is not their number any more."""
    done = await tx.run(
        """
        UPDATE identity.user_account SET phone_verified_at = %s, updated_at = %s
         WHERE id = %s AND phone_mark = %s AND phone_verified_at IS NULL
        """,
        (now, now, user_id, phone_mark(tx.keyring, phone)),
    )
    return done == 1


async def set_email_verified(tx: WriteTx, user_id: UUID, now: datetime) -> None:
    """The address that has just been set was proven."""
    await tx.run("UPDATE identity.user_account SET email_verified_at = %s WHERE id = %s", (now, user_id))


async def set_phone_verified(tx: WriteTx, user_id: UUID, at: datetime | None) -> None:
    """The number that has just been set was proven then, or (None) was not."""
    await tx.run("UPDATE identity.user_account SET phone_verified_at = %s WHERE id = %s", (at, user_id))


async def set_password(tx: WriteTx, user_id: UUID, password_hash: str, now: datetime) -> None:
    """The only password from now on."""
    await tx.run(
        "UPDATE identity.user_account SET password_hash = %s, updated_at = %s WHERE id = %s",
        (password_hash, now, user_id),
    )


async def set_photo(tx: WriteTx, user_id: UUID, key: str | None, now: datetime) -> str | None:
    """The key of the picture in storage, or None for no picture; answers the key it replaces."""
    row = await tx.find(
        """
        UPDATE identity.user_account AS u SET photo = %s, updated_at = %s, version = u.version + 1
          FROM (SELECT id, photo FROM identity.user_account WHERE id = %s FOR UPDATE) AS before
         WHERE u.id = before.id RETURNING before.photo
        """,
        (key, now, user_id),
    )
    return row["photo"] if row else None
