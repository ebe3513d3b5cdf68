"""Counters follow the number of units in service; what is freed goes to those who booked it elsewhere."""

from datetime import timedelta
from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.catalog.events import RESOURCE_UNITS_CHANGED
from hospes.modules.inventory import store
from hospes.modules.inventory.use_cases.import_feed import take_left_over
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber


async def follow_units(ctx: Runtime, event: Event) -> None:
    """Set the capacity of counted nights to what the catalogue says now; repeating it changes nothing."""
    async with ctx.db.write() as tx:
        try:
            sellable = await catalog.get_sellable(tx, event.aggregate_id)
        except ResourceNotFound:
            return
        if sellable.pooled:
            yesterday = (ctx.clock.now() - timedelta(days=1)).date()
            units = sellable.unit_ids
            await store.set_capacity(tx, sellable.resource_id, len(units), yesterday, unit_ids=units)


async def follow_freed(ctx: Runtime, event: Event) -> None:
    """What has become free belongs to those who booked it elsewhere; repeating it changes nothing."""
    named = {event.data.get("resource_id"), *event.data.get("resource_ids", [])} - {None}
    async with ctx.db.write() as tx:
        for resource_id in sorted(map(UUID, named)):
            await take_left_over(tx, resource_id, now=ctx.clock.now())


# Holds, bookings and blocks belong to modules above this one; only the names of their facts are known here.
_FREED = (
    "block.removed",
    "booking.cancelled",
    "booking.changed",
    "booking.declined",
    "booking.expired",
    "hold.expired",
    "hold.released",
)
SUBSCRIBERS = (
    Subscriber("inventory.follow_units", (RESOURCE_UNITS_CHANGED,), follow_units),
    Subscriber("inventory.follow_freed", (*_FREED, RESOURCE_UNITS_CHANGED), follow_freed),
)
