"""Mail leaves one message after the other, behind all that somebody waits for at a screen: attachments take time."""

from datetime import timedelta
from uuid import UUID

from hospes.modules.notifications import queries, store
from hospes.modules.notifications.providers import make_mailer
from hospes.modules.notifications.use_cases.send_message import send_message
from hospes.modules.notifications.use_cases.write_message import SEND_NOW
from hospes.platform.jobs import Periodic, Task
from hospes.platform.relay import URGENT_QUEUE
from hospes.platform.runtime import Runtime

BATCH = 50
KEPT = timedelta(days=180)


async def send_due(ctx: Runtime) -> None:
    """Deliver whatever is due: what was just written, and what could not leave before or was lost with its worker."""
    mailer = make_mailer(ctx)
    async with ctx.db.read() as tx:
        due = await queries.list_due(tx, ctx.clock.now(), BATCH)
    for message_id in due:
        await send_message(ctx, mailer, message_id)


async def send_now(ctx: Runtime, *, message_id: str) -> None:
    """Deliver this one without waiting for its turn; what cannot leave now is left to `send_due`."""
    await send_message(ctx, make_mailer(ctx), UUID(message_id))


async def forget(ctx: Runtime) -> None:
    """Messages hold names and addresses, so they are not kept for ever."""
    async with ctx.db.write() as tx:
        await store.forget_before(tx, ctx.clock.now() - KEPT)


PERIODIC = (
    Periodic("notifications.send_due", 1, send_due),
    Periodic("notifications.forget", 86_400, forget),
)
TASKS = (Task(SEND_NOW, URGENT_QUEUE, send_now),)
