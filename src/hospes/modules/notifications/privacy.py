"""What notifications know of a person: the messages they got, and those that speak of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.identity import facade as users
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Copy, Obstacle, sheet


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """Every message they got."""
    rows = await sheet(
        tx,
        "messages",
        "Messages to you",
        "SELECT created_at, channel, kind, address, subject, plain, status, sent_at FROM notifications.message"
        " WHERE recipient_id = %(user)s ORDER BY id",
        user_id,
    )
    return Copy([rows])


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """None."""
    return []


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """Messages to them go; so does what was told to others in the same breath, for it may name them."""
    person = await users.get_user(tx, user_id)
    told = await tx.all(
        """
        DELETE FROM notifications.message AS m
         WHERE m.recipient_id = %(user)s
            OR m.event_id IN (SELECT event_id FROM notifications.message WHERE recipient_id = %(user)s)
            OR m.event_id IN (SELECT o.event_id FROM platform.outbox AS o
                                JOIN booking.booking AS b ON b.id = o.aggregate_id WHERE b.guest_id = %(user)s)
            OR m.status <> 'waiting' AND (strpos(m.plain || m.subject || m.html, %(name)s) > 0
                                          OR strpos(m.plain || m.html || m.address, %(email)s) > 0)
        RETURNING m.id, m.channel
        """,
        {"user": user_id, "name": person.name, "email": person.email},
    )
    return [f"data:mail/{row['id']}.eml" if row["channel"] == "email" else f"data:sms/{row['id']}.txt" for row in told]
