"""What somebody looked at, and what training found for them."""

from collections.abc import Sequence

from hospes.modules.recommendations import queries
from hospes.modules.recommendations.contracts import Card, Person, Recent
from hospes.platform.db import ReadTx

LATEST = 50
FEWEST = 3


async def look_back(tx: ReadTx, *, person: Person, recent: int, suggested: int) -> tuple[list[Recent], Sequence[Card]]:
    """The `recent` latest places still on sale, and the `suggested` best they have not looked at (none when there are
    fewer than three): in three statements."""
    seen, found = await queries.known_of(tx, person.id, limit=LATEST)
    cards = await queries.cards_of_resources(tx, [each for each, _ in seen]) if seen else {}
    looked_at = {card.property_id for card in cards.values()}
    ids = [each for each in found if each not in looked_at]
    places = await queries.cards_of_properties(tx, ids) if ids else {}
    fresh = [places[each] for each in ids if each in places][:suggested]
    latest = [Recent(cards[each], at) for each, at in seen if each in cards][:recent]
    return latest, fresh if len(fresh) >= FEWEST else ()
