"""Dead letters."""

from collections.abc import Sequence
from uuid import UUID

from hospes.modules.payments.contracts import DeadLetter, LetterStatus
from hospes.modules.payments.queries.rows import ATTEMPT, PAYMENT, attempt_from, payment_from
from hospes.platform.db import ReadTx, Row


async def find_letter(tx: ReadTx, letter_id: UUID) -> DeadLetter | None:
    """A dead letter with its attempt and payment."""
    row = await tx.find("SELECT l.* FROM payments.dead_letter l WHERE l.id = %s", (letter_id,))
    return (await _letters(tx, [row]))[0] if row else None


async def list_letters(tx: ReadTx, *, status: LetterStatus, before: UUID | None, limit: int) -> list[DeadLetter]:
    """Dead letters of one status, the newest first, from before that id on."""
    rows = await tx.all(
        "SELECT l.* FROM payments.dead_letter l WHERE l.status = %(status)s"
        " AND (%(before)s::uuid IS NULL OR l.id < %(before)s) ORDER BY l.id DESC LIMIT %(limit)s::bigint",
        {"status": str(status), "before": before, "limit": limit},
    )
    return await _letters(tx, rows)


async def _letters(tx: ReadTx, rows: Sequence[Row]) -> list[DeadLetter]:
    attempts = await tx.all(ATTEMPT + " WHERE a.id = ANY(%s)", ([row["attempt_id"] for row in rows],))
    payments = await tx.all(PAYMENT + " WHERE p.id = ANY(%s)", ([row["payment_id"] for row in rows],))
    by_attempt = {row["id"]: attempt_from(row) for row in attempts}
    by_payment = {row["id"]: payment_from(row) for row in payments}
    return [
        DeadLetter(
            id=row["id"],
            payment=by_payment[row["payment_id"]],
            attempt=by_attempt[row["attempt_id"]],
            reason=row["reason"],
            status=LetterStatus(row["status"]),
            created_at=row["created_at"],
            ended_at=row["ended_at"],
            ended_by=row["ended_by"],
            note=row["note"],
        )
        for row in rows
    ]
