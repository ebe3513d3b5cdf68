"""Set what a resource costs."""

from datetime import datetime
from uuid import UUID

from hospes.modules.pricing import events, queries, store
from hospes.modules.pricing.contracts import Rate
from hospes.modules.pricing.errors import RateInvalid
from hospes.modules.pricing.policies.limits import faults_of_rate
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def put_rate(tx: WriteTx, resource_id: UUID, rate: Rate, *, now: datetime) -> Rate:
    """The rate as stored, with its new version; raises `RateInvalid`. Day prices go when the currency changes,
    which is refused while plans or rules hold amounts."""
    if faults := faults_of_rate(rate):
        raise RateInvalid(fields=faults)
    before = await queries.find_rate(tx, resource_id)
    changes_currency = before is not None and before.currency != rate.currency
    if changes_currency and await queries.has_amounts(tx, resource_id):
        raise RateInvalid(
            fields={"currency": "Delete the rate plans and price rules with amounts in the old one first."}
        )
    await store.upsert_rate(tx, resource_id, rate, now)
    if changes_currency:
        await store.delete_day_prices(tx, resource_id)
    await publish(tx, events.RATE_CHANGED, resource_id, events.rate_data(resource_id), now=now)
    stored = await queries.find_rate(tx, resource_id)
    assert stored is not None
    return stored
