"""The host's side: guests and dates changed with both prices in view, early departures with what they give back."""

import re
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_guest, as_host, as_stranger
from tests.booking.test_trip_pages import booked
from tests.booking.test_trip_pages_changes import hidden, now_of
from tests.builders.booking import Stay
from tests.catalog.signed_in import runtime_of

S = BookingStatus


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


async def test_a_host_changes_the_guests_after_seeing_both_prices(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, max_guests=4)
    host, path = await as_host(client, stay), f"/host/bookings/{booking.id}"
    asked = {"adults": "3", "departure": "2026-07-05", "giving": "free"}
    page = (await client.post(f"{path}/move", data={**asked, "do": "look"}, headers=host)).text
    assert "was €100 × 3 nights" in page
    assert "With the compliments of the house" in page
    assert "The price stays as it is." in page
    assert re.search(r'name="adults" type="number" value="3"', page)
    expected = re.search(r'name="expected" value="(-?\d+)"', page)
    assert expected is not None
    done = await client.post(f"{path}/move", data={**asked, "do": "move", "expected": expected[1]}, headers=host)
    assert done.status_code == 303
    changed = await now_of(rt, booking)
    assert (changed.party.adults, changed.departure, changed.total) == (3, date(2026, 7, 5), booking.total)
    assert "2 adults becomes 3 adults" in (await client.get(path, headers=host)).text


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({"adults": "x"}, "adults", "Enter a whole number."),
        ({"adults": "99"}, "adults", "There is room for"),
        ({"departure": "2026-06-30"}, "departure", "The departure must be after the arrival."),
        ({"rooms": "-1"}, "rooms", "Enter a number from 1 on."),
    ],
)
async def test_what_the_host_cannot_change_is_said_beside_its_field(
    client: httpx.AsyncClient, rt: Runtime, asked: dict[str, str], field: str, sentence: str
) -> None:
    stay, booking = await booked(rt)
    host = await as_host(client, stay)
    page = (await client.post(f"/host/bookings/{booking.id}/move", data={**asked, "do": "look"}, headers=host)).text
    assert sentence in page
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page)
    assert 'name="expected"' not in page


async def test_the_host_sees_a_change_that_waits_for_the_guest(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, params={"departure": "2026-07-06"}, headers=guest)).text
    assert (await client.post(path, data=hidden(page, path), headers=guest)).status_code == 303
    shown = (await client.get(f"/host/bookings/{booking.id}", headers=await as_host(client, stay))).text
    assert "A change to <strong>Wed 1 Jul 2026 to Mon 6 Jul 2026</strong> waits until Mon 1 Jun, 12:15" in shown


async def begun(rt: Runtime, clock: Any) -> tuple[Stay, Booking]:
    stay, booking = await booked(rt, S.IN_PROGRESS)
    clock.at = datetime(2026, 7, 2, 8, tzinfo=UTC)
    return stay, booking


async def test_an_early_departure_gives_back_what_the_host_says_and_shows(
    client: httpx.AsyncClient, rt: Runtime, clock: Any
) -> None:
    stay, booking = await begun(rt, clock)
    host, path = await as_host(client, stay), f"/host/bookings/{booking.id}"
    assert "They leave early" in (await client.get(path, headers=host)).text
    asked = {"leaves": "2026-07-03", "early_giving": "full"}
    page = (await client.post(f"{path}/early", data={**asked, "do": "look"}, headers=host)).text
    back = re.search(r'name="expected_refund" value="(\d+)"', page)
    assert back is not None
    assert int(back[1]) >= 10_000
    assert "The guest gets back" in page
    wrong = await client.post(f"{path}/early", data={**asked, "do": "leave", "expected_refund": "1"}, headers=host)
    assert wrong.status_code == 409
    assert "would come back now." in wrong.text
    form = {**asked, "do": "leave", "expected_refund": back[1]}
    assert (await client.post(f"{path}/early", data=form, headers=host)).status_code == 303
    changed = await now_of(rt, booking)
    assert changed.departure == date(2026, 7, 3)
    assert booking.total.amount - changed.total.amount == int(back[1])
    assert "Left early by the host" in (await client.get(path, headers=host)).text


@pytest.mark.parametrize("day", ["2026-07-01", "2026-07-04", "soon"])
async def test_a_day_nobody_can_leave_on_is_refused(
    client: httpx.AsyncClient, rt: Runtime, clock: Any, day: str
) -> None:
    stay, booking = await begun(rt, clock)
    host = await as_host(client, stay)
    page = await client.post(f"/host/bookings/{booking.id}/early", data={"leaves": day, "do": "look"}, headers=host)
    assert re.search(r'id="leaves"[^>]*aria-invalid="true"', page.text)
    assert (await now_of(rt, booking)).departure == date(2026, 7, 4)


async def test_only_its_host_changes_or_shortens_it(client: httpx.AsyncClient, rt: Runtime, clock: Any) -> None:
    stay, booking = await begun(rt, clock)
    for who in (await as_stranger(client), await as_guest(client, stay)):
        for path in ("move", "early"):
            form = {"leaves": "2026-07-03", "departure": "2026-07-06", "do": "look", "expected_refund": "0"}
            answer = await client.post(f"/host/bookings/{booking.id}/{path}", data=form, headers=who)
            assert answer.status_code == 404
