"""Where an address is and how long the way is: services of others, each of which may be silent or talk nonsense."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
import orjson
import pytest

from hospes.entrypoints.app import create_app
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind, Place, SlotAsk
from hospes.modules.inventory.policies.travel import distance_km, travel_seconds
from hospes.modules.inventory.providers.google_routes import GoogleRoutes
from hospes.modules.inventory.providers.osrm_routes import OsrmRoutes
from hospes.modules.inventory.providers.road_times import RoadTimes, open_road_times
from hospes.modules.inventory.providers.routes import NoRoutes, plausible
from hospes.platform.ids import new_id
from hospes.platform.locating import IpDatabase, Nowhere, Spot, open_locator
from hospes.platform.outgoing import Outgoing
from hospes.platform.settings import Settings, SettingsError, load_settings
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.ip_databases import city, write_database
from tests.builders.pricing import a_rate
from tests.builders.schedules import MORNING, PARIS, VERSAILLES, with_schedule
from tests.catalog.signed_in import runtime_of, sign_in
from tests.conftest import FixedClock
from tests.inventory.test_feeds_source import a_site, answer

ORLY, CHARTRES, LYON = Place(48.7262, 2.3652), Place(48.4439, 1.4890), Place(45.7640, 4.8357)
KEY = "a-key-of-google"
GUEST = "203.0.113.9"
LISBON = city(38.7223, -9.1393, "Lisbon", "PT", 20)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Lisbon, somewhere in France, and a network of which nobody knows where it is."""
    return write_database(
        tmp_path / "cities.mmdb",
        {"203.0.113.0/24": LISBON, "2001:db8:1::/48": city(48.85, 2.35, "", "FR"), "198.51.100.0/24": {}},
    )


def test_an_address_of_either_kind_is_about_where_the_file_says(database: Path) -> None:
    known = IpDatabase(database)
    assert known.find(GUEST) == Spot(38.7223, -9.1393, 20.0, "Lisbon", "PT")
    assert known.find("2001:db8:1::7") == Spot(48.85, 2.35, 50.0, "", "FR")
    nobody_knows = ["203.0.114.9", "198.51.100.7", "10.0.0.1", "127.0.0.1", "::1", "2001:db8:2::7"]
    for address in [*nobody_knows, "unknown", "", "lisbon", "203.0.113.256", GUEST + " "]:
        assert known.find(address) is None
    assert open_locator(Settings()).find(GUEST) is None
    assert isinstance(open_locator(Settings()), Nowhere)


@pytest.mark.parametrize(
    "said",
    [
        {"location": {"latitude": 91.0, "longitude": 0.0}},
        {"location": {"latitude": 1.0}},
        {"location": {"latitude": "48", "longitude": "2"}},
        {"location": "Paris"},
        "Paris",
        ["Paris"],
        {"location": {"latitude": float("nan"), "longitude": 0.0}},
    ],
)
def test_what_makes_no_sense_is_nowhere(tmp_path: Path, said: Any) -> None:
    assert IpDatabase(write_database(tmp_path / "x.mmdb", {"203.0.113.0/24": said})).find(GUEST) is None


def test_what_is_odd_beside_the_place_is_left_out(tmp_path: Path) -> None:
    said = {**city(1.0, 2.0), "city": {"names": "Lisbon"}, "country": {"iso_code": 7}}
    for radius, right in ((-5, 50.0), (1, 10.0), (2_000, 200.0), ("far", 50.0)):
        said["location"]["accuracy_radius"] = radius if not isinstance(radius, int) or radius >= 0 else float(radius)
        path = write_database(tmp_path / "x.mmdb", {"203.0.113.0/24": said})
        assert IpDatabase(path).find(GUEST) == Spot(1.0, 2.0, right)


def test_an_ipv6_address_is_nowhere_in_a_file_of_ipv4(tmp_path: Path) -> None:
    known = IpDatabase(write_database(tmp_path / "x.mmdb", {"203.0.113.0/24": LISBON}, version=4))
    assert known.find("2001:db8:1::7") is None
    assert known.find(GUEST) is not None


