"""Appointments and departures in the pages: choose, see the price, keep, book, find again; without JavaScript."""

import html
import re

import httpx
import pytest

from hospes.modules.booking.contracts import Party, Wish
from hospes.modules.booking.use_cases.create_booking import book_wish
from hospes.platform.runtime import Runtime
from tests.booking.test_hours_and_departures import AT_NINE, a_doctor, a_tour
from tests.booking.test_pages import as_guest
from tests.builders.booking import Stay
from tests.catalog.signed_in import runtime_of

DAY = "/stays/{}?from=2026-07-01&day=2026-07-01"


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


@pytest.fixture
async def doctor(rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        return await a_doctor(tx)


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action."""
    form = page[page.index(f'action="{action}"') :]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")])
    return {name: html.unescape(value) for name, value in found}


async def test_an_appointment_is_chosen_kept_and_booked(client: httpx.AsyncClient, doctor: Stay) -> None:
    me, base = await as_guest(client, doctor), f"/stays/{doctor.resource_id}"
    page = (await client.get(DAY.format(doctor.resource_id))).text
    assert ">09:00</a>" in page
    assert ">16:30</a>" in page
    assert "Times are local (Europe/Paris)" in page
    at = re.search(r'href="([^"]*start=[^"]*)"[^>]*>09:00<', page)
    assert at is not None
    chosen = (await client.get(html.unescape(at[1]))).text
    assert "Wednesday 1 July, 09:00" in chosen
    assert "€30" in chosen
    kept = await client.post(f"{base}/take", data=hidden(chosen, f"{base}/take"), headers=me)
    assert kept.status_code == 303, kept.text
    checkout = (await client.get(kept.headers["location"], headers=me)).text
    assert "This time is yours until" in checkout
    assert "Wed 1 Jul 2026, 09:00 to 09:30" in checkout
    booked = await client.post(kept.headers["location"], data={"accept": "yes", "expected_total": "3000"}, headers=me)
    assert booked.status_code == 303
    assert "Wed 1 Jul 2026, 09:00 to 09:30" in (await client.get("/trips", headers=me)).text
    assert ">09:00</a>" not in (await client.get(DAY.format(doctor.resource_id))).text


async def test_a_time_taken_meanwhile_is_said_on_the_page(client: httpx.AsyncClient, rt: Runtime, doctor: Stay) -> None:
    page = (await client.get(DAY.format(doctor.resource_id) + "&start=2026-07-01T07:00:00Z&minutes=30")).text
    fields = hidden(page, f"/stays/{doctor.resource_id}/take")
    async with rt.db.write() as tx:
        wish = Wish(doctor.resource_id, AT_NINE, Party(1))
        await book_wish(tx, wish, guest_id=doctor.owner_id, provider="sandbox", now=rt.clock.now())
    me = await as_guest(client, doctor)
    answer = await client.post(f"/stays/{doctor.resource_id}/take", data=fields, headers=me)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "This time has just been taken. Please choose another." in answer.text
    assert ">09:30</a>" in answer.text


@pytest.mark.parametrize(
    "query", ["start=never&minutes=30", "start=2026-07-01T07:00:00Z&minutes=x", "from=0&day=9", "minutes=99999"]
)
async def test_nonsense_in_the_address_is_a_page_all_the_same(
    client: httpx.AsyncClient, doctor: Stay, query: str
) -> None:
    assert (await client.get(f"/stays/{doctor.resource_id}?{query}")).status_code == 200


async def test_who_is_not_signed_in_comes_back_to_what_was_chosen(client: httpx.AsyncClient, doctor: Stay) -> None:
    fields = {"start": "2026-07-01T07:00:00+00:00", "minutes": "30", "day": "2026-07-01"}
    answer = await client.post(f"/stays/{doctor.resource_id}/take", data=fields)
    if answer.status_code == 403:  # a visitor's form carries its token
        page = (await client.get(DAY.format(doctor.resource_id) + "&start=2026-07-01T07:00:00Z&minutes=30")).text
        fields |= hidden(page, f"/stays/{doctor.resource_id}/take")
        answer = await client.post(f"/stays/{doctor.resource_id}/take", data=fields)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")
    assert "start" in answer.headers["location"]


async def test_places_on_a_departure_are_chosen_and_kept(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay, leaving = await a_tour(tx, capacity=5)
    me, base = await as_guest(client, stay), f"/stays/{stay.resource_id}"
    page = (await client.get(base)).text
    assert "Wed 1 Jul, 09:00" in page
    assert "5 left" in page
    chosen = (await client.get(f"{base}?departure_id={leaving.departure_id}&adults=2&children=0")).text
    assert "€90" in chosen
    kept = await client.post(f"{base}/take", data=hidden(chosen, f"{base}/take"), headers=me)
    assert kept.status_code == 303
    assert "These places are yours until" in (await client.get(kept.headers["location"], headers=me)).text
    assert "3 left" in (await client.get(base)).text


async def test_too_many_for_a_departure_is_said_and_nothing_is_kept(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay, leaving = await a_tour(tx, capacity=2)
    page = await client.get(f"/stays/{stay.resource_id}?departure_id={leaving.departure_id}&adults=3")
    assert page.status_code == 200
    assert f"/stays/{stay.resource_id}/take" not in page.text


async def test_without_opening_hours_there_is_nothing_to_choose_and_it_is_said(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    async with rt.db.write() as tx:
        stay = await a_doctor(tx)
        await tx.run("DELETE FROM inventory.schedule WHERE resource_id = %s", (stay.resource_id,))
    assert "No times are on sale yet" in (await client.get(f"/stays/{stay.resource_id}")).text


async def test_the_first_fortnight_with_a_free_time_is_shown(client: httpx.AsyncClient, doctor: Stay) -> None:
    page = (await client.get(f"/stays/{doctor.resource_id}")).text
    assert "nothing free" in page
    assert re.search(r'class="times-slots"', page)
