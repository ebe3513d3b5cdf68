"""Disputes."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments.contracts import Dispute, DisputeStatus
from hospes.platform.db import WriteTx


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
