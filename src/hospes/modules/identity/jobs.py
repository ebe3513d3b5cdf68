"""Scheduled work of identity."""

from hospes.modules.identity.store import tokens as kept_tokens
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime


async def forget_expired_tokens(ctx: Runtime) -> None:
    """Delete refresh tokens that have run out."""
    async with ctx.db.write() as tx:
        await kept_tokens.delete_expired_tokens(tx, ctx.clock.now())


PERIODIC = (Periodic("identity.forget_expired_tokens", 3600, forget_expired_tokens),)
TASKS: tuple[Task, ...] = ()
