"""What a property still lacks before an admin may look at it."""

from collections.abc import Sequence

from hospes.modules.catalog.contracts import Property

SHORTEST_DESCRIPTION = 20


def missing(place: Property, *, active_resources: Sequence[int], pictures: int) -> dict[str, str]:
    """Field → sentence for all that is missing; `active_resources` has one number of active units per resource."""
    lacks: dict[str, str] = {}
    if len(place.description) < SHORTEST_DESCRIPTION:
        lacks["description"] = f"Describe the place in at least {SHORTEST_DESCRIPTION} characters."
    if not active_resources:
        lacks["resources"] = "Add at least one thing that can be booked."
    elif not all(active_resources):
        lacks["units"] = "Every active resource needs at least one active unit."
    if not pictures:
        lacks["media"] = "Add at least one photo."
    return lacks
