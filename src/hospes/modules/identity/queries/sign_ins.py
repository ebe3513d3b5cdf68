"""The read side of how somebody is signed in: their password, and the sign-ins of API clients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hospes.platform.db import ReadTx


class KnownPassword(NamedTuple):
    """None while the account has no password."""

    password_hash: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Family:
    """One sign-in of an API client."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    user_agent: str
    place: str


async def find_password(tx: ReadTx, user_id: UUID) -> KnownPassword | None:
    """What the password of an account is checked against."""
    row = await tx.find("SELECT password_hash, status FROM identity.user_account WHERE id = %s", (user_id,))
    return KnownPassword(**row) if row else None


async def list_families(tx: ReadTx, user_id: UUID, *, now: datetime) -> Sequence[Family]:
    """Those that can still be refreshed, the latest used first."""
    rows = await tx.all(
        """
        SELECT f.id, f.created_at, f.last_used_at, f.user_agent, f.place FROM identity.token_family f
         WHERE f.user_id = %s AND f.revoked_at IS NULL
           AND EXISTS (SELECT 1 FROM identity.refresh_token t
                        WHERE t.family_id = f.id AND t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > %s)
         ORDER BY f.last_used_at DESC LIMIT 100
        """,
        (user_id, now),
    )
    return [Family(**row) for row in rows]
