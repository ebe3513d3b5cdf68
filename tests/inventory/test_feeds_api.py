"""Hosts bring calendars in, see how they fare, and hand out their own; nobody else does."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.errors import FeedUnreadable
from hospes.platform.ids import new_id
from tests.builders.catalog import a_resource
from tests.builders.feeds import ScriptedSource, ics, stay
from tests.builders.identity import a_host
from tests.builders.inventory import ask_of
from tests.catalog.signed_in import bearer, runtime_of
from tests.conftest import FixedClock

URL = "https://other.example/secret.ics"
JULY_10 = date(2026, 7, 10)


@dataclass
class Place:
    """A host's resource, and a caller who is not the host."""

    sellable: Sellable
    host: dict[str, str]
    stranger: dict[str, str]

    @property
    def path(self) -> str:
        return f"/api/v1/resources/{self.sellable.resource_id}"


async def a_place(client: httpx.AsyncClient, **given: Any) -> Place:
    async with runtime_of(client).db.write() as tx:
        host, stranger = await a_host(tx), await a_host(tx)
        sellable = await a_resource(tx, owner_id=host.id, **given)
    return Place(sellable, bearer(client, host), bearer(client, stranger))


@pytest.fixture
def source(client: httpx.AsyncClient) -> ScriptedSource:
    """What the application asks instead of the internet."""
    scripted = ScriptedSource(ics(stay(JULY_10, 2)))
    runtime_of(client).ports.calendars = scripted
    return scripted


async def test_a_feed_is_added_refreshed_shown_and_removed(
    client: httpx.AsyncClient, source: ScriptedSource, clock: FixedClock
) -> None:
    place = await a_place(client)
    async with runtime_of(client).db.write() as tx:
        ask = ask_of(place.sellable, JULY_10, JULY_10 + timedelta(days=1))
        await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=clock.now())
    body = {"name": "Other site", "url": "webcal://other.example/secret.ics"}
    made = await client.post(f"{place.path}/feeds", json=body, headers=place.host)
    assert (made.status_code, made.json()["result"], made.json()["url"]) == (201, "waiting", URL)
    feed = made.headers["Location"]
    refreshed = await client.post(f"{feed}/refresh", headers=place.host)
    assert refreshed.status_code == 200
    assert (refreshed.json()["result"], refreshed.json()["detail"]) == ("good", "1 busy time.")
    shown = (await client.get(f"{place.path}/feeds", headers=place.host)).json()
    assert shown["export_url"] is None
    (item,) = shown["items"]
    assert item == refreshed.json() == (await client.get(feed, headers=place.host)).json()
    assert item["busy"] == 1
    assert [(each["first_day"], each["last_day"], each["detail"]) for each in item["conflicts"]] == [
        ("2026-07-10", "2026-07-12", "Taken here as well: 2026-07-10 to 2026-07-11.")
    ]
    assert (item["tried_at"], item["next_try_at"]) == ("2026-06-01T10:00:00Z", "2026-06-01T10:15:00Z")
    assert (await client.delete(feed, headers=place.host)).status_code == 204
    assert (await client.get(feed, headers=place.host)).json()["code"] == "feed_not_found"
    assert (await client.get(f"{place.path}/feeds", headers=place.host)).json()["items"] == []


async def test_a_failure_is_shown_and_force_believes_an_empty_answer(
    client: httpx.AsyncClient, source: ScriptedSource, clock: FixedClock
) -> None:
    place = await a_place(client)
    made = await client.post(f"{place.path}/feeds", json={"name": "Other", "url": URL}, headers=place.host)
    refresh = f"{made.headers['Location']}/refresh"
    assert (await client.post(refresh, headers=place.host)).json()["busy"] == 1
    again = await client.post(refresh, headers=place.host)
    assert (again.status_code, again.headers["Retry-After"]) == (429, "10")
    for says, force, shown in (
        (FeedUnreadable("The answer was empty."), False, ("failed", "The answer was empty.", 1, 1)),
        (ics(), False, ("suspicious", None, 0, 1)),
        (ics(), True, ("good", "0 busy times.", 0, 0)),
    ):
        clock.at += timedelta(seconds=10)
        source.says = says
        item = (await client.post(refresh, json={"force": force}, headers=place.host)).json()
        assert (item["result"], item["failures"], item["busy"]) == (shown[0], shown[2], shown[3])
        assert shown[1] is None or item["detail"] == shown[1]


async def test_an_address_inside_the_network_is_refused(client: httpx.AsyncClient) -> None:
    place = await a_place(client)
    for url in ("http://127.0.0.1:5432/", "http://169.254.169.254/latest", "http://[::1]/a.ics", "http://localhost/"):
        refused = await client.post(f"{place.path}/feeds", json={"name": "In", "url": url}, headers=place.host)
        assert (refused.status_code, refused.json()["code"]) == (422, "feed_address_refused"), url
    assert (await client.get(f"{place.path}/feeds", headers=place.host)).json()["items"] == []


