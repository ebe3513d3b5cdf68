"""The demo world: the same seed, the same world; and a world that keeps the product's own rules."""

from collections import Counter
from datetime import date
from math import hypot
from xml.etree import ElementTree

import pytest

from hospes.entrypoints.demo import pictures
from hospes.entrypoints.demo.closed import easter, public_holidays
from hospes.entrypoints.demo.land import WEDGES, on_land, wedges
from hospes.entrypoints.demo.places import cities
from hospes.entrypoints.demo.quarters import _away, _known, quarter
from hospes.entrypoints.demo.rows import COLUMNS, World, nice
from hospes.entrypoints.demo.world import Builder
from hospes.modules.catalog.contracts import AMENITY_BIT
from tests.conftest import NOW


def a_builder(seed: int) -> Builder:
    builder = Builder(seed, date(2026, 6, 1), NOW, "hash", frozenset(AMENITY_BIT))
    builder.people()
    return builder


@pytest.fixture(scope="module")
def world() -> World:
    return a_builder(4).chunk(1500)


def test_a_seed_makes_one_world_and_another_seed_another() -> None:
    first, again, other = (dict(a_builder(seed).chunk(200).tables()) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_row_has_as_many_values_as_its_table_has_columns(world: World) -> None:
    for name, rows in world.tables():
        assert {len(row) for row in rows} <= {len(COLUMNS[name][1].split(","))}, name


def test_every_city_is_real_and_has_its_own_money() -> None:
    found = {city.name: city for city in cities()}
    assert len(found) > 60
    assert (found["Lisbon"].zone, found["Lisbon"].currency) == ("Europe/Lisbon", "EUR")
    assert (found["Tokyo"].zone, found["Tokyo"].currency) == ("Asia/Tokyo", "JPY")
    assert (found["Lagos"].country, found["Lagos"].currency) == ("NG", "NGN")


@pytest.mark.parametrize(
    ("euros", "currency", "amount"), [(103.4, "EUR", 10_300), (103.4, "JPY", 18_000), (240.0, "USD", 28_000)]
)
def test_prices_are_as_round_as_people_make_them(euros: float, currency: str, amount: int) -> None:
    assert nice(euros, currency) == amount


@pytest.mark.parametrize("kind", pictures.kinds())
def test_pictures_are_well_formed_and_differ(kind: str) -> None:
    drawn = {pictures.scene(kind, variant) for variant in range(pictures.VARIANTS)}
    assert len(drawn) > pictures.VARIANTS // 2
    assert all(ElementTree.fromstring(svg).tag.endswith("svg") for svg in drawn)


def test_no_place_lies_in_the_sea(world: World) -> None:
    centres = {city.name: (city.latitude, city.longitude) for city in cities()}
    wet = [row[2] for row in world.property if not on_land(row[5], centres[row[5]], (row[7], row[8]))]
    assert wet == []


def test_every_city_says_for_every_direction_how_far_it_is_dry() -> None:
    assert {len(wedges(city.name)) for city in cities()} == {WEDGES}
    assert all(any(digit != "0" for digit in wedges(city.name)) for city in cities())
    lisbon = next(city for city in cities() if city.name == "Lisbon")
    centre = (lisbon.latitude, lisbon.longitude)
    assert on_land("Lisbon", centre, (38.7223, -9.1393))
    assert not on_land("Lisbon", centre, (38.6900, -9.1333))  # in the Tagus


def test_no_two_places_of_a_city_have_the_same_name(world: World) -> None:
    counted = Counter((row[5], row[2]) for row in world.property)
    assert [name for name, count in counted.items() if count > 1] == []


def test_every_place_has_a_street_with_a_number(world: World) -> None:
    assert all(any(sign.isdigit() for sign in row[4]) for row in world.property)


def test_streets_are_written_as_in_their_country(world: World) -> None:
    starts = {row[6]: row[4] for row in world.property}
    assert starts["PT"].split()[0] in ("Rua", "Travessa", "Largo")
    assert "ul." in starts["PL"] or "pl." in starts["PL"]


def test_most_things_are_closed_on_public_holidays() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2038)] == [
        *(date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25))
    ]
    found = dict(public_holidays("PT", date(2026, 3, 20)))
    assert found[date(2026, 4, 3)] == "Good Friday"
    assert found[date(2026, 5, 1)] == "Labour Day"
    assert list(found) == sorted(found)


def test_every_kind_of_hour_and_departure_is_there(world: World) -> None:
    kinds = {row[2] for row in world.resource}
    assert kinds >= {
        *("HOME", "HOTEL_ROOM", "PARKING", "DOCTOR_SLOT", "SALON_CHAIR", "DESK", "MEETING_ROOM", "PROFESSIONAL"),
        *("TOUR", "PACKAGE"),
    }
    assert {row[0] for row in world.schedule} == {row[0] for row in world.resource if row[3] == "timed"}
    assert {row[1] for row in world.departure} == {row[0] for row in world.resource if row[3] == "departure"}


def test_prices_know_that_there_are_rules(world: World) -> None:
    ruled = {row[1] for rows in (world.plan, world.rule, world.restriction) for row in rows}
    assert ruled == {row[0] for row in world.rate if row[-1]}
    assert ruled


def test_places_lie_in_neighbourhoods_that_are_there(world: World) -> None:
    names = COLUMNS["property"][1].split(",")
    said = [dict(zip(names, row, strict=True)) for row in world.property]
    lisbon = {each["neighbourhood"] for each in said if each["city"] == "Lisbon"}
    assert len(lisbon & {"Avenidas Novas", "Campo de Ourique", "Bairro Alto", "Baixa", "Graça", "Alvalade"}) >= 4
    assert sum(1 for each in said if each["neighbourhood"]) > 0.8 * len(said)
    known = {(city.name, city.country): city for city in cities()}
    for (city, country), quarters in _known().items():
        middle = (known[city, country].latitude, known[city, country].longitude)
        assert all(hypot(*_away(middle, at)) < 12 for _, at in quarters), city


def test_a_neighbourhood_is_the_nearest_one_or_a_side_of_the_city() -> None:
    assert quarter("Lisbon", "PT", (38.725, -9.15), (38.7135, -9.131)) == "Alfama"
    assert quarter("Lisbon", "PT", (38.725, -9.15), (38.9, -9.3)) == ""
    middle = (60.0, 5.0)
    sides = [(60.001, 5.0), (60.05, 5.0), (60.0, 5.1), (59.95, 5.0), (60.0, 4.9)]
    found = [quarter("Bergen", "NO", middle, each) for each in sides]
    assert found == ["City centre", "Northside", "Eastside", "Southside", "Westside"]
