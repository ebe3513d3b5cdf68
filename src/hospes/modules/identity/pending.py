"""Sign-ins that wait for their second step, in Valkey: `login:second:{hash of token}`, ten minutes, a few tries each.

The token is the secret of a cookie or an API client; it is worth nothing without the second step. Every function may
raise `redis.exceptions.RedisError`.
"""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

import orjson
from redis.asyncio import Redis

LASTS = 600
TRIES = 10


@dataclass(frozen=True, slots=True)
class Pending:
    """Whose password was right, and where they wanted to go; `by` is "web" or "api": neither finishes the other's.

    `mark` is of the password that was right: a new one ends what waits.
    """

    user_id: UUID
    next_page: str
    by: str
    mark: str


async def open_pending(valkey: Redis, user_id: UUID, *, by: str, mark: str, next_page: str = "/") -> str:
    """The token of a new one; call it only after the right password."""
    token = secrets.token_urlsafe(32)
    written = orjson.dumps({"user": str(user_id), "next": next_page, "by": by, "mark": mark})
    await valkey.set(_key(token), written, ex=LASTS)
    return token


async def find_pending(valkey: Redis, token: str, *, by: str) -> Pending | None:
    """The waiting sign-in, or None when it has run out, was finished or never was."""
    if not token or len(token) > 100:
        return None
    raw = await valkey.get(_key(token))
    return _read(raw, by) if raw is not None else None


async def count_try(valkey: Redis, token: str) -> int:
    """How many tries of this sign-in are left, this one taken; below zero it is closed."""
    key = f"{_key(token)}:tries"
    async with valkey.pipeline(transaction=True) as pipe:
        pipe.incr(key)
        pipe.expire(key, LASTS)
        tries = int((await pipe.execute())[0])
    if tries > TRIES:
        await valkey.delete(_key(token))
    return TRIES - tries


async def close_pending(valkey: Redis, token: str, *, by: str) -> Pending | None:
    """The sign-in, which nobody can finish again: of rivals with one token, one gets it."""
    raw = await valkey.getdel(_key(token))
    return _read(raw, by) if raw is not None else None


def _read(raw: bytes | str, by: str) -> Pending | None:
    said = orjson.loads(raw)
    return Pending(UUID(said["user"]), said["next"], said["by"], said["mark"]) if said["by"] == by else None


def _key(token: str) -> str:
    return f"login:second:{hashlib.sha256(token.encode()).hexdigest()}"
