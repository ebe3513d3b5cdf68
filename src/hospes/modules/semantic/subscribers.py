"""What places say changes: it is embedded anew, by a job of its own, since it takes longer than events may."""

from hospes.modules.catalog import events
from hospes.modules.semantic import facade
from hospes.modules.semantic.jobs import SOME, WALK
from hospes.platform.jobs import defer
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber, once_per_event

OF_A_PLACE = (
    events.PROPERTY_CHANGED, events.PROPERTY_APPROVED, events.PROPERTY_SUSPENDED, events.RESOURCE_CREATED,
    events.RESOURCE_CHANGED,
)  # fmt: skip
OF_MANY = (
    events.BUSINESS_ACTIVATED, events.BUSINESS_SUSPENDED, events.BUSINESS_DEACTIVATED, events.BUSINESS_CLOSED,
)  # fmt: skip
NAME = "semantic.changed"


async def embed_when_changed(ctx: Runtime, event: Event) -> None:
    """A job for what the event is about."""
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, NAME, event):
            return
        if event.type in OF_MANY:
            await defer(tx, WALK, lock=WALK)
        elif "property_id" in event.data:
            await defer(tx, SOME, lock=f"semantic:{event.data['property_id']}", ids=[str(event.data["property_id"])])


# Where the extra is not installed nothing listens, and no job is made.
SUBSCRIBERS = (Subscriber(NAME, (*OF_A_PLACE, *OF_MANY), embed_when_changed),) if facade.installed() else ()
