"""The index, as the real loader fills it, against an oracle in plain SQL over random worlds; and against booking."""

import asyncio
import itertools
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
import pytest

from hospes.modules.booking.contracts import Party as BookingParty
from hospes.modules.booking.use_cases.place_hold import place_hold
from hospes.modules.pricing.contracts import ALL_WEEK, Party
from hospes.modules.search.contracts import Box, Find, Flexible, Hit, Per, Query, Sort
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping import loader
from hospes.modules.search.tables.unit_nights import UnitNights
from hospes.platform.db import Database, WriteTx
from hospes.platform.errors import HospesError
from tests.builders.identity import a_user
from tests.builders.keys import KEYRING
from tests.conftest import NOW, Servers
from tests.search.postgis import PACKAGE, PostgisPlaces, postgis_binaries, postgis_server
from tests.search.sql_oracle import Answer, PlainPlaces, SqlOracle
from tests.search.sql_world import CURRENCIES, DAY, TODAY, TOWNS, WISHES, World, a_world, change

_names = itertools.count()
ASKED = {"dated": 600, "undated": 150, "flexible": 80}
ASKED_AFTERWARDS = {"dated": 200, "undated": 50, "flexible": 20}


Answers = list[tuple[Query, list[Answer]]]


@dataclass(frozen=True)
class Study:
    """A world as it is, an index that was brought up to date listing by listing, and what the oracle has answered; and
    before the last changes an index just loaded, and the answers at that time."""

    url: str
    world: World
    index: SearchIndex
    answers: Answers
    fresh: SearchIndex
    before: Answers


@pytest.fixture(scope="module", params=range(2))
def study(running: Servers, request: pytest.FixtureRequest) -> Iterator[Study]:
    name = f"oracle_{next(_names)}_{request.param}"
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE hospes STRATEGY FILE_COPY")
        yield asyncio.run(a_study(running.url(name), Random(request.param)))
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def a_study(url: str, random: Random) -> Study:
    db = Database(url, max_write=2, keyring=KEYRING)
    await db.open()
    try:
        async with db.write() as tx:
            world = await a_world(tx, random)
        async with db.write() as tx:
            await tx.run("ANALYZE")
        fresh = loader.empty_index(NOW)
        await loader.load_all(db, fresh, now=NOW)
        before = await answers(db, random, ASKED)
        arrays, facts = fresh.parts()
        index = SearchIndex.from_parts({name: each.copy() for name, each in arrays.items()}, facts)
        async with db.write() as tx:
            touched = await change(tx, random, world)
        await loader.refresh(db, index, sorted(touched), now=NOW)
        after = await answers(db, random, ASKED_AFTERWARDS)
    finally:
        await db.close()
    return Study(url, world, index, after, fresh, before)


async def answers(db: Database, random: Random, asked: dict[str, int]) -> Answers:
    async with db.read() as tx:
        oracle = SqlOracle(tx, PlainPlaces(tx), NOW)
        queries = [a_query(random, kind) for kind, count in asked.items() for _ in range(count)]
        return [(query, await oracle.answer(query)) for query in queries]


def a_query(random: Random, kind: str) -> Query:
    """Any mixture of wishes."""
    arrival = TODAY + random.choice((random.randint(-1, 4), random.randint(0, 120))) * DAY
    town = random.choice(TOWNS)
    where = random.choice(("circle", "circle", "box", "polygon", "anywhere", "both"))
    query = Query(
        party=Party(
            random.randint(1, 4), random.choice((0, 0, 1, 2)), random.choice((0, 0, 1)), random.choice((0, 0, 1))
        ),
        price_min=random.choice((None, None, None, 40)),
        price_max=random.choice((None, None, None, 300)),
        per=random.choice(tuple(Per)),
        currency=random.choice(CURRENCIES),
        kinds=random.choice(((), (), ("HOME",), ("HOME", "HOTEL_ROOM"), ("TOUR",), ("MEETING_ROOM", "HOME"))),
        find=random.choice((*[Find.FITTING] * 6, *Find)),
        amenities=tuple(random.sample(WISHES, random.choice((0, 0, 0, 1, 2)))),
        instant=random.random() < 0.15,
        rating_min=random.choice((None, None, None, 4.0, 4.25)),
        sort=random.choice(tuple(Sort)),
        limit=200,
    )
    ages = tuple(random.choices(range(18), k=random.randint(0, query.party.children)))
    query = replace(query, child_ages=ages)
    query = replace(query, price_min=_scaled(query.price_min, query), price_max=_scaled(query.price_max, query))
    if where in ("circle", "both"):
        latitude, longitude = town[0] + random.gauss(0, 0.05), town[1] + random.gauss(0, 0.05)
        longitude = longitude - 360 if longitude > 180 else longitude
        query = replace(query, latitude=latitude, longitude=longitude, radius_km=random.choice((4.0, 15.0, 60.0)))
    if where in ("polygon", "both"):
        query = replace(query, polygon=a_polygon(random, town))
    if where == "box":
        west, east = town[1] - random.uniform(0, 0.4), town[1] + random.uniform(0, 0.4)
        query = replace(query, box=Box(town[0] - 0.1, west, town[0] + 0.2, east - 360 if east > 180 else east))
    if kind == "dated":
        departure = arrival + random.choice((1, 1, 2, 3, 3, 4, 7, 8, 14, 30)) * DAY
        query = replace(query, arrival=arrival, departure=departure)
    if kind == "flexible":
        last = arrival + random.randint(0, 6) * DAY
        weekdays = random.choice((ALL_WEEK, ALL_WEEK, 0b011_0000))
        query = replace(query, flexible=Flexible(random.choice(((2,), (3, 5), (1, 7))), arrival, last, weekdays))
    return query


