"""Search as people see it: hits of the index, dressed with names, pictures and the total of the stay."""

from datetime import date

from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Party
from hospes.modules.search import queries
from hospes.modules.search.contracts import Hit, Item, Query, Results
from hospes.modules.search.index import SearchIndex
from hospes.platform import paging
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money


async def find_listings(tx: ReadTx, index: SearchIndex, query: Query, party: Party, *, today: date) -> Results:
    """A page of results. A listing that stopped being live a moment ago is left out, whatever the index says."""
    found = index.find(query, today=today)
    cards = await queries.cards(tx, [hit.resource_id for hit in found.hits])
    items: list[Item] = []
    for hit in found.hits:
        card = cards.get(hit.resource_id)
        if card is not None:
            items.append(await _item(tx, hit, card, query, party))
    more = len(found.hits) == query.limit
    last = found.hits[-1] if found.hits else None
    cursor = paging.encode([last.score, str(last.resource_id)]) if more and last else None
    return Results(tuple(items), found.total, found.facets, cursor)


async def _item(tx: ReadTx, hit: Hit, card: Row, query: Query, party: Party) -> Item:
    nightly, total = Money(card["base_amount"], card["currency"]), None
    if query.arrival is not None and query.departure is not None:
        price = await pricing.price_stay(tx, hit.resource_id, query.arrival, query.departure, party)
        total = Money(price.total, price.currency)
        nightly = Money(round(sum(amount for _, amount in price.nights) / len(price.nights)), price.currency)
    return Item(
        resource_id=hit.resource_id,
        property_id=card["property_id"],
        title=card["property_name"],
        subtitle=card["resource_name"],
        city=card["city"],
        country=card["country"],
        kind=card["kind"],
        latitude=card["latitude"],
        longitude=card["longitude"],
        picture=f"/media/{card['storage_key']}" if card["storage_key"] else None,
        picture_alt=card["alt"] or "",
        nightly=nightly,
        total=total,
        rating=float(card["rating_avg"]) if card["rating_avg"] is not None else None,
        rating_count=card["rating_count"],
        instant=card["instant"],
        max_guests=card["max_guests"],
        bedrooms=card["bedrooms"],
        distance_km=hit.distance_km,
    )
