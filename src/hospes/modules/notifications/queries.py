"""Reading messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.notifications.contracts import Kind, Message, MessageStatus
from hospes.platform.db import ReadTx, Row

COLUMNS: LiteralString = (
    "m.id, m.event_id, m.kind, m.recipient_id, m.address, m.name, m.subject, m.plain, m.html, m.calendar, m.documents,"
    " m.status, m.tries, m.next_try_at, m.fault, m.created_at, m.sent_at, m.channel, m.secrets, m.worthless_at"
)


def as_message(row: Row) -> Message:
    """A row of `COLUMNS`."""
    typed = {
        "kind": Kind(row["kind"]),
        "status": MessageStatus(row["status"]),
        "documents": tuple(row["documents"]),
    }
    return Message(**{**row, **typed})


async def find_message(tx: ReadTx, message_id: UUID) -> Message | None:
    """The message, or None."""
    row = await tx.find(f"SELECT {COLUMNS} FROM notifications.message AS m WHERE m.id = %s", (message_id,))  # noqa: S608
    return None if row is None else as_message(row)


async def list_messages(
    tx: ReadTx, *, status: MessageStatus | None = None, before: UUID | None = None, limit: int
) -> list[Message]:
    """Messages, the newest first, from before that id on."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM notifications.message AS m"  # noqa: S608
        " WHERE (%(status)s::text IS NULL OR m.status = %(status)s) AND (%(before)s::uuid IS NULL OR m.id < %(before)s)"
        " ORDER BY m.id DESC LIMIT %(limit)s::bigint",
        {"status": str(status) if status else None, "before": before, "limit": limit},
    )
    return [as_message(row) for row in rows]


async def count_by_status(tx: ReadTx) -> Mapping[str, int]:
    """How many messages there are of each status."""
    rows = await tx.all("SELECT m.status, count(*) AS count FROM notifications.message AS m GROUP BY m.status")
    return {row["status"]: row["count"] for row in rows}


async def list_due(tx: ReadTx, now: datetime, limit: int) -> list[UUID]:
    """Messages whose time for a try has come: codes first, since somebody waits for them, then the longest waiting."""
    rows = await tx.all(
        "SELECT m.id FROM notifications.message AS m WHERE m.status = 'waiting' AND m.next_try_at <= %s"
        " ORDER BY m.secrets = '', m.next_try_at LIMIT %s::bigint",
        (now, limit),
    )
    return [row["id"] for row in rows]


async def find_confirmation(tx: ReadTx, booking_id: UUID, recipient_id: UUID) -> datetime | None:
    """When the confirmation of this booking was sent to this person; None when it was not, or is not known any more."""
    row = await tx.find(
        "SELECT m.sent_at FROM notifications.message AS m JOIN platform.outbox AS o ON o.event_id = m.event_id"
        " WHERE o.aggregate_id = %s AND m.recipient_id = %s AND m.kind = 'booking_confirmed' AND m.sent_at IS NOT NULL"
        " ORDER BY m.sent_at LIMIT 1",
        (booking_id, recipient_id),
    )
    return row["sent_at"] if row else None
