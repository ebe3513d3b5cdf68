"""The host's calendar over HTTP, as a browser without JavaScript uses it."""

import html
import re
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.booking.web.host_undo import Undo, read, write
from hospes.modules.pricing import facade as pricing
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_host, as_stranger
from tests.builders.booking import Stay, a_booking, a_stay
from tests.builders.catalog import a_resource
from tests.builders.schedules import MORNING, with_schedule
from tests.catalog.signed_in import runtime_of
from tests.conftest import NOW

NIGHTS = {"arrival": "2026-07-01", "departure": "2026-07-04"}
WEEKS = "/host/calendar?from=2026-06-29"


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


@pytest.fixture
async def stay(rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        return await a_stay(tx)


async def change(client: httpx.AsyncClient, stay: Stay, **form: Any) -> httpx.Response:
    """Send the calendar's form."""
    said = {"resource_id": str(stay.resource_id), "from": "2026-06-29", **NIGHTS, **form}
    return await client.post("/host/calendar/change", data=said, headers=await as_host(client, stay))


async def undone(client: httpx.AsyncClient, stay: Stay, changed: httpx.Response) -> httpx.Response:
    """Open the page a change leads to and press its undo button, which the page after it has no more."""
    host = await as_host(client, stay)
    page = await client.get(changed.headers["location"], headers=host)
    assert 'name="undo"' not in (await client.get(changed.headers["location"], headers=host)).text
    carried = re.search(r'name="undo" value="([^"]+)"', page.text)
    assert carried
    return await client.post("/host/calendar/undo", data={"undo": html.unescape(carried[1])}, headers=host)


async def prices(rt: Runtime, stay: Stay) -> dict[date, int]:
    """The nights with a price of their own."""
    async with rt.db.read() as tx:
        return await pricing.day_prices(tx, stay.resource_id, date(2026, 6, 1), date(2026, 8, 1))


async def rules(rt: Runtime, stay: Stay) -> list[tuple[date | None, date | None, int | None]]:
    """Restrictions as (first, last, shortest stay)."""
    async with rt.db.read() as tx:
        found = await pricing.list_restrictions(tx, stay.resource_id)
    return [(each.first, each.last, each.min_stay) for each in found]


async def test_a_price_is_set_for_the_chosen_nights_and_taken_back(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    assert (await change(client, stay, do="price", price="80")).status_code == 303
    changed = await change(client, stay, do="price", price="150,50", departure="2026-07-03")
    assert changed.status_code == 303
    after = {date(2026, 7, 1): 15050, date(2026, 7, 2): 15050, date(2026, 7, 3): 8000}
    assert await prices(rt, stay) == after
    assert (await undone(client, stay, changed)).status_code == 303
    assert await prices(rt, stay) == dict.fromkeys(after, 8000)


async def test_putting_part_of_a_block_on_sale_keeps_the_rest_off_sale(client: httpx.AsyncClient, stay: Stay) -> None:
    host = await as_host(client, stay)
    await change(client, stay, do="block", departure="2026-07-08", note="Painting")
    freed = await change(client, stay, do="unblock", arrival="2026-07-03", departure="2026-07-05")
    assert freed.status_code == 303
    assert (await undone(client, stay, freed)).status_code == 303
    page = (await client.get(WEEKS, headers=host)).text
    assert "Painting, 2 nights from 01 Jul to 03 Jul" in page
    assert "Painting, 2 nights from 03 Jul to 05 Jul" in page
    assert "Painting, 3 nights from 05 Jul to 08 Jul" in page


async def test_rules_replace_those_of_the_same_nights_only(client: httpx.AsyncClient, rt: Runtime, stay: Stay) -> None:
    await change(client, stay, do="rules", min_stay="3", departure="2026-07-11")
    inner = await change(client, stay, do="rules", min_stay="5", arrival="2026-07-03", departure="2026-07-06")
    assert inner.status_code == 303
    before = [(date(2026, 7, 1), date(2026, 7, 10), 3)]
    split = [
        (date(2026, 7, 1), date(2026, 7, 2), 3),
        (date(2026, 7, 3), date(2026, 7, 5), 5),
        (date(2026, 7, 6), date(2026, 7, 10), 3),
    ]
    assert await rules(rt, stay) == split
    assert (await undone(client, stay, inner)).status_code == 303
    assert await rules(rt, stay) == before


async def test_what_a_night_costs_and_asks_stands_in_its_cell(client: httpx.AsyncClient, stay: Stay) -> None:
    await change(client, stay, do="rules", min_stay="3", closed_to_arrival="yes", stop_sell="yes")
    page = (await client.get(WEEKS, headers=await as_host(client, stay))).text
    assert "free, 100 EUR, at least 3 nights, nobody arrives, not for sale" in page


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"do": "price", "price": "lots"}, "Enter an amount, such as 120."),
        ({"do": "price", "price": "-3"}, "Enter an amount, such as 120."),
        ({"do": "rules"}, "Say at least one rule, or clear the rules."),
        ({"do": "rules", "min_stay": "0"}, "Between 1 and 365 nights."),
        ({"do": "clear"}, "There are no rules for just these nights."),
        ({"do": "unblock"}, "None of these nights is off sale."),
        ({"do": "block", "arrival": "2020-01-01"}, "Change at most 366 nights at once."),
        ({"do": "block", "arrival": "soon"}, "Choose a day, such as 2026-07-14."),
        ({"do": "dance"}, "Choose what to do with these nights."),
        ({"do": "block", "resource_id": ""}, "Choose what this is about."),
    ],
)
async def test_a_refusal_is_a_sentence_beside_its_field_and_changes_nothing(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay, form: dict[str, str], sentence: str
) -> None:
    answer = await change(client, stay, **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await prices(rt, stay) == {}
    assert await rules(rt, stay) == []


async def test_booked_nights_cannot_be_taken_off_sale(client: httpx.AsyncClient, rt: Runtime, stay: Stay) -> None:
    async with rt.db.write() as tx:
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    answer = await change(client, stay, do="block")
    assert answer.status_code == 422
    assert "Some of these nights are booked, or off sale already." in answer.text
    page = (await client.get(WEEKS, headers=await as_host(client, stay))).text
    assert f'href="/host/bookings/{booking.id}"' in page
    assert "confirmed" in page


async def test_a_strangers_change_and_undo_reach_nothing(client: httpx.AsyncClient, rt: Runtime, stay: Stay) -> None:
    stranger = await as_stranger(client)
    form = {"resource_id": str(stay.resource_id), **NIGHTS, "do": "price", "price": "1"}
    assert (await client.post("/host/calendar/change", data=form, headers=stranger)).status_code == 404
    forged = Undo(resource_id=stay.resource_id, prices=[(date(2026, 7, 1), date(2026, 7, 2), 1)])
    carried = write(forged)
    assert read(carried) == forged
    answer = await client.post("/host/calendar/undo", data={"undo": carried}, headers=stranger)
    assert answer.status_code == 404
    assert await prices(rt, stay) == {}


@pytest.mark.parametrize("carried", ["", "x", "eyJhIjoxfQ==", "ü"])
async def test_an_undo_that_is_none_takes_nothing_back(client: httpx.AsyncClient, stay: Stay, carried: str) -> None:
    answer = await client.post("/host/calendar/undo", data={"undo": carried}, headers=await as_host(client, stay))
    assert answer.status_code == 303
    assert read(carried) is None


async def test_many_resources_come_page_by_page_and_one_place_alone(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, name="First of all")
        for at in range(22):
            await a_resource(tx, property_id=stay.sellable.property_id, name=f"Room {at:02}")
    host = await as_host(client, stay)
    first = (await client.get("/host/calendar", headers=host)).text
    second = (await client.get("/host/calendar?page=2", headers=host)).text
    assert "Page 1 of 2" in first
    assert first.count("<tr class=") == 20
    assert second.count("<tr class=") == 3
    alone = await client.get(f"/host/calendar?resource_id={stay.resource_id}", headers=host)
    assert alone.text.count("<tr class=") == 1
    nothing = await client.get(f"/host/calendar?property_id={stay.resource_id}", headers=host)
    assert nothing.text.count("<tr class=") == 0
    for odd in ("page=x", "page=-1", "page=99999", "from=nonsense", "from=9999-01-01", "resource_id=x"):
        assert (await client.get(f"/host/calendar?{odd}", headers=host)).status_code == 200


async def test_hours_are_taken_off_sale_and_put_back(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, kind="DOCTOR_SLOT", mode="timed", units=2)
        await with_schedule(tx, stay.resource_id)
    host, unit = await as_host(client, stay), stay.sellable.unit_ids[0]
    day = MORNING.date().isoformat()
    form = {"resource_id": str(stay.resource_id), "unit_id": str(unit), "day": day, "start": "09:00", "end": "10:30"}
    path = "/host/calendar/hours"
    assert (await client.post(f"{path}/block", data={**form, "note": "Dentist"}, headers=host)).status_code == 303
    again = await client.post(f"{path}/block", data=form, headers=host)
    assert again.status_code == 422
    assert "Somebody is booked then, or it is off sale already." in again.text
    shown = await client.get(f"{path}?day={day}&resource_id={stay.resource_id}", headers=host)
    assert "09:00–10:30" in shown.text
    assert shown.text.count("agenda-column") == 2
    week = await client.get(f"{path}?day={day}&span=week&resource_id={stay.resource_id}", headers=host)
    assert week.text.count("agenda-column") == 7
    assert "Dentist" in week.text
    block = re.search(r'name="block_id" value="([^"]+)"', shown.text)
    assert block
    back = {"resource_id": str(stay.resource_id), "block_id": block[1], "day": day}
    assert (await client.post(f"{path}/unblock", data=back, headers=host)).status_code == 303
    after = await client.get(f"{path}?day={day}&resource_id={stay.resource_id}", headers=host)
    assert "09:00–10:30" not in after.text


async def test_without_anything_by_the_hour_the_agenda_leads_to_the_schedule(
    client: httpx.AsyncClient, stay: Stay
) -> None:
    answer = await client.get("/host/calendar/hours", headers=await as_host(client, stay))
    assert (answer.status_code, answer.headers["location"]) == (303, "/host/schedule")


async def test_saving_the_price_keeps_what_its_page_does_not_show(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    async with rt.db.write() as tx:
        before = await pricing.get_rate(tx, stay.resource_id)
        await pricing.put_rate(tx, stay.resource_id, replace(before, travel_fee=500, service_fee_bp=900), now=NOW)
    form = {"currency": "EUR", "base_price": "90", "cleaning_fee": "0", "tax0_name": "City tax", "tax0_kind": "person"}
    form |= {"tax0_value": "2", "tax0_age": "12", "tax0_nights": "7"}
    host, path = await as_host(client, stay), f"/host/listings/{stay.resource_id}/price"
    assert (await client.post(path, data={**form, "tax0_age": "99"}, headers=host)).status_code == 422
    assert (await client.post(path, data=form, headers=host)).status_code == 303
    async with rt.db.read() as tx:
        rate = await pricing.get_rate(tx, stay.resource_id)
    assert (rate.base_amount, rate.travel_fee, rate.service_fee_bp) == (9000, 500, 900)
    assert [(tax.amount, tax.exempt_under_age, tax.max_nights) for tax in rate.taxes] == [(200, 12, 7)]
