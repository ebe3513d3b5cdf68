"""A search for nights shows places to stay, and beside them how many things there are to do in these days."""

import re

import httpx
import pytest

from hospes.modules.search.keeping.follow import LiveIndex
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_stay
from tests.builders.schedules import MORNING, a_departure, with_schedule
from tests.catalog.signed_in import runtime_of
from tests.conftest import FixedClock

DATES = "arrival=2026-07-01&departure=2026-07-04"
SIDE = re.compile(r'<a href="([^"]*)" data-same( aria-current="page")?>([^<]*) <span class="muted">(\d+)</span></a>')


@pytest.fixture
async def rt(client: httpx.AsyncClient, clock: FixedClock) -> Runtime:
    """Two homes, a dentist and a tour."""
    clock.at = MORNING.replace(hour=6)
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        for _ in range(2):
            await a_stay(tx)
        dentist = await a_stay(tx, mode="timed", kind="DOCTOR_SLOT", max_guests=2)
        await with_schedule(tx, dentist.resource_id)
        tour = await a_stay(tx, mode="departure", kind="TOUR")
        await a_departure(tx, tour.resource_id)
    live = rt.ports.index
    assert isinstance(live, LiveIndex)
    await live.reload()
    return rt


async def sides(client: httpx.AsyncClient, said: str) -> tuple[list[tuple[str, int, bool]], int]:
    """The words, the number and whether it is chosen, of each side; and how many results are shown."""
    page = await client.get(f"/search?{said}")
    assert page.status_code == 200
    found = SIDE.findall(page.text.partition('aria-label="What to look for"')[2].partition("</nav>")[0])
    return [(words, int(count), bool(here)) for _, here, words, count in found], page.text.count('<li class="result"')


async def test_nights_show_places_to_stay_and_how_much_there_is_to_do(client: httpx.AsyncClient, rt: Runtime) -> None:
    stays, things = ("Places to stay", 2, True), ("Things to do", 2, False)
    assert await sides(client, DATES) == ([stays, things], 2)
    others = [("Places to stay", 2, False), ("Things to do", 2, True)]
    assert await sides(client, f"{DATES}&find=things") == (others, 2)
    page = (await client.get(f"/search?{DATES}&find=things")).text
    assert "<strong>2</strong> things to do" in page
    assert "<title>Things to do" in page
    address = f"{DATES}&find=things".replace("&", "&amp;")
    assert f'href="/search?{address}"' in (await client.get(f"/search?{DATES}")).text


async def test_who_says_what_they_want_has_no_sides_to_choose(client: httpx.AsyncClient, rt: Runtime) -> None:
    assert await sides(client, f"{DATES}&kind=TOUR") == ([], 1)
    assert await sides(client, f"{DATES}&kind=TOUR&kind=HOME") == ([], 3)
    assert await sides(client, f"{DATES}&find=all") == ([], 4)
    assert await sides(client, "") == ([], 4)
    assert await sides(client, "find=things") == ([], 2)
    assert await sides(client, "flex=hours&day=2026-07-01") == ([], 1)
    chosen = (await client.get("/search?find=things")).text
    assert 'class="chosen-one" href="/search"' in chosen


async def test_a_party_nothing_takes_sees_no_empty_side(client: httpx.AsyncClient, rt: Runtime) -> None:
    assert await sides(client, f"{DATES}&adults=4&amenity=sauna") == ([], 0)
    assert await sides(client, f"{DATES}&find=nonsense") == await sides(client, DATES)
