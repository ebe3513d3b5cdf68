"""What search engines read: every live listing once, every destination, nothing of anybody's own."""

import xml.etree.ElementTree as ET
from uuid import UUID

import httpx
import pytest

from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.queries import sitemaps
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_property, a_resource
from tests.builders.pricing import a_rate

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    runtime: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return runtime


@pytest.fixture
async def listed(client: httpx.AsyncClient, rt: Runtime) -> list[UUID]:
    """Two live listings in Lisbon, and one place that is not approved."""
    async with rt.db.write() as tx:
        place = await a_property(tx, city="Lisbon", country="PT", latitude=38.72, longitude=-9.14)
        rooms = [await a_resource(tx, property_id=place.id) for _ in range(2)]
        for each in rooms:
            await a_rate(tx, each.resource_id)
        hidden = await a_property(tx, status="draft")
        unseen = await a_resource(tx, property_id=hidden.id)
        await a_rate(tx, unseen.resource_id)
    live = rt.ports.index
    assert isinstance(live, LiveIndex)
    await live.reload()
    await rt.ports.names.reload()
    return sorted(each.resource_id for each in rooms)


async def addresses(client: httpx.AsyncClient, path: str) -> list[str]:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    return [str(each.text) for each in ET.fromstring(answer.text).iter(f"{NAMESPACE}loc")]


async def test_robots_are_kept_from_what_is_somebodys_own_and_told_where_the_rest_is(client: httpx.AsyncClient) -> None:
    lines = (await client.get("/robots.txt")).text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /account", "Disallow: /api/", "Disallow: /host", "Disallow: /trips"} <= set(lines)
    assert next(line for line in lines if line.startswith("Sitemap: ")).endswith("/sitemap.xml")


async def test_every_live_listing_is_in_exactly_one_part(client: httpx.AsyncClient, listed: list[UUID]) -> None:
    index = [each.split("/", 3)[3] for each in await addresses(client, "/sitemap.xml")]
    assert index == ["sitemaps/places.xml", "sitemaps/stays-1.xml"]
    found = [each.rsplit("/", 1)[1] for each in await addresses(client, "/sitemaps/stays-1.xml")]
    assert found == [str(each) for each in listed]
    assert (await client.get("/sitemaps/stays-2.xml")).status_code == 404
    assert (await client.get("/sitemaps/stays-0.xml")).status_code == 404


async def test_parts_begin_where_the_one_before_ends(rt: Runtime, listed: list[UUID]) -> None:
    async with rt.db.read() as tx:
        first = await sitemaps.listings_from(tx, listed[0], listed[1])
        rest = await sitemaps.listings_from(tx, listed[1], None)
    assert [row["id"] for row in first] == listed[:1]
    assert [row["id"] for row in rest] == listed[1:]


async def test_a_destination_has_a_page_that_says_what_there_is(client: httpx.AsyncClient, listed: list[UUID]) -> None:
    places = [each.split("/", 3)[3] for each in await addresses(client, "/sitemaps/places.xml")]
    assert places == ["", "places/lisbon-pt"]
    page = await client.get("/places/lisbon-pt")
    assert page.status_code == 200
    assert "<h1>Lisbon</h1>" in page.text
    assert '/places/lisbon-pt">' in page.text.split('rel="canonical"')[1][:80]
    assert '"BreadcrumbList"' in page.text
    assert [f"/stays/{each}" in page.text for each in listed].count(True) == 1  # a property is shown once


@pytest.mark.parametrize("slug", ["nowhere-xx", "..%2f..", "%00", "lisbon", "é" * 300])
async def test_a_place_without_listings_has_no_page(client: httpx.AsyncClient, listed: list[UUID], slug: str) -> None:
    assert (await client.get(f"/places/{slug}")).status_code == 404
