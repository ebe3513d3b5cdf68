"""Exports, deletions and agreements; what is forgotten of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, Row, WriteTx

CONSENTS: LiteralString = "SELECT kind, version, given, at FROM identity.consent WHERE user_id = %(user)s ORDER BY id"
DEVICES: LiteralString = (
    "SELECT name, place, first_seen_at, last_seen_at, trusted_until FROM identity.device WHERE user_id = %(user)s"
)
CLIENTS: LiteralString = (
    "SELECT user_agent, place, created_at, last_used_at, revoked_at FROM identity.token_family"
    " WHERE user_id = %(user)s ORDER BY id"
)
PASSKEYS: LiteralString = "SELECT name, created_at, last_used_at FROM identity.passkey WHERE user_id = %(user)s"
LINKED: LiteralString = (
    "SELECT provider, linked_at, last_used_at FROM identity.linked_account WHERE user_id = %(user)s ORDER BY id"
)
KEYS: LiteralString = (
    "SELECT name, prefix, scopes, business_id, created_at, expires_at, last_used_at, revoked_at FROM identity.api_key"
    " WHERE user_id = %(user)s ORDER BY id"
)
_EXPORT: LiteralString = (
    "SELECT id, user_id, status, asked_at, ready_at, ends_at, storage_key, size FROM identity.export"
)
_DELETION: LiteralString = "SELECT id, user_id, asked_at, due_at, in_the_way FROM identity.deletion"


@dataclass(frozen=True, slots=True)
class Export:
    """A copy of what is known of a person: "asked", "ready" until `ends_at`, or "over"."""

    id: UUID
    user_id: UUID
    status: str
    asked_at: datetime
    ready_at: datetime | None
    ends_at: datetime | None
    storage_key: str | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Deletion:
    """Somebody is to be forgotten at `due_at`; `in_the_way`: kinds of what put it off last."""

    id: UUID
    user_id: UUID
    asked_at: datetime
    due_at: datetime
    in_the_way: tuple[str, ...]


async def insert_export(tx: WriteTx, export_id: UUID, user_id: UUID, now: datetime) -> bool:
    """False while another is being made."""
    done = await tx.run(
        "INSERT INTO identity.export (id, user_id, status, asked_at) VALUES (%s, %s, 'asked', %s)"
        " ON CONFLICT (user_id) WHERE status = 'asked' DO NOTHING",
        (export_id, user_id, now),
    )
    return done == 1


async def find_export(tx: ReadTx, export_id: UUID, user_id: UUID) -> Export | None:
    """The person's own, or None."""
    row = await tx.find(_EXPORT + " WHERE id = %s AND user_id = %s", (export_id, user_id))
    return Export(**row) if row else None


async def list_exports(tx: ReadTx, user_id: UUID, *, limit: int = 10) -> list[Export]:
    """The latest first."""
    rows = await tx.all(_EXPORT + " WHERE user_id = %s ORDER BY id DESC LIMIT %s::bigint", (user_id, limit))
    return [Export(**row) for row in rows]


async def note_export_ready(
    tx: WriteTx, export_id: UUID, *, key: str, size: int, now: datetime, ends_at: datetime
) -> bool:
    """False when it is no longer wanted."""
    done = await tx.run(
        "UPDATE identity.export SET status = 'ready', ready_at = %s, ends_at = %s, storage_key = %s, size = %s::bigint"
        " WHERE id = %s AND status = 'asked'",
        (now, ends_at, key, size, export_id),
    )
    return done == 1


async def end_exports(tx: WriteTx, now: datetime) -> list[str]:
    """Those that have run out; answers the keys of their files."""
    rows = await tx.all(
        "UPDATE identity.export AS e SET status = 'over', storage_key = NULL FROM identity.export AS old"
        " WHERE e.id = old.id AND old.status = 'ready' AND old.ends_at <= %s RETURNING old.storage_key",
        (now,),
    )
    return [row["storage_key"] for row in rows]


