"""The read side of linked accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.platform.db import ReadTx


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account elsewhere with which a person signs in."""

    provider: str
    linked_at: datetime
    last_used_at: datetime


async def list_links(tx: ReadTx, user_id: UUID) -> list[LinkedAccount]:
    """A person's, the oldest first."""
    rows = await tx.all(
        "SELECT provider, linked_at, last_used_at FROM identity.linked_account WHERE user_id = %s"
        " ORDER BY linked_at, id",
        (user_id,),
    )
    return [LinkedAccount(**row) for row in rows]


async def has_password(tx: ReadTx, user_id: UUID) -> bool:
    """Whether a person can sign in with a password."""
    row = await tx.find(
        "SELECT password_hash IS NOT NULL AS found FROM identity.user_account WHERE id = %s", (user_id,)
    )
    return bool(row and row["found"])
