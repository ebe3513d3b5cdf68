"""What a search tells search engines and those it is shared with.

A search by its place and at most one kind, with something found, may be listed: under one address, however it was
typed, and under that of the city's own page where it is just the city. Dates, parties, filters, other orders, later
pages and wishes are somebody's own: they are followed, not listed, and name no other address as theirs.
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from hospes.modules.search.contracts import Place, Results
from hospes.modules.search.web.asking import Looking
from hospes.modules.search.web.cards import Card

Meant = Callable[[str], Place | None]
LISTABLE = frozenset({"city", "airport", "neighbourhood", "region", "country"})


def known_as(
    looking: Looking,
    results: Results,
    cards: Sequence[Card],
    *,
    site: str,
    title: str,
    listable: bool,
    has_page: bool,
    meant: Meant,
) -> dict[str, Any]:
    """For the head of the page. `has_page`: the place has a page of its own; `meant`: the place a name leads to;
    `listable`: it is no wish in somebody's own words."""
    indexed = listable and bool(results.total) and _may_be_listed(looking)
    canonical = site + _address(looking, meant, has_page=has_page) if indexed else ""
    return {
        "indexed": indexed,
        "canonical": canonical,
        "shared_as": canonical or site + looking.address(),
        "told": told_of(results.total, title),
        "picture": picture_of(site, cards),
        "json_ld": [items_of(site, results, cards)] if indexed else [],
    }


def items_of(site: str, results: Results, cards: Sequence[Card]) -> dict[str, Any]:
    """The places of the page in their order, for schema.org."""
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "numberOfItems": results.total,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": at,
                "name": card.item.title,
                "url": f"{site}/stays/{card.item.resource_id}",
            }
            for at, card in enumerate(cards, 1)
        ],
    }


def told_of(total: int, what: str) -> str:
    """A sentence under the title where a page is listed or shared."""
    if not total:
        return f"{what}: nothing can be booked at the moment."
    return f"{what}, {total:,} to choose from. Fees and taxes are in the total, and what you book cannot be sold twice."


def picture_of(site: str, cards: Sequence[Card]) -> str:
    """The whole address of the first picture; nothing without one."""
    picture = next((card.item.picture for card in cards if card.item.picture), "")
    return f"{site}{picture}" if picture.startswith("/") else picture


def _may_be_listed(looking: Looking) -> bool:
    typed, place = looking.typed, looking.place
    bare = {name: typed[name] for name in ("place", "kind") if typed[name]}
    whole = looking.pairs(cursor=typed["cursor"], shown=typed["shown"]) == looking.pairs(
        **{name: bare.get(name) for name in typed}
    )
    known = place is None or (place.kind in LISTABLE and not place.corrected)
    return whole and known and not looking.faults and len(typed["kind"]) < 2


def _address(looking: Looking, meant: Meant, *, has_page: bool) -> str:
    place, kinds = looking.place, looking.typed["kind"]
    if place is not None and has_page and not kinds:
        return f"/places/{place.slug}"
    pairs = [("place", _named(place, looking.typed["place"], meant))] if place is not None else []
    pairs += [("kind", each) for each in kinds]
    return "/search" + (f"?{urlencode(pairs)}" if pairs else "")


def _named(place: Place, typed: str, meant: Meant) -> str:
    """Its name with where it is, if that leads there; of two of one name only one has that."""
    whole = f"{place.name}, {place.detail}" if place.detail and place.kind != "country" else place.name
    there = meant(whole)
    same = there is not None and (there.latitude, there.longitude) == (place.latitude, place.longitude)
    return whole if same else typed
