"""The read side of inventory."""

from hospes.modules.inventory.queries.claims import (
    CLAIM,
    as_claim,
    calendar,
    is_available,
    list_claims_between,
    list_claims_of,
    sold_with,
    taken_until,
)
from hospes.modules.inventory.queries.departures import (
    find_departure,
    list_claims_called_off,
    list_claims_on,
    list_departures,
)
from hospes.modules.inventory.queries.schedules import find_schedule, list_jobs, list_places

__all__ = [
    "CLAIM",
    "as_claim",
    "calendar",
    "find_departure",
    "find_schedule",
    "is_available",
    "list_claims_between",
    "list_claims_called_off",
    "list_claims_of",
    "list_claims_on",
    "list_departures",
    "list_jobs",
    "list_places",
    "sold_with",
    "taken_until",
]
