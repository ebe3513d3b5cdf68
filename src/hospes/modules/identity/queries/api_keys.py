"""The read side of partners' keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, Row

_KEY: LiteralString = (
    "SELECT id, user_id, name, prefix, scopes, per_minute, created_at, expires_at, last_used_at, revoked_at,"
    " rotated_from, business_id FROM identity.api_key"
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, without what is secret of it; `per_minute` requests, `rotated_from` the id of the one it replaces;
    `business_id`: nothing of another business is reached with it."""

    id: UUID
    user_id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    per_minute: int
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    rotated_from: UUID | None
    business_id: UUID | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


async def find_key(tx: ReadTx, user_id: UUID, key_id: UUID) -> ApiKey | None:
    """The person's own, or None."""
    row = await tx.find(f"{_KEY} WHERE id = %s AND user_id = %s", (key_id, user_id))
    return _key(row) if row else None


async def list_keys(tx: ReadTx, user_id: UUID) -> list[ApiKey]:
    """The person's, the newest first."""
    return [_key(row) for row in await tx.all(f"{_KEY} WHERE user_id = %s ORDER BY id DESC LIMIT 200", (user_id,))]


async def find_by_prefix(tx: ReadTx, prefix: str) -> tuple[ApiKey, bytes] | None:
    """A key and what its secret must hash to."""
    found = await tx.find(
        "SELECT id, user_id, name, prefix, scopes, per_minute, created_at, expires_at, last_used_at, revoked_at,"
        " rotated_from, business_id, secret_hash FROM identity.api_key WHERE prefix = %s",
        (prefix,),
    )
    if found is None:
        return None
    secret_hash = bytes(found.pop("secret_hash"))
    return _key(found), secret_hash


def _key(row: Row) -> ApiKey:
    return ApiKey(**{**row, "scopes": tuple(row["scopes"])})
