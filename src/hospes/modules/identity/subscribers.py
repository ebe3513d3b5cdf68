"""Browser sessions follow what happens to their person, whoever made it happen."""

from hospes.modules.identity import events, facade, sessions, throttle
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber


async def refresh_sessions(ctx: Runtime, event: Event) -> None:
    """Write the person's present roles and name into their sessions; raises while Valkey is away, to be tried again."""
    async with ctx.db.read() as tx:
        user = await facade.get_user(tx, event.aggregate_id)
    await sessions.refresh_sessions(ctx.valkey, user)


async def end_lock(ctx: Runtime, event: Event) -> None:
    """A new password ends a lock by wrong ones; raises while Valkey is away, to be tried again."""
    async with ctx.db.read() as tx:
        user = await facade.get_user(tx, event.aggregate_id)
    await throttle.end_lock(ctx.valkey, user.email, user.id)


SUBSCRIBERS = (
    Subscriber("identity.end_lock", (events.PASSWORD_CHANGED,), end_lock),
    Subscriber("identity.refresh_sessions", (events.ROLE_GRANTED, events.PROFILE_CHANGED), refresh_sessions),
)
