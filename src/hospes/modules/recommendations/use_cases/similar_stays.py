"""Places like one that somebody looks at, near it, and free for their stay when they have said one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np

from hospes.modules.pricing.contracts import Party
from hospes.modules.recommendations import queries
from hospes.modules.recommendations.contracts import Card, Traits
from hospes.modules.recommendations.policies.likeness import SORTS, likeness
from hospes.modules.recommendations.providers.port import Descriptions
from hospes.modules.search import facade as search
from hospes.modules.search.contracts import Hit
from hospes.platform.db import ReadTx
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime

WITHIN_KM = (8.0, 40.0, 150.0)  # further only where there is little nearer
COMPARED, LIKELY, DRESSED = 200, 100, 60  # by their traits; by what they say too; shown as cards
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
    not on sale. Raises `IndexLoading`. Two statements, with descriptions too."""
    guests = party or Party(1)
    near = None
    for km in WITHIN_KM:
        near = search.neighbours(rt, resource_id, stay=stay, party=guests, km=km, most=COMPARED, sorts=SORTS)
        if near is None or len(near.hits) > 3 * limit:
            break
    if near is None or len(near.hits) < 2:
        return []
    hits, traits = _likeliest(near.hits, Traits(*(getattr(near, name) for name in Traits.__slots__)))
    async with rt.db.read() as tx:
        sayings, together = await _known(tx, rt.ports.likeness, resource_id, [hit.property_id for hit in hits[1:]])
        likely = _likely(hits, traits, sayings, together)
        cards = await queries.cards_of_resources(tx, [resource_id, *(hit.resource_id for hit in likely)])
    return _chosen(cards, likely, resource_id, limit)


def _likeliest(hits: Sequence[Hit], traits: Traits) -> tuple[list[Hit], Traits]:
    """The listing itself, which is the first, and the `LIKELY` most like it by their traits alone."""
    kept = np.append(0, np.argsort(-likeness(traits, 0, traits)[1:], kind="stable")[:LIKELY] + 1)
    return [hits[at] for at in kept.tolist()], traits.take(kept)


async def _known(
    tx: ReadTx, descriptions: Descriptions | None, resource_id: UUID, others: Sequence[UUID]
) -> tuple[Mapping[UUID, float], Mapping[UUID, float]]:
    """How alike what these say is, and how often they were looked at along with the listing; in one statement."""
    if descriptions is None or not descriptions.on:
        return {}, await queries.find_together(tx, resource_id)
    sayings = descriptions.ask_alike(tx, resource_id, others)
    together = await queries.find_together(tx, resource_id)
    return await sayings, together


def _likely(
    hits: Sequence[Hit], traits: Traits, sayings: Mapping[UUID, float], together: Mapping[UUID, float]
) -> list[Hit]:
    """The `DRESSED` best but the first, which is the listing itself."""
    said = np.array([sayings.get(hit.property_id, 0.0) for hit in hits]) if sayings else None
    scores = likeness(traits, 0, traits, said)
    scores += TOGETHER * np.array([together.get(hit.property_id, 0.0) for hit in hits])
    order = np.argsort(-scores[1:], kind="stable")[:DRESSED] + 1
    return [hits[at] for at in order.tolist()]


def _chosen(cards: Mapping[UUID, Card], likely: Sequence[Hit], resource_id: UUID, limit: int) -> list[Card]:
    itself = cards.get(resource_id)
    if itself is None:
        return []
    found: dict[UUID, Card] = {}
    for hit in likely:
        card = cards.get(hit.resource_id)
        if card and card.property_id != itself.property_id and card.property_id not in found and len(found) < limit:
            total = Money(hit.total, hit.currency) if hit.total is not None else None
            found[card.property_id] = replace(card, total=total)
    return list(found.values())
