"""Where nothing fits, what is offered instead is there: every suggestion leads to as many places as it says."""

import html
import re

import httpx
import pytest

from hospes.modules.search.keeping.follow import LiveIndex
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_property, a_resource
from tests.builders.pricing import a_rate

WAY = re.compile(r'<a class="button" href="([^"]+)" data-same(?:="top")?>(.*?)<span class="count">([\d,]+)</span>')
TOTAL = re.compile(r"data-total><strong>([\d,]+)</strong>")


@pytest.fixture
async def world(client: httpx.AsyncClient) -> None:
    """Three homes in Lisbon for 2, 4 and 7, and one in Porto for 4."""
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        for guests, city, latitude, longitude in (
            (2, "Lisbon", 38.72, -9.14),
            (4, "Lisbon", 38.73, -9.14),
            (7, "Lisbon", 38.71, -9.15),
            (4, "Porto", 41.15, -8.61),
        ):
            place = await a_property(tx, city=city, country="PT", latitude=latitude, longitude=longitude)
            room = await a_resource(tx, property_id=place.id, kind="HOME", max_guests=guests)
            await a_rate(tx, room.resource_id)
    live = rt.ports.index
    assert isinstance(live, LiveIndex)
    await live.reload()
    await rt.ports.names.reload()


async def offered(client: httpx.AsyncClient, address: str) -> dict[str, tuple[str, str]]:
    """Address and count by the words of each suggestion."""
    text = (await client.get(address)).text
    assert "No place fits all of this" in text
    found = [
        (re.sub(r"<[^>]+>", "", words).strip(), html.unescape(href), count) for href, words, count in WAY.findall(text)
    ]
    return {html.unescape(words): (href, count) for words, href, count in found}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("place=Lisbon&adults=30", ["For 6 adults in one place"]),
        ("place=Coimbra&adults=4", ["Porto", "Lisbon"]),
        ("place=Lisbon&kind=TOUR", ["Any kind of place"]),
        ("place=Lisbon&price_max=1&per=night", ["Any price: from €100 a night"]),
        ("place=Porto&adults=7", ["For 4 adults in one place", "Anywhere", "Lisbon"]),
    ],
)
async def test_every_suggestion_leads_to_as_many_places_as_it_says(
    client: httpx.AsyncClient, world: None, asked: str, words: list[str]
) -> None:
    ways = await offered(client, f"/search?{asked}")
    assert [each for each in words if each not in ways] == [], ways
    for href, count in ways.values():
        assert TOTAL.findall((await client.get(href)).text) == [count], href


async def test_of_smaller_parties_only_the_largest_that_fits_is_offered(client: httpx.AsyncClient, world: None) -> None:
    ways = await offered(client, "/search?place=Lisbon&adults=30")
    assert [each for each in ways if each.startswith("For ")] == ["For 6 adults in one place"]


async def test_who_asks_for_no_city_is_sent_to_none(client: httpx.AsyncClient, world: None) -> None:
    assert "The nearest cities" not in (await client.get("/search?adults=30")).text
