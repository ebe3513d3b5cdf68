"""Calendar feeds and the room plan on their host's pages, over HTTP."""

import re
from datetime import date

import httpx
import pytest

from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.inventory.queries.feeds import list_feeds
from hospes.modules.inventory.queries.room_plans import list_outages
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_host, as_stranger
from tests.builders.booking import Stay, a_booking, a_stay
from tests.catalog.signed_in import runtime_of


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


@pytest.fixture
async def stay(rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        return await a_stay(tx, kind="HOTEL_ROOM", pooled=True, units=3)


async def test_the_export_address_is_made_and_made_anew(client: httpx.AsyncClient, stay: Stay) -> None:
    host, path = await as_host(client, stay), f"/host/feeds/{stay.resource_id}"
    assert "Make the address" in (await client.get(path, headers=host)).text
    found = []
    for _ in range(2):
        assert (await client.post(f"{path}/export", headers=host)).status_code == 303
        shown = re.search(r'value="([^"]+/calendars/[^"]+\.ics)"', (await client.get(path, headers=host)).text)
        assert shown
        found.append(shown[1])
    assert found[0] != found[1]


async def test_an_address_inside_the_network_is_refused_beside_its_field(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    host, path = await as_host(client, stay), f"/host/feeds/{stay.resource_id}"
    for url, name in (
        ("http://127.0.0.1/a.ics", "Airbnb"),
        ("file:///etc/passwd", "Airbnb"),
        ("x", "Airbnb"),
        ("", ""),
    ):
        answer = await client.post(path, data={"name": name, "url": url}, headers=host)
        assert answer.status_code == 422
        assert 'id="url-error"' in answer.text
    async with rt.db.read() as tx:
        assert await list_feeds(tx, stay.resource_id) == []


async def test_everybody_gets_a_room_after_before_and_after_were_shown(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    async with rt.db.write() as tx:
        await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
        await a_booking(tx, stay, status=BookingStatus.CONFIRMED, arrival=date(2026, 7, 4), departure=date(2026, 7, 6))
    host, path = await as_host(client, stay), f"/host/rooms/{stay.resource_id}"
    shown = (await client.get(f"{path}?from=2026-06-29", headers=host)).text
    assert "2 without a room" in shown
    proposal = (await client.post(f"{path}/plan", data={"from": "2026-06-29"}, headers=host)).text
    assert "Stays without a room" in proposal
    assert "2 changes" in proposal
    stamp = re.search(r'name="stamp" value="([^"]+)"', proposal)
    assert stamp
    old = await client.post(f"{path}/plan", data={"from": "2026-06-29", "stamp": "0" * 32}, headers=host)
    assert (old.status_code, "Here is a new one." in old.text) == (409, True)
    given = await client.post(f"{path}/plan", data={"from": "2026-06-29", "stamp": stamp[1]}, headers=host)
    assert given.status_code == 303
    after = (await client.get(f"{path}?from=2026-06-29", headers=host)).text
    assert "Everybody has a room" in after
    assert after.count("bar-booking") == 2


async def test_a_guest_is_moved_to_another_room_by_hand(client: httpx.AsyncClient, rt: Runtime, stay: Stay) -> None:
    async with rt.db.write() as tx:
        await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    host, path = await as_host(client, stay), f"/host/rooms/{stay.resource_id}"
    shown = (await client.get(f"{path}?from=2026-06-29", headers=host)).text
    chosen = re.search(r'<option value="([0-9a-f-]+:0)"', shown)
    assert chosen
    for unit in stay.sellable.unit_ids[:2]:
        form = {"from": "2026-06-29", "stay": chosen[1], "unit_id": str(unit)}
        assert (await client.post(f"{path}/assign", data=form, headers=host)).status_code == 303
    after = (await client.get(f"{path}?from=2026-06-29", headers=host)).text
    assert re.search(r"Ada \w+, [A-Z0-9-]+, stays here", after), after
    odd = await client.post(f"{path}/assign", data={"from": "2026-06-29", "stay": "x", "unit_id": ""}, headers=host)
    assert (odd.status_code, "Choose a stay." in odd.text) == (422, True)


async def test_a_room_is_out_of_service_and_in_again(client: httpx.AsyncClient, rt: Runtime, stay: Stay) -> None:
    host, path = await as_host(client, stay), f"/host/rooms/{stay.resource_id}"
    form = {
        "from": "2026-06-29",
        "unit_id": str(stay.sellable.unit_ids[0]),
        "first": "2026-07-01",
        "until": "2026-07-03",
    }
    wrong = await client.post(f"{path}/close", data=form, headers=host)
    assert (wrong.status_code, "Say why" in wrong.text) == (422, True)
    assert (await client.post(f"{path}/close", data={**form, "reason": "Shower"}, headers=host)).status_code == 303
    shown = (await client.get(f"{path}?from=2026-06-29", headers=host)).text
    outage = re.search(r'name="outage_id" value="([^"]+)"', shown)
    assert outage
    back = {"from": "2026-06-29", "outage_id": outage[1]}
    assert (await client.post(f"{path}/open", data=back, headers=host)).status_code == 303
    async with rt.db.read() as tx:
        assert await list_outages(tx, stay.resource_id, date(2026, 7, 1), date(2026, 7, 3)) == []


async def test_rooms_and_feeds_are_their_hosts_alone(client: httpx.AsyncClient, stay: Stay) -> None:
    stranger, host = await as_stranger(client), await as_host(client, stay)
    for name in ("rooms", "feeds"):
        assert (await client.get(f"/host/{name}/{stay.resource_id}", headers=stranger)).status_code == 404
        assert (await client.get(f"/host/{name}", headers=stranger)).headers["location"] == "/host"
        assert stay.sellable.resource_name in (await client.get(f"/host/{name}", headers=host)).text
    assert (await client.post(f"/host/feeds/{stay.resource_id}/export", headers=stranger)).status_code == 404
