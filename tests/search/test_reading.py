"""What is read in batches is what one reads listing by listing: of random worlds every column, bit for bit."""

from contextlib import aclosing
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.search.contracts import Listing
from hospes.modules.search.index.batches import Batch, Coded, batch_of
from hospes.modules.search.index.columns import ROW, Columns
from hospes.modules.search.keeping import loader
from hospes.modules.search.keeping.reading import read_all, read_these
from hospes.modules.search.policies.grid import cell, cells
from hospes.modules.search.policies.relevance import relevance, relevances
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.modules.search.tables.day_patterns import DayPatterns
from hospes.modules.search.tables.faces import Packed
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from tests.builders.booking import a_stay
from tests.builders.catalog import a_picture, a_resource
from tests.builders.inventory import ask_of
from tests.builders.pricing import a_rate
from tests.builders.schedules import VERSAILLES, a_departure, with_schedule
from tests.conftest import NOW
from tests.search.one_by_one import every_listing
from tests.search.sql_world import World, a_world, change

TODAY = earliest_today(NOW)


def different(one: Columns, other: Columns) -> dict[bytes, dict[str, Any]]:
    """The listings of which they do not know the same, and what each knows."""
    left, right = known(one), known(other)
    found = {}
    for each in left.keys() | right.keys():
        mine, theirs = left.get(each, {}), right.get(each, {})
        if mine != theirs:
            both = {name: (mine.get(name), theirs.get(name)) for name in mine.keys() | theirs.keys()}
            found[each] = {name: each for name, each in both.items() if each[0] != each[1]}
    return found


def known(columns: Columns) -> dict[bytes, dict[str, Any]]:
    """All that is known of every listing, codes spelt out."""
    assert ROW.names is not None
    found: dict[bytes, dict[str, Any]] = {}
    for row in np.flatnonzero(columns["guests"][: columns.used]).tolist():
        told = {name: columns[name][row].item() for name in ROW.names}
        told["currency"] = columns.currencies[told["currency"]]
        told["clock"] = columns.clocks[told["clock"]]
        told["property"] = columns.properties.id_of(told["property"])
        told["nights"] = columns.open_words(row)
        beside = {
            "own": columns.own.of(row),
            "face": columns.faces.of(row),
            "units": sorted(columns.unit_nights.words_of(row)),
            "tariff": _tariff(columns, told.pop("tariff")),
            "limit": _by_day(columns.limits._days, told.pop("limit")),
        }
        rows = np.array([row])
        for name in ("diaries", "sailings"):
            lists = getattr(columns, name)._lists
            entries = lists.entries(rows)
            counts, places = lists.all_of(entries)
            beside[name] = (
                counts.tolist(),
                {each: values[places].tolist() for each, values in lists.records.items()},
                {each: values[entries].tolist() for each, values in lists.facts.items()},
            )
        zones = columns.diaries._zones
        beside["diaries"][2]["zone"] = [zones[code] for code in beside["diaries"][2]["zone"] if code < len(zones)]
        found[told["id"]] = told | beside
    return found


def _tariff(columns: Columns, code: int) -> Any:
    terms = columns.tariffs
    days, stays, taxes = terms.heads.rows[code].tolist()
    lists = [each.of(np.array([at])).rows.tolist() for each, at in ((terms.stays, stays), (terms.taxes, taxes))]
    combos = [(each[:-1], terms.children.rows[each[-1]].tolist()) for [each] in _by_day(terms.days, days)]
    return combos, lists


def _by_day(patterns: DayPatterns, code: int) -> list[Any]:
    return [patterns.combos[patterns.at(np.array([code]), ahead)].tolist() for ahead in range(0, 400, 31)]


def empty() -> Columns:
    return loader.empty_index(NOW).columns


