"""A guest does not move from room to room: a stay needs one unit for all its nights, and the index knows the units."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np

from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.search.contracts import Flexible, Listing, Query
from hospes.modules.search.index.sellable import night_words
from hospes.modules.search.tables.unit_nights import UnitNights, rolled_words
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from tests.builders.booking import ARRIVAL, DEPARTURE, a_stay
from tests.builders.inventory import ask_of
from tests.conftest import NOW
from tests.search.nights import all_nights_but, union_of
from tests.search.oracle import a_listing
from tests.search.reading import found, loaded

DAY = timedelta(days=1)


def free_in_one(units: list[bytes], first: int, count: int) -> bool:
    wanted = ((1 << count) - 1) << first
    return any(int.from_bytes(each, "little") & wanted == wanted for each in units)


def some_units(random: Random) -> list[bytes]:
    return [
        all_nights_but((start, start + random.randint(1, 5)) for start in random.sample(range(512), 90))
        for _ in range(random.randint(2, 4))
    ]


def a_house(units: list[bytes]) -> Listing:
    return replace(a_listing(Random(1)), unit_words=tuple(units))


def test_a_stay_fits_where_one_unit_is_free_all_the_time() -> None:
    random = Random(1)
    known = {row: some_units(random) for row in random.sample(range(300), 120)}
    table = UnitNights()
    for row, units in known.items():
        table.put(row, a_house(units))
    for row in list(known)[:20]:
        table.drop(row)
        del known[row]
    order = np.array(random.sample(range(300), 250))
    kept = {place: known[row] for place, row in enumerate(order.tolist()) if row in known}
    table.move(order)
    again = UnitNights.from_parts(*table.parts())
    rows, fits, together = np.arange(300), 0, 0
    for _ in range(200):
        first, count = random.randint(0, 500), random.randint(1, 9)
        first = min(first, 512 - count)
        found = table.stay_in_one(rows, night_words(first, count)).tolist()
        assert found == [free_in_one(kept[row], first, count) if row in kept else True for row in range(300)]
        assert again.stay_in_one(rows, night_words(first, count)).tolist() == found
        fits += sum(found[row] for row in kept)
        together += sum(free_in_one([union_of(units)], first, count) for units in kept.values())
    assert 0 < fits < together  # what the nights together would have promised


def test_the_words_roll_like_the_days() -> None:
    units = some_units(Random(2))
    for days in (1, 63, 64, 65, 200, 511, 512, 900):
        table = UnitNights()
        table.put(3, a_house(units))
        table.roll(days)
        right = [(int.from_bytes(each, "little") >> days).to_bytes(64, "little") for each in units]
        assert table.words_of(3) == right
    words = [np.array([word], np.uint64) for word in range(8)]
    assert rolled_words(words, 0)[5].tolist() == [5]


async def test_nights_free_in_different_rooms_are_not_sold_as_one_stay(db: Database) -> None:
    async with db.write() as tx:
        stay = await a_stay(tx, units=2)
        one, other = stay.sellable.unit_ids
        for unit, first in ((one, ARRIVAL), (other, ARRIVAL + 2 * DAY)):
            ask = replace(ask_of(stay.sellable, first, first + DAY), unit_ids=(unit,))
            await inventory.claim(tx, ask, kind=ClaimKind.BLOCK, owner_id=new_id(), now=NOW)
    index = await loaded(db)
    assert all(found(index, ARRIVAL + at * DAY, ARRIVAL + (at + 1) * DAY) for at in range(3))
    assert not found(index, ARRIVAL, DEPARTURE)
    assert found(index, ARRIVAL, ARRIVAL + 2 * DAY)
    some = Query(flexible=Flexible((3,), ARRIVAL - 2 * DAY, ARRIVAL + 1 * DAY))
    assert [hit.arrival for hit in index.find(some, now=NOW).hits] == [ARRIVAL - 2 * DAY]
    index.columns.unit_nights = UnitNights()
    assert found(index, ARRIVAL, DEPARTURE)  # without knowing the rooms it would be
