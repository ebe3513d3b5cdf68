"""Delete a price rule."""

from datetime import datetime
from uuid import UUID

from hospes.modules.pricing import store
from hospes.modules.pricing.contracts import PriceRule
from hospes.modules.pricing.errors import PriceRuleNotFound
from hospes.modules.pricing.use_cases.change_rules import begin_change, end_change
from hospes.platform.db import WriteTx


async def delete_rule(tx: WriteTx, resource_id: UUID, rule_id: UUID, *, now: datetime) -> None:
    """Remove it; bookings keep the price they were made at. Raises `PriceRuleNotFound`."""
    await begin_change(tx, resource_id, now=now)
    if not await store.delete(tx, PriceRule, resource_id, rule_id):
        raise PriceRuleNotFound()
    await end_change(tx, resource_id, now=now)
