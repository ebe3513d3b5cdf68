"""The home page and the results: they show what is typed, and no address breaks them."""

from datetime import date

import httpx
import pytest
from starlette.datastructures import QueryParams

from hospes.modules.search.web.asking import read_looking
from hospes.modules.search.web.relaxing import relaxed

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    "query",
    [
        "place=%00&adults=9999999999", "arrival=2020-01-01&departure=2019-01-01", "bbox=nan,0,1,1", "bbox=1,2",
        "lat=nan&lon=1", "lat=1", "price_min=-1&price_max=99999999999999", "kind=x&sort=zzz&cursor=!!!&rating=nan",
        "cursor=WzEsMl0", "adults=%C2%B2", "arrival=9999-12-31&departure=9999-12-31", "currency=XXX", "amenity=x",
        "place=%3Cscript%3Ealert(1)%3C/script%3E", "place=' OR 1=1; --",
    ],
)  # fmt: skip
async def test_no_address_breaks_the_results(client: httpx.AsyncClient, query: str) -> None:
    page = await client.get(f"/search?{query}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("arrival=2020-01-01&departure=2020-01-02", "arrival", "Choose today or a later day."),
        ("arrival=2026-07-04&departure=2026-07-01", "departure", "Choose a day after check-in."),
        ("arrival=2026-07-04", "departure", "Please add this date."),
        ("adults=0", "adults", "Between 1 and 50."),
        ("price_min=cheap", "price_min", "Enter a whole number."),
        ("place=Xyzzyq", "place", "We do not know “Xyzzyq”. Try a city or an airport nearby."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(query: str, field: str, sentence: str) -> None:
    assert read_looking(QueryParams(query), today=TODAY).faults == {field: sentence}


def test_a_place_with_its_country_is_that_place() -> None:
    place = read_looking(QueryParams("place=San+José,+Costa+Rica"), today=TODAY).place
    assert place is not None
    assert (place.detail, round(place.latitude)) == ("Costa Rica", 10)


def test_an_address_holds_the_whole_search_and_prices_are_in_minor_units() -> None:
    said = "place=Lisbon&price_min=50&kind=HOME&kind=DESK&amenity=wifi&instant=1&adults=3&sort=price"
    looking = read_looking(QueryParams(said), today=TODAY)
    assert looking.query.price_min == 5000
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


async def test_a_part_of_the_map_knows_its_largest_cities(client: httpx.AsyncClient) -> None:
    labels = (await client.get("/search/labels?bbox=38.6,-9.3,38.9,-9.0")).json()
    assert labels[0] == {"name": "Lisbon", "lat": 38.7251, "lng": -9.1498}
    assert (await client.get("/search/labels?bbox=x")).status_code == 422


async def test_the_home_page_works_in_an_empty_world(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert 'action="/search"' in page.text
