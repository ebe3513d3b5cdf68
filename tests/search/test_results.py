"""Pages of results against the database: few statements, full pages, nothing that has just gone."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.inventory import facade as inventory
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Party
from hospes.modules.pricing.facade import price_stay
from hospes.modules.search import loader
from hospes.modules.search.contracts import Query, Sort
from hospes.modules.search.index import SearchIndex
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.use_cases.find_listings import find_listings
from hospes.platform.db import Database, ReadTx
from tests.builders.booking import Stay, a_stay
from tests.builders.inventory import ask_of

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
FIRST, END = date(2026, 7, 1), date(2026, 7, 4)
TWO = Party(2)


class Counting:
    """A connection that counts what it is asked."""

    def __init__(self, conn: Any) -> None:
        self.conn, self.statements = conn, 0

    async def execute(self, *given: Any) -> Any:
        self.statements += 1
        return await self.conn.execute(*given)


async def stays(db: Database, count: int, **given: Any) -> list[Stay]:
    async with db.write() as tx:
        return [await a_stay(tx, rate={"base_amount": 10_000 + 100 * n}, **given) for n in range(count)]


async def an_index(db: Database) -> SearchIndex:
    index = SearchIndex([each.code for each in KINDS], [each.code for each in AMENITIES], earliest_today(NOW))
    await loader.load_all(db, index, now=NOW)
    return index


@pytest.mark.parametrize("dates", [(FIRST, END), (None, None)])
async def test_the_number_of_statements_does_not_grow_with_the_number_of_results(
    db: Database, dates: tuple[date | None, date | None]
) -> None:
    for zone in ("Pacific/Pago_Pago", "Europe/Paris", "Pacific/Kiritimati"):  # yesterday, today and tomorrow
        await stays(db, 10, zone=zone)
    index = await an_index(db)
    asked = []
    for limit in (9, 30):
        async with db.read() as tx:
            counting = Counting(tx.conn)
            query = Query(arrival=dates[0], departure=dates[1], limit=limit)
            results = await find_listings(ReadTx(counting), index, query, TWO, now=NOW)  # type: ignore[arg-type]
            assert len(results.items) == limit
            asked.append(counting.statements)
    assert asked == ([4, 4] if dates[0] else [1, 1])


async def test_prices_of_many_are_the_prices_of_each(db: Database) -> None:
    made = await stays(db, 3)
    async with db.write() as tx:
        await pricing.set_day_prices(tx, made[1].resource_id, {date(2026, 7, 2): 7_700, END: 1}, now=NOW)
        ids = [each.resource_id for each in made]
        many = await pricing.price_stays(tx, [*ids, UUID(int=1)], FIRST, END, TWO)
        assert many == {each: await price_stay(tx, each, FIRST, END, TWO) for each in ids}


async def seen(db: Database, index: SearchIndex, query: Query) -> list[list[UUID]]:
    """Page after page."""
    pages: list[list[UUID]] = []
    cursor: tuple[float, str] | None = None
    from hospes.modules.search.policies.asking import read_after
    from hospes.platform import paging

    while True:
        async with db.read() as tx:
            ask = Query(**{**{name: getattr(query, name) for name in query.__slots__}, "after": cursor})
            results = await find_listings(tx, index, ask, TWO, now=NOW)
        pages.append([item.resource_id for item in results.items])
        if results.cursor is None:
            return pages
        cursor = read_after(paging.decode(results.cursor, 2))


async def test_a_page_is_full_while_there_is_more_however_far_the_index_is_behind(db: Database) -> None:
    made = await stays(db, 40)
    index = await an_index(db)
    sold = {each.resource_id for each in made[:25]}
    async with db.write() as tx:
        for each in made[:25]:
            await inventory.block(tx, ask_of(each.sellable), now=NOW)
    query = Query(arrival=FIRST, departure=END, limit=6, sort=Sort.PRICE)
    pages = await seen(db, index, query)
    assert [len(page) for page in pages] == [6, 6, 3]
    assert [each for page in pages for each in page] == [each.resource_id for each in made[25:]]
    control = index.find(query, now=NOW).hits
    assert {hit.resource_id for hit in control} <= sold  # the control: the index alone would show what has gone


async def test_a_house_with_two_rooms_is_not_offered_for_nights_that_need_moving_rooms(db: Database) -> None:
    [house] = await stays(db, 1, units=2)
    first, second = house.sellable.unit_ids
    async with db.write() as tx:
        for unit, night, departure in ((first, 1, 2), (second, 2, 3)):
            ask = ask_of(house.sellable, date(2026, 7, night), date(2026, 7, departure))
            await inventory.block(tx, type(ask)(**{**_fields(ask), "unit_ids": (unit,)}), now=NOW)
    index = await an_index(db)
    both = Query(arrival=date(2026, 7, 1), departure=date(2026, 7, 3))
    assert index.find(both, now=NOW).total == 1  # the control: each night has a free room
    assert await seen(db, index, both) == [[]]
    one = Query(arrival=date(2026, 7, 2), departure=date(2026, 7, 3))
    assert await seen(db, index, one) == [[house.resource_id]]


async def test_rooms_that_are_counted_are_shown_until_the_last_one_is_sold(db: Database) -> None:
    [hotel] = await stays(db, 1, units=2, pooled=True, kind="HOTEL_ROOM")
    index = await an_index(db)
    query = Query(arrival=FIRST, departure=END)
    shown = []
    for _ in range(2):
        async with db.write() as tx:
            await inventory.block(tx, ask_of(hotel.sellable), now=NOW)
        shown.append(await seen(db, index, query))
    assert shown == [[[hotel.resource_id]], [[]]]
    assert (await an_index(db)).find(query, now=NOW).total == 0


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}
