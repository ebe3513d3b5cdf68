"""Methods that payers keep, and those that are to be kept without paying."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.payments.contracts import Method, SavedMethod, Saving, SavingStatus
from hospes.platform.db import ReadTx, Row

_SAVING: LiteralString = (
    "SELECT s.id, s.user_id, s.provider, s.method, s.status, s.ref, s.action, s.reason, s.first, s.method_id,"
    " s.created_at, s.updated_at FROM payments.saving s"
)


async def list_methods(tx: ReadTx, user_id: UUID) -> list[SavedMethod]:
    """What a payer keeps for later: what is offered first, then the newest first."""
    rows = await tx.all(
        "SELECT m.id, m.user_id, m.provider, m.token, m.customer, m.brand, m.last4, m.created_at, m.is_default"
        " FROM payments.saved_method m WHERE m.user_id = %s AND m.deleted_at IS NULL"
        " ORDER BY m.is_default DESC, m.id DESC LIMIT 50",
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
            is_default=row["is_default"],
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


async def find_customer(tx: ReadTx, user_id: UUID, provider: str) -> str | None:
    """The provider's name of this payer, if it gave one with a method that was kept."""
    row = await tx.find(
        "SELECT m.customer FROM payments.saved_method m WHERE m.user_id = %s AND m.provider = %s"
        " AND m.customer IS NOT NULL ORDER BY m.id DESC LIMIT 1",
        (user_id, provider),
    )
    return row["customer"] if row else None


async def find_saving(tx: ReadTx, saving_id: UUID) -> Saving | None:
    """A method that is to be kept."""
    row = await tx.find(_SAVING + " WHERE s.id = %s", (saving_id,))
    return _saving(row) if row else None


async def count_savings(tx: ReadTx, user_id: UUID, since: datetime) -> int:
    """How often this payer has asked since then."""
    row = await tx.find(
        "SELECT count(*) AS asked FROM payments.saving s WHERE s.user_id = %s AND s.created_at > %s", (user_id, since)
    )
    return int(row["asked"]) if row else 0


async def list_open_savings(tx: ReadTx, before: datetime, limit: int) -> list[UUID]:
    """Those of which nothing was heard since then, the longest waiting first."""
    rows = await tx.all(
        "SELECT s.id FROM payments.saving s WHERE s.status IN ('asked', 'needs_action') AND s.updated_at <= %s"
        " ORDER BY s.updated_at LIMIT %s::bigint",
        (before, limit),
    )
    return [row["id"] for row in rows]


def _saving(row: Row) -> Saving:
    typed = {"status": SavingStatus(row["status"]), "method": Method(**{"token": "", **row["method"]})}
    return Saving(**{**row, **typed})
