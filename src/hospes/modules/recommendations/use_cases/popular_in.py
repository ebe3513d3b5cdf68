"""What is popular in a city."""

from collections.abc import Sequence

from hospes.modules.recommendations import queries
from hospes.modules.recommendations.contracts import Card
from hospes.platform.db import ReadTx


async def popular_in(tx: ReadTx, *, city: str = "", country: str = "", limit: int = 12) -> tuple[str, Sequence[Card]]:
    """The name of the city and its most popular places on sale; without a city the one where most goes on. Nothing
    where too few people have done anything."""
    row = await (queries.find_popular(tx, city, country) if city else queries.most_popular(tx))
    if row is None:
        return city, ()
    ids = row["property_ids"][: 2 * limit]
    cards = await queries.cards_of_properties(tx, ids)
    return row["city"], [cards[each] for each in ids if each in cards][:limit]
