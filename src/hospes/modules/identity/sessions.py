"""Browser sessions in Valkey.

`session:{id}` is JSON with `userId, email, roles, createdAt, lastActivity, ipAddress, userAgent, metadata` and lives
for `auth.session_ttl` seconds (7 days) after its last use, at most `auth.session_longest` (30 days) after signing in;
`user:sessions:{userId}` is the set of a person's session ids. The id is the secret of the cookie: others see
`metadata.publicId`, which stays while the id is rotated. An admin who acts in somebody's account has a session of that
person with `metadata.actedBy`, in both persons' sets. Every function may raise `redis.exceptions.RedisError`; callers
decide what that means for them.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import orjson
from redis.asyncio import Redis

from hospes.modules.identity.contracts import Role, User

THIRTY_DAYS = 30 * 24 * 3600
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

# The old id is dead in the same step in which the new one lives; of two rotations at once one wins.
_ROTATE_IF_SAME = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
for i = 3, #KEYS do
  redis.call('SREM', KEYS[i], ARGV[4])
  redis.call('SADD', KEYS[i], ARGV[5])
  redis.call('EXPIRE', KEYS[i], ARGV[3])
end
return 1
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
    public_id: str = ""
    confirmed_at: datetime | None = None
    current_role: str = "guest"
    preferences: Mapping[str, Any] = field(default_factory=dict)
    admin_id: UUID | None = None
    ends_at: datetime | None = None


async def open_session(
    valkey: Redis,
    user: User,
    *,
    ip_address: str,
    user_agent: str,
    lasts: int,
    now: datetime,
    current_role: str = Role.GUEST,
    admin_id: UUID | None = None,
    ends_at: datetime | None = None,
    confirmed: bool = True,
) -> Session:
    """A session with a fresh id and CSRF token; it ends `lasts` seconds after its last use, and at `ends_at` if given.

    `confirmed`: a password or second factor was given just now; by an admin who acts in the account it never is.
    """
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
        public_id=secrets.token_urlsafe(12),
        confirmed_at=now if confirmed and admin_id is None else None,
        current_role=current_role,
        preferences=_preferences_of(user),
        admin_id=admin_id,
        ends_at=ends_at,
    )
    async with valkey.pipeline(transaction=True) as pipe:
        pipe.set(_key(session.id), _written(session), ex=lasts)
        for key in _sets_of(session):
            pipe.sadd(key, session.id)
            pipe.expire(key, lasts)
        await pipe.execute()
    return session


async def find_session(
    valkey: Redis, session_id: str, *, lasts: int, now: datetime, longest: int = THIRTY_DAYS
) -> Session | None:
    """The live session, its time starting anew; None when it never was, has run out or was closed."""
    if not _looks_like_an_id(session_id):
        return None
    raw = await valkey.getex(_key(session_id), ex=lasts)
    session = _read(session_id, raw) if raw is not None else None
    if raw is None or session is None:
        return None
    if _has_ended(session, longest, now):
        await close_session(valkey, session_id)
        return None
    if now - session.last_activity >= _NOTE_ACTIVITY_AFTER:
        session = replace(session, last_activity=now)
        await _replace(valkey, session_id, raw, _written(session))
        await valkey.expire(_key_of_user(session.user_id), lasts)
    return session


async def rotate_session(
    valkey: Redis, session_id: str, *, lasts: int, now: datetime, **changes: Any
) -> Session | None:
    """The same session under a fresh id and CSRF token, with these changes; the old id is dead at once.

    None when there is no such session any more, or somebody else rotated it at the same moment.
    """
    raw = await valkey.get(_key(session_id)) if _looks_like_an_id(session_id) else None
    session = _read(session_id, raw) if raw is not None else None
    if raw is None or session is None:
        return None
    fresh: dict[str, Any] = {"id": secrets.token_urlsafe(32), "csrf_token": secrets.token_urlsafe(32)}
    renewed = replace(session, last_activity=now, **{**changes, **fresh})
    keys = [_key(session_id), _key(renewed.id), *_sets_of(session)]
    done = await valkey.eval(_ROTATE_IF_SAME, len(keys), *keys, raw, _written(renewed), lasts, session_id, renewed.id)
    return renewed if done else None


async def close_session(valkey: Redis, session_id: str) -> None:
    """Nobody can use this id again."""
    if not _looks_like_an_id(session_id):
        return
    raw = await valkey.getdel(_key(session_id))
    session = _read(session_id, raw) if raw is not None else None
    if session is not None:
        for key in _sets_of(session):
            await valkey.srem(key, session_id)


async def list_sessions(
    valkey: Redis, user_id: UUID, *, now: datetime, longest: int = THIRTY_DAYS
) -> Sequence[Session]:
    """The live sessions of a person, those of admins in their account included, the latest used first."""
    found = [session for session in await _of_set(valkey, user_id) if session.user_id == user_id]
    live = [session for session in found if not _has_ended(session, longest, now)]
    return sorted(live, key=lambda session: session.last_activity, reverse=True)


async def close_sessions(
    valkey: Redis, user_id: UUID, *, except_public: str = "", only_public: str = "", begun_by: datetime | None = None
) -> int:
    """Close a person's sessions, and those in which they act as somebody else; answers how many.

    `except_public` stays; with `only_public` nothing but that one ends; those opened after `begun_by` stay too.
    """
    closed = 0
    for session in await _of_set(valkey, user_id):
        spared = except_public and session.public_id == except_public and session.user_id == user_id
        other = only_public and session.public_id != only_public
        later = begun_by is not None and session.created_at > begun_by
        if not (spared or other or later):
            await close_session(valkey, session.id)
            closed += 1
    return closed


async def refresh_sessions(valkey: Redis, user: User) -> int:
    """Write the person's present email, name and roles into all their sessions; answers how many are live.

    Sessions in which they acted as somebody else end when they are no admin any more.
    """
    live = 0
    for session in await _of_set(valkey, user.id):
        if session.user_id != user.id:
            if Role.ADMIN not in user.roles:
                await close_session(valkey, session.id)
        elif await _refresh_one(valkey, session.id, user):
            live += 1
    return live


async def _of_set(valkey: Redis, user_id: UUID) -> list[Session]:
    members = await valkey.smembers(_key_of_user(user_id))
    ids = sorted(member.decode() if isinstance(member, bytes) else member for member in members)
    if not ids:
        return []
    found = []
    for session_id, raw in zip(ids, await valkey.mget([_key(each) for each in ids]), strict=True):
        session = _read(session_id, raw) if raw is not None else None
        if session is None:
            await valkey.srem(_key_of_user(user_id), session_id)
        else:
            found.append(session)
    return found


async def _refresh_one(valkey: Redis, session_id: str, user: User) -> bool:
    while True:
        raw = await valkey.get(_key(session_id))
        session = _read(session_id, raw) if raw is not None else None
        if raw is None or session is None:
            return False
        role = session.current_role if session.current_role in user.roles else str(Role.GUEST)
        renewed = replace(
            session,
            email=user.email,
            name=user.name,
            roles=user.roles,
            current_role=role,
            preferences=_preferences_of(user),
        )
        if await _replace(valkey, session_id, raw, _written(renewed)):
            return True


async def _replace(valkey: Redis, session_id: str, seen: bytes | str, written: bytes) -> bool:
    done = await valkey.eval(_REPLACE_IF_SAME, 1, _key(session_id), seen, written)
    return bool(done)


def _preferences_of(user: User) -> dict[str, Any]:
    """What pages need to know of a person's choices without a read."""
    return {"language": user.language, "timeZone": user.zone, "currency": user.currency}


