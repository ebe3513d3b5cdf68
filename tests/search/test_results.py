"""Pages of results against the database: what they show, what it costs, and how one follows the other."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.catalog.facade import get_sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Party
from hospes.modules.pricing.facade import price_stay
from hospes.modules.search.contracts import Hit, Query, Results, Sort
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping import loader
from hospes.modules.search.policies.asking import after_cursor, cursor_after, cursor_before
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.use_cases.find_listings import find_listings
from hospes.platform import paging
from hospes.platform.db import Database
from hospes.platform.errors import Invalid
from hospes.platform.money import Money
from tests.builders.booking import Stay, a_stay
from tests.builders.inventory import ask_of

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
FIRST, END = date(2026, 7, 1), date(2026, 7, 4)
TWO = Party(2)


async def stays(db: Database, count: int, **given: Any) -> list[Stay]:
    async with db.write() as tx:
        return [await a_stay(tx, rate={"base_amount": 10_000 + 100 * n}, **given) for n in range(count)]


async def an_index(db: Database) -> SearchIndex:
    index = SearchIndex([each.code for each in KINDS], [each.code for each in AMENITIES], earliest_today(NOW))
    await loader.load_all(db, index, now=NOW)
    return index


async def test_a_result_is_dressed_with_what_the_catalogue_says_and_costs_what_pricing_says(db: Database) -> None:
    for zone in ("Pacific/Pago_Pago", "Europe/Paris", "Pacific/Kiritimati"):  # yesterday, today and tomorrow
        await stays(db, 3, zone=zone)
    index = await an_index(db)
    query = Query(arrival=FIRST, departure=END, party=TWO, limit=20)
    items = find_listings(index, query, now=NOW).items
    assert len(items) == 9
    async with db.read() as tx:
        for item in items:
            price = await price_stay(tx, item.resource_id, FIRST, END, TWO)
            assert item.total == Money(price.total, price.currency)
            assert item.nightly == Money(price.nights[0][1], price.currency)
            sellable = await get_sellable(tx, item.resource_id)
            place = await tx.find("SELECT * FROM catalog.property WHERE id = %s", (item.property_id,))
            assert place is not None
            assert (item.title, item.city, item.country) == (place["name"], place["city"], place["country"])
            assert (item.max_guests, item.instant) == (sellable.max_guests, sellable.instant)
            assert (item.arrival, item.departure, item.fitting) == (FIRST, END, 1)


async def test_prices_of_many_are_the_prices_of_each(db: Database) -> None:
    made = await stays(db, 3)
    async with db.write() as tx:
        await pricing.set_day_prices(tx, made[1].resource_id, {date(2026, 7, 2): 7_700, END: 1}, now=NOW)
        ids = [each.resource_id for each in made]
        many = await pricing.price_stays(tx, [*ids, UUID(int=1)], FIRST, END, TWO)
        assert many == {each: await price_stay(tx, each, FIRST, END, TWO) for each in ids}


def seen(index: SearchIndex, query: Query) -> list[list[UUID]]:
    """Page after page."""
    pages: list[list[UUID]] = []
    ask = query
    while True:
        results = find_listings(index, ask, now=NOW)
        pages.append([item.resource_id for item in results.items])
        if results.cursor is None:
            return pages
        ask = after_cursor(query, results.cursor)


async def test_pages_follow_each_other_and_what_was_sold_meanwhile_is_on_none(db: Database) -> None:
    made = await stays(db, 40)
    index = await an_index(db)
    query = Query(arrival=FIRST, departure=END, limit=6, sort=Sort.PRICE)
    first = find_listings(index, query, now=NOW)
    async with db.write() as tx:
        for each in made[:25]:
            await inventory.block(tx, ask_of(each.sellable), now=NOW)
    assert [item.resource_id for item in first.items] == [each.resource_id for each in made[:6]]
    control = seen(index, query)  # the control: an index that has not heard of it shows what has gone
    assert [each for page in control for each in page] == [each.resource_id for each in made]
    await loader.refresh(db, index, [each.resource_id for each in made[:25]], now=NOW)
    rest = find_listings(index, after_cursor(query, first.cursor), now=NOW)
    assert [item.resource_id for item in rest.items] == [each.resource_id for each in made[25:31]]
    assert [len(page) for page in seen(index, query)] == [6, 6, 3]


async def test_back_leads_to_what_stands_before_a_page_whatever_came_or_went(db: Database) -> None:
    made = await stays(db, 14)
    ids = [each.resource_id for each in made]
    index = await an_index(db)
    query = Query(arrival=FIRST, departure=END, limit=4, sort=Sort.PRICE)

    def page(cursor: str | None) -> Results:
        return find_listings(index, after_cursor(query, cursor), now=NOW)

    def shown(results: Results) -> list[UUID]:
        return [item.resource_id for item in results.items]

    first = page(None)
    second = page(first.cursor)
    third = page(second.cursor)
    assert (first.previous, second.skipped, third.skipped) == (None, 4, 8)
    assert shown(page(third.previous)) == shown(second)
    assert shown(page(second.previous)) == shown(first)
    index.drop(ids[5])  # on the second page
    assert shown(page(third.previous)) == [ids[3], *ids[4:5], *ids[6:8]]
    assert shown(page(second.previous)) == ids[:4]
    async with db.write() as tx:
        cheap = await a_stay(tx, rate={"base_amount": 9_000})
    await loader.refresh(db, index, [cheap.resource_id], now=NOW)
    back = page(page(third.previous).previous)
    assert (shown(back), back.skipped, back.previous) == ([cheap.resource_id, *ids[:3]], 0, None)
    again = page(back.cursor)
    assert shown(again) == [ids[3], ids[4], ids[6], ids[7]]


async def test_a_page_that_has_become_empty_leads_back(db: Database) -> None:
    made = await stays(db, 6)
    index = await an_index(db)
    query = Query(limit=4, sort=Sort.PRICE)
    first = find_listings(index, query, now=NOW)
    assert first.cursor is not None
    for each in made[3:]:
        index.drop(each.resource_id)
    empty = find_listings(index, after_cursor(query, first.cursor), now=NOW)
    assert (empty.items, empty.total, empty.cursor, empty.skipped) == ((), 3, None, 3)
    back = find_listings(index, after_cursor(query, empty.previous), now=NOW)
    assert [item.resource_id for item in back.items] == [each.resource_id for each in made[:3]]


def test_a_cursor_is_good_for_its_own_question_only() -> None:
    query = Query(latitude=1.0, longitude=2.0)
    hit = Hit(UUID(int=1), UUID(int=2), -3.5, 1.0, 2.0, None)
    cursor = cursor_after(hit, query)
    assert after_cursor(query, cursor).after == (-3.5, str(UUID(int=2)))
    assert after_cursor(replace(query, limit=60), cursor).after == (-3.5, str(UUID(int=2)))
    assert after_cursor(query, None) == query
    back = cursor_before([hit], query)
    assert after_cursor(query, back) == replace(query, before=(-3.5, str(UUID(int=2))))
    for other in (replace(query, latitude=1.5), replace(query, sort=Sort.PRICE), replace(query, party=Party(3))):
        for each in (cursor, back):
            with pytest.raises(Invalid):
                after_cursor(other, each)
    for edited in (
        paging.encode([-3.5, str(UUID(int=2)), "0" * 12]),
        paging.encode(["x", str(UUID(int=2)), "0" * 12]),
        paging.encode([1, "x" * 36, "0" * 12]),
        paging.encode([1, str(UUID(int=2)), "<" + "0" * 12]),
        paging.encode([1, str(UUID(int=2)), 7]),
        paging.encode([1, 2]),
        "é",
        cursor[:-3],
    ):
        with pytest.raises(Invalid):
            after_cursor(query, edited)


async def test_a_house_with_two_rooms_is_not_offered_for_nights_that_need_moving_rooms(db: Database) -> None:
    [house] = await stays(db, 1, units=2)
    first, second = house.sellable.unit_ids
    async with db.write() as tx:
        for unit, night, departure in ((first, 1, 2), (second, 2, 3)):
            ask = ask_of(house.sellable, date(2026, 7, night), date(2026, 7, departure))
            await inventory.block(tx, type(ask)(**{**_fields(ask), "unit_ids": (unit,)}), now=NOW)
    index = await an_index(db)
    both = Query(arrival=date(2026, 7, 1), departure=date(2026, 7, 3))
    assert index.columns.calendar[:, 0].any()  # each night has a free room, but not the same one
    assert seen(index, both) == [[]]
    one = Query(arrival=date(2026, 7, 2), departure=date(2026, 7, 3))
    assert seen(index, one) == [[house.resource_id]]


async def test_rooms_that_are_counted_are_shown_until_the_last_one_is_sold(db: Database) -> None:
    [hotel] = await stays(db, 1, units=2, pooled=True, kind="HOTEL_ROOM")
    index = await an_index(db)
    query = Query(arrival=FIRST, departure=END)
    shown = []
    for _ in range(2):
        async with db.write() as tx:
            await inventory.block(tx, ask_of(hotel.sellable), now=NOW)
        await loader.refresh(db, index, [hotel.resource_id], now=NOW)
        shown.append(seen(index, query))
    assert shown == [[[hotel.resource_id]], [[]]]


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}
