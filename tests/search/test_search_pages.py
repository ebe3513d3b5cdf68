"""The home page and the results: they show what is typed, and no address breaks them."""

from datetime import date, time

import httpx
import pytest
from starlette.datastructures import QueryParams

from hospes.modules.pricing.contracts import ALL_WEEK
from hospes.modules.search.contracts import Flexible, Hours, Per
from hospes.modules.search.web.asking import Looking, read_looking
from hospes.modules.search.web.cards import area_of
from hospes.modules.search.web.choices import chosen_of
from hospes.modules.search.web.relaxing import in_pairs, relaxed
from hospes.modules.search.web.wording import title_of

TODAY = date(2026, 6, 1)


NONSENSE = (
    "place=%00&adults=9999999999", "arrival=2020-01-01&departure=2019-01-01", "bbox=nan,0,1,1", "bbox=1,2",
    "lat=nan&lon=1", "lat=1", "price_min=-1&price_max=99999999999999", "kind=x&sort=zzz&cursor=!!!&rating=nan",
    "cursor=WzEsMl0", "adults=%C2%B2", "arrival=9999-12-31&departure=9999-12-31", "currency=XXX", "amenity=x",
    "place=%3Cscript%3Ealert(1)%3C/script%3E", "place=' OR 1=1; --", "flex=nights&nights=0&month=2026-13",
    "flex=hours&day=x&since=25:00&minutes=7", "polygon=1,2;3", "polygon=" + "nan,nan;" * 400, "shown=99999999",
    "flex=7", "flex=weekend&arrival=2030-01-01&departure=2030-01-02", "flex=hours&since=18:00%2B02:00&until=09:00",
    "radius=-1&lat=90&lon=180", "children=99&pets=x", "per=%00", "bbox=-90,-180,90,180&currency=KWD",
    "polygon=-90,-180;-90,180;90,180;90,-180", "lat=1e309&lon=0&place=x",
    "flex=3&arrival=0001-01-01&departure=0001-01-02",
)  # fmt: skip


