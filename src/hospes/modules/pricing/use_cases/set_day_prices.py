"""Set the price of single nights."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from hospes.modules.pricing import events, store
from hospes.modules.pricing.errors import RateInvalid, RateNotFound
from hospes.modules.pricing.policies.limits import faults_of_day_prices
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def set_day_prices(tx: WriteTx, resource_id: UUID, prices: Mapping[date, int | None], *, now: datetime) -> None:
    """None goes back to the base price. Raises `RateNotFound` while there is no base price, `RateInvalid`."""
    if faults := faults_of_day_prices(prices):
        raise RateInvalid(fields=faults)
    if not await store.touch_rate(tx, resource_id, now):
        raise RateNotFound("Set a base price first.")
    await store.write_day_prices(tx, resource_id, prices)
    await publish(tx, events.RATE_CHANGED, resource_id, events.rate_data(resource_id), now=now)
