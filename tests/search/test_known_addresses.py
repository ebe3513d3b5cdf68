"""What a page of results tells search engines and those it is shared with, and that it is true."""

import html
import json
import re
from uuid import UUID

import httpx
import pytest

from hospes.modules.search.keeping.follow import LiveIndex
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_property, a_resource
from tests.builders.pricing import a_rate

CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')
JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>')
ROBOTS = '<meta name="robots" content="noindex, follow">'
SITE = "http://test"
CITY = f"{SITE}/places/lisbon-pt"
HOMES = f"{SITE}/search?place=Lisbon%2C+Portugal&kind=HOME"


@pytest.fixture
async def homes(client: httpx.AsyncClient) -> list[UUID]:
    """Two live homes in Lisbon."""
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        rooms = []
        for _ in range(2):
            place = await a_property(tx, city="Lisbon", country="PT", latitude=38.72, longitude=-9.14)
            rooms.append(await a_resource(tx, property_id=place.id, kind="HOME"))
            await a_rate(tx, rooms[-1].resource_id)
    live = rt.ports.index
    assert isinstance(live, LiveIndex)
    await live.reload()
    await rt.ports.names.reload()
    return [each.resource_id for each in rooms]


async def text_of(client: httpx.AsyncClient, address: str) -> str:
    answer = await client.get(address)
    assert (address, answer.status_code) == (address, 200)
    return answer.text


def canonical(text: str) -> list[str]:
    return [html.unescape(each) for each in CANONICAL.findall(text)]


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("place=Lisbon", CITY),
        ("place=lisboa&adults=2&utm_source=letter", CITY),
        ("q=LIS", CITY),
        ("place=Lisbon&kind=HOME", HOMES),
        ("kind=HOME&place=Lisboa,+Portugal", HOMES),
        ("kind=HOME", f"{SITE}/search?kind=HOME"),
        ("", f"{SITE}/search"),
    ],
)
async def test_a_search_is_listed_under_one_address_however_it_is_typed(
    client: httpx.AsyncClient, homes: list[UUID], typed: str, known: str
) -> None:
    text = await text_of(client, f"/search?{typed}")
    assert canonical(text) == [known]
    assert ROBOTS not in text


@pytest.mark.parametrize(
    "typed",
    [
        "place=Lisbon&price_max=900", "place=Lisbon&sort=price", "place=Lisbon&adults=1",
        "place=Lisbon&kind=HOME&kind=TOUR",
        "place=Lisbon&arrival=2099-07-01&departure=2099-07-03", "place=Lisbon&shown=48", "place=Lisbon&adults=0",
        "place=Lisbon&kind=TOUR", "place=Nuuk", "place=Xyzzyq", "bbox=38,-10,39,-9", "place=Lisbn", "flex=weekend",
        "lat=38.7&lon=-9.1",
    ],
)  # fmt: skip
async def test_what_is_somebodys_own_or_empty_is_not_listed_and_names_no_other_address(
    client: httpx.AsyncClient, homes: list[UUID], typed: str
) -> None:
    text = await text_of(client, f"/search?{typed}")
    assert ROBOTS in text
    assert (canonical(text), JSON_LD.findall(text)) == ([], [])


async def test_a_later_page_is_not_listed(client: httpx.AsyncClient, homes: list[UUID]) -> None:
    page = (await client.get("/api/v1/search?q=Lisbon&limit=1&adults=2")).json()
    assert page["next_cursor"]
    assert ROBOTS in await text_of(client, f"/search?place=Lisbon&cursor={page['next_cursor']}")


@pytest.mark.parametrize("address", ["/search?place=Lisbon&kind=HOME", "/places/lisbon-pt"])
async def test_what_is_told_of_the_list_is_what_stands_in_it(
    client: httpx.AsyncClient, homes: list[UUID], address: str
) -> None:
    text = await text_of(client, address)
    said = [json.loads(each) for each in JSON_LD.findall(text)]
    (listed,) = [each for each in said if each["@type"] == "ItemList"]
    shown = re.findall(r'<li class="result" data-pin="([0-9a-f-]+)"', text)
    assert sorted(shown) == sorted(map(str, homes))
    assert [each["url"] for each in listed["itemListElement"]] == [f"{SITE}/stays/{each}" for each in shown]
    assert listed["numberOfItems"] == 2


@pytest.mark.parametrize(
    ("address", "title", "shared_as"),
    [
        ("/search?place=Lisbon&kind=HOME", "Homes in Lisbon", HOMES),
        ("/search?place=Lisbon&price_max=900", "Places in Lisbon", f"{SITE}/search?place=Lisbon&price_max=900"),
        ("/places/lisbon-pt", "2 places to book in Lisbon", CITY),
        ("/", "Places to stay, rooms to work, hours to book", f"{SITE}/"),
    ],
)
async def test_a_shared_page_says_its_title_and_its_whole_address(
    client: httpx.AsyncClient, homes: list[UUID], address: str, title: str, shared_as: str
) -> None:
    text = await text_of(client, address)
    said = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', text))
    assert (said["title"], html.unescape(said["url"])) == (title, shared_as)
    assert said["description"] in text.split('name="description"')[1][:300]


async def test_robots_may_read_that_a_shared_list_is_not_to_be_listed(client: httpx.AsyncClient) -> None:
    closed = (await client.get("/robots.txt")).text.splitlines()
    assert not any(
        "/shared/x".startswith(line.removeprefix("Disallow: ")) for line in closed if line[:9] == "Disallow:"
    )
    assert "Disallow: /recently-viewed" in closed


async def test_a_listing_is_known_and_shared_under_its_whole_address_without_dates(
    client: httpx.AsyncClient, homes: list[UUID]
) -> None:
    text = await text_of(client, f"/stays/{homes[0]}?adults=3&month=2099-07")
    here = f"{SITE}/stays/{homes[0]}"
    (said,) = [json.loads(each) for each in JSON_LD.findall(text)]
    assert (canonical(text), said["url"], said["@type"]) == ([here], here, "Accommodation")
    assert f'<meta property="og:url" content="{here}">' in text