async def test_no_address_breaks_the_results(client: httpx.AsyncClient) -> None:
    for query in NONSENSE:
        page = await client.get(f"/search?{query}", headers={"Accept": "text/html"})
        assert (page.status_code, query) == (200, query)
        assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("arrival=2020-01-01&departure=2020-01-02", "arrival", "This arrival is over: choose today or a later day."),
        ("arrival=2026-07-04&departure=2026-07-01", "departure", "Choose a day of departure after the arrival."),
        ("arrival=2026-07-04", "departure", "Choose a day of departure too."),
        ("departure=2026-07-04", "arrival", "Choose a day of arrival too."),
        (
            "arrival=2026-07-04&departure=2029-07-04",
            "departure",
            "A stay is at most a year: choose an earlier departure.",
        ),
        ("arrival=4+July&departure=", "arrival", "We cannot read this arrival. Choose a day, such as 2026-07-14."),
        ("adults=0", "adults", "Adults: a number from 1 to 50."),
        ("price_min=cheap", "price_min", "Enter the price as a whole number, such as 80."),
        ("place=Xyzzyq", "place", "We do not know “Xyzzyq”. Try a city or an airport nearby."),
        ("price_min=9&price_max=8", "price_max", "The highest price is below the lowest. Change one of them."),
        ("pets=many", "pets", "Pets: a number from 0 to 50."),
        ("flex=3", "arrival", "Choose the days around which to look."),
        ("flex=weekend&month=2026-05", "month", "Choose one of the months."),
        ("flex=nights&nights=40", "nights", "Between 1 and 30 nights."),
        (
            "flex=nights&nights=9&arrival=2026-07-01&departure=2026-07-05",
            "departure",
            "There are not that many nights in between.",
        ),
        ("flex=hours&day=2026-05-01", "day", "Choose today or a later day."),
        ("flex=hours&since=quarter+past", "since", "Write a time such as 17:30."),
        ("flex=hours&since=17:00&until=16:00", "until", "Choose a later time than the first one."),
        ("bbox=1,2", "bbox", "The address names no part of a map, so we left that out."),
        ("polygon=1,2;3,4", "polygon", "We left the shape on the map out. Give 3 to 200 points."),
        (
            "polygon=80,0;80,120;80,-120",
            "polygon",
            "We left the shape on the map out. It must not go around a pole, nor halfway around the earth at once.",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(query: str, field: str, sentence: str) -> None:
    assert read_looking(QueryParams(query), today=TODAY).faults == {field: sentence}


def test_a_place_with_its_country_is_that_place() -> None:
    place = read_looking(QueryParams("place=San+José,+Costa+Rica"), today=TODAY).place
    assert place is not None
    assert (place.detail, round(place.latitude)) == ("Costa Rica", 10)


def test_an_address_holds_the_whole_search_and_prices_are_in_minor_units() -> None:
    said = "place=Lisbon&price_min=50&kind=HOME&kind=DESK&amenity=wifi&instant=1&adults=3&sort=price&per=stay&pets=1"
    looking = read_looking(QueryParams(said), today=TODAY)
    assert looking.query.price_min == 5000
    assert looking.query.per is Per.STAY
    assert looking.query.kinds == ("HOME", "DESK")
    again = read_looking(QueryParams(looking.address().partition("?")[2]), today=TODAY)
    assert again == looking
    assert "kind" not in looking.address(kind=None)


def test_the_page_takes_the_names_of_the_api_and_ignores_what_it_does_not_know() -> None:
    own = "place=Lisbon&arrival=2026-07-01&departure=2026-07-03&amenity=wifi&rating=4"
    api = "q=Lisbon&check_in=2026-07-01&check_out=2026-07-03&amenities=wifi&rating_min=4&utm_source=x"
    assert read_looking(QueryParams(api), today=TODAY) == read_looking(QueryParams(own), today=TODAY)


def test_less_is_asked_one_wish_at_a_time() -> None:
    said = "arrival=2026-07-01&departure=2026-07-03&price_max=9&amenity=pool&instant=1"
    ways = list(relaxed(read_looking(QueryParams(said), today=TODAY)))
    assert [words for words, _, _ in ways] == [
        "without any filter", "any price", "without the amenities", "also where the host answers first",
        "up to 3 days earlier or later", "any dates",
    ]  # fmt: skip
    assert ways[1][2].price_max is None
    assert ways[1][2].amenities == ("pool",)


def asked(said: str) -> Looking:
    return read_looking(QueryParams(said), today=TODAY)


@pytest.mark.parametrize(
    ("said", "flexible"),
    [
        ("flex=2&arrival=2026-07-10&departure=2026-07-13", Flexible((3,), date(2026, 7, 8), date(2026, 7, 12))),
        ("flex=7&arrival=2026-06-03&departure=2026-06-05", Flexible((2,), date(2026, 6, 1), date(2026, 6, 10))),
        ("flex=weekend&month=2026-07", Flexible((2,), date(2026, 7, 1), date(2026, 7, 30), 1 << 4)),
        ("flex=nights&nights=5&month=2026-12", Flexible((5,), date(2026, 12, 1), date(2026, 12, 27))),
        ("flex=nights&nights=5&arrival=2026-08-01&departure=2026-08-20",
         Flexible((5,), date(2026, 8, 1), date(2026, 8, 15))),
        ("flex=nights", Flexible((7,), TODAY, date(2026, 7, 26))),
    ],
)  # fmt: skip
def test_days_may_be_meant_give_or_take(said: str, flexible: Flexible) -> None:
    looking = asked(said)
    assert looking.query.flexible == flexible
    assert looking.query.flexible.weekdays in (ALL_WEEK, 1 << 4)
    assert (looking.query.arrival, looking.query.departure, looking.faults) == (None, None, {})


def test_a_time_is_looked_for_on_a_day_or_within_a_week() -> None:
    said = "flex=hours&day=2026-06-09&since=17:00&until=20:30&minutes=60"
    assert asked(said).query.hours == Hours(date(2026, 6, 9), date(2026, 6, 9), time(17), time(20, 30), 60)
    assert asked("flex=hours").query.hours == Hours(TODAY, date(2026, 6, 7))


def test_a_shape_on_the_map_takes_the_place_of_the_circle_around_a_city() -> None:
    query = asked("place=Lisbon&polygon=38.7,-9.2;38.8,-9.2;38.75,-9.1").query
    assert query.polygon == ((38.7, -9.2), (38.8, -9.2), (38.75, -9.1))
    assert (query.latitude, query.box) == (None, None)


def test_a_shape_across_the_date_line_is_small_on_the_map() -> None:
    looking = asked("polygon=-17,179;-17,-179;-18,180")
    assert area_of(looking) == {"shape": [[-17.0, 179.0], [-17.0, 181.0], [-18.0, 180.0]]}
    assert looking.query.clusters == 360 / 2**11  # as for two degrees, not for all around the earth


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("", "Places"),
        ("place=Lisbon&kind=HOME&arrival=2026-07-03&departure=2026-07-06", "Homes in Lisbon, 3–6 Jul 2026"),
        ("place=Lisbon&arrival=2026-07-30&departure=2026-08-02&adults=4",
         "Places in Lisbon, 30 Jul – 2 Aug 2026, 4 guests"),
        ("place=Lisbon&flex=weekend&month=2026-09", "Places in Lisbon, a weekend in September 2026"),
        ("amenity=plumber&flex=hours&day=2026-06-09&since=17:00", "Plumber, Tue 9 Jun from 17:00"),
        ("bbox=38,-10,39,-9", "Places in a part of the map"),
    ],
)  # fmt: skip
def test_the_title_says_what_is_looked_for(said: str, title: str) -> None:
    assert title_of(asked(said)) == title


