"""The write side of notifications."""

from datetime import datetime
from uuid import UUID

from hospes.modules.notifications.contracts import Message
from hospes.modules.notifications.queries import COLUMNS, as_message
from hospes.platform.db import WriteTx


async def insert_message(tx: WriteTx, message: Message) -> bool:
    """Write it down; False when there is one of this kind for this event and recipient."""
    values = {name: getattr(message, name) for name in Message.__slots__}
    said = {**values, "kind": str(message.kind), "status": str(message.status), "documents": list(message.documents)}
    done = await tx.run(
        "INSERT INTO notifications.message (id, event_id, kind, recipient_id, address, name, subject, plain, html,"
        " calendar, documents, status, next_try_at, created_at, channel, secrets, worthless_at)"
        " VALUES (%(id)s, %(event_id)s, %(kind)s, %(recipient_id)s, %(address)s, %(name)s, %(subject)s, %(plain)s,"
        " %(html)s, %(calendar)s, %(documents)s::uuid[], %(status)s, %(next_try_at)s, %(created_at)s,"
        " %(channel)s, %(secrets)s, %(worthless_at)s)"
        " ON CONFLICT (event_id, recipient_id, kind) DO NOTHING",
        said,
    )
    return done == 1


async def take_for_a_try(tx: WriteTx, message_id: UUID, *, until: datetime, now: datetime) -> Message | None:
    """The message, this worker's until then; None when it is not due, sent already, or another worker's."""
    row = await tx.find(
        "UPDATE notifications.message AS m SET tries = m.tries + 1, next_try_at = %(until)s"  # noqa: S608
        f" WHERE m.id = %(id)s AND m.status = 'waiting' AND m.next_try_at <= %(now)s RETURNING {COLUMNS}",
        {"id": message_id, "until": until, "now": now},
    )
    return None if row is None else as_message(row)


async def note_sent(tx: WriteTx, message_id: UUID, *, now: datetime) -> None:
    """It has left."""
    await tx.run(
        "UPDATE notifications.message SET status = 'sent', sent_at = %s, next_try_at = NULL, fault = ''"
        " WHERE id = %s AND status = 'waiting'",
        (now, message_id),
    )


async def note_failed(tx: WriteTx, message_id: UUID, *, fault: str, next_try_at: datetime | None) -> None:
    """It has not left; None gives up."""
    await tx.run(
        "UPDATE notifications.message SET status = CASE WHEN %(next)s::timestamptz IS NULL THEN 'failed' ELSE 'waiting'"
        " END, next_try_at = %(next)s::timestamptz, fault = %(fault)s WHERE id = %(id)s AND status = 'waiting'",
        {"id": message_id, "fault": fault[:300], "next": next_try_at},
    )


async def try_again(tx: WriteTx, message_id: UUID, *, now: datetime) -> bool:
    """Have a failed message tried from the start; False unless it has failed."""
    done = await tx.run(
        "UPDATE notifications.message SET status = 'waiting', tries = 0, next_try_at = %s"
        " WHERE id = %s AND status = 'failed'",
        (now, message_id),
    )
    return done == 1


async def forget_before(tx: WriteTx, before: datetime) -> int:
    """Remove messages older than that which no longer wait; answers how many."""
    return await tx.run("DELETE FROM notifications.message WHERE created_at < %s AND status <> 'waiting'", (before,))


async def forget_letters_to(tx: WriteTx, recipient_id: UUID) -> int:
    """Remove everything that was sent to this recipient; answers how much that was."""
    return await tx.run("DELETE FROM notifications.message WHERE recipient_id = %s", (recipient_id,))
