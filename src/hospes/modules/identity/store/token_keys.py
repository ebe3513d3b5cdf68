"""Keys that sign access tokens: their private halves lie sealed by the keyring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.platform.db import ReadTx, WriteTx


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A row; `sealed_private` opens with the place `place_of(kid)`."""

    id: UUID
    kid: str
    public_jwk: dict[str, Any]
    sealed_private: bytes
    signs_from: datetime


def place_of(kid: str) -> bytes:
    """Where the private half of this key belongs: it opens nowhere else."""
    return f"token-key:{kid}".encode()


async def lock_keys(tx: WriteTx) -> None:
    """One at a time changes the keys, until the commit."""
    await tx.find("SELECT pg_advisory_xact_lock(hashtextextended('identity.token_keys', 0))::text AS locked")


async def list_keys(tx: ReadTx) -> Sequence[KeptKey]:
    """In the order in which they sign."""
    rows = await tx.all(
        "SELECT id, kid, public_jwk, sealed_private, signs_from FROM identity.token_key ORDER BY signs_from"
    )
    return [KeptKey(**row) for row in rows]


async def insert_key(tx: WriteTx, key: KeptKey, now: datetime) -> None:
    """Published from the commit on."""
    await tx.run(
        "INSERT INTO identity.token_key (id, kid, public_jwk, sealed_private, created_at, signs_from)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (key.id, key.kid, Jsonb(key.public_jwk), key.sealed_private, now, key.signs_from),
    )


async def delete_keys(tx: WriteTx, ids: Sequence[UUID]) -> None:
    """Nothing they signed is good any more."""
    await tx.run("DELETE FROM identity.token_key WHERE id = ANY(%s)", (list(ids),))
