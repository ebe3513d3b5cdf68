"""The read side of second steps: what a person has, passkeys, browsers, resets."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from hospes.modules.identity.policies.second_steps import Factors
from hospes.platform.db import ReadTx


@dataclass(frozen=True, slots=True)
class Factor:
    """An authenticator app (with its sealed secret) or text messages."""

    id: UUID
    kind: str
    secret: bytes | None
    last_step: int
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey; `sign_count` is the authenticator's counter, 0 when it keeps none."""

    id: UUID
    user_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    transports: Sequence[str]
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that the person has signed in with."""

    id: UUID
    token_hash: bytes
    name: str
    place: str
    first_seen_at: datetime
    last_seen_at: datetime
    trusted_until: datetime | None


@dataclass(frozen=True, slots=True)
class Reset:
    """Somebody's wish to get in without their second steps."""

    id: UUID
    user_id: UUID
    status: str
    words: str
    reason: str
    asked_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


_FACTORS: LiteralString = """
SELECT COALESCE(bool_or(f.kind = 'totp'), false) AS totp,
       COALESCE(bool_or(f.kind = 'sms'), false) AND EXISTS (
         SELECT 1 FROM identity.user_account WHERE id = %(user)s AND phone_verified_at IS NOT NULL) AS sms,
       (SELECT count(*) FROM identity.passkey WHERE user_id = %(user)s)::integer AS passkeys,
       (SELECT count(*) FROM identity.recovery_code
         WHERE user_id = %(user)s AND used_at IS NULL)::integer AS codes_left,
       EXISTS (SELECT 1 FROM identity.device
                WHERE user_id = %(user)s AND token_hash = %(device)s AND trusted_until > %(now)s) AS trusted
  FROM identity.second_factor f WHERE f.user_id = %(user)s
"""
_PASSKEY: LiteralString = (
    "SELECT id, user_id, credential_id, public_key, sign_count, name, transports, backed_up, created_at, last_used_at"
    " FROM identity.passkey"
)
_RESET: LiteralString = (
    "SELECT id, user_id, status, words, reason, asked_at, decided_by, decided_at, due_at, ended_at"
    " FROM identity.second_factor_reset"
)


async def factors_of(tx: ReadTx, user_id: UUID, *, device: bytes | None = None, now: datetime | None = None) -> Factors:
    """What the person has set up, and whether the browser with this token hash is trusted at `now`."""
    row = await tx.find(_FACTORS, {"user": user_id, "device": device, "now": now})
    assert row is not None
    return Factors(**row)


async def find_factor(tx: ReadTx, user_id: UUID, kind: str) -> Factor | None:
    """The person's factor of this kind."""
    row = await tx.find(
        "SELECT id, kind, secret, last_step, created_at, last_used_at FROM identity.second_factor"
        " WHERE user_id = %s AND kind = %s",
        (user_id, kind),
    )
    return Factor(**row) if row else None


async def list_factors(tx: ReadTx, user_id: UUID) -> list[Factor]:
    """App and text messages, the older first."""
    rows = await tx.all(
        "SELECT id, kind, secret, last_step, created_at, last_used_at FROM identity.second_factor"
        " WHERE user_id = %s ORDER BY created_at, kind",
        (user_id,),
    )
    return [Factor(**row) for row in rows]


async def list_passkeys(tx: ReadTx, user_id: UUID) -> list[Passkey]:
    """The oldest first."""
    return [Passkey(**row) for row in await tx.all(f"{_PASSKEY} WHERE user_id = %s ORDER BY id", (user_id,))]


async def find_passkey(tx: ReadTx, credential_id: bytes) -> Passkey | None:
    """Whoever's it is."""
    row = await tx.find(f"{_PASSKEY} WHERE credential_id = %s", (credential_id,))
    return Passkey(**row) if row else None


async def list_devices(tx: ReadTx, user_id: UUID, *, trusted_at: datetime) -> list[Device]:
    """The browsers that are trusted at this time, the latest used first."""
    rows = await tx.all(
        "SELECT id, token_hash, name, place, first_seen_at, last_seen_at, trusted_until FROM identity.device"
        " WHERE user_id = %s AND trusted_until > %s ORDER BY last_seen_at DESC, id LIMIT 100",
        (user_id, trusted_at),
    )
    return [Device(**row) for row in rows]


async def is_device_of(tx: ReadTx, user_id: UUID, token_hash: bytes) -> bool:
    """Whether the person has signed in with this browser before."""
    row = await tx.find(
        "SELECT 1 AS known FROM identity.device WHERE user_id = %s AND token_hash = %s", (user_id, token_hash)
    )
    return row is not None


async def has_other_device(tx: ReadTx, user_id: UUID, token_hash: bytes) -> bool:
    """Whether the person has ever signed in with another browser."""
    row = await tx.find(
        "SELECT EXISTS (SELECT 1 FROM identity.device WHERE user_id = %s AND token_hash <> %s) AS other",
        (user_id, token_hash),
    )
    return bool(row and row["other"])


async def find_reset(tx: ReadTx, reset_id: UUID) -> Reset | None:
    """By its id."""
    row = await tx.find(f"{_RESET} WHERE id = %s", (reset_id,))
    return Reset(**row) if row else None


async def find_open_reset(tx: ReadTx, user_id: UUID) -> Reset | None:
    """The one that is asked for or approved."""
    row = await tx.find(f"{_RESET} WHERE user_id = %s AND status IN ('asked', 'approved')", (user_id,))
    return Reset(**row) if row else None


async def list_resets(tx: ReadTx, *, open_only: bool, limit: int = 100) -> list[Reset]:
    """The open ones in the order they were asked for, or the latest that are over."""
    where: LiteralString = (
        "status IN ('asked', 'approved') ORDER BY asked_at, id"
        if open_only
        else "status NOT IN ('asked', 'approved') ORDER BY ended_at DESC, id"
    )
    params: dict[str, Any] = {"limit": limit}
    return [Reset(**row) for row in await tx.all(f"{_RESET} WHERE {where} LIMIT %(limit)s::bigint", params)]


async def due_resets(tx: ReadTx, now: datetime) -> list[UUID]:
    """Those whose day has passed."""
    rows = await tx.all(
        "SELECT id FROM identity.second_factor_reset WHERE status = 'approved' AND due_at <= %s ORDER BY due_at", (now,)
    )
    return [row["id"] for row in rows]


async def password_mark(tx: ReadTx, user_id: UUID) -> str:
    """By which a password is known to be still the same; empty when there is no such account."""
    row = await tx.find("SELECT password_hash FROM identity.user_account WHERE id = %s", (user_id,))
    return hashlib.sha256(row["password_hash"].encode()).hexdigest()[:32] if row and row["password_hash"] else ""
