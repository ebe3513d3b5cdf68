"""Browser sessions in Valkey.

`session:{id}` is JSON with `userId, email, roles, createdAt, lastActivity, ipAddress, userAgent, metadata` and lives
for `auth.session_ttl` seconds (7 days) after its last use; `user:sessions:{userId}` is the set of a person's session
ids. Every function may raise `redis.exceptions.RedisError`; callers decide what that means for them.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from redis.asyncio import Redis

from hospes.modules.identity.contracts import User

_NOTE_ACTIVITY_AFTER = timedelta(minutes=1)
_ID_LENGTH = 43

# Write only over what was read: a session that was closed or changed in between stays as it is.
_REPLACE_IF_SAME = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
  return 1
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in."""

    id: str
    user_id: UUID
    email: str
    name: str
    roles: frozenset[str]
    csrf_token: str
    created_at: datetime
    last_activity: datetime
    ip_address: str
    user_agent: str


async def open_session(
    valkey: Redis, user: User, *, ip_address: str, user_agent: str, lasts: int, now: datetime
) -> Session:
    """A session with a fresh id and CSRF token; it ends `lasts` seconds after its last use."""
    session = Session(
        id=secrets.token_urlsafe(32),
        user_id=user.id,
        email=user.email,
        name=user.name,
        roles=user.roles,
        csrf_token=secrets.token_urlsafe(32),
        created_at=now,
        last_activity=now,
        ip_address=ip_address,
        user_agent=user_agent[:400],
    )
    async with valkey.pipeline(transaction=True) as pipe:
        pipe.set(_key(session.id), _written(session), ex=lasts)
        pipe.sadd(_key_of_user(user.id), session.id)
        pipe.expire(_key_of_user(user.id), lasts)
        await pipe.execute()
    return session


async def find_session(valkey: Redis, session_id: str, *, lasts: int, now: datetime) -> Session | None:
    """The live session, its time starting anew; None when it never was, has run out or was closed."""
    if not _looks_like_an_id(session_id):
        return None
    raw = await valkey.getex(_key(session_id), ex=lasts)
    session = _read(session_id, raw) if raw is not None else None
    if raw is None or session is None:
        return None
    if now - session.last_activity >= _NOTE_ACTIVITY_AFTER:
        session = replace(session, last_activity=now)
        await _replace(valkey, session_id, raw, _written(session))
        await valkey.expire(_key_of_user(session.user_id), lasts)
    return session


async def close_session(valkey: Redis, session_id: str) -> None:
    """Nobody can use this id again."""
    if not _looks_like_an_id(session_id):
        return
    raw = await valkey.getdel(_key(session_id))
    session = _read(session_id, raw) if raw is not None else None
    if session is not None:
        await valkey.srem(_key_of_user(session.user_id), session_id)


async def refresh_sessions(valkey: Redis, user: User) -> int:
    """Write the person's present email, name and roles into all their sessions; answers how many are live."""
    members = await valkey.smembers(_key_of_user(user.id))
    live = 0
    for member in members:
        session_id = member.decode() if isinstance(member, bytes) else member
        if await _refresh_one(valkey, session_id, user):
            live += 1
        else:
            await valkey.srem(_key_of_user(user.id), session_id)
    return live


async def _refresh_one(valkey: Redis, session_id: str, user: User) -> bool:
    while True:
        raw = await valkey.get(_key(session_id))
        session = _read(session_id, raw) if raw is not None else None
        if raw is None or session is None:
            return False
        renewed = replace(session, email=user.email, name=user.name, roles=user.roles)
        if await _replace(valkey, session_id, raw, _written(renewed)):
            return True


async def _replace(valkey: Redis, session_id: str, seen: bytes | str, written: bytes) -> bool:
    done = await valkey.eval(_REPLACE_IF_SAME, 1, _key(session_id), seen, written)
    return bool(done)


def _key(session_id: str) -> str:
    return f"session:{session_id}"


def _key_of_user(user_id: UUID) -> str:
    return f"user:sessions:{user_id}"


def _looks_like_an_id(text: str) -> bool:
    return len(text) == _ID_LENGTH and text.isascii()


def _written(session: Session) -> bytes:
    return orjson.dumps(
        {
            "userId": str(session.user_id),
            "email": session.email,
            "roles": sorted(session.roles),
            "createdAt": session.created_at.isoformat(),
            "lastActivity": session.last_activity.isoformat(),
            "ipAddress": session.ip_address,
            "userAgent": session.user_agent,
            "metadata": {"name": session.name, "csrfToken": session.csrf_token},
        }
    )


def _read(session_id: str, raw: bytes | str) -> Session | None:
    try:
        data = orjson.loads(raw)
        return Session(
            id=session_id,
            user_id=UUID(str(data["userId"])),
            email=data["email"],
            name=data["metadata"]["name"],
            roles=frozenset(data["roles"]),
            csrf_token=data["metadata"]["csrfToken"],
            created_at=datetime.fromisoformat(data["createdAt"]),
            last_activity=datetime.fromisoformat(data["lastActivity"]),
            ip_address=data["ipAddress"],
            user_agent=data["userAgent"],
        )
    except (ValueError, KeyError, TypeError):
        return None