async def a_larger_world(tx: WriteTx, random: Random) -> World:
    """With pictures, strange names, hours and departures."""
    world = await a_world(tx, random, 60)
    for property_id, resources in world.resources.items():
        for _ in range(random.choice((0, 0, 1, 3))):
            whose = random.choice((None, *resources))
            await a_picture(tx, property_id, resource_id=whose, position=random.randrange(3), alt=random.choice(NAMES))
        await tx.run("UPDATE catalog.property SET name = %s WHERE id = %s", (random.choice(NAMES), property_id))
    home = {"travel_mode": "travel", "home": VERSAILLES, "radius_km": 30.0, "speed_kmh": 30.0}
    for given in ({}, home):
        sellable = await a_resource(tx, kind="PROFESSIONAL", mode="timed")
        await a_rate(tx, sellable.resource_id)
        await with_schedule(tx, sellable.resource_id, **given)
    tour = await a_resource(tx, kind="TOUR", mode="departure", max_guests=4)
    await a_rate(tx, tour.resource_id)
    await a_departure(tx, tour.resource_id)
    await a_rate(tx, (await a_resource(tx, kind="TOUR", mode="departure")).resource_id)
    await tx.run("ANALYZE")
    return world


NAMES = ('Casa "Ω" 東京', "a\nb\\c\td", "Ö", "'", "\x7f\x01")


@dataclass(frozen=True)
class Read:
    """A world: its listings one by one, and as one batch."""

    listings: list[Listing]
    batch: Batch


@pytest.fixture(params=range(2))
async def read(db: Database, request: pytest.FixtureRequest) -> Read:
    async with db.write() as tx:
        await a_larger_world(tx, Random(request.param))
    return await a_reading(db)


async def a_reading(db: Database) -> Read:
    async with db.read() as tx:
        listings = await every_listing(tx, today=TODAY, now=NOW)
    [batch] = [batch async for batch in read_all(db, today=TODAY, now=NOW)]
    return Read(listings, batch)


def filled(*given: Batch) -> Columns:
    columns = empty()
    for batch in given:
        columns.extend(batch)
    columns.compact()
    return columns


def slowly(listings: list[Listing]) -> Columns:
    columns = empty()
    for listing in listings:
        columns.put(listing)
    columns.compact()
    return columns


async def test_what_is_read_in_batches_is_what_one_reads_one_by_one(db: Database, read: Read) -> None:
    several = [batch async for batch in read_all(db, today=TODAY, now=NOW, size=7)]
    assert len(read.listings) > 50
    assert sum(map(len, several)) == len(read.batch) == len(read.listings)
    assert len(several) > 10
    right = slowly(read.listings)
    assert different(filled(read.batch), right) == {}
    assert different(filled(*several), right) == {}


async def test_the_bytes_of_the_columns_are_the_same(read: Read) -> None:
    """Also codes, order and room."""
    fast, slow = (columns.parts() for columns in (filled(read.batch), filled(batch_of(read.listings))))
    assert fast[1] == slow[1]
    assert fast[0].keys() == slow[0].keys()
    other = {name for name, each in fast[0].items() if each.tobytes() != slow[0][name].tobytes()}
    assert other <= {"faces.ends", "faces.text"}  # 5.00 and 5.0


@pytest.mark.parametrize("read", [0], indirect=True)
async def test_control_whatever_is_left_out_or_mixed_up_is_noticed(read: Read) -> None:
    right = filled(read.batch)
    for field in fields(Batch):
        was = getattr(read.batch, field.name)
        assert different(filled(replace(read.batch, **{field.name: mixed_up(was)})), right) != {}, field.name


def mixed_up(was: Any) -> Any:
    match was:
        case Coded():
            return replace(was, codes=np.roll(was.codes, 1))
        case np.ndarray():
            return np.roll(was, 1, axis=0)
        case Packed():
            return Packed.of(was.all()[::-1])
        case dict():
            return {}
        case _:
            return replace(was, amounts=was.amounts + 1)


