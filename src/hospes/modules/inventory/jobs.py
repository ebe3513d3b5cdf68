"""Inventory's scheduled work."""

from hospes.modules.inventory.use_cases.refresh_due_feeds import refresh_due_feeds
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime


async def refresh_feeds(ctx: Runtime) -> None:
    """Ask other sites for their calendars."""
    await refresh_due_feeds(ctx.db, ctx.ports.calendars, ctx.clock)


PERIODIC = (Periodic("inventory.refresh_feeds", 30, refresh_feeds),)
TASKS: tuple[Task, ...] = ()
