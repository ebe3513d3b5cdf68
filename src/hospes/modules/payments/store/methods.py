"""Methods that payers keep, and those that are to be kept without paying."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.payments.contracts import Method, Saving, SavingStatus
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def save_method(
    tx: WriteTx, user_id: UUID, provider: str, method: Method, customer: str | None, *, now: datetime
) -> UUID:
    """Keep a method for its payer, and its id; one that is kept already stays."""
    row = await tx.find(
        "INSERT INTO payments.saved_method (id, user_id, provider, token, customer, brand, last4, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, provider, token) DO UPDATE SET deleted_at = NULL RETURNING id",
        (new_id(), user_id, provider, method.token, customer, method.brand, method.last4, now),
    )
    assert row is not None
    found: UUID = row["id"]
    return found


async def delete_method(tx: WriteTx, user_id: UUID, method_id: UUID, *, now: datetime) -> bool:
    """Whether it was there."""
    return bool(
        await tx.run(
            "UPDATE payments.saved_method SET deleted_at = %s, is_default = false"
            " WHERE id = %s AND user_id = %s AND deleted_at IS NULL",
            (now, method_id, user_id),
        )
    )


async def offer_first(tx: WriteTx, user_id: UUID, method_id: UUID) -> bool:
    """Whether it is theirs, and is offered first from now on, in place of any other."""
    await tx.all(
        "SELECT m.id FROM payments.saved_method m WHERE m.user_id = %s ORDER BY m.id FOR UPDATE",
        (user_id,),
    )
    await tx.run(
        "UPDATE payments.saved_method SET is_default = false WHERE user_id = %s AND is_default AND id <> %s",
        (user_id, method_id),
    )
    return bool(
        await tx.run(
            "UPDATE payments.saved_method SET is_default = true WHERE id = %s AND user_id = %s AND deleted_at IS NULL",
            (method_id, user_id),
        )
    )


async def insert_saving(
    tx: WriteTx, *, user_id: UUID, provider: str, method: Method, first: bool, now: datetime
) -> UUID:
    """Record that a method is to be kept; answers the key."""
    saving_id = new_id()
    await tx.run(
        "INSERT INTO payments.saving (id, user_id, provider, method, status, first, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, 'asked', %s, %s, %s)",
        (saving_id, user_id, provider, Jsonb(method.as_json()), first, now, now),
    )
    return saving_id


async def move_saving(
    tx: WriteTx,
    saving: Saving,
    to: SavingStatus,
    *,
    ref: str | None = None,
    action: dict[str, Any] | None = None,
    reason: str | None = None,
    method_id: UUID | None = None,
    now: datetime,
) -> bool:
    """Move on from the status that was seen; False when somebody else moved it first. What is over forgets its
    token."""
    over = to in (SavingStatus.KEPT, SavingStatus.DECLINED)
    return bool(
        await tx.run(
            "UPDATE payments.saving SET status = %s, ref = COALESCE(%s, ref), action = %s, reason = %s, method_id = %s,"
            " method = CASE WHEN %s THEN '{}' ELSE method END, updated_at = %s WHERE id = %s AND status = %s",
            (
                *(str(to), ref, Jsonb(action) if action else None, reason, method_id),
                *(over, now, saving.id, str(saving.status)),
            ),
        )
    )