def _scaled(amount: int | None, query: Query) -> int | None:
    """Hundreds of euros or so in the minor units of the query's currency, a few nights of it for whole stays."""
    units = {"EUR": 100, "USD": 116, "ISK": 142, "KWD": 356}[query.currency]
    return None if amount is None else amount * units * (3 if query.per is Per.STAY else 1)


def a_polygon(random: Random, town: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """A star around a town that does not cross itself; its longitudes are written as on a map."""
    corners = sorted(random.sample(range(72), random.randint(3, 9)))
    found = []
    for corner in corners:
        away = random.uniform(0.05, 0.5)
        turn = math.radians(corner * 5)
        latitude, longitude = town[0] + away * math.sin(turn), town[1] + away * math.cos(turn)
        found.append((latitude, longitude - 360 if longitude > 180 else longitude))
    return tuple(found)


def as_answer(hit: Hit) -> Answer:
    return Answer(
        *(hit.resource_id, hit.property_id, hit.nightly, hit.total, hit.arrival, hit.departure, hit.starts_at),
        *(hit.fitting, hit.score),
    )


def found_by(index: SearchIndex, query: Query) -> list[Answer]:
    return [as_answer(hit) for hit in index.find(query, now=NOW, facets=False).hits]


def differs(index: SearchIndex, answers: Answers) -> bool:
    return any(found_by(index, query) != right for query, right in answers)


def test_the_index_finds_what_the_database_has_in_the_same_order_at_the_same_totals(study: Study) -> None:
    some = 0
    for query, right in study.before:
        found = study.fresh.find(query, now=NOW)
        assert [as_answer(hit) for hit in found.hits] == right, query
        assert found.total == len(right)
        some += bool(right)
    assert some > len(study.before) // 3
    assert sum(each.starts_at is not None for _, right in study.before for each in right) > 100


def test_so_does_an_index_that_read_again_what_has_changed(study: Study) -> None:
    for query, right in study.answers:
        assert found_by(study.index, query) == right, query
    assert differs(study.fresh, study.answers)  # which has not
    assert study.index.columns.unsorted
    study.index.columns.compact()
    assert not differs(study.index, study.answers)


def test_pages_by_cursor_come_to_the_same_whole(study: Study) -> None:
    long = [(query, right) for query, right in study.before if len(right) > 5]
    assert len(long) > 20
    for query, right in long:
        page, seen = replace(query, limit=4), list[Answer]()
        while hits := study.fresh.find(page, now=NOW, facets=False).hits:
            seen += map(as_answer, hits)
            page = replace(page, after=(hits[-1].score, str(hits[-1].property_id)))
        assert seen == right


def test_a_facet_counts_what_choosing_it_would_find(study: Study) -> None:
    asked = {(query, query.kinds): len(right) for query, right in study.before if query.kinds == ("HOME",)}
    assert len(asked) > 20
    tours = [(query, len(right)) for query, right in study.before if query.kinds == ("TOUR",)]
    assert sum(count for _, count in tours) > 50
    for query, count in tours:
        if query.find is not Find.STAYS:  # for which a tour is no kind to choose
            assert study.fresh.find(replace(query, kinds=()), now=NOW).facets.kinds.get("TOUR", 0) == count
    for query, right in study.before:
        counted = study.fresh.find(replace(query, find=Find.STAYS), now=NOW).facets.find
        if query.find is Find.THINGS:
            assert counted["things"] == len(right)
    for (query, _), count in asked.items():
        for wider in (replace(query, kinds=()), replace(query, kinds=("HOTEL_ROOM",)), query):
            assert study.fresh.find(wider, now=NOW).facets.kinds.get("HOME", 0) == count


FORGOTTEN = ("limit", "tariff", "own_prices", "cleaning", "service", "notice", "unit_nights")


@pytest.mark.parametrize("forgotten", FORGOTTEN)
def test_if_the_index_forgot_something_the_oracle_would_notice(study: Study, forgotten: str) -> None:
    columns = study.fresh.columns
    if forgotten == "unit_nights":
        known, columns.unit_nights = columns.unit_nights, UnitNights()
        noticed = differs(study.fresh, study.before)
        columns.unit_nights = known
    else:
        kept = columns[forgotten].copy()
        columns[forgotten][:] = 0
        noticed = differs(study.fresh, study.before)
        columns[forgotten][:] = kept
    assert noticed
    assert not differs(study.fresh, study.before[::7])


class Undo(Exception):
    """Not kept."""


async def held(tx: WriteTx, guest_id: UUID, resource_id: UUID, query: Query, total: int | None) -> str:
    """What booking says to a hold of these nights, undone at once: nothing when it gives it."""
    assert query.arrival is not None
    assert query.departure is not None
    party = query.party
    try:
        async with tx.savepoint():
            await place_hold(
                tx,
                guest_id=guest_id,
                resource_id=resource_id,
                arrival=query.arrival,
                departure=query.departure,
                party=BookingParty(party.adults, party.children, party.infants, party.pets),
                expected_total=total,
                now=NOW,
            )
            raise Undo
    except HospesError as refusal:
        return f"{refusal.code}: {refusal.detail}"
    except Undo:
        return ""


async def test_booking_gives_what_is_found_at_its_total_and_refuses_what_is_not(study: Study) -> None:
    random = Random(study.url)
    db = Database(study.url, max_write=1, keyring=KEYRING)
    await db.open()
    given = refused = 0
    try:
        async with db.write() as tx:
            guest = await a_user(tx)
            rows = await tx.all("SELECT id FROM catalog.resource WHERE kind IN ('HOME', 'HOTEL_ROOM')")
            rooms = {row["id"] for row in rows}
            for property_id, (latitude, longitude) in random.sample(sorted(study.world.properties.items()), 60):
                arrival = TODAY + random.choice((random.randint(0, 4), random.randint(0, 120))) * DAY
                query = Query(
                    latitude=latitude,
                    longitude=longitude,
                    arrival=arrival,
                    departure=arrival + random.choice((1, 2, 3, 3, 5, 8)) * DAY,
                    party=Party(random.randint(1, 3), random.choice((0, 0, 1)), pets=random.choice((0, 0, 1))),
                    limit=200,
                )
                hits = {hit.property_id: hit for hit in study.index.find(query, now=NOW).hits}
                hit = hits.get(property_id)
                if hit is not None:
                    assert await held(tx, guest.id, hit.resource_id, query, hit.total) == ""
                those = [each for each in study.world.resources[property_id] if each in rooms]
                said = [await held(tx, guest.id, each, query, None) for each in those]
                assert said.count("") == (hit.fitting if hit else 0), (query, said)
                given, refused = given + said.count(""), refused + len(said) - said.count("")
            raise Undo
    except Undo:
        pass
    finally:
        await db.close()
    assert min(given, refused) > 10


@pytest.fixture(scope="module")
def postgis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    binaries = postgis_binaries()
    if binaries is None:
        pytest.skip(f"there is no PostGIS on this machine; Debian has it as {PACKAGE}")
    with (
        tempfile.TemporaryDirectory(prefix="hospes-gis-") as name,
        postgis_server(binaries, Path(name)) as connection,
    ):
        yield connection


def a_shape(random: Random) -> Query:
    """A circle of any size, a polygon that may cross itself, or both."""
    town = random.choice(TOWNS)
    query = Query(limit=1_000)
    if random.random() < 0.6:
        radius = random.choice((0.5, 3.0, 12.0, 40.0, 400.0, 3_000.0, 9_000.0, 19_000.0))
        latitude = max(min(town[0] + random.gauss(0, radius / 111), 89.9), -89.9)
        longitude = (town[1] + random.gauss(0, radius / 60) + 180) % 360 - 180
        query = replace(query, latitude=latitude, longitude=longitude, radius_km=radius)
    if query.latitude is None or random.random() < 0.2:
        polygon = list(a_polygon(random, town))
        if random.random() < 0.5:
            random.shuffle(polygon)
        query = replace(query, polygon=tuple(polygon))
    return query


def test_postgis_draws_the_same_circles_and_polygons(study: Study, postgis: psycopg.Connection) -> None:
    random = Random(len(study.world.properties))
    places = PostgisPlaces(postgis, study.world.properties)
    live = {hit.property_id for hit in study.index.find(Query(limit=1_000), now=NOW).hits}
    cut = wider = 0
    for _ in range(300):
        query = a_shape(random)
        right = places.within(query) & live
        found = {hit.property_id for hit in study.index.find(query, now=NOW, facets=False).hits}
        assert found == right, query
        cut += 0 < len(right) < len(live)
        wider += places.within(replace(query, radius_km=query.radius_km * 1.1)) & live != right
    assert cut > 90
    assert wider > 10  # a circle a tenth too large would be noticed
