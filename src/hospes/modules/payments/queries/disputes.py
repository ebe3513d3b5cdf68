"""Disputes."""

from uuid import UUID

from hospes.modules.payments.contracts import Dispute
from hospes.modules.payments.queries.rows import DISPUTE, dispute_from
from hospes.platform.db import ReadTx


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
