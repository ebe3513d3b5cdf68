"""Nonsense of every kind over HTTP is answered or refused beside its field; no question costs more than it may."""

from collections.abc import Iterator
from dataclasses import replace
from math import cos, inf, nan, pi, sin
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import numpy as np
import pytest
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from numpy.typing import NDArray

from hospes.modules.pricing.contracts import ALL_WEEK, Party
from hospes.modules.search.asked import AskedIn
from hospes.modules.search.contracts import Box, Flexible, Hours, Query, Sort
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.index.timed_offers import MOST_STARTS
from hospes.modules.search.policies.asking import MOST_ARRIVALS, MOST_LENGTHS
from hospes.modules.search.tables.growing import Growing
from hospes.platform.query_models import read_query
from tests.builders.booking import a_stay
from tests.catalog.signed_in import runtime_of
from tests.search.oracle import CODES, DAY, NOW, TODAY, World, a_listing, an_index, sailings
from tests.search.test_search_api import reload
from tests.search.test_timed_totals import some_hours

SCRIPTS = (
    "Αθήνα", "Москва", "القاهرة", "ירושלים", "दिल्ली", "กรุงเทพ", "東京", "서울", "ქართული", "አዲስ አበባ", "ཕྱི་རོལ",
    "𐍈𐌰𐌹𐍂𐌷𐍄𐌰", "🏝️👩‍👩‍👧‍👦", "e\u0301" * 60, "\u202eabc", "\ufeff", "Z\u0335\u0321" * 40, "ﬃ", "İstanbul", "ß" * 120,
)  # fmt: skip
TEXTS = ("", " ", "x" * 10_000, "%00", "a%00b", "%ED%A0%80", "%FF%FE", "%F0%9F", "'; DROP TABLE x; --", "../../etc")
NUMBERS = ("nan", "inf", "-inf", "1e309", "-0.0", "9" * 400, "1e-320", "0x10", "١٢", "²", "--1", "true", "null", "[]")
DATES = (
    "0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "2026-6-1", "-2026-06-01", "2026-06-01T00:00", "today",
)  # fmt: skip
SHAPES = (
    ";".join(f"{80 * sin(at * 2.4):.6f},{170 * cos(at * 1.7):.6f}" for at in range(200)),
    ";".join(f"{89.999 * (-1) ** at},{179.999 * (-1) ** (at // 2)}" for at in range(200)),
    "90,0;90,120;90,-120", "-90,-180;90,180;0,0", "0,179;0,-179;1,180", "nan,0;0,0;1,1", "0,0;0,0;0,0",
    ";" * 6_000, "0,0;" * 1_499,
)  # fmt: skip
BOXES = ("-90,-180,90,180", "0,179,1,-179", "1,2,0,3", "nan,nan,nan,nan", "0,0,inf,1", "90,180,90,180", "0,0,0,0", ",")
ANYTHING = ("", "x" * 10_000, "a%00b", "%ED%A0%80", *NUMBERS[:5], *DATES[:2], quote(SCRIPTS[2]))
AMENITIES = "&".join(f"amenity=a{at}" for at in range(10_000))  # more than HTTP clients send


def sense(name: str) -> str:
    """What a question with this odd parameter needs beside it to be looked at at all."""
    beside = {
        "lat": "lon=2", "lon": "lat=48", "check_in": "check_out=2026-07-04", "check_out": "check_in=2026-07-01",
        "arrival": "departure=2026-07-04", "departure": "arrival=2026-07-01", "radius_km": "lat=48&lon=2",
        "minutes": "day=2026-07-01", "since": "day=2026-07-01", "until": "day=2026-07-01", "days": "day=2026-07-01",
        "month": "flex=weekend", "nights": "flex=nights", "comes_to_me": "lat=48&lon=2",
    }  # fmt: skip
    return beside.get(name, "adults=2")


def every_parameter() -> Iterator[str]:
    for name in AskedIn.model_fields:
        for value in ANYTHING:
            yield f"{name}={value}&{sense(name)}"


def shapes_and_places() -> Iterator[str]:
    for text in (*(quote(each) for each in SCRIPTS), *TEXTS):
        yield f"q={text}"
        yield f"kind={text}&amenities={text}"
    for shape in SHAPES:
        yield f"polygon={shape}"
    for box in BOXES:
        yield f"bbox={box}&clusters=0.0005"
    for number in NUMBERS:
        for name in ("lat", "lon", "radius_km", "price_min", "adults", "rating_min", "clusters", "limit", "minutes"):
            yield f"{name}={quote(number)}&{sense(name)}"
    for pole in ("90", "-90"):
        yield f"lat={pole}&lon=180&radius_km=500&sort=distance&clusters=90"


