"""The read side of how accounts stand, for admins."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hospes.platform.db import ReadTx


class Standing(NamedTuple):
    """Since when, and why, an account is in its status; None and empty while it never changed."""

    changed_at: datetime | None
    reason: str


async def find_standing(tx: ReadTx, user_id: UUID) -> Standing:
    """Of an account that exists."""
    row = await tx.find("SELECT status_changed_at, status_reason FROM identity.user_account WHERE id = %s", (user_id,))
    return Standing(row["status_changed_at"], row["status_reason"]) if row else Standing(None, "")


async def newest_accounts(tx: ReadTx, *, before: UUID | None, limit: int) -> Sequence[UUID]:
    """Ids, the newest first, before one of them."""
    rows = await tx.all(
        "SELECT id FROM identity.user_account WHERE (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s::bigint",
        {"before": before, "limit": limit},
    )
    return [row["id"] for row in rows]
