"""Scheduled and queued work of identity."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import facade, sessions
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime


async def forget_expired_tokens(ctx: Runtime) -> None:
    """Delete refresh tokens that have run out."""
    async with ctx.db.write() as tx:
        await kept_tokens.delete_expired_tokens(tx, ctx.clock.now())


async def close_sessions(ctx: Runtime, *, user_id: str, except_id: str, begun_by: str) -> None:
    """Close those that were open when it was asked for; raises while Valkey is away, to be tried again."""
    await sessions.close_sessions(
        ctx.valkey, UUID(user_id), except_public=except_id, begun_by=datetime.fromisoformat(begun_by)
    )


PERIODIC = (Periodic("identity.forget_expired_tokens", 3600, forget_expired_tokens),)
TASKS: tuple[Task, ...] = (Task(facade.CLOSE_SESSIONS, "default", close_sessions),)