@pytest.mark.parametrize("seed", range(2))
async def test_what_is_read_again_after_changes_is_what_one_reads_one_by_one(db: Database, seed: int) -> None:
    random = Random(seed)
    async with db.write() as tx:
        world = await a_larger_world(tx, random)
    columns = filled((await a_reading(db)).batch)
    for _ in range(3):
        async with db.write() as tx:
            touched = sorted(await change(tx, random, world))
        batch = await read_these(db, touched, today=TODAY, now=NOW)
        columns.put_all(batch)
        for gone in set(touched).difference(batch.resource_ids()):
            columns.drop(gone)
        assert different(columns, slowly((await a_reading(db)).listings)) == {}


async def test_a_reading_given_up_half_way_gives_its_only_connection_back(db: Database) -> None:
    async with db.write() as tx:
        for _ in range(3):
            await a_stay(tx)
    narrow = Database(db.url, max_write=1, max_read=1)
    await narrow.open()
    try:
        for _ in range(2):
            async with aclosing(read_all(narrow, today=TODAY, now=NOW, size=1)) as everything:
                async for batch in everything:
                    assert len(batch) == 1
                    break
        index = loader.empty_index(NOW)
        assert await loader.load_all(narrow, index, now=NOW) == 3
    finally:
        await narrow.close()


async def test_of_a_listing_that_is_taken_and_off_sale_nothing_is_read(db: Database) -> None:
    async with db.write() as tx:
        gone = await a_resource(tx)
        await inventory.claim(
            tx, ask_of(gone, TODAY, TODAY + timedelta(days=2)), kind=ClaimKind.BOOKING, owner_id=new_id(), now=NOW
        )
        await tx.run("UPDATE catalog.resource SET active = false WHERE id = %s", (gone.resource_id,))
    assert len(await read_these(db, [gone.resource_id], today=TODAY, now=NOW)) == 0


async def test_nights_before_today_and_after_the_calendar_are_nobodys(db: Database) -> None:
    async with db.write() as tx:
        for first, last in ((-3, 1), (0, 1), (63, 65), (505, 530), (511, 512), (512, 513), (600, 601)):
            there = await a_resource(tx)
            await a_rate(tx, there.resource_id)
            ask = ask_of(there, TODAY + timedelta(first), TODAY + timedelta(last))
            await inventory.claim(tx, ask, kind=ClaimKind.BLOCK, owner_id=new_id(), now=NOW - timedelta(5))
    read = await a_reading(db)
    closed = [512 - int.from_bytes(each.tobytes(), "little").bit_count() for each in read.batch.words]
    assert closed == [1, 1, 2, 7, 1, 0, 0]
    assert different(filled(read.batch), slowly(read.listings)) == {}


def test_of_many_cells_and_scores_are_those_of_one() -> None:
    random = Random(5)
    places = [(random.uniform(-91, 91), random.uniform(-181, 181)) for _ in range(5_000)]
    places += [(x / 10, y / 10) for x in range(-900, 901, 75) for y in range(-1_800, 1_801, 75)]
    assert cells(*np.array(places).T).tolist() == [cell(*each) for each in places]
    rated = [
        (
            random.choice((0, random.uniform(1, 5))),
            random.randrange(300),
            random.random() < 0.5,
            random.randrange(10**6),
        )
        for _ in range(20_000)
    ]
    ratings, counts, instant, cents = (np.array(each) for each in zip(*rated, strict=True))
    one_by_one = [relevance(rating, count, instant=now, euro_cents=price) for rating, count, now, price in rated]
    assert relevances(ratings, counts, instant, cents).tolist() == one_by_one


def test_faces_of_another_number_than_the_listings_are_refused() -> None:
    """A line end within a face would give listings the faces of others; JSON has none."""
    assert Packed.lines(b"[1]\n[2]", 2).all() == [b"[1]", b"[2]"]
    assert Packed.lines(b"", 0).all() == []
    with pytest.raises(ValueError, match="3 faces of 2"):
        Packed.lines(b"[1\n]\n[2]", 2)
