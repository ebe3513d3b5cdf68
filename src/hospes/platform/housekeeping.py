"""Periodic work of the platform itself: what has served its time is deleted, what a dead worker held is given back."""

from datetime import timedelta

from hospes.platform.jobs import Periodic, retry_stalled
from hospes.platform.runtime import Runtime

KEEP_EVENTS = timedelta(days=7)
BATCH = 5_000


async def forget_expired_answers(ctx: Runtime) -> None:
    """Delete stored answers of idempotency keys that have run out."""
    async with ctx.db.write() as tx:
        await tx.run("DELETE FROM platform.idempotency WHERE expires_at <= %s", (ctx.clock.now(),))


async def forget_relayed_events(ctx: Runtime) -> None:
    """Delete events handed on more than 7 days ago, and the memory of who handled them."""
    before = ctx.clock.now() - KEEP_EVENTS
    deleted = BATCH
    while deleted == BATCH:
        async with ctx.db.write() as tx:
            deleted = await tx.run(
                "DELETE FROM platform.outbox WHERE id IN (SELECT id FROM platform.outbox WHERE relayed_at < %s"
                " ORDER BY id LIMIT %s::bigint)",
                (before, BATCH),
            )
    async with ctx.db.write() as tx:
        await tx.run("DELETE FROM platform.handled_event WHERE handled_at < %s", (before - KEEP_EVENTS,))


PERIODIC = (
    Periodic("platform.forget_expired_answers", 600, forget_expired_answers),
    Periodic("platform.forget_relayed_events", 3600, forget_relayed_events),
    Periodic("platform.retry_stalled_jobs", 5, retry_stalled),
)
