"""Methods that payers keep."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments.contracts import Method
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def save_method(
    tx: WriteTx, user_id: UUID, provider: str, method: Method, customer: str | None, *, now: datetime
) -> None:
    """Keep a method for its payer; one that is kept already stays."""
    await tx.run(
        "INSERT INTO payments.saved_method (id, user_id, provider, token, customer, brand, last4, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, provider, token) DO UPDATE SET deleted_at = NULL",
        (new_id(), user_id, provider, method.token, customer, method.brand, method.last4, now),
    )


async def delete_method(tx: WriteTx, user_id: UUID, method_id: UUID, *, now: datetime) -> bool:
    """Whether it was there."""
    return bool(
        await tx.run(
            "UPDATE payments.saved_method SET deleted_at = %s WHERE id = %s AND user_id = %s AND deleted_at IS NULL",
            (now, method_id, user_id),
        )
    )