def test_a_newer_file_is_used_and_a_broken_one_is_not(tmp_path: Path, database: Path) -> None:
    known = IpDatabase(database, look_again=0.0)
    assert known.find(GUEST) is not None
    newer = write_database(tmp_path / "newer.mmdb", {"203.0.113.0/24": city(52.5, 13.4, "Berlin", "DE")})
    newer.replace(database)
    assert known.find(GUEST) == Spot(52.5, 13.4, 50.0, "Berlin", "DE")
    (tmp_path / "broken").write_bytes(b"this is no database")
    (tmp_path / "broken").replace(database)
    assert known.find(GUEST) == Spot(52.5, 13.4, 50.0, "Berlin", "DE")  # what was read before still holds
    database.unlink()
    assert known.find(GUEST) is None
    write_database(database, {"203.0.113.0/24": LISBON})
    assert known.find(GUEST) is not None
    once = IpDatabase(database)  # the control: it does not look again within the minute
    assert once.find(GUEST) is not None
    database.unlink()
    assert once.find(GUEST) is not None


async def test_search_knows_about_where_who_asks_is(settings: Settings, clock: FixedClock, database: Path) -> None:
    proxy = {"trustedProxies": ["127.0.0.1/32"]}
    known = settings.model_copy(
        update={
            "location": settings.location.model_copy(update={"ip_database": database}),
            "security": type(settings.security).model_validate(
                {**settings.security.model_dump(), **proxy}
            ),
        }
    )  # fmt: skip
    app = create_app(known, clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 9), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
            opened.app = app  # type: ignore[attr-defined]
            there = {"X-Forwarded-For": GUEST}
            said = await opened.get("/api/v1/search/here", headers=there)
            assert said.json() == {
                "name": "Lisbon", "country": "PT", "latitude": 38.7223, "longitude": -9.1393, "radius_km": 20.0,
            }  # fmt: skip
            assert said.headers["Cache-Control"] == "private, no-store"
            async with app.state.runtime.db.write() as tx:
                guest = await a_user(tx)
            browser = httpx.AsyncClient(transport=transport, base_url="http://test", headers=there)
            browser.app = app  # type: ignore[attr-defined]
            await sign_in(browser, guest)
            mine = await browser.get("/account/sessions")
            assert "Lisbon, PT · 203.0.113.*" in mine.text
            for headers in ({}, {"X-Forwarded-For": "10.1.2.3"}):
                assert set((await opened.get("/api/v1/search/here", headers=headers)).json().values()) == {None}
            near = await opened.get("/api/v1/search", params={"near_me": True}, headers=there)
            assert (near.status_code, near.json()["total"]) == (200, 0)
            for field in ("near_me", "comes_to_me"):
                refused = await opened.get("/api/v1/search", params={field: True})
                assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
        transport = httpx.ASGITransport(app=app, client=("198.51.100.200", 9))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as stranger:
            said = await stranger.get("/api/v1/search/here", headers={"X-Forwarded-For": GUEST})
            assert said.json()["name"] is None  # not a proxy of ours: not believed


def road(start: Place, end: Place) -> float:
    """Seconds on the roads of these tests: half as far again as the great circle, at 40 km/h."""
    return 1.5 * distance_km(start, end) / 40 * 3600


def place_of(text: str) -> Place:
    first, second = map(float, text.split(","))
    return Place(first, second)


def google(request: str) -> bytes:
    """As the Distance Matrix web service is documented to answer; nobody drives to Lyon."""
    url = urlsplit(request.split(" ")[1])
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (request.split(" ")[0], url.path) == ("GET", "/maps/api/distancematrix/json")
    if asked["key"] != KEY:
        denied = {"status": "REQUEST_DENIED", "error_message": "The provided API key is invalid.", "rows": []}
        return answer(orjson.dumps(denied))
    origins, [end] = [place_of(each) for each in asked["origins"].split("|")], [place_of(asked["destinations"])]
    if len(origins) > 25:
        return answer(orjson.dumps({"status": "MAX_DIMENSIONS_EXCEEDED", "rows": []}))
    rows = [{"elements": [_element(start, end)]} for start in origins]
    said = {"status": "OK", "origin_addresses": [""] * len(rows), "destination_addresses": [""], "rows": rows}
    return answer(orjson.dumps(said), "200 OK", "Content-Type: application/json")


