"""Scheduled and queued work of identity."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity import facade, sessions, tokens
from hospes.modules.identity.queries import second_factors
from hospes.modules.identity.store import devices, refusals
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.modules.identity.use_cases.keep_token_keys import keep_token_keys
from hospes.modules.identity.use_cases.reset_factors import carry_out_reset
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime


async def forget_expired_tokens(ctx: Runtime) -> None:
    """Delete refresh tokens that have run out."""
    async with ctx.db.write() as tx:
        await kept_tokens.delete_expired_tokens(tx, ctx.clock.now())


async def keep_keys(ctx: Runtime) -> None:
    """Make the next key in time, delete what has served, forget refusals that no token is old enough for."""
    auth, now = ctx.settings.auth, ctx.clock.now()
    async with ctx.db.write() as tx:
        await keep_token_keys(tx, auth=auth, now=now)
        await refusals.forget_refusals(tx, now - timedelta(seconds=auth.access_ttl + tokens.CLOCKS_DIFFER))


async def close_sessions(ctx: Runtime, *, user_id: str, except_id: str, begun_by: str) -> None:
    """Close those that were open when it was asked for; raises while Valkey is away, to be tried again."""
    await sessions.close_sessions(
        ctx.valkey, UUID(user_id), except_public=except_id, begun_by=datetime.fromisoformat(begun_by)
    )


async def carry_out_resets(ctx: Runtime) -> None:
    """Remove the second steps of those who asked for it, were checked, and have not said no for a day."""
    now = ctx.clock.now()
    async with ctx.db.read() as tx:
        due = await second_factors.due_resets(tx, now)
    for reset_id in due:
        async with ctx.db.write() as tx:
            user_id = await carry_out_reset(tx, reset_id=reset_id, now=now)
        if user_id is not None:
            await facade.close_sessions(ctx, user_id)


async def forget_old_devices(ctx: Runtime) -> None:
    """Browsers whose cookie has long run out."""
    async with ctx.db.write() as tx:
        await devices.forget_devices(tx, ctx.clock.now())


PERIODIC = (
    Periodic("identity.carry_out_resets", 300, carry_out_resets),
    Periodic("identity.forget_old_devices", 86_400, forget_old_devices),
    Periodic("identity.forget_expired_tokens", 3600, forget_expired_tokens),
    Periodic("identity.keep_token_keys", 600, keep_keys),
)
TASKS: tuple[Task, ...] = (Task(facade.CLOSE_SESSIONS, "default", close_sessions),)
