"""Methods that payers keep."""

from uuid import UUID

from hospes.modules.payments.contracts import Method, SavedMethod
from hospes.platform.db import ReadTx


async def list_methods(tx: ReadTx, user_id: UUID) -> list[SavedMethod]:
    """What a payer keeps for later, the newest first."""
    rows = await tx.all(
        "SELECT m.id, m.user_id, m.provider, m.token, m.customer, m.brand, m.last4, m.created_at"
        " FROM payments.saved_method m WHERE m.user_id = %s AND m.deleted_at IS NULL ORDER BY m.id DESC LIMIT 50",
        (user_id,),
    )
    return [
        SavedMethod(
            id=row["id"],
            user_id=row["user_id"],
            provider=row["provider"],
            method=Method(row["token"], row["brand"], row["last4"]),
            customer=row["customer"],
            created_at=row["created_at"],
        )
        for row in rows
    ]


async def is_method_needed(tx: ReadTx, user_id: UUID, token: str) -> bool:
    """Whether something is to be taken later with this method, as the terms of a booking say."""
    row = await tx.find(
        "SELECT 1 AS needed FROM payments.payment p WHERE p.payer_id = %s AND p.method ->> 'token' = %s"
        " AND p.status IN ('scheduled', 'authorised', 'processing', 'failed') LIMIT 1",
        (user_id, token),
    )
    return row is not None
