"""Disputes."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.payments.contracts import AnswerStatus, Dispute, DisputeAnswer, Fact
from hospes.modules.payments.queries.rows import DISPUTE, dispute_from
from hospes.platform.db import ReadTx, Row

_ANSWER: LiteralString = (
    "SELECT a.dispute_id, a.key, a.status, a.words, a.left_out, a.facts, a.reason, a.tries, a.submitted_at,"
    " a.updated_at, a.version FROM payments.dispute_answer a"
)


async def find_dispute(tx: ReadTx, provider: str, ref: str) -> Dispute | None:
    """A dispute by the provider's name of it."""
    row = await tx.find(DISPUTE + " WHERE d.provider = %s AND d.ref = %s", (provider, ref))
    return dispute_from(row) if row else None


async def list_disputes(tx: ReadTx, *, open_only: bool, before: UUID | None, limit: int) -> list[Dispute]:
    """Disputes, the newest first, from before that id on."""
    rows = await tx.all(
        DISPUTE + " WHERE (NOT %(open)s OR d.status = 'open') AND (%(before)s::uuid IS NULL OR d.id < %(before)s)"
        " ORDER BY d.id DESC LIMIT %(limit)s::bigint",
        {"open": open_only, "before": before, "limit": limit},
    )
    return [dispute_from(row) for row in rows]


async def find_dispute_by_id(tx: ReadTx, dispute_id: UUID) -> Dispute | None:
    """A dispute by our id of it."""
    row = await tx.find(DISPUTE + " WHERE d.id = %s", (dispute_id,))
    return dispute_from(row) if row else None


async def find_answer(tx: ReadTx, dispute_id: UUID) -> DisputeAnswer | None:
    """What is said, or to be said, against a dispute."""
    row = await tx.find(_ANSWER + " WHERE a.dispute_id = %s", (dispute_id,))
    return _answer(row) if row else None


async def list_answers(tx: ReadTx, dispute_ids: list[UUID]) -> dict[UUID, DisputeAnswer]:
    """The answers to those of these disputes that have one."""
    rows = await tx.all(_ANSWER + " WHERE a.dispute_id = ANY(%s)", (dispute_ids,))
    return {row["dispute_id"]: _answer(row) for row in rows}


async def list_answers_to_send(tx: ReadTx, now: datetime, limit: int) -> list[UUID]:
    """Disputes whose answer is to be given to its provider, again or because its job was lost."""
    rows = await tx.all(
        "SELECT a.dispute_id FROM payments.dispute_answer a WHERE a.status = 'sending' AND a.next_try_at <= %s"
        " ORDER BY a.next_try_at LIMIT %s::bigint",
        (now, limit),
    )
    return [row["dispute_id"] for row in rows]


def _answer(row: Row) -> DisputeAnswer:
    typed = {
        "status": AnswerStatus(row["status"]),
        "left_out": tuple(row["left_out"]),
        "facts": tuple(Fact(**each) for each in row["facts"] or ()),
    }
    return DisputeAnswer(**{**row, **typed})
