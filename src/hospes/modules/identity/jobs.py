"""Scheduled and queued work of identity."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity import facade, sessions, tokens
from hospes.modules.identity.policies.challenges import LONGEST_LIMIT
from hospes.modules.identity.queries import second_factors
from hospes.modules.identity.showing_identity import forget_documents
from hospes.modules.identity.store import challenges, devices, privacy, refusals
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.modules.identity.use_cases.ask_export import MAKE_EXPORT
from hospes.modules.identity.use_cases.end_identity_checks import end_identity_checks
from hospes.modules.identity.use_cases.forget_person import CLEAR_AWAY, forget_person
from hospes.modules.identity.use_cases.keep_token_keys import keep_token_keys
from hospes.modules.identity.use_cases.make_export import make_export
from hospes.modules.identity.use_cases.reset_factors import carry_out_reset
from hospes.platform.jobs import Periodic, Task, defer
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


async def make_copy(ctx: Runtime, *, export_id: str, user_id: str) -> None:
    """Make the copy a person asked for."""
    await make_export(ctx, export_id=UUID(export_id), user_id=UUID(user_id))


async def end_exports(ctx: Runtime) -> None:
    """Delete copies after their week."""
    async with ctx.db.write() as tx:
        keys = await privacy.end_exports(tx, ctx.clock.now())
        if keys:
            await defer(tx, CLEAR_AWAY, user_id="", files=keys)


async def forget_people(ctx: Runtime) -> None:
    """Forget those whose time has come."""
    now = ctx.clock.now()
    async with ctx.db.read() as tx:
        due = await privacy.list_due_deletions(tx, now)
    for deletion_id in due:
        async with ctx.db.write() as tx:
            await forget_person(tx, ctx.ports.privacy, deletion_id=deletion_id, now=now)


async def clear_away(ctx: Runtime, *, user_id: str, files: list[str]) -> None:
    """Sessions and files of somebody who is forgotten (`data:`: in the data folder); tried until all are gone."""
    if user_id:
        await sessions.close_sessions(ctx.valkey, UUID(user_id))
    for file in files:
        if file.startswith("data:"):
            path = ctx.settings.data_dir / file.removeprefix("data:")
            await asyncio.to_thread(path.unlink, missing_ok=True)
        else:
            await ctx.storage.delete(file)


async def forget_challenges(ctx: Runtime) -> None:
    """Delete codes and links that nobody can use any more and no limit counts any more."""
    async with ctx.db.write() as tx:
        await challenges.delete_ended(tx, ctx.clock.now() - LONGEST_LIMIT)


async def end_checks(ctx: Runtime) -> None:
    """Documents that end."""
    async with ctx.db.write() as tx:
        await end_identity_checks(tx, now=ctx.clock.now())


PERIODIC = (
    Periodic("identity.end_checks", 3600, end_checks),
    Periodic("identity.forget_documents", 3600, forget_documents),
    Periodic("identity.forget_challenges", 3600, forget_challenges),
    Periodic("identity.end_exports", 3600, end_exports),
    Periodic("identity.forget_people", 900, forget_people),
    Periodic("identity.carry_out_resets", 300, carry_out_resets),
    Periodic("identity.forget_old_devices", 86_400, forget_old_devices),
    Periodic("identity.forget_expired_tokens", 3600, forget_expired_tokens),
    Periodic("identity.keep_token_keys", 600, keep_keys),
)
TASKS: tuple[Task, ...] = (
    Task(facade.CLOSE_SESSIONS, "default", close_sessions),
    Task(MAKE_EXPORT, "default", make_copy),
    Task(CLEAR_AWAY, "default", clear_away),
)
