"""The write side of resets: a person has lost every second step."""

from datetime import datetime
from uuid import UUID

from hospes.platform.db import WriteTx


async def insert_reset(tx: WriteTx, *, id: UUID, user_id: UUID, words: str, now: datetime) -> bool:
    """False when one is open for this person."""
    return (
        await tx.run(
            """
        INSERT INTO identity.second_factor_reset (id, user_id, status, words, asked_at)
        VALUES (%s, %s, 'asked', %s, %s)
        ON CONFLICT (user_id) WHERE status IN ('asked', 'approved') DO NOTHING
        """,
            (id, user_id, words, now),
        )
        == 1
    )


async def approve_reset(
    tx: WriteTx, reset_id: UUID, *, admin_id: UUID, reason: str, due_at: datetime, now: datetime
) -> bool:
    """False when it is not waiting for a decision."""
    return (
        await tx.run(
            """
        UPDATE identity.second_factor_reset
           SET status = 'approved', decided_by = %s, reason = %s, decided_at = %s, due_at = %s
         WHERE id = %s AND status = 'asked'
        """,
            (admin_id, reason, now, due_at, reset_id),
        )
        == 1
    )


async def refuse_reset(tx: WriteTx, reset_id: UUID, *, admin_id: UUID, reason: str, now: datetime) -> bool:
    """False when it is over."""
    return (
        await tx.run(
            """
        UPDATE identity.second_factor_reset
           SET status = 'refused', decided_by = %s, reason = %s, decided_at = %s, ended_at = %s
         WHERE id = %s AND status IN ('asked', 'approved')
        """,
            (admin_id, reason, now, now, reset_id),
        )
        == 1
    )


async def cancel_resets(tx: WriteTx, user_id: UUID, now: datetime) -> int:
    """The person has their second step after all."""
    return await tx.run(
        "UPDATE identity.second_factor_reset SET status = 'cancelled', ended_at = %s"
        " WHERE user_id = %s AND status IN ('asked', 'approved')",
        (now, user_id),
    )


async def take_due_reset(tx: WriteTx, reset_id: UUID, now: datetime) -> bool:
    """True for the one that carries it out; False when it was cancelled, is done or not due."""
    return (
        await tx.run(
            "UPDATE identity.second_factor_reset SET status = 'done', ended_at = %s"
            " WHERE id = %s AND status = 'approved' AND due_at <= %s",
            (now, reset_id, now),
        )
        == 1
    )