def times_and_cursors() -> Iterator[str]:
    for day in DATES:
        yield f"check_in={day}&check_out={day}"
        yield f"day={day}&days=14"
        yield f"flex=7&arrival={day}&departure=9999-12-31"
    yield from ("flex=weekend&month=9999-12", "flex=weekend&month=0000-00", "flex=nights&nights=30&month=2026-13")
    yield from ("check_in=2027-11-01&check_out=2028-10-30", "check_in=2026-06-01&check_out=2027-06-01")
    yield "day=2026-06-01&since=24:00&until=23:59:60"
    for cursor in ("!!!", "WzEsMl0", "W10", "bnVsbA", "WzFlOTk5LCJ4IiwieSJd", "A" * 400, "=" * 400, "%00", "e30"):
        yield f"cursor={cursor}"
    for ages in ("children_ages=18", "children_ages=nan", "children_ages=" + "&children_ages=".join("1" * 51)):
        yield f"children=3&{ages}"
    yield AMENITIES[:60_000]
    yield "&".join(f"kind=k{at}" for at in range(2_000))
    yield "&".join(f"x{at}=1" for at in range(2_000))


@pytest.mark.parametrize("questions", [every_parameter, shapes_and_places, times_and_cursors])
async def test_nonsense_is_answered_or_refused(client: httpx.AsyncClient, questions: Any) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        await a_stay(tx)
    await reload(rt)
    for at, question in enumerate(questions()):
        who = {"X-Forwarded-For": f"10.1.{at // 200}.1"}
        answer = await client.get(f"/api/v1/search?{question}", headers=who)
        assert answer.status_code in (200, 422), (question[:200], answer.status_code, answer.text[:300])
        if answer.status_code == 422:
            assert answer.json()["code"] in ("invalid", "search_invalid", "cursor_invalid"), question[:200]
            assert answer.json()["errors"], question[:200]


def test_ten_thousand_wishes_are_refused_before_anything_is_looked_for(world: SearchIndex) -> None:
    request = Request({"type": "http", "query_string": AMENITIES.encode(), "headers": []})
    with pytest.raises(RequestValidationError):
        read_query(request, AskedIn)
    asked = Query(amenities=tuple(f"a{at}" for at in range(10_000)), kinds=tuple(f"k{at}" for at in range(10_000)))
    assert world.find(asked, now=NOW).total == 0


@pytest.mark.parametrize("path", ["/search/suggestions", "/search/here"])
async def test_so_is_nonsense_asked_of_its_neighbours(client: httpx.AsyncClient, path: str) -> None:
    for text in (*(quote(each) for each in SCRIPTS), *TEXTS, *NUMBERS):
        for name in ("q", "limit"):
            answer = await client.get(f"/api/v1{path}?{name}={text}")
            assert answer.status_code in (200, 422), (name, text[:100], answer.text[:300])


async def test_a_cursor_goes_on_with_its_own_question_only(client: httpx.AsyncClient) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        for _ in range(3):
            await a_stay(tx)
    await reload(rt)
    cursor = (await client.get("/api/v1/search?limit=1")).json()["next_cursor"]
    assert (await client.get(f"/api/v1/search?limit=2&cursor={cursor}")).status_code == 200
    for other in ("adults=2", "children=1&children_ages=4", "sort=price", "kind=HOME", "per=stay", "lat=1&lon=1"):
        answer = await client.get(f"/api/v1/search?limit=1&cursor={cursor}&{other}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")
    for at in range(0, len(cursor), 3):
        edited = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        assert (await client.get(f"/api/v1/search?limit=1&cursor={edited}")).status_code in (200, 422)


# How much work a question is: how often the tariff of a listing is looked at (once to know its nights, once a stay).


class Counting(np.ndarray[Any, Any]):
    """Counts how many of its rows are taken."""

    taken = 0

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        Counting.taken += len(found) if isinstance(found, np.ndarray) and found.ndim == 2 else 0
        return found