def _has_ended(session: Session, longest: int, now: datetime) -> bool:
    too_old = now - session.created_at >= timedelta(seconds=longest)
    return too_old or (session.ends_at is not None and now >= session.ends_at)


def _sets_of(session: Session) -> list[str]:
    return [_key_of_user(each) for each in (session.user_id, session.admin_id) if each is not None]


def _key(session_id: str) -> str:
    return f"session:{session_id}"


def _key_of_user(user_id: UUID) -> str:
    return f"user:sessions:{user_id}"


def _looks_like_an_id(text: str) -> bool:
    return len(text) == _ID_LENGTH and text.isascii()


def _written(session: Session) -> bytes:
    metadata: dict[str, Any] = {
        "name": session.name,
        "csrfToken": session.csrf_token,
        "publicId": session.public_id,
        "currentRole": session.current_role,
        "preferences": dict(session.preferences),
        "confirmedAt": session.confirmed_at.isoformat() if session.confirmed_at else None,
    }
    if session.admin_id:
        metadata["actedBy"] = str(session.admin_id)
    if session.ends_at:
        metadata["endsAt"] = session.ends_at.isoformat()
    return orjson.dumps(
        {
            "userId": str(session.user_id),
            "email": session.email,
            "roles": sorted(session.roles),
            "createdAt": session.created_at.isoformat(),
            "lastActivity": session.last_activity.isoformat(),
            "ipAddress": session.ip_address,
            "userAgent": session.user_agent,
            "metadata": metadata,
        }
    )


def _read(session_id: str, raw: bytes | str) -> Session | None:
    try:
        data = orjson.loads(raw)
        more = data["metadata"]
        return Session(
            id=session_id,
            user_id=UUID(str(data["userId"])),
            email=data["email"],
            name=more["name"],
            roles=frozenset(data["roles"]),
            csrf_token=more["csrfToken"],
            created_at=datetime.fromisoformat(data["createdAt"]),
            last_activity=datetime.fromisoformat(data["lastActivity"]),
            ip_address=data["ipAddress"],
            user_agent=data["userAgent"],
            public_id=more.get("publicId") or _public(session_id),
            confirmed_at=_instant(more.get("confirmedAt")),
            current_role=more.get("currentRole", str(Role.GUEST)),
            preferences=cast("dict[str, Any]", more.get("preferences") or {}),
            admin_id=UUID(more["actedBy"]) if more.get("actedBy") else None,
            ends_at=_instant(more.get("endsAt")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _public(session_id: str) -> str:
    """For sessions opened before public ids were kept: nothing of the secret can be read from it."""
    return urlsafe_b64encode(hashlib.sha256(f"public:{session_id}".encode()).digest()[:12]).decode()