async def insert_deletion(tx: WriteTx, deletion_id: UUID, user_id: UUID, *, now: datetime, due_at: datetime) -> bool:
    """False when there is one already."""
    done = await tx.run(
        "INSERT INTO identity.deletion (id, user_id, status, asked_at, due_at) VALUES (%s, %s, 'waiting', %s, %s)"
        " ON CONFLICT (user_id) WHERE status = 'waiting' DO NOTHING",
        (deletion_id, user_id, now, due_at),
    )
    return done == 1


async def find_deletion(tx: ReadTx, user_id: UUID) -> Deletion | None:
    """The one that waits, or None."""
    row = await tx.find(_DELETION + " WHERE user_id = %s AND status = 'waiting'", (user_id,))
    return _deletion(row) if row else None


async def undo_deletion(tx: WriteTx, user_id: UUID, now: datetime) -> bool:
    """Whether there was one to take back."""
    done = await tx.run(
        "UPDATE identity.deletion SET status = 'undone', ended_at = %s WHERE user_id = %s AND status = 'waiting'",
        (now, user_id),
    )
    return done == 1


async def list_due_deletions(tx: ReadTx, now: datetime, *, limit: int = 20) -> list[UUID]:
    """Ids of those whose time has come, the oldest first."""
    rows = await tx.all(
        "SELECT id FROM identity.deletion WHERE status = 'waiting' AND due_at <= %s ORDER BY due_at LIMIT %s::bigint",
        (now, limit),
    )
    return [row["id"] for row in rows]


async def find_due_deletion_for_change(tx: WriteTx, deletion_id: UUID, now: datetime) -> Deletion | None:
    """Locked with its person; None when it was taken back, put off or done meanwhile."""
    row = await tx.find(
        _DELETION + " WHERE id = %s AND status = 'waiting' AND due_at <= %s FOR UPDATE", (deletion_id, now)
    )
    if row is None:
        return None
    await tx.find("SELECT 1 AS locked FROM identity.user_account WHERE id = %s FOR UPDATE", (row["user_id"],))
    return _deletion(row)


async def put_off(tx: WriteTx, deletion_id: UUID, *, due_at: datetime, in_the_way: Sequence[str]) -> None:
    """Try again later."""
    await tx.run(
        "UPDATE identity.deletion SET due_at = %s, in_the_way = %s WHERE id = %s",
        (due_at, list(in_the_way), deletion_id),
    )


async def note_done(tx: WriteTx, deletion_id: UUID, now: datetime) -> None:
    """The person is forgotten."""
    await tx.run("UPDATE identity.deletion SET status = 'done', ended_at = %s WHERE id = %s", (now, deletion_id))


async def insert_consent(
    tx: WriteTx, consent_id: UUID, user_id: UUID, *, kind: str, version: str, given: bool, origin: str, now: datetime
) -> None:
    """One more yes or no."""
    await tx.run(
        "INSERT INTO identity.consent (id, user_id, kind, version, given, at, origin)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (consent_id, user_id, kind, version, given, now, origin),
    )


async def list_consents(tx: ReadTx, user_id: UUID) -> list[Row]:
    """The latest of each kind: kind, version, given, at."""
    return await tx.all(
        "SELECT DISTINCT ON (kind) kind, version, given, at FROM identity.consent WHERE user_id = %s"
        " ORDER BY kind, id DESC",
        (user_id,),
    )


async def is_last_admin(tx: ReadTx, user_id: UUID) -> bool:
    """Whether nobody else who is active is an admin."""
    row = await tx.find(
        "SELECT EXISTS (SELECT 1 FROM identity.role_grant WHERE user_id = %(user)s AND role = 'admin') AND NOT EXISTS"
        " (SELECT 1 FROM identity.role_grant AS g JOIN identity.user_account AS u ON u.id = g.user_id"
        "   WHERE g.role = 'admin' AND u.status = 'active' AND u.id <> %(user)s) AS last",
        {"user": user_id},
    )
    return bool(row and row["last"])


