"""Disputes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.payments.contracts import AnswerStatus, Dispute, DisputeAnswer, DisputeStatus, Fact
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def insert_dispute(tx: WriteTx, dispute: Dispute) -> bool:
    """Whether it is new."""
    return bool(
        await tx.run(
            "INSERT INTO payments.dispute (id, provider, ref, payment_id, amount, currency, status, reason,"
            " evidence_due, opened_at, closed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (provider, ref) DO NOTHING",
            (
                *(dispute.id, dispute.provider, dispute.ref, dispute.payment_id, dispute.amount.amount),
                *(dispute.amount.currency, str(dispute.status), dispute.reason, dispute.evidence_due),
                *(dispute.opened_at, dispute.closed_at),
            ),
        )
    )


async def close_dispute(tx: WriteTx, dispute_id: UUID, status: DisputeStatus, *, now: datetime) -> bool:
    """Whether it was open."""
    return bool(
        await tx.run(
            "UPDATE payments.dispute SET status = %s, closed_at = %s WHERE id = %s AND status = 'open'",
            (str(status), now, dispute_id),
        )
    )


async def write_answer(
    tx: WriteTx, dispute_id: UUID, *, words: str, left_out: Sequence[str], user_id: UUID, now: datetime
) -> bool:
    """Keep a draft in place of the one before; False when there is one that was given to the provider."""
    return bool(
        await tx.run(
            "INSERT INTO payments.dispute_answer AS a (dispute_id, key, status, words, left_out, written_by,"
            " updated_at) VALUES (%(dispute)s, %(key)s, 'draft', %(words)s, %(left_out)s, %(user)s, %(now)s)"
            " ON CONFLICT (dispute_id) DO UPDATE SET status = 'draft', key = %(key)s, words = %(words)s,"
            " left_out = %(left_out)s, written_by = %(user)s, updated_at = %(now)s, version = a.version + 1"
            " WHERE a.status IN ('draft', 'refused')",
            {
                "dispute": dispute_id,
                "key": new_id(),
                "words": words,
                "left_out": list(left_out),
                "user": user_id,
                "now": now,
            },
        )
    )


async def submit_answer(
    tx: WriteTx, answer: DisputeAnswer, facts: Sequence[Fact], *, user_id: UUID, next_try_at: datetime, now: datetime
) -> bool:
    """Give the draft that was seen to the provider, with these facts; False when somebody changed or sent it."""
    return bool(
        await tx.run(
            "UPDATE payments.dispute_answer SET status = 'sending', facts = %s, submitted_by = %s, submitted_at = %s,"
            " tries = 0, reason = NULL, next_try_at = %s, updated_at = %s, version = version + 1"
            " WHERE dispute_id = %s AND status IN ('draft', 'refused') AND version = %s::integer",
            (
                *(Jsonb([asdict(each) for each in facts]), user_id, now, next_try_at, now),
                *(answer.dispute_id, answer.version),
            ),
        )
    )


async def move_answer(
    tx: WriteTx,
    answer: DisputeAnswer,
    to: AnswerStatus,
    *,
    reason: str | None = None,
    tries: int = 0,
    next_try_at: datetime | None = None,
    now: datetime,
) -> bool:
    """Move on from being sent; False when somebody else moved it first."""
    return bool(
        await tx.run(
            "UPDATE payments.dispute_answer SET status = %s, reason = %s, tries = %s::smallint, next_try_at = %s,"
            " updated_at = %s, version = version + 1 WHERE dispute_id = %s AND status = 'sending' AND key = %s",
            (str(to), reason, tries, next_try_at, now, answer.dispute_id, answer.key),
        )
    )