def test_each_wish_can_be_taken_off_alone() -> None:
    looking = asked("place=Lisbon&kind=HOME&amenity=wifi&amenity=pool&rating=4&price_max=9&children=1&sort=price")
    assert dict(chosen_of(looking)) == {
        "Home": "/search?place=Lisbon&price_max=9&amenity=wifi&amenity=pool&rating=4&sort=price&children=1",
        "Wi-Fi": "/search?place=Lisbon&price_max=9&kind=HOME&amenity=pool&rating=4&sort=price&children=1",
        "Pool": "/search?place=Lisbon&price_max=9&kind=HOME&amenity=wifi&rating=4&sort=price&children=1",
        "Rated 4 or better":
            "/search?place=Lisbon&price_max=9&kind=HOME&amenity=wifi&amenity=pool&sort=price&children=1",
        "Up to €9 a night": "/search?place=Lisbon&kind=HOME&amenity=wifi&amenity=pool&rating=4&sort=price&children=1",
    }  # fmt: skip


def test_amenities_are_given_up_one_by_one_and_the_circle_grows() -> None:
    ways = {words: query for words, _, query in relaxed(asked("place=Lisbon&amenity=wifi&amenity=pool"))}
    assert list(ways) == [
        "without “Wi-Fi”", "without “Pool”", "without the amenities", "within 25 km", "within 50 km", "anywhere"
    ]  # fmt: skip
    assert ways["without “Wi-Fi”"].amenities == ("pool",)
    assert ways["within 50 km"].radius_km == 50


def test_two_steps_at_once_are_those_that_go_together() -> None:
    said = "place=Lisbon&arrival=2026-07-01&departure=2026-07-03&price_max=9&amenity=pool&rating=4"
    ways = list(in_pairs(asked(said)))
    assert [words for words, _, _ in ways] == [
        "any price and without the amenities", "any price and any rating",
        "any price and up to 3 days earlier or later", "without the amenities and any rating",
        "without the amenities and up to 3 days earlier or later", "any rating and up to 3 days earlier or later",
    ]  # fmt: skip
    _, changed, query = ways[2]
    assert changed == {"price_min": None, "price_max": None, "flex": "3"}
    assert (query.price_max, query.arrival, query.amenities, query.rating_min) == (None, None, ("pool",), 4)
    assert query.flexible == Flexible((2,), date(2026, 6, 28), date(2026, 7, 4))
    for _, changed, query in ways:  # the address asks just that
        assert asked(asked(said).address(**changed).partition("?")[2]).query == query
    assert list(in_pairs(asked("place=Lisbon&price_max=9"))) == []


async def test_a_part_of_the_map_knows_its_largest_cities(client: httpx.AsyncClient) -> None:
    labels = (await client.get("/search/labels?bbox=38.6,-9.3,38.9,-9.0")).json()
    assert labels[0] == {"name": "Lisbon", "lat": 38.7251, "lng": -9.1498}
    assert (await client.get("/search/labels?bbox=x")).status_code == 422


async def test_the_home_page_works_in_an_empty_world(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert 'action="/search"' in page.text
