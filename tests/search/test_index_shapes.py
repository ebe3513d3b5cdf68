"""Places on earth: circles of every size, boxes, polygons, the poles, the date line, and clusters for a map."""

from dataclasses import replace
from math import asin, atan2, cos, degrees, inf, nan, radians, sin, tau
from random import Random
from uuid import UUID

import pytest

from hospes.modules.pricing.contracts import Party
from hospes.modules.search.contracts import Box, Listing, Query, Sort
from hospes.modules.search.index.clusters import MOST
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.policies.polygons import around_a_pole
from tests.search.oracle import CODES, NOW, TODAY, a_listing, a_polygon, kilometres, surrounded

LIMIT = 5_000


def anywhere(random: Random, count: int) -> list[Listing]:
    """All over the earth, many of them near poles and the date line, some on the very same spot."""
    places = [(90.0, 0.0), (-90.0, 12.5), (0.0, 180.0), (0.0, -180.0), (89.99, -170.0), (-17.8, 179.99), (10.0, 10.0)]
    world = []
    for _ in range(count):
        latitude, longitude = random.choice((
            random.choice(places),
            (random.uniform(-90, 90), random.uniform(-180, 180)),
            (random.gauss(-17.8, 0.5), (random.gauss(180, 0.7) + 180) % 360 - 180),
            (90 - abs(random.gauss(0, 1.5)), random.uniform(-180, 180)),
        ))  # fmt: skip
        there = replace(a_listing(random), latitude=round(latitude, 5), longitude=round(longitude, 5), guests=2)
        world.append(replace(there, property_id=UUID(int=random.getrandbits(128))))
    return world


def index_of(world: list[Listing]) -> SearchIndex:
    index = SearchIndex(("HOME", "HOTEL_ROOM"), CODES, TODAY)
    index.load(world)
    return index


def found(index: SearchIndex, query: Query) -> set[UUID]:
    answer = index.find(replace(query, limit=LIMIT), now=NOW)
    assert answer.total == len(answer.hits)
    return {hit.resource_id for hit in answer.hits}


def test_a_circle_holds_exactly_what_is_near_enough_wherever_it_lies() -> None:
    random = Random(1)
    world = anywhere(random, 500)
    index = index_of(world)
    some = 0
    for _ in range(250):
        middle = random.choice(world)
        query = Query(
            latitude=random.choice((middle.latitude, random.uniform(-90, 90))),
            longitude=random.choice((middle.longitude, random.uniform(-180, 180), 180.0, -180.0)),
            radius_km=random.choice((0.0, 1.0, 30.0, 200.0, 900.0, 5_000.0, 19_990.0, 20_000.0, 20_038.0)),
        )
        assert query.latitude is not None
        assert query.longitude is not None
        right = {
            each.resource_id
            for each in world
            if round(kilometres(each, query.latitude, query.longitude), 6) <= query.radius_km
        }
        assert found(index, query) == right, query
        some += 0 < len(right) < len(world)
    assert some > 50


def going(latitude: float, bearing: float, kilometres: float) -> tuple[float, float]:
    """Where one comes from (latitude, 0) along a great circle."""
    start, way = radians(latitude), kilometres / 6371.0088
    end = asin(sin(start) * cos(way) + cos(start) * sin(way) * cos(bearing))
    east = atan2(sin(bearing) * sin(way) * cos(start), cos(way) - sin(start) * sin(end))
    return round(degrees(end), 7), round(degrees(east), 7)


@pytest.mark.parametrize("radius_km", [0.5, 3.0, 12.0, 48.0, 180.0, 700.0])
@pytest.mark.parametrize("latitude", [0.0, 38.7, -52.0, 69.6, 84.0])
def test_on_the_edge_of_a_circle_the_true_distance_decides(latitude: float, radius_km: float) -> None:
    """Points within a fiftieth to a hundred-thousandth of the radius, where a shorter formula would be wrong."""
    random = Random(int(radius_km))
    plain, world = a_listing(random), []
    for place in range(200):
        there = going(
            latitude,
            random.uniform(0, tau),
            radius_km * (1 + random.choice((0.02, 1e-3, 1e-5)) * random.uniform(-1, 1)),
        )
        world.append(replace(plain, resource_id=UUID(int=place + 1), guests=1, latitude=there[0], longitude=there[1]))
    index = index_of(world)
    right = {each.resource_id for each in world if round(kilometres(each, latitude, 0.0), 6) <= radius_km}
    assert found(index, Query(latitude=latitude, longitude=0.0, radius_km=radius_km)) == right
    assert 0 < len(right) < len(world)


def test_a_box_may_cross_the_date_line_or_be_the_whole_earth() -> None:
    random = Random(2)
    world = anywhere(random, 800)
    index = index_of(world)
    assert found(index, Query(box=Box(-90, -180, 90, 180))) == {each.resource_id for each in world}
    for _ in range(100):
        south, north = sorted((random.uniform(-90, 90), random.uniform(-90, 90)))
        box = Box(south, random.uniform(-180, 180), north, random.uniform(-180, 180))
        right = {
            each.resource_id
            for each in world
            if south <= each.latitude <= north
            and (
                box.west <= each.longitude <= box.east
                if box.west <= box.east
                else each.longitude >= box.west or each.longitude <= box.east
            )
        }
        assert found(index, Query(box=box)) == right


