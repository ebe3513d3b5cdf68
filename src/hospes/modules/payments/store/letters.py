"""Dead letters."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments.contracts import LetterStatus
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def insert_letter(tx: WriteTx, payment_id: UUID, attempt_id: UUID, reason: str, *, now: datetime) -> UUID | None:
    """The new dead letter's id; None when one of this attempt is open already."""
    letter_id = new_id()
    made = await tx.run(
        "INSERT INTO payments.dead_letter (id, attempt_id, payment_id, reason, created_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (attempt_id) WHERE status = 'open' DO NOTHING",
        (letter_id, attempt_id, payment_id, reason, now),
    )
    return letter_id if made else None


async def end_letter(
    tx: WriteTx, letter_id: UUID, status: LetterStatus, *, user_id: UUID, note: str, now: datetime
) -> bool:
    """Whether it was open; who ended it, when and why is kept."""
    return bool(
        await tx.run(
            "UPDATE payments.dead_letter SET status = %s, ended_at = %s, ended_by = %s, note = %s"
            " WHERE id = %s AND status = 'open'",
            (str(status), now, user_id, note, letter_id),
        )
    )