class Counted(Growing):
    """The same rows, counted."""

    @property
    def rows(self) -> NDArray[Any]:
        """All rows."""
        return super().rows.view(Counting)


LISTINGS = 20_000


@pytest.fixture(scope="module")
def world() -> SearchIndex:
    random = Random(5)
    kinds = [replace(a_listing(random), min_nights=1, max_nights=365, horizon_days=365) for _ in range(150)]
    kinds += [some_hours(random) for _ in range(10)]
    kinds += [replace(a_listing(random), nightly=False, mode=2, sailings=sailings(random)) for _ in range(10)]  # type: ignore[arg-type]
    listings = {}
    for at in range(LISTINGS):
        made = replace(
            kinds[at % len(kinds)], resource_id=UUID(int=at + 1), latitude=random.uniform(-60, 70),
            longitude=random.uniform(-180, 180), open_words=b"\xff" * 64,
        )  # fmt: skip
        listings[made.resource_id] = made
    return an_index(World(listings))


def work(index: SearchIndex, query: Query) -> int:
    """How often a tariff is looked at."""
    tariffs = index.columns.tariffs
    plain, tariffs.heads = tariffs.heads, Counted(tariffs.heads.rows)
    Counting.taken = 0
    try:
        index.find(query, now=NOW)
    finally:
        tariffs.heads = plain
    return Counting.taken


def worst_questions() -> Iterator[Query]:
    """Everything everywhere, as dearly as can be asked."""
    wide = Query(party=Party(1, 5), child_ages=(1, 4, 9, 13, 17), limit=60, clusters=0.0005, sort=Sort.PRICE)
    shape = tuple((80 * sin(2 * pi * at * 0.382), 170 * cos(at * 1.7)) for at in range(200))
    last = TODAY + 61 * DAY
    for flexible in (
        Flexible((1, 2, 3, 4), TODAY, last), Flexible((27, 28, 29, 30), TODAY, last), Flexible((365,) * 9, TODAY, last),
        Flexible((1, 30, 200, 365), TODAY, TODAY + 5_000 * DAY, ALL_WEEK), Flexible((1, 2, 3, 4), TODAY, last, 1),
    ):  # fmt: skip
        yield replace(wide, flexible=flexible)
        yield replace(wide, flexible=flexible, box=Box(-90, 179, 90, -179.5), amenities=tuple(CODES))
        yield replace(wide, flexible=flexible, polygon=shape)
    yield replace(wide, arrival=TODAY, departure=TODAY + 365 * DAY)
    yield replace(wide, arrival=TODAY, departure=TODAY + 30 * DAY, latitude=90.0, longitude=0.0, radius_km=20_040.0)
    yield replace(wide, hours=Hours(TODAY, TODAY + 5_000 * DAY, minutes=60))
    whole_days = Hours(TODAY, TODAY + 56 * DAY, minutes=1_440)
    yield replace(wide, hours=whole_days, comes_to_me=True, latitude=0.0, longitude=0.0)
    yield replace(wide, latitude=nan, longitude=inf)
    yield replace(wide, after=(nan, str(UUID(int=1))))


def test_the_worst_question_costs_a_bounded_number_of_looks(world: SearchIndex) -> None:
    assert len(world) == LISTINGS
    for query in worst_questions():
        # every listing once to know its nights or whether its days differ, and each of at most so many stays or starts
        most = LISTINGS * MOST_LENGTHS * (MOST_ARRIVALS + 1) if query.flexible else 2 * LISTINGS + MOST_STARTS
        assert work(world, query) <= most, query


def test_wider_flexible_dates_look_at_the_first_stays_only(world: SearchIndex) -> None:
    """The control: a little narrower, each arrival of each length is looked at."""
    first, last = TODAY, TODAY + (MOST_ARRIVALS - 1) * DAY
    narrow = work(world, Query(party=Party(1), flexible=Flexible((1, 2), first, last)))
    wide = work(world, Query(party=Party(1), flexible=Flexible((1, 2, 200), first, last)))
    assert wide <= 3 * 2 * LISTINGS
    assert narrow > 10 * wide


def test_one_night_at_one_place_looks_at_what_is_there(world: SearchIndex) -> None:
    dated = Query(48.0, 2.0, 200.0, arrival=TODAY + 5 * DAY, departure=TODAY + 6 * DAY)
    there = world.find(dated, now=NOW).total
    assert work(world, dated) <= 2 * (there + 20)
