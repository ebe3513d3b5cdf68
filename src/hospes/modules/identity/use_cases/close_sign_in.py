"""End one sign-in of a person, wherever it is."""

from datetime import datetime
from uuid import UUID

from redis.asyncio import Redis

from hospes.modules.identity import sessions
from hospes.modules.identity.errors import SessionNotFound
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.platform import audit
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import as_id


async def close_sign_in(
    db: Database,
    valkey: Redis,
    *,
    user_id: UUID,
    public_id: str,
    actor: UUID,
    acting_for: UUID | None = None,
    now: datetime,
) -> None:
    """A browser's is closed at once, a client's tokens are withdrawn. Raises `SessionNotFound`, `RedisError`."""
    family_id = as_id(public_id)
    if family_id is not None:
        async with db.write() as tx:
            if await kept_tokens.revoke_family_of(tx, user_id, family_id, now):
                await _note(tx, actor, acting_for, user_id, now)
                return
    if not public_id or not await sessions.close_sessions(valkey, user_id, only_public=public_id):
        raise SessionNotFound("There is no such session among yours. It may have ended already.")
    async with db.write() as tx:
        await _note(tx, actor, acting_for, user_id, now)


async def _note(tx: WriteTx, actor: UUID, acting_for: UUID | None, subject: UUID, now: datetime) -> None:
    await audit.note(tx, actor=actor, acting_for=acting_for, action="session.closed", subject=subject, now=now)