async def test_what_cannot_be_imported_is_refused(client: httpx.AsyncClient, source: ScriptedSource) -> None:
    place, tour = await a_place(client), await a_place(client, mode="departure", kind="TOUR")

    async def add(to: Place, **more: Any) -> tuple[int, str]:
        body = {"name": "Other", "url": URL, **more}
        answer = await client.post(f"{to.path}/feeds", json=body, headers=to.host)
        return answer.status_code, answer.json().get("code", "")

    assert await add(tour) == (422, "wrong_mode")
    assert await add(place, unit_id=str(new_id())) == (404, "unit_not_found")
    assert await add(place, name=" ") == (422, "invalid")
    assert await add(place) == (201, "")
    assert await add(place) == (409, "feed_exists")
    for number in range(19):
        assert await add(place, url=f"{URL}?{number}") == (201, "")
    assert await add(place, url=f"{URL}?20") == (409, "too_many_feeds")


async def test_strangers_and_nobody_see_and_change_nothing(client: httpx.AsyncClient, source: ScriptedSource) -> None:
    place, other = await a_place(client), await a_place(client)
    made = await client.post(f"{place.path}/feeds", json={"name": "Other", "url": URL}, headers=place.host)
    feed = made.headers["Location"]
    elsewhere = feed.replace(str(place.sellable.resource_id), str(other.sellable.resource_id))
    asked = [
        ("GET", f"{place.path}/feeds", None),
        ("POST", f"{place.path}/feeds", {"name": "Mine", "url": URL}),
        ("GET", feed, None),
        ("DELETE", feed, None),
        ("POST", f"{feed}/refresh", None),
        ("POST", f"{place.path}/export-address", None),
    ]
    for method, url, body in asked:
        assert (await client.request(method, url, json=body)).status_code == 401
        assert (await client.request(method, url, json=body, headers=place.stranger)).status_code == 404
    for method, url in (("GET", elsewhere), ("DELETE", elsewhere), ("POST", f"{elsewhere}/refresh")):
        assert (await client.request(method, url, headers=other.host)).json()["code"] == "feed_not_found"
    assert source.asked == []


async def test_an_export_says_when_and_never_who(client: httpx.AsyncClient, clock: FixedClock) -> None:
    place = await a_place(client)
    booking, block = new_id(), new_id()
    async with runtime_of(client).db.write() as tx:
        for owner, kind, day in ((booking, ClaimKind.BOOKING, 1), (block, ClaimKind.BLOCK, 10)):
            ask = ask_of(place.sellable, date(2026, 7, day), date(2026, 7, day + 2))
            await facade.claim(tx, ask, kind=kind, owner_id=owner, now=clock.now(), note="Ada Lovelace, late arrival")
        hold = ask_of(place.sellable, date(2026, 7, 20), date(2026, 7, 22))
        until = clock.now() + timedelta(minutes=15)
        await facade.claim(tx, hold, kind=ClaimKind.HOLD, owner_id=new_id(), held_until=until, now=clock.now())
    url = (await client.post(f"{place.path}/export-address", headers=place.host)).json()["url"]
    assert (await client.get(f"{place.path}/feeds", headers=place.host)).json()["export_url"] == url
    shown = await client.get(url)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert shown.text.replace("\r\n", "\n") == (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Hospes//Calendar 1.0//EN\nCALSCALE:GREGORIAN\nMETHOD:PUBLISH\n"
        "X-WR-CALNAME:Maison Lune: The whole house\n"
        f"BEGIN:VEVENT\nUID:{booking.hex}@hospes\nDTSTAMP:20260601T100000Z\nDTSTART;VALUE=DATE:20260701\n"
        "DTEND;VALUE=DATE:20260703\nSUMMARY:Reserved\nTRANSP:OPAQUE\nEND:VEVENT\n"
        f"BEGIN:VEVENT\nUID:{block.hex}@hospes\nDTSTAMP:20260601T100000Z\nDTSTART;VALUE=DATE:20260710\n"
        "DTEND;VALUE=DATE:20260712\nSUMMARY:Not available\nTRANSP:OPAQUE\nEND:VEVENT\n"
        "END:VCALENDAR\n"
    )
    same = await client.get(url, headers={"If-None-Match": shown.headers["ETag"]})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", shown.headers["ETag"])
    async with runtime_of(client).db.write() as tx:
        await facade.release(tx, booking, now=clock.now())
    after = await client.get(url, headers={"If-None-Match": shown.headers["ETag"]})
    assert (after.status_code, after.text.count("BEGIN:VEVENT")) == (200, 1)


async def test_a_new_export_address_ends_the_old_one(client: httpx.AsyncClient) -> None:
    place = await a_place(client)
    old, new = [(await client.post(f"{place.path}/export-address", headers=place.host)).json()["url"] for _ in "12"]
    assert (await client.get(old)).status_code == 404
    assert (await client.get(new)).status_code == 200


async def test_an_export_of_several_rooms_tells_the_nights_on_which_none_is_left(
    client: httpx.AsyncClient, clock: FixedClock
) -> None:
    for pooled in (False, True):
        place = await a_place(client, units=2, pooled=pooled)
        async with runtime_of(client).db.write() as tx:
            for first, last in ((1, 4), (2, 6)):
                ask = ask_of(place.sellable, date(2026, 7, first), date(2026, 7, last))
                await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=clock.now())
        url = (await client.post(f"{place.path}/export-address", headers=place.host)).json()["url"]
        text = (await client.get(url)).text
        assert text.count("BEGIN:VEVENT") == 1
        assert "DTSTART;VALUE=DATE:20260702\r\nDTEND;VALUE=DATE:20260704\r\nSUMMARY:Not available" in text
        assert f"UID:{place.sellable.resource_id.hex}-20260702@hospes" in text
