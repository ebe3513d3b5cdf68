"""The checkout's hold: until when, once longer, why not again, and the way back to the same choice."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Party, Wish
from hospes.platform.runtime import Runtime
from tests.booking.test_hours_and_departures import AT_NINE, a_doctor, a_tour
from tests.booking.test_pages import as_guest, as_stranger, held
from tests.builders.booking import Stay, a_stay
from tests.catalog.signed_in import runtime_of

KEEP = "Keep it for me 15 more minutes"


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


@pytest.fixture
async def stay(rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        return await a_stay(tx)


async def test_the_page_says_until_when_and_in_which_zone(client: httpx.AsyncClient, stay: Stay) -> None:
    checkout, guest = await held(client, stay), await as_guest(client, stay)
    page = (await client.get(checkout, headers=guest)).text
    assert re.search(r"until <strong><time[^>]*>12:15</time></strong> <span class=\"muted\">\(Paris time\)", page)
    assert 'data-countdown="900"' in page
    assert f'formaction="{checkout}/renew" formnovalidate>{KEEP}' in page
    assert "from 15:00, Paris time" in page


async def test_a_hold_is_kept_longer_once_and_what_was_typed_stays(client: httpx.AsyncClient, stay: Stay) -> None:
    checkout, guest = await held(client, stay), await as_guest(client, stay)
    form = {"message": "We come <late>", "accept": "yes", "expected_total": "1"}
    longer = await client.post(f"{checkout}/renew", data=form, headers=guest)
    assert longer.status_code == 200
    assert "We keep it for you 15 minutes longer." in longer.text
    assert 'data-countdown="1800"' in longer.text
    assert "We come &lt;late&gt;</textarea>" in longer.text
    assert 'value="yes" checked' in longer.text
    assert KEEP not in longer.text
    again = await client.post(f"{checkout}/renew", data=form, headers=guest)
    assert again.status_code == 409
    assert "This place cannot be kept any longer. It is yours until 12:30." in again.text
    assert "We come &lt;late&gt;</textarea>" in again.text


async def test_what_has_run_out_cannot_be_kept_longer(client: httpx.AsyncClient, stay: Stay, clock: Any) -> None:
    checkout = await held(client, stay)
    clock.at += timedelta(minutes=15)
    guest = await as_guest(client, stay)
    answer = await client.post(f"{checkout}/renew", data={"expected_total": "1"}, headers=guest)
    assert answer.status_code == 410
    assert "We kept" in answer.text
    assert "until 12:15 (Paris time): Wed 1 Jul 2026 to Sat 4 Jul 2026, 2 adults." in answer.text


async def test_a_strangers_hold_is_not_there_to_be_kept_or_let_go(client: httpx.AsyncClient, stay: Stay) -> None:
    checkout, stranger = await held(client, stay), await as_stranger(client)
    for path in (f"{checkout}/renew", f"{checkout}/release"):
        assert (await client.post(path, data={"expected_total": "1"}, headers=stranger)).status_code == 404
    guest = await as_guest(client, stay)
    assert 'data-countdown="900"' in (await client.get(checkout, headers=guest)).text


async def test_letting_go_leads_back_and_the_checkout_says_so(client: httpx.AsyncClient, stay: Stay) -> None:
    checkout, guest = await held(client, stay), await as_guest(client, stay)
    gone = await client.post(f"{checkout}/release", headers=guest)
    assert gone.headers["location"] == (
        f"/stays/{stay.resource_id}?arrival=2026-07-01&departure=2026-07-04&adults=2&children=0&infants=0&pets=0"
    )
    page = await client.get(checkout, headers=guest)
    assert page.status_code == 410
    assert "You have let this go" in page.text


async def test_an_appointment_that_ran_out_leads_back_to_its_time(
    client: httpx.AsyncClient, rt: Runtime, clock: Any
) -> None:
    async with rt.db.write() as tx:
        stay = await a_doctor(tx)
        wish = Wish(stay.resource_id, AT_NINE, Party(1))
        hold = await facade.hold_wish(tx, wish, guest_id=stay.guest_id, now=clock.at)
    clock.at += timedelta(minutes=16)
    page = await client.get(f"/checkout/{hold.id}", headers=await as_guest(client, stay))
    assert page.status_code == 410
    back = re.search(r'href="(/stays/[^"]+)">Look at this time again', page.text)
    assert back is not None
    again = (await client.get(html.unescape(back[1]))).text
    assert "Wednesday 1 July, 09:00" in again
    assert "Reserve" in again


async def test_a_departure_that_ran_out_leads_back_to_it(client: httpx.AsyncClient, rt: Runtime, clock: Any) -> None:
    async with rt.db.write() as tx:
        stay, leaving = await a_tour(tx, capacity=5)
        wish = Wish(stay.resource_id, leaving, Party(2, 1))
        hold = await facade.hold_wish(tx, wish, guest_id=stay.guest_id, now=clock.at)
    clock.at += timedelta(minutes=16)
    page = await client.get(f"/checkout/{hold.id}", headers=await as_guest(client, stay))
    back = f"/stays/{stay.resource_id}?adults=2&amp;children=1&amp;departure_id={leaving.departure_id}#book"
    assert f'href="{back}">Look at this departure again' in page.text


async def test_what_was_booked_leads_to_the_trips(client: httpx.AsyncClient, stay: Stay) -> None:
    checkout, guest = await held(client, stay), await as_guest(client, stay)
    total = re.search(r'name="expected_total" value="(\d+)"', (await client.get(checkout, headers=guest)).text)
    assert total
    booked = await client.post(checkout, data={"expected_total": total[1], "accept": "yes"}, headers=guest)
    assert booked.status_code == 303
    late = await client.post(f"{checkout}/renew", data={"expected_total": "1"}, headers=guest)
    assert (late.status_code, late.headers["location"]) == (303, "/trips")
