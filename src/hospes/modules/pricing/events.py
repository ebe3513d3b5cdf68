"""What has happened in pricing. The aggregate is the resource."""

from typing import Any
from uuid import UUID

RATE_CHANGED = "rate.changed"


def rate_data(resource_id: UUID) -> dict[str, Any]:
    """The data of `rate.changed`: base or day prices, fees, taxes, plans, rules or restrictions are different now."""
    return {"resource_id": str(resource_id)}
