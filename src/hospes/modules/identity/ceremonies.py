"""Challenges of passkeys in Valkey: used once, gone after five minutes, good only for whoever they were made for.

Every function may raise `redis.exceptions.RedisError`.
"""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

import orjson
from redis.asyncio import Redis

LASTS = 300


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A challenge that was given out; `id` is a secret of its own."""

    id: str
    challenge: bytes
    user_id: UUID | None


async def open_ceremony(valkey: Redis, purpose: str, *, bound_to: str, user_id: UUID | None = None) -> Ceremony:
    """A fresh challenge for a purpose; `bound_to` is the secret of the session or sign-in that asks."""
    ceremony = Ceremony(secrets.token_urlsafe(24), secrets.token_bytes(32), user_id)
    written = {
        "purpose": purpose,
        "bound": _hash(bound_to),
        "challenge": ceremony.challenge.hex(),
        "user": str(user_id) if user_id else None,
    }
    await valkey.set(_key(ceremony.id), orjson.dumps(written), ex=LASTS)
    return ceremony


async def take_ceremony(valkey: Redis, ceremony_id: str, purpose: str, *, bound_to: str) -> Ceremony | None:
    """The challenge, which nobody can take again; None when it has run out, was used or is somebody else's."""
    raw = await valkey.getdel(_key(ceremony_id))
    if raw is None:
        return None
    said = orjson.loads(raw)
    if said["purpose"] != purpose or not secrets.compare_digest(said["bound"], _hash(bound_to)):
        return None
    return Ceremony(ceremony_id, bytes.fromhex(said["challenge"]), UUID(said["user"]) if said["user"] else None)


def _key(ceremony_id: str) -> str:
    return f"passkey:challenge:{_hash(ceremony_id)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