def _element(start: Place, end: Place) -> dict[str, Any]:
    if start == LYON:
        return {"status": "ZERO_RESULTS"}
    seconds = round(road(start, end))
    return {
        "status": "OK",
        "duration": {"value": seconds, "text": f"{seconds // 60} mins"},
        "distance": {"value": 1_000, "text": "1 km"},
    }


def osrm(request: str) -> bytes:
    """As the table service is documented to answer; places are longitude first."""
    url = urlsplit(request.split(" ")[1])
    path, options = url.path.split("/"), {name: each[0] for name, each in parse_qs(url.query).items()}
    assert path[1:4] == ["table", "v1", "driving"]
    points = [Place(float(lat), float(lon)) for lon, lat in (each.split(",") for each in path[4].split(";"))]
    if len(points) > 100:
        return answer(orjson.dumps({"code": "TooBig", "message": "Too many table coordinates"}), "400 Bad Request")
    sources = [points[int(each)] for each in options["sources"].split(";")]
    [end] = [points[int(each)] for each in options["destinations"].split(";")]
    durations = [[None if start == LYON else round(road(start, end), 1)] for start in sources]
    return answer(orjson.dumps({"code": "Ok", "durations": durations, "sources": [], "destinations": []}))


def here(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def asking(base: str, vendor: str, outgoing: Outgoing | None = None) -> Any:
    trusting = outgoing or Outgoing(allows=lambda _: True)
    return GoogleRoutes(KEY, trusting, base) if vendor == "google" else OsrmRoutes(base + "/", trusting)


VENDORS = pytest.mark.parametrize(("vendor", "serves"), [("google", google), ("osrm", osrm)])


def to_the_minute(seconds: float) -> int:
    return -int(-seconds // 60) * 60


@VENDORS
async def test_a_service_tells_the_way_from_each_place(vendor: str, serves: Callable[[str], bytes]) -> None:
    async with a_site(serves) as site:
        routes = asking(here(site.port), vendor)
        starts = [VERSAILLES, LYON, ORLY, CHARTRES]
        found = await routes.seconds(starts, PARIS)
        right = [None if each == LYON else to_the_minute(road(each, PARIS)) for each in starts]
        assert [found[1], *(abs(a - b) <= 60 for a, b in zip(found, right, strict=True) if a)] == [None, *[True] * 3]
        many = [Place(48.0 + at / 100, 2.0) for at in range(routes.most)]
        assert len(await routes.seconds(many, PARIS)) == routes.most
        with pytest.raises(NoRoutes):  # the control: more are refused by the vendor
            await routes.seconds([*many, *many[:20]], PARIS)


async def test_a_wrong_key_is_no_answer() -> None:
    async with a_site(google) as site:
        routes = GoogleRoutes("wrong", Outgoing(allows=lambda _: True), here(site.port))
        with pytest.raises(NoRoutes, match="REQUEST_DENIED"):
            await routes.seconds([VERSAILLES], PARIS)


NONSENSE: list[Any] = [
    *(None, [], {}, "OK", 7, {"status": "OK"}, {"code": "Ok"}, {"status": "OK", "rows": []}),
    {"status": "UNKNOWN_ERROR", "rows": []},
    {"code": "NoTable", "message": ""},
    {"status": "OK", "rows": {}, "code": "Ok", "durations": {}},
    {"status": "OK", "rows": [{"elements": []}, {}], "code": "Ok", "durations": [[1], [2]]},
]


@VENDORS
@pytest.mark.parametrize("said", NONSENSE)
async def test_nonsense_is_no_answer(vendor: str, serves: Callable[[str], bytes], said: Any) -> None:
    async with a_site(lambda _: answer(orjson.dumps(said))) as site:
        with pytest.raises(NoRoutes):
            await asking(here(site.port), vendor).seconds([VERSAILLES], PARIS)


@VENDORS
@pytest.mark.parametrize(
    "raw", [answer(b"<html>"), answer(b"", "500 Oops"), answer(b"{}", "429 Slow down"), b"", answer(b" " * 600_000)]
)
async def test_what_is_no_json_is_no_answer(vendor: str, serves: Callable[[str], bytes], raw: bytes) -> None:
    async with a_site(lambda _: raw) as site:
        with pytest.raises(NoRoutes):
            await asking(here(site.port), vendor).seconds([VERSAILLES], PARIS)


@VENDORS
async def test_elements_that_cannot_be_are_ways_nobody_knows(vendor: str, serves: Callable[[str], bytes]) -> None:
    for value in (-1, 1, 10**9, "600", True, [], {}, None):
        row = {"elements": [{"status": "OK", "duration": {"value": value}}]}
        said = {"status": "OK", "rows": [row], "code": "Ok", "durations": [[value]]}
        async with a_site(lambda _, said=said: answer(orjson.dumps(said))) as site:
            assert await asking(here(site.port), vendor).seconds([VERSAILLES], PARIS) == [None]
    assert plausible(float("nan"), VERSAILLES, PARIS) is None
    assert plausible(0, PARIS, PARIS) == 0
    assert plausible(601, VERSAILLES, PARIS) == 660


@VENDORS
async def test_a_private_network_is_asked_only_where_that_is_meant(vendor: str, serves: Callable[[str], bytes]) -> None:
    async with a_site(serves) as site:
        with pytest.raises(NoRoutes):
            await asking(here(site.port), vendor, Outgoing()).seconds([VERSAILLES], PARIS)
        assert site.heard == []
        said = {"google": {"google_key": KEY, "google_base": here(site.port)}, "osrm": {"osrm_url": here(site.port)}}
        settings = Settings.model_validate({"location": {"travel": vendor, **said[vendor]}})
        roads = open_road_times(settings)
        assert roads is not None
        await roads.learn([VERSAILLES], PARIS)
        assert len(site.heard) == (1 if vendor == "osrm" else 0)  # the operator's own server, not the internet's


class Script:
    """Routes that answer what a test says."""

    most = 3

    def __init__(self, says: int | NoRoutes | float) -> None:
        self.says = says
        self.asked: list[list[Place]] = []

    async def seconds(self, starts: Sequence[Place], end: Place) -> list[int | None]:
        self.asked.append(list(starts))
        if isinstance(self.says, NoRoutes):
            raise self.says
        if isinstance(self.says, float):
            await asyncio.sleep(self.says)
        return [int(self.says) or None for _ in starts]


async def test_ways_are_learnt_once_kept_an_hour_and_never_shorter_than_the_great_circle() -> None:
    at, script = [0.0], Script(7_200)
    roads = RoadTimes(script, clock=lambda: at[0])
    direct = travel_seconds(VERSAILLES, PARIS, 30)
    assert roads.seconds(VERSAILLES, PARIS, 30) == direct
    await roads.learn([VERSAILLES, VERSAILLES, PARIS], PARIS)
    assert script.asked == [[VERSAILLES]]  # nobody asks the way from a place to itself
    assert (roads.seconds(VERSAILLES, PARIS, 30), roads.seconds(PARIS, VERSAILLES, 30)) == (7_200, 7_200)
    assert roads.seconds(VERSAILLES, PARIS, 5) == travel_seconds(VERSAILLES, PARIS, 5) > 7_200
    await roads.learn([PARIS], VERSAILLES)
    at[0] = 3_599
    await roads.learn([VERSAILLES], PARIS)
    assert len(script.asked) == 1
    at[0] = 3_600
    assert roads.seconds(VERSAILLES, PARIS, 30) == direct
    await roads.learn([VERSAILLES, ORLY, CHARTRES, LYON], PARIS)
    assert script.asked[1] == [VERSAILLES, ORLY, CHARTRES]  # as many as may be asked at once


@pytest.mark.parametrize("says", [NoRoutes("no"), 5.0])
async def test_a_service_that_fails_or_is_slow_is_left_alone_for_a_while(says: NoRoutes | float) -> None:
    at, script = [0.0], Script(says)
    roads = RoadTimes(script, patience=0.01, clock=lambda: at[0])
    await roads.learn([VERSAILLES], PARIS)
    assert roads.seconds(VERSAILLES, PARIS, 30) == travel_seconds(VERSAILLES, PARIS, 30)
    at[0] = 29
    await roads.learn([VERSAILLES], PARIS)
    assert len(script.asked) == 1
    at[0], script.says = 30, 7_200
    await roads.learn([VERSAILLES], PARIS)
    assert roads.seconds(VERSAILLES, PARIS, 30) == 7_200


def first_on(page: httpx.Response) -> str:
    """The first time that can be chosen on the page of a listing in Paris."""
    found = re.search(r'data-starts="([^"]+)"', page.text)
    assert found, page.text
    return f"{datetime.fromisoformat(found[1]).astimezone(ZoneInfo('Europe/Paris')):%H:%M}"


async def test_slots_keep_the_way_by_road_free(client: httpx.AsyncClient, clock: FixedClock) -> None:
    """At 50 km/h Versailles is 22 minutes from Paris as the crow flies, and 41 by the roads of these tests."""
    clock.at = MORNING - timedelta(days=1)
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        plumber = await a_resource(tx, mode="timed", kind="PROFESSIONAL")
        await a_rate(tx, plumber.resource_id)
        await with_schedule(tx, plumber.resource_id, travel_mode="travel", home=PARIS, radius_km=60.0, speed_kmh=50.0)
        ask = SlotAsk(
            plumber.resource_id, plumber.unit_ids, plumber.zone, MORNING, MORNING + timedelta(minutes=30),
            place=VERSAILLES, home=PARIS, speed_kmh=50.0,
        )  # fmt: skip
        await inventory.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=clock.at)

    async def first(**params: object) -> str:
        days = {"from": "2026-07-01", "to": "2026-07-01"}
        said = await client.get(f"/api/v1/resources/{plumber.resource_id}/slots", params={**days, **params})
        assert said.status_code == 200, said.text
        return str(said.json()["items"][0]["starts_at"][11:16])

    to_paris = {"latitude": PARIS.latitude, "longitude": PARIS.longitude}
    assert await first(**to_paris) == "10:00"  # over at half past nine, and half an hour is enough for the great circle
    async with a_site(osrm) as site:
        rt.ports.road_times = RoadTimes(OsrmRoutes(here(site.port), Outgoing(allows=lambda _: True)), patience=5)
        assert await first(**to_paris) == "10:30"
        assert await first(**to_paris) == "10:30"
        assert len(site.heard) == 1
        assert await first() == "10:00"  # no place is asked about, nobody is asked
        page = await client.get(
            f"/stays/{plumber.resource_id}",
            params={"from": "2026-07-01", "day": "2026-07-01", **to_paris},
            headers={"Accept": "text/html"},
        )
        assert first_on(page) == "10:30"
        rt.ports.road_times = None
        page = await client.get(page.request.url, headers={"Accept": "text/html"})
        assert first_on(page) == "10:00"  # the control: by the great circle
    refused = await client.get(
        f"/api/v1/resources/{plumber.resource_id}/slots", params={"from": "9999-12-31", "to": "9999-12-31", **to_paris}
    )
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, ["from"])
    for place in (LYON, CHARTRES):  # out of reach, or the service is gone
        said = await client.get(
            f"/api/v1/resources/{plumber.resource_id}/slots",
            params={
                "from": "2026-07-01", "to": "2026-07-01", "latitude": place.latitude, "longitude": place.longitude,
            },
        )  # fmt: skip
        assert (said.status_code, said.json()["code"]) == (409, "too_far_to_travel")


@pytest.mark.parametrize(
    "said",
    [{"travel": "google"}, {"travel": "osrm"}, {"travel": "osrm", "osrm_url": "osrm:5000"}, {"travel": "bing"}],
)
def test_a_service_without_what_it_is_asked_with_is_told_at_start(tmp_path: Path, said: dict[str, str]) -> None:
    path = tmp_path / "config.yml"
    path.write_bytes(orjson.dumps({"location": said}))  # YAML knows JSON
    with pytest.raises(SettingsError, match="location"):
        load_settings(path, {})
    path.write_bytes(orjson.dumps({"location": {"travel": "osrm", "osrm_url": "http://osrm:5000"}}))
    assert load_settings(path, {}).location.osrm_url == "http://osrm:5000"
    assert open_road_times(Settings()) is None
