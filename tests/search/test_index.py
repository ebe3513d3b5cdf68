"""The index against an oracle that looks at every listing one by one, in plain Python."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from hospes.modules.search.contracts import Find, Hit, Per, Query, Sort
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.policies.reference_rates import cents
from tests.search.oracle import (
    CODES_ASKED,
    DAY,
    NOW,
    TODAY,
    Offer,
    World,
    a_property,
    a_query,
    a_world,
    an_index,
    expected,
    score,
)  # fmt: skip


def told(offer: Offer, fitting: int) -> tuple[object, ...]:
    return (
        offer.listing.property_id, offer.listing.resource_id, offer.listing.currency, offer.nightly, offer.total,
        offer.arrival, offer.departure, offer.starts_at, fitting,
    )  # fmt: skip


def seen(hit: Hit) -> tuple[object, ...]:
    return (
        hit.property_id, hit.resource_id, hit.currency, hit.nightly, hit.total, hit.arrival, hit.departure,
        hit.starts_at, hit.fitting,
    )  # fmt: skip


def agree(index: SearchIndex, world: World, query: Query) -> int:
    """Same properties, resources, totals and order; answers how many."""
    right = expected(world, query)
    found = index.find(query, now=NOW)
    assert [seen(hit) for hit in found.hits] == [told(*each) for each in right[: query.limit]], query
    assert [hit.score for hit in found.hits] == [pytest.approx(score(each, query)) for each, _ in right[: query.limit]]
    assert found.total == len(right)
    return len(right)


@pytest.mark.parametrize("seed", range(12))
def test_random_questions_get_the_oracles_answer_in_the_oracles_order(seed: int) -> None:
    random = Random(seed)
    world = a_world(random, 90)
    index = an_index(world)
    answers = [agree(index, world, a_query(random)) for _ in range(110)]
    assert sum(count > 0 for count in answers) > 30
    assert max(answers) > 20


def test_a_search_that_did_not_group_would_be_noticed() -> None:
    """The control: resources instead of properties, and the dearest instead of the cheapest, are other answers."""
    random = Random(1)
    world = a_world(random, 90)
    query = Query(limit=100)
    right = [told(*each) for each in expected(world, query)]
    assert [told(*each) for each in expected(world, query, grouped=False)] != right
    index = an_index(world)
    homes = index.columns["property"]
    homes[: index.columns.used] = range(index.columns.used)
    assert index.find(query, now=NOW).total == len(world.listings) > len(right)


def test_a_search_that_took_base_prices_for_totals_would_be_noticed() -> None:
    random = Random(2)
    world = a_world(random, 90)
    index = an_index(world)
    query = Query(arrival=TODAY + 20 * DAY, departure=TODAY + 23 * DAY, per=Per.STAY, sort=Sort.PRICE, limit=100)
    assert agree(index, world, query) > 10
    index.columns["tariff"][:] = 0
    with pytest.raises(AssertionError):
        agree(index, world, query)


def test_changes_are_seen_at_once_and_leave_everything_else_as_it_was() -> None:
    random = Random(7)
    world = a_world(random, 60)
    index = an_index(world)
    for step in range(240):
        change(random, world, index)
        if step == 120:
            index.columns.compact()
        if step % 6 == 0:
            agree(index, world, a_query(random))
    assert len(index) == len(world.listings)


def change(random: Random, world: World, index: SearchIndex) -> list[UUID]:
    """Something happens to a listing; answers the properties."""
    known = list(world.listings.values())
    match random.randrange(5):
        case 0:
            gone = random.choice(known)
            world.drop(gone.resource_id)
            index.drop(gone.resource_id)
            return [gone.property_id]
        case 1:
            fresh = a_property(random, world)
            for each in fresh:
                index.put(each)
            return [fresh[0].property_id]
        case 2:  # another room of a property that was there before
            beside = random.choice(known)
            room = replace(beside, resource_id=UUID(int=random.getrandbits(128)), base_amount=random.randint(1, 40_000))
            world.add(room, world.closed[beside.resource_id])
            index.put(room)
            return [beside.property_id]
        case 3:  # all of a property moves
            moved = random.choice(known)
            for each in known:
                if each.property_id == moved.property_id:
                    there = replace(each, latitude=round(moved.latitude + 0.2, 4))
                    world.add(there, world.closed[each.resource_id])
                    index.put(there)
            return [moved.property_id]
        case _:
            old = random.choice(known)
            new = replace(old, base_amount=random.randint(3_000, 40_000), guests=random.randint(1, 6))
            world.add(new, world.closed[old.resource_id])
            index.put(new)
            return [old.property_id]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_by_cursor_hold_every_property_once_while_the_world_changes(sort: Sort) -> None:
    random = Random(3)
    world = a_world(random, 250)
    index = an_index(world)
    before = {each.property_id for each in world.listings.values()}
    touched: set[UUID] = set()
    query = Query(latitude=38.7, longitude=-9.1, radius_km=20_100, sort=sort, limit=37)
    pages: list[UUID] = []
    while hits := index.find(query, now=NOW).hits:
        pages += [hit.property_id for hit in hits]
        query = replace(query, after=(hits[-1].score, str(hits[-1].property_id)))
        touched.update(*(change(random, world, index) for _ in range(5)))
    steady = [each for each in pages if each not in touched]
    assert len(steady) == len(set(steady))
    assert set(steady) == before - touched
    assert len(steady) > 150


@pytest.mark.parametrize("sort", list(Sort))
def test_the_page_before_ends_where_the_page_after_begins(sort: Sort) -> None:
    random = Random(5)
    world = a_world(random, 120)
    index = an_index(world)
    query = Query(latitude=38.7, longitude=-9.1, radius_km=20_100, sort=sort, limit=11)
    order = [(hit.score, str(hit.property_id)) for hit in index.find(replace(query, limit=120), now=NOW).hits]
    assert len(order) == 120
    for at in range(120):
        found = index.find(replace(query, before=order[at]), now=NOW)
        begins = max(at - 11, 0)
        assert found.skipped == begins
        assert [(hit.score, str(hit.property_id)) for hit in found.hits] == order[begins : begins + 11]
        assert index.find(replace(query, after=order[at]), now=NOW).skipped == at + 1


def test_a_facet_counts_the_properties_that_choosing_it_would_find() -> None:
    random = Random(11)
    world = a_world(random, 90)
    index = an_index(world)
    for _ in range(40):
        query = a_query(random)
        facets = index.find(query, now=NOW).facets

        def count(query: Query = query, **chosen: object) -> int:
            return len(expected(world, replace(query, **chosen)))

        for kind in ("HOME", "HOTEL_ROOM", "TOUR", "PARKING"):
            assert facets.kinds.get(kind, 0) == count(kinds=(kind,))
        for find, number in facets.find.items():
            assert number == count(find=Find(find))
        for code in CODES_ASKED:
            assert facets.amenities.get(code, 0) == count(amenities=(*query.amenities, code))
        assert facets.instant == count(instant=True)
        assert facets.ratings == {each: count(rating_min=float(each)) for each in ("4.5", "4", "3.5")}
        at_any_price = expected(world, replace(query, price_min=None, price_max=None))
        assert sum(bar.count for bar in facets.prices) == len(at_any_price)
        if at_any_price:
            assert facets.prices[0].low == min(offer.cents for offer, _ in at_any_price)
            assert facets.prices[0].count >= 1


def test_nights_find_places_to_sleep_and_count_the_rest() -> None:
    """The control: together they would be another list, in another order, on another map."""
    random = Random(13)
    world = a_world(random, 150)
    index = an_index(world)
    things = others = 0
    for day in range(5, 65):
        arrival = TODAY + day * DAY
        query = Query(arrival=arrival, departure=arrival + 3 * DAY, limit=200, clusters=0.5)
        stays, rest, both = (
            index.find(replace(query, find=each), now=NOW) for each in (Find.FITTING, Find.THINGS, Find.ALL)
        )
        assert all(hit.starts_at is None for hit in stays.hits)
        assert stays.facets.find == {"stays": stays.total, "things": rest.total} == rest.facets.find
        assert (
            sum(each.count for each in stays.clusters) == sum(bar.count for bar in stays.facets.prices) == stays.total
        )
        assert both.facets.find == {}
        asked = index.find(replace(query, kinds=("TOUR",)), now=NOW)
        assert asked.total == stays.facets.kinds.get("TOUR", 0) == rest.facets.kinds.get("TOUR", 0)
        things += rest.total
        others += both.hits != stays.hits and both.clusters != stays.clusters
    assert things > 300
    assert others > 50


def test_without_facets_the_hits_are_the_same() -> None:
    random = Random(12)
    world = a_world(random, 90)
    index = an_index(world)
    for _ in range(60):
        query = a_query(random)
        whole, bare = index.find(query, now=NOW), index.find(query, now=NOW, facets=False)
        assert (bare.hits, bare.total) == (whole.hits, whole.total)
        assert not bare.facets.prices


def test_at_midnight_the_calendar_moves_and_stays_true() -> None:
    random = Random(5)
    world = a_world(random, 90)
    index = an_index(world)
    asked = [a_query(random) for _ in range(60)]
    asked = [each for each in asked if each.arrival and each.arrival > TODAY + 9 * DAY]
    before = [index.find(each, now=NOW) for each in asked]
    index.columns.roll(TODAY + 9 * DAY)
    assert [index.find(each, now=NOW) for each in asked] == before
    assert sum(found.total for found in before) > 50
    assert index.find(Query(arrival=TODAY, departure=TODAY + 2 * DAY), now=NOW).total == 0


def test_an_index_written_down_and_taken_up_answers_the_same_and_goes_on() -> None:
    random = Random(6)
    world = a_world(random, 60)
    first = an_index(world)
    for _ in range(40):
        change(random, world, first)
    arrays, facts = first.parts()
    copies = {name: values.copy() for name, values in arrays.items()}
    second = SearchIndex.from_parts(copies, facts)
    assert all(values.dtype.kind in "biufS" for values in arrays.values())
    for _ in range(60):
        agree(second, world, a_query(random))
    for _ in range(40):
        change(random, world, second)
        agree(second, world, a_query(random))
    second.columns.compact()
    assert len(second) == len(world.listings)
    agree(second, world, Query(limit=100))


@pytest.mark.parametrize("per", list(Per))
def test_prices_are_compared_as_asked(per: Per) -> None:
    random = Random(8)
    world = a_world(random, 90)
    index = an_index(world)
    dates = Query(arrival=TODAY + 30 * DAY, departure=TODAY + 33 * DAY, per=per, limit=100)
    everything = index.find(replace(dates, sort=Sort.PRICE), now=NOW).hits
    middle = int(everything[len(everything) // 2].score)
    cheap = index.find(replace(dates, price_max=middle), now=NOW).hits
    nights = 1 if per is Per.STAY else 3
    for hit in cheap:
        price = hit.nightly if hit.total is None else round(hit.total / nights)
        assert cents(price, hit.currency) <= middle + 1
    assert 0 < len(cheap) < len(everything)


def test_how_late_it_is_is_asked_anew_for_every_search() -> None:
    random = Random(9)
    world = a_world(random, 60)
    index = an_index(world)
    query = Query(arrival=TODAY + DAY, departure=TODAY + 3 * DAY, limit=100)
    times: list[datetime] = [NOW + timedelta(hours=hours) for hours in (0, 14, 30, 60)]
    totals = [index.find(query, now=when).total for when in times]
    assert totals == sorted(totals, reverse=True)
    assert totals[0] > totals[-1] == 0
