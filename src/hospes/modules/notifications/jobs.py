"""Mail leaves by a job of its own; what could not leave, or was lost with its worker, is tried again on time."""

from datetime import timedelta
from uuid import UUID

from hospes.modules.notifications import queries, store
from hospes.modules.notifications.providers import make_mailer
from hospes.modules.notifications.use_cases.send_message import send_message
from hospes.modules.notifications.use_cases.write_message import QUEUE, SEND
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime

BATCH = 50
KEPT = timedelta(days=180)


async def send(ctx: Runtime, *, message_id: str) -> None:
    """Deliver a message that was just written."""
    await send_message(ctx, make_mailer(ctx), UUID(message_id))


async def send_due(ctx: Runtime) -> None:
    """Deliver whatever waits and is due."""
    async with ctx.db.read() as tx:
        due = await queries.list_due(tx, ctx.clock.now(), BATCH)
    mailer = make_mailer(ctx)
    for message_id in due:
        await send_message(ctx, mailer, message_id)


async def forget(ctx: Runtime) -> None:
    """Messages hold names and addresses, so they are not kept for ever."""
    async with ctx.db.write() as tx:
        await store.forget_before(tx, ctx.clock.now() - KEPT)


TASKS = (Task(SEND, QUEUE, send),)
PERIODIC = (
    Periodic("notifications.send_due", 20, send_due),
    Periodic("notifications.forget", 86_400, forget),
)
