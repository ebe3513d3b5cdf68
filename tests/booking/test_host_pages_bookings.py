"""One booking as its host sees it, over HTTP."""

import html
import re
from datetime import UTC, datetime

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import BookingStatus
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_guest, as_host, as_stranger
from tests.builders.booking import Stay, a_booking, a_stay
from tests.catalog.signed_in import runtime_of
from tests.conftest import FixedClock


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


@pytest.fixture
async def stay(rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        return await a_stay(tx)


async def test_only_the_host_sees_the_hosts_page(client: httpx.AsyncClient, rt: Runtime, stay: Stay) -> None:
    async with rt.db.write() as tx:
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    path = f"/host/bookings/{booking.id}"
    shown = await client.get(path, headers=await as_host(client, stay))
    assert shown.status_code == 200
    assert booking.reference in shown.text
    assert "Booking made" in shown.text
    assert (await client.get(path, headers=await as_stranger(client))).status_code == 404
    assert (await client.get(path, headers=await as_guest(client, stay))).status_code == 404


async def test_accepting_says_first_what_it_takes_from_others(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, instant=False)
        booking = await a_booking(tx, stay, status=BookingStatus.PENDING_APPROVAL)
    host, path = await as_host(client, stay), f"/host/bookings/{booking.id}"
    assert "Nobody else has asked for this time." in (await client.get(path, headers=host)).text
    assert (await client.post(f"{path}/accept", headers=host)).headers["location"] == path
    assert "Waiting for payment" in (await client.get(path, headers=host)).text


async def test_guests_are_checked_in_from_the_day_of_arrival_and_out(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay, clock: FixedClock
) -> None:
    async with rt.db.write() as tx:
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    path = f"/host/bookings/{booking.id}"
    host = await as_host(client, stay)
    assert "Check in" not in (await client.get(path, headers=host)).text
    await client.post(f"{path}/check-in", headers=host)
    async with rt.db.read() as tx:
        assert (await facade.get_booking(tx, booking.id)).status is BookingStatus.CONFIRMED
    clock.at = datetime(2026, 7, 1, 14, tzinfo=UTC)
    host = await as_host(client, stay)
    assert "Check in" in (await client.get(path, headers=host)).text
    assert (await client.post(f"{path}/check-in", headers=host)).status_code == 303
    clock.at = datetime(2026, 7, 4, 8, tzinfo=UTC)
    host = await as_host(client, stay)
    assert (await client.post(f"{path}/check-out", headers=host)).status_code == 303
    async with rt.db.read() as tx:
        assert (await facade.get_booking(tx, booking.id)).status is BookingStatus.COMPLETED


async def test_a_move_is_made_at_the_difference_that_was_shown(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    async with rt.db.write() as tx:
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    host, path = await as_host(client, stay), f"/host/bookings/{booking.id}/move"
    form = {"arrival": "2026-07-02", "departure": "2026-07-04", "giving": "full", "do": "look"}
    looked = await client.post(path, data=form, headers=host)
    assert looked.status_code == 200
    assert "back." in looked.text
    expected = re.search(r'name="expected" value="([^"]+)"', looked.text)
    assert expected
    assert int(html.unescape(expected[1])) < 0
    wrong = await client.post(path, data={**form, "do": "move", "expected": "-1"}, headers=host)
    assert wrong.status_code == 409
    moved = await client.post(path, data={**form, "do": "move", "expected": expected[1]}, headers=host)
    assert moved.status_code == 303
    async with rt.db.read() as tx:
        after = await facade.get_booking(tx, booking.id)
    assert (after.arrival.isoformat(), after.departure.isoformat()) == ("2026-07-02", "2026-07-04")


async def test_a_move_that_cannot_be_says_why(client: httpx.AsyncClient, rt: Runtime, stay: Stay) -> None:
    async with rt.db.write() as tx:
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    host, path = await as_host(client, stay), f"/host/bookings/{booking.id}/move"
    refused = await client.post(path, data={"arrival": "2026-07-04", "departure": "2026-07-02"}, headers=host)
    assert "The departure must be after the arrival." in refused.text
    assert 'name="expected"' not in refused.text
    unread = await client.post(path, data={"arrival": "soon"}, headers=host)
    assert (unread.status_code, "Choose a day, such as 2026-07-14." in unread.text) == (422, True)
