"""Counters follow the number of units in service."""

from datetime import timedelta

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.catalog.events import RESOURCE_UNITS_CHANGED
from hospes.modules.inventory import store
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


SUBSCRIBERS = (Subscriber("inventory.follow_units", (RESOURCE_UNITS_CHANGED,), follow_units),)
