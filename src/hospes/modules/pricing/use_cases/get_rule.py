"""Find one price rule of a resource."""

from uuid import UUID

from hospes.modules.pricing import queries
from hospes.modules.pricing.contracts import PriceRule
from hospes.modules.pricing.errors import PriceRuleNotFound
from hospes.platform.db import ReadTx


async def get_rule(tx: ReadTx, resource_id: UUID, rule_id: UUID) -> PriceRule:
    """The price rule; raises `PriceRuleNotFound`, also for one of another resource."""
    for each in await queries.list_rules(tx, resource_id):
        if each.id == rule_id:
            return each
    raise PriceRuleNotFound()
