"""The index against an oracle that looks at every listing one by one, in plain Python."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.pricing.contracts import Party
from hospes.modules.search.columns import NIGHTS, all_nights_but
from hospes.modules.search.contracts import Box, Listing, Query, Sort
from hospes.modules.search.index import SearchIndex
from hospes.modules.search.policies.reference_rates import cents

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CODES = [amenity.code for amenity in AMENITIES]
CLOSED: dict[UUID, set[int]] = {}


def a_world(random: Random, count: int) -> list[Listing]:
    """Listings around a few towns, one of them astride the date line."""
    towns = [(38.7, -9.1), (52.5, 13.4), (-17.8, 179.97), (64.1, -21.9)]
    world = []
    for _ in range(count):
        town = random.choice(towns)
        longitude = town[1] + random.gauss(0, 0.2)
        resource_id = UUID(int=random.getrandbits(128))
        CLOSED[resource_id] = set(random.sample(range(NIGHTS), random.choice((0, 40, 200))))
        world.append(
            Listing(
                resource_id=resource_id,
                latitude=round(town[0] + random.gauss(0, 0.1), 4),
                longitude=round(longitude - 360 if longitude > 180 else longitude, 4),
                kind=random.choice(("HOME", "HOTEL_ROOM")),
                guests=random.randint(1, 6),
                pets=random.random() < 0.5,
                instant=random.random() < 0.5,
                amenities=random.getrandbits(len(CODES)),
                rating=random.choice((0.0, 3.5, 4.25, 4.75)),
                rating_count=random.randint(0, 90),
                currency=random.choice(("EUR", "USD", "ISK")),
                base_amount=random.randint(3_000, 40_000),
                min_nights=random.choice((1, 2, 3)),
                max_nights=random.choice((5, 30)),
                notice_hours=0,
                horizon_days=random.choice((90, 365)),
                nightly=True,
                open_words=all_nights_but((night, night + 1) for night in CLOSED[resource_id]),
                day_prices=dict.fromkeys(random.sample(range(120), 20), 9900) if random.random() < 0.3 else {},
            )
        )
    return world


def a_query(random: Random) -> Query:
    """Any mixture of wishes."""
    arrival = TODAY + timedelta(days=random.randint(0, 120))
    dated = random.random() < 0.7
    latitude, longitude = random.choice(((38.7, -9.1), (52.5, 13.4), (-17.8, -179.95), (64.1, -21.9)))
    return Query(
        latitude=latitude if random.random() < 0.8 else None,
        longitude=longitude,
        radius_km=random.choice((3.0, 12.0, 40.0)),
        box=Box(-18.2, 179.8, -17.0, -179.5) if random.random() < 0.2 else None,
        arrival=arrival if dated else None,
        departure=arrival + timedelta(days=random.randint(1, 7)) if dated else None,
        party=Party(random.randint(1, 5), pets=random.choice((0, 0, 1))),
        price_min=random.choice((None, 5_000)),
        price_max=random.choice((None, 20_000)),
        kinds=random.choice(((), ("HOME",), ("HOME", "HOTEL_ROOM"))),
        amenities=tuple(random.sample(CODES, random.choice((0, 0, 1, 2)))),
        instant=random.random() < 0.3,
        rating_min=random.choice((None, 4.0)),
        sort=random.choice(tuple(Sort)),
        limit=60,
    )


def kilometres(listing: Listing, latitude: float, longitude: float) -> float:
    a, b = math.radians(listing.latitude), math.radians(latitude)
    half = math.sin((a - b) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(listing.longitude - longitude) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(min(half, 1)))


def nightly(listing: Listing, query: Query) -> int:
    if query.arrival is None or query.departure is None or not listing.day_prices:
        return cents(listing.base_amount, listing.currency)
    first = (query.arrival - TODAY).days
    stay = range(first, first + (query.departure - query.arrival).days)
    return cents(
        round(sum(listing.day_prices.get(night, listing.base_amount) for night in stay) / len(stay)), listing.currency
    )


def fits(listing: Listing, query: Query) -> bool:
    wishes = sum(1 << CODES.index(code) for code in query.amenities)
    price = nightly(listing, query)
    near = query.latitude is None or query.longitude is None
    box = query.box
    return (
        (near or kilometres(listing, query.latitude or 0, query.longitude or 0) <= query.radius_km)
        and (
            box is None
            or (
                box.south <= listing.latitude <= box.north
                and (listing.longitude >= box.west or listing.longitude <= box.east)
            )
        )
        and listing.guests >= query.guests
        and (not query.party.pets or listing.pets)
        and (not query.kinds or listing.kind in query.kinds)
        and listing.amenities & wishes == wishes
        and (not query.instant or listing.instant)
        and (query.rating_min is None or listing.rating >= query.rating_min)
        and (query.price_min is None or price >= cents(query.price_min, "EUR"))
        and (query.price_max is None or price <= cents(query.price_max, "EUR"))
        and free(listing, query)
    )


def free(listing: Listing, query: Query) -> bool:
    if query.arrival is None or query.departure is None:
        return True
    first, last = (query.arrival - TODAY).days, (query.departure - TODAY).days
    return (
        listing.min_nights <= last - first <= listing.max_nights
        and last <= listing.horizon_days
        and not CLOSED[listing.resource_id] & set(range(first, last))
    )


def score(listing: Listing, query: Query) -> float:
    """The smaller the better."""
    if query.sort is Sort.PRICE:
        return nightly(listing, query)
    if query.sort is Sort.RATING:
        return -listing.rating
    if query.sort is Sort.DISTANCE and query.latitude is not None:
        return round(kilometres(listing, query.latitude, query.longitude or 0), 6)
    euros = max(cents(listing.base_amount, listing.currency) / 100, 1)
    liked = 20 * listing.rating - 60 / (1 + listing.rating_count)
    return -round(1000 * (liked + (6 if listing.instant else 0) - 4 * math.log(euros)))


def expected(world: list[Listing], query: Query) -> list[UUID]:
    found = [listing for listing in world if fits(listing, query)]

    def order(listing: Listing) -> tuple[float, bytes]:
        return score(listing, query), listing.resource_id.bytes

    return [listing.resource_id for listing in sorted(found, key=order)]


def an_index(world: list[Listing]) -> SearchIndex:
    index = SearchIndex([info.code for info in KINDS], CODES, TODAY)
    index.load(world)
    return index


@pytest.mark.parametrize("seed", range(6))
def test_random_questions_get_the_oracles_answer_in_the_oracles_order(seed: int) -> None:
    random = Random(seed)
    world = a_world(random, 700)
    index = an_index(world)
    some = 0
    for _ in range(60):
        query = a_query(random)
        right = expected(world, query)
        found = index.find(query, now=NOW)
        assert found.total == len(right)
        assert [hit.resource_id for hit in found.hits] == right[: query.limit]
        some += len(right) > 0
    assert some > 20


def test_changes_are_seen_at_once_and_leave_everything_else_as_it_was() -> None:
    random = Random(7)
    world = a_world(random, 400)
    index = an_index(world)
    for step in range(200):
        if step % 3 == 0:
            gone = world.pop(random.randrange(len(world)))
            index.drop(gone.resource_id)
        elif step % 3 == 1:
            fresh = a_world(random, 1)[0]
            world.append(fresh)
            index.put(fresh)
        else:
            place = random.randrange(len(world))
            world[place] = replace(world[place], base_amount=random.randint(3_000, 40_000), guests=random.randint(1, 6))
            index.put(world[place])
        if step == 120:
            index.columns.compact()
    assert len(index) == len(world)
    for _ in range(40):
        query = a_query(random)
        assert [hit.resource_id for hit in index.find(query, now=NOW).hits] == expected(world, query)[: query.limit]


def test_pages_by_cursor_hold_every_listing_once() -> None:
    world = a_world(Random(3), 500)
    index = an_index(world)
    for sort in Sort:
        query = Query(sort=sort, limit=37)
        seen: list[UUID] = []
        while True:
            hits = index.find(query, now=NOW).hits
            if not hits:
                break
            seen += [hit.resource_id for hit in hits]
            query = replace(query, after=(hits[-1].score, str(hits[-1].property_id)))
        assert sorted(seen) == sorted(listing.resource_id for listing in world)


def test_a_facet_counts_what_choosing_it_would_find() -> None:
    random = Random(11)
    world = a_world(random, 600)
    index = an_index(world)
    for _ in range(20):
        query = replace(a_query(random), kinds=("HOME",))
        facets = index.find(query, now=NOW).facets
        for kind, count in facets.kinds.items():
            assert count == len(expected(world, replace(query, kinds=(kind,))))
        assert facets.instant == len(expected(world, replace(query, instant=True)))
        assert sum(bar.count for bar in facets.prices) == len(
            expected(world, replace(query, price_min=None, price_max=None))
        )


def test_at_midnight_the_calendar_moves_and_stays_true() -> None:
    world = a_world(Random(5), 200)
    index = an_index(world)
    arrival = TODAY + timedelta(days=30)
    query = Query(arrival=arrival, departure=arrival + timedelta(days=2), limit=60)
    before = [hit.resource_id for hit in index.find(query, now=NOW).hits]
    index.columns.roll(TODAY + timedelta(days=9))
    assert [hit.resource_id for hit in index.find(query, now=NOW).hits] == before
    past = Query(arrival=TODAY, departure=TODAY + timedelta(days=2))
    assert index.find(past, now=NOW).total == 0