async def list_documents(tx: ReadTx, user_id: UUID) -> list[Row]:
    """Pictures of documents that are still kept: check_id, side, storage_key, asked_on, and the data_key that
    opens them."""
    return await tx.all(
        """
        SELECT f.check_id, f.side, f.storage_key, u.data_key, c.asked_at::date AS asked_on
          FROM identity.identity_file AS f JOIN identity.identity_check AS c ON c.id = f.check_id
          JOIN identity.user_account AS u ON u.id = c.user_id
         WHERE c.user_id = %s AND u.data_key IS NOT NULL ORDER BY f.check_id, f.side
        """,
        (user_id,),
    )


async def forget(tx: WriteTx, user_id: UUID, now: datetime) -> list[str]:
    """Leave the bare account; answers keys of storage that nobody needs any more."""
    who = {"user": user_id, "now": now}
    files = await tx.all(
        "UPDATE identity.export AS e SET status = 'over', storage_key = NULL FROM identity.export AS old"
        " WHERE e.id = old.id AND old.user_id = %(user)s AND old.status <> 'over' RETURNING old.storage_key",
        who,
    )
    for statement in _FORGET:
        await tx.run(statement, who)
    return [row["storage_key"] for row in files if row["storage_key"]]


async def forget_answers(tx: WriteTx, user_id: UUID, words: Sequence[str]) -> None:
    """Delete answers kept for repeated requests: the person's own, and those that name them."""
    await tx.run("DELETE FROM platform.idempotency WHERE caller = %s", (str(user_id),))
    for word in words:
        await tx.run("DELETE FROM platform.idempotency WHERE position(%s::bytea in body) > 0", (word.encode(),))


_FORGET: tuple[LiteralString, ...] = (
    """
    UPDATE identity.user_account
       SET person = NULL, data_key = NULL, email_mark = NULL, phone_mark = NULL, birthday_mark = NULL, photo = NULL,
           password_hash = NULL, country = NULL, currency = NULL, email_verified_at = NULL, phone_verified_at = NULL,
           status = 'deleted',
           status_reason = '', status_changed_at = %(now)s, updated_at = %(now)s, version = version + 1
     WHERE id = %(user)s
    """,
    "DELETE FROM identity.token_family WHERE user_id = %(user)s",
    "DELETE FROM identity.refresh_token WHERE user_id = %(user)s",
    "DELETE FROM identity.device WHERE user_id = %(user)s",
    "DELETE FROM identity.second_factor WHERE user_id = %(user)s",
    "DELETE FROM identity.second_factor_reset WHERE user_id = %(user)s",
    "DELETE FROM identity.passkey WHERE user_id = %(user)s",
    "DELETE FROM identity.recovery_code WHERE user_id = %(user)s",
    "DELETE FROM identity.linked_account WHERE user_id = %(user)s",
    "DELETE FROM identity.challenge WHERE user_id = %(user)s",
    "DELETE FROM identity.preferences WHERE user_id = %(user)s",
    "DELETE FROM identity.api_key WHERE user_id = %(user)s",
    "DELETE FROM identity.role_grant WHERE user_id = %(user)s",
    """
    UPDATE platform.outbox SET data = data - 'email' - 'first_name' - 'sealed' - 'device' - 'place' - 'name'
     WHERE aggregate_id = %(user)s
    """,
    """
    INSERT INTO identity.refusal (user_id, refused_at, sessions) VALUES (%(user)s, %(now)s, true)
    ON CONFLICT (user_id) DO UPDATE SET refused_at = EXCLUDED.refused_at, sessions = true
    """,
)


def _deletion(row: Row) -> Deletion:
    return Deletion(**{**row, "in_the_way": tuple(row["in_the_way"])})
