"""Delete a restriction."""

from datetime import datetime
from uuid import UUID

from hospes.modules.pricing import store
from hospes.modules.pricing.contracts import Restriction
from hospes.modules.pricing.errors import RestrictionNotFound
from hospes.modules.pricing.use_cases.change_rules import begin_change, end_change
from hospes.platform.db import WriteTx


async def delete_restriction(tx: WriteTx, resource_id: UUID, restriction_id: UUID, *, now: datetime) -> None:
    """Remove it; bookings keep the price they were made at. Raises `RestrictionNotFound`."""
    await begin_change(tx, resource_id, now=now)
    if not await store.delete(tx, Restriction, resource_id, restriction_id):
        raise RestrictionNotFound()
    await end_change(tx, resource_id, now=now)
