"""Every movement of money, in one order, for those who go through all of them."""

from collections.abc import Sequence
from uuid import UUID

from hospes.modules.payments.contracts import Attempt, Payment
from hospes.modules.payments.queries.rows import ATTEMPT, PAYMENT, attempt_from, payment_from
from hospes.platform.db import ReadTx


async def list_moved(tx: ReadTx, *, after: UUID | None, limit: int) -> list[Attempt]:
    """What was taken or given back, in the order of ids, from behind `after` on."""
    rows = await tx.all(
        ATTEMPT + " WHERE a.status = 'succeeded' AND a.kind IN ('charge', 'capture', 'refund')"
        " AND (%(after)s::uuid IS NULL OR a.id > %(after)s::uuid) ORDER BY a.id LIMIT %(limit)s::bigint",
        {"after": after, "limit": limit},
    )
    return [attempt_from(row) for row in rows]


async def list_payments_by_id(tx: ReadTx, ids: Sequence[UUID]) -> list[Payment]:
    """These payments, in any order."""
    return [payment_from(row) for row in await tx.all(PAYMENT + " WHERE p.id = ANY(%s)", (list(ids),))]