def test_a_polygon_of_any_form_holds_what_the_even_odd_rule_says() -> None:
    random = Random(3)
    world = anywhere(random, 700)
    index = index_of(world)
    some = 0
    for _ in range(150):
        middle = random.choice(world)
        polygon = a_polygon(random, min(max(middle.latitude, -80.0), 80.0), middle.longitude)
        right = {each.resource_id for each in world if surrounded(polygon, each.latitude, each.longitude)}
        assert found(index, Query(polygon=polygon)) == right, polygon
        some += len(right) > 0
    assert some > 30


def test_of_a_bow_tie_both_wings_are_inside_and_what_two_loops_share_is_not() -> None:
    spots = {"left": (0.5, 0.2), "right": (0.5, 0.8), "top": (0.9, 0.5), "twice": (0.45, 0.5)}
    world = {
        name: replace(a_listing(Random(0)), latitude=at[0], longitude=at[1], guests=1, resource_id=UUID(int=place + 1))
        for place, (name, at) in enumerate(spots.items())
    }
    index = index_of(list(world.values()))

    def inside(*points: tuple[float, float]) -> set[str]:
        ids = found(index, Query(polygon=points))
        return {name for name, each in world.items() if each.resource_id in ids}

    bow_tie = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    assert inside(*bow_tie) == {"left", "right"}
    square = ((0.3, 0.1), (0.3, 0.9), (0.7, 0.9), (0.7, 0.1))
    assert inside(*square) == {"left", "right", "twice"}
    assert inside(*square, *square) == set()


def test_a_square_of_points_is_the_box_around_them() -> None:
    random = Random(4)
    world = anywhere(random, 1_000)
    index = index_of(world)
    for south, west, north, east in ((-20, 178, -15, -178), (5, 5, 15, 15), (-20.0, 179.9, -15, 180)):
        points = ((south, west), (south, east), (north, east), (north, west))
        assert found(index, Query(polygon=points)) == found(index, Query(box=Box(south, west, north, east)))


def test_a_polygon_around_a_pole_is_told_apart() -> None:
    assert around_a_pole(((80, 0), (80, 120), (80, -120)))
    assert not around_a_pole(((80, 0), (80, 60), (85, 30)))
    assert not around_a_pole(((10, 170), (10, -170), (-10, -170), (-10, 170)))


@pytest.mark.parametrize(
    "odd",
    [
        Query(latitude=nan, longitude=0.0),
        Query(latitude=0.0, longitude=inf),
        Query(latitude=0.0, longitude=0.0, radius_km=-1.0),
        Query(latitude=0.0, longitude=0.0, radius_km=nan),
        Query(box=Box(nan, 0.0, 1.0, 1.0)),
        Query(polygon=((0.0, 0.0), (nan, 1.0), (1.0, 1.0))),
        Query(rating_min=nan),
        Query(after=(nan, str(UUID(int=0)))),
        Query(limit=0),
        Query(amenities=tuple(str(number) for number in range(10_000))),
        Query(kinds=("CASTLE",) * 1_000),
        Query(party=Party(1, pets=6)),
        Query(party=Party(10**9)),
        Query(price_min=10**12),
        Query(price_max=-1),
        Query(polygon=((0.0, 0.0), (0.0, 0.0), (0.0, 0.0))),
    ],
)
def test_what_cannot_be_finds_nothing(odd: Query) -> None:
    index = index_of([replace(each, base_amount=9_000) for each in anywhere(Random(5), 50)])
    answer = index.find(odd, now=NOW)
    assert answer.hits == ()


def test_clusters_count_every_property_once_in_few_squares() -> None:
    random = Random(6)
    world = anywhere(random, 1_200)
    index = index_of(world)
    for side in (0.0, 0.01, 0.5, 5.0, 60.0, 1e9):
        clusters = index.find(Query(clusters=side), now=NOW).clusters
        assert 1 <= len(clusters) <= MOST
        assert sum(each.count for each in clusters) == len(world)
    for each in clusters:
        assert each.box.south <= each.latitude <= each.box.north
    assert index.find(Query(clusters=nan), now=NOW).clusters == ()
    assert index.find(Query(), now=NOW).clusters == ()


def test_a_cluster_tells_its_middle_its_box_and_its_lowest_price_and_one_alone_who_it_is() -> None:
    random = Random(7)
    home = replace(a_listing(random), currency="EUR", guests=2)
    spots = [(10.1, 20.1, 9_000), (10.2, 20.3, 7_000), (50.0, 60.0, 5_000)]
    world = [
        replace(home, resource_id=UUID(int=at + 1), property_id=UUID(int=at + 11), latitude=lat, longitude=lon,
                base_amount=price, day_prices={})
        for at, (lat, lon, price) in enumerate(spots)
    ]  # fmt: skip
    two, one = index_of(world).find(Query(clusters=1.0), now=NOW).clusters
    assert (two.latitude, two.longitude, two.count, two.cheapest) == (10.15, 20.2, 2, 7_000)
    assert two.box == Box(10.1, 20.1, 10.2, 20.3)
    assert (two.property_id, two.resource_id) == (None, None)
    assert (one.count, one.cheapest, one.property_id, one.resource_id) == (1, 5_000, UUID(int=13), UUID(int=3))


def test_clusters_count_what_all_filters_leave_not_only_the_page() -> None:
    random = Random(8)
    world = anywhere(random, 600)
    index = index_of(world)
    query = Query(instant=True, limit=5, clusters=10.0, sort=Sort.PRICE)
    answer = index.find(query, now=NOW)
    assert sum(each.count for each in answer.clusters) == answer.total == sum(each.instant for each in world)
    assert min(each.cheapest for each in answer.clusters) == answer.hits[0].score
