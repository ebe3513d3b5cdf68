"""Places like one that somebody looks at, near it, and free for their stay when they have said one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np

from hospes.modules.pricing.contracts import Party
from hospes.modules.recommendations import queries
from hospes.modules.recommendations.contracts import Card, Traits
from hospes.modules.recommendations.policies.likeness import SORTS, likeness
from hospes.modules.search import facade as search
from hospes.modules.search.contracts import Hit
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime

WITHIN_KM = (8.0, 40.0, 150.0)  # further only where there is little nearer
COMPARED, DRESSED = 200, 60
TOGETHER = 0.3  # what it adds that the same people looked at both


async def similar_stays(
    rt: Runtime,
    resource_id: UUID,
    *,
    stay: tuple[date, date] | None = None,
    party: Party | None = None,
    limit: int = 8,
) -> list[Card]:
    """The most alike of the nearest, the best first, none of the same property and no property twice; empty for what is
    not on sale. Raises `IndexLoading`. Two statements."""
    guests = party or Party(1)
    near = None
    for km in WITHIN_KM:
        near = search.neighbours(rt, resource_id, stay=stay, party=guests, km=km, most=COMPARED, sorts=SORTS)
        if near is None or len(near.hits) > 3 * limit:
            break
    if near is None or len(near.hits) < 2:
        return []
    traits = Traits(*(getattr(near, name) for name in Traits.__slots__))
    scores = likeness(traits, 0, traits)
    order = np.argsort(-scores[1:], kind="stable")[:DRESSED] + 1
    likely = [(near.hits[at], float(scores[at])) for at in order.tolist()]
    async with rt.db.read() as tx:
        together = await queries.find_together(tx, resource_id)
        cards = await queries.cards_of_resources(tx, [resource_id, *(hit.resource_id for hit, _ in likely)])
    return _chosen(cards, likely, together, resource_id, limit)


def _chosen(
    cards: dict[UUID, Card],
    likely: Sequence[tuple[Hit, float]],
    together: dict[UUID, float],
    resource_id: UUID,
    limit: int,
) -> list[Card]:
    itself = cards.get(resource_id)
    if itself is None:
        return []
    known = [(hit, score, cards[hit.resource_id]) for hit, score in likely if hit.resource_id in cards]
    known.sort(key=lambda each: -(each[1] + TOGETHER * together.get(each[2].property_id, 0.0)))
    found: dict[UUID, Card] = {}
    for hit, _, card in known:
        if card.property_id != itself.property_id and card.property_id not in found and len(found) < limit:
            total = Money(hit.total, hit.currency) if hit.total is not None else None
            found[card.property_id] = replace(card, total=total)
    return list(found.values())
