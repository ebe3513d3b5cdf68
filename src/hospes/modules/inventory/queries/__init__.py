"""The read side of inventory."""

from hospes.modules.inventory.queries.claims import (
    CLAIM,
    as_claim,
    calendar,
    is_available,
    list_claims_between,
    list_claims_of,
)

__all__ = ["CLAIM", "as_claim", "calendar", "is_available", "list_claims_between", "list_claims_of"]
