"""Search as people see it: hits of the index, dressed with names, pictures and the total of the stay."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Party, Price
from hospes.modules.search.contracts import Hit, Item, Query, Results
from hospes.modules.search.index import SearchIndex
from hospes.modules.search.policies.wall_clock import today_in
from hospes.modules.search.queries import cards as dressing
from hospes.platform import paging
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money

MOST_AT_ONCE = 2_000
SOLD_BY: dict[str, Literal["night", "hour", "person"]] = {"nightly": "night", "timed": "hour", "departure": "person"}


async def find_listings(tx: ReadTx, index: SearchIndex, query: Query, party: Party, *, now: datetime) -> Results:
    """A page of results, in two statements (up to four where the listings' dates of today differ).

    What has been sold or taken off sale a moment ago is left out, whatever the index says, and the page is filled up
    with what comes next; `total` counts what the index knows.
    """
    found = index.find(query, now=now)
    hits, ask, pairs = found.hits, query, await _shown(tx, found.hits, query, party, now)
    while len(pairs) < query.limit and len(hits) == ask.limit:
        ask = replace(query, limit=min(ask.limit * 2, MOST_AT_ONCE), after=(hits[-1].score, str(hits[-1].property_id)))
        hits = index.find(ask, now=now, facets=False).hits
        pairs += await _shown(tx, hits, query, party, now)
    more = len(pairs) > query.limit or len(hits) == ask.limit
    pairs = pairs[: query.limit]
    last = pairs[-1][0] if pairs else None
    cursor = paging.encode([last.score, str(last.resource_id)]) if more and last else None
    return Results(tuple(item for _, item in pairs), found.total, found.facets, cursor)


async def _shown(tx: ReadTx, hits: Sequence[Hit], query: Query, party: Party, now: datetime) -> list[tuple[Hit, Item]]:
    """The hits that can still be shown, dressed."""
    if not hits:
        return []
    ids = [hit.resource_id for hit in hits]
    if query.arrival is None or query.departure is None or query.hours is not None:
        cards = await dressing.cards(tx, ids)
        return [(hit, _item(hit, cards[hit.resource_id], None)) for hit in hits if hit.resource_id in cards]
    nightly = [hit.resource_id for hit in hits if hit.starts_at is None]
    cards = await dressing.free_cards(tx, nightly, query.arrival, query.departure, now=now) if nightly else {}
    by_time = (
        await dressing.cards(tx, [hit.resource_id for hit in hits if hit.starts_at]) if len(nightly) < len(ids) else {}
    )
    prices: dict[UUID, Price] = {}
    for today, those in _by_today(cards, now).items():  # the prices of a page are asked for on at most three dates
        prices |= await pricing.price_stays(tx, those, query.arrival, query.departure, party, today=today)
    cards |= by_time
    return [
        (hit, _item(hit, cards[hit.resource_id], prices.get(hit.resource_id)))
        for hit in hits
        if hit.resource_id in cards and (hit.resource_id in prices or hit.resource_id in by_time)
    ]


def _by_today(cards: dict[UUID, Row], now: datetime) -> dict[date, list[UUID]]:
    """The listings by what date it is there."""
    found: dict[date, list[UUID]] = defaultdict(list)
    for resource_id, card in cards.items():
        found[today_in(card["zone"], now)].append(resource_id)
    return found


def _item(hit: Hit, card: Row, price: Price | None) -> Item:
    nightly, total = Money(card["base_amount"], card["currency"]), None
    if price is not None:
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
        sold_by=SOLD_BY[card["mode"]],
        starts_at=hit.starts_at,
    )
