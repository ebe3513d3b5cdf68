"""The cards and the map of a page of results: links, the words of prices, pins, what lies together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date

from hospes.modules.search.contracts import Item, Per, Results
from hospes.modules.search.policies.polygons import unwrapped
from hospes.modules.search.policies.reference_rates import from_cents
from hospes.modules.search.web.asking import Looking
from hospes.modules.search.web.wording import span_words
from hospes.platform.money import Money, exponent

EACH = {"night": "a night", "hour": "an hour", "person": "a person"}


@dataclass(frozen=True, slots=True)
class Card:
    """An item with its link and the words of its price.

    `price` is what counts first, `each` what it is for, `besides` the rest."""

    item: Item
    href: str
    price: Money
    each: str
    besides: str = ""
    when: str = ""
    pin: str = ""


def cards_of(results: Results, looking: Looking) -> list[Card]:
    """A page of cards."""
    return [_card(item, looking) for item in results.items]


def _card(item: Item, looking: Looking) -> Card:
    query = looking.query
    arrival, departure = item.arrival or query.arrival, item.departure or query.departure
    nights = (departure - arrival).days if arrival and departure else 0
    href = _href(item, arrival, departure, looking)
    when = span_words(arrival, departure) if query.flexible and arrival and departure else ""
    if starts_at := _there(item):
        when = f"{format_date(starts_at, 'EEE d MMM', locale='en')}, {starts_at:%H:%M}"
    if item.total is None:
        return Card(item, href, item.nightly, EACH[item.sold_by], when=when, pin=_rounded(item.nightly).text())
    if item.sold_by != "night" or not nights:
        besides = f"{item.nightly.text()} {EACH[item.sold_by]}"
        return Card(item, href, item.total, "in all", besides, when, _rounded(item.total).text())
    night = Money(round(item.total.amount / nights), item.total.currency)
    pin = _rounded(item.total if query.per is Per.STAY else night)
    each = f"for {nights} night{'s' if nights > 1 else ''}, all included"
    return Card(item, href, item.total, each, f"{_rounded(night).text()} a night", when, pin.text())


def _there(item: Item) -> datetime | None:
    """The first start by the clock at the place."""
    return item.starts_at and item.starts_at.astimezone(ZoneInfo(item.zone))


def _rounded(money: Money) -> Money:
    """Without its fraction: what a night costs on average."""
    whole = int(10 ** exponent(money.currency))
    return Money(round(money.amount / whole) * whole, money.currency)


def _href(item: Item, arrival: date | None, departure: date | None, looking: Looking) -> str:
    """The page of a listing, with what was asked for filled in."""
    pairs: list[tuple[str, str]] = []
    if starts_at := _there(item):
        pairs += [("day", starts_at.date().isoformat())]
        if looking.query.hours and looking.query.hours.minutes:
            pairs += [("minutes", str(looking.query.hours.minutes))]
    elif arrival and departure:
        pairs += [("arrival", arrival.isoformat()), ("departure", departure.isoformat())]
    return f"/stays/{item.resource_id}?{urlencode([*pairs, *looking.people])}"


def pins_of(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """The page's places for the map."""
    return [
        {
            "id": str(card.item.resource_id), "lat": card.item.latitude, "lng": card.item.longitude, "text": card.pin,
            "title": card.item.title, "price": f"{card.price.text()} {card.each}", "picture": card.item.picture,
            "href": card.href,
        }
        for card in cards
    ]  # fmt: skip


def clusters_of(results: Results, looking: Looking) -> list[dict[str, Any]]:
    """What the map shows besides the page's places; nothing when the page has them all."""
    if results.total <= len(results.items):
        return []
    people = urlencode(looking.people)
    return [
        {
            "lat": each.latitude, "lng": each.longitude, "count": each.count,
            "from": _rounded(Money(from_cents(each.cheapest, looking.query.currency), looking.query.currency)).text(),
            "box": [each.box.south, each.box.west, each.box.north, each.box.east],
            "id": str(each.resource_id) if each.count == 1 and each.resource_id else "",
            "href": f"/stays/{each.resource_id}?{people}" if each.count == 1 and each.resource_id else "",
        }
        for each in results.clusters
    ]  # fmt: skip


def area_of(looking: Looking) -> dict[str, Any]:
    """What the map shows first."""
    box, place = looking.query.box, looking.place
    if looking.query.polygon:
        return {"shape": [list(corner) for corner in unwrapped(looking.query.polygon)]}
    if box is not None:
        return {"bbox": [box.south, box.west, box.north, box.east]}
    if place is not None:
        return {"lat": place.latitude, "lng": place.longitude, "km": looking.query.radius_km}
    return {}
