"""The audit trail: who did what to whom, written in the commit that does it and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done. `data` names fields and states, never what is secret or personal."""

    id: UUID
    at: datetime
    actor_id: UUID | None
    acting_for: UUID | None
    action: str
    subject_id: UUID | None
    data: Mapping[str, Any]
    origin: str


async def note(
    tx: WriteTx,
    *,
    actor: UUID | None,
    action: str,
    subject: UUID | None,
    now: datetime,
    acting_for: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    origin: str = "",
) -> None:
    """Write that `actor` (None: the product itself) did `action` (`noun.verb_done`) to `subject`."""
    await tx.run(
        """
        INSERT INTO platform.audit_entry (id, at, actor_id, acting_for, action, subject_id, data, origin)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (new_id(), now, actor, acting_for, action, subject, Jsonb(dict(data or {})), origin),
    )


async def list_entries(
    tx: ReadTx,
    *,
    subject: UUID | None = None,
    actor: UUID | None = None,
    person: UUID | None = None,
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[AuditEntry]:
    """The newest first, before one of them; `action` may end in `.` to mean all of a noun.

    `person` did it, or it was done to them; `since` is within, `until` is not.
    """
    rows = await tx.all(
        """
        SELECT id, at, actor_id, acting_for, action, subject_id, data, origin FROM platform.audit_entry
         WHERE (%(subject)s::uuid IS NULL OR subject_id = %(subject)s)
           AND (%(actor)s::uuid IS NULL OR actor_id = %(actor)s)
           AND (%(person)s::uuid IS NULL OR subject_id = %(person)s OR actor_id = %(person)s)
           AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
           AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
           AND (%(action)s = '' OR action = %(action)s
             OR (right(%(action)s, 1) = '.' AND starts_with(action, %(action)s)))
           AND (%(before)s::uuid IS NULL OR id < %(before)s)
         ORDER BY id DESC LIMIT %(limit)s::bigint
        """,
        {
            "subject": subject,
            "actor": actor,
            "person": person,
            "action": action,
            "since": since,
            "until": until,
            "before": before,
            "limit": limit,
        },
    )
    return [AuditEntry(**row) for row in rows]
