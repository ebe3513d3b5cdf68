"""Suggested prices over HTTP and on the host's pages: looked at, accepted between floor and ceiling, taken back."""

import html
import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.pricing import facade as pricing
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_host, as_stranger
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay
from tests.catalog.signed_in import runtime_of

WEEK = {"from": "2026-06-29", "to": "2026-07-05"}
LAST = date(2026, 7, 5)


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    return runtime_of(client)


@pytest.fixture
async def stay(rt: Runtime) -> Stay:
    """A home at 100 euros, booked from Wednesday, 1 July, for three nights."""
    async with rt.db.write() as tx:
        stay = await a_stay(tx)
        await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    return stay


def path(stay: Stay) -> str:
    return f"/api/v1/resources/{stay.resource_id}/price-suggestions"


async def asked(client: httpx.AsyncClient, stay: Stay, **more: Any) -> dict[str, Any]:
    answer = await client.get(path(stay), params={**WEEK, **more}, headers=await as_host(client, stay))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_sold_nights_are_suggested_dearer_than_free_ones_and_each_says_why(
    client: httpx.AsyncClient, stay: Stay
) -> None:
    found = await asked(client, stay)
    assert (found["floor"], found["ceiling"]) == (
        {"amount": 7_000, "currency": "EUR"},
        {"amount": 20_000, "currency": "EUR"},
    )
    nights = {each["day"]: each for each in found["items"]}
    assert list(nights) == [(date(2026, 6, 29) + timedelta(days=at)).isoformat() for at in range(7)]
    free, sold = nights["2026-06-30"], nights["2026-07-01"]
    assert (free["sold"], sold["sold"], free["now"], free["own"]) == (0.0, 1.0, 10_000, False)
    assert free["amount"] < 10_000 < sold["amount"]
    assert sold["reason"].startswith("100 % sold 30 days ahead, usual 40 %: +36 %")
    assert "Friday: +8 %" in nights["2026-07-03"]["reason"]


async def test_no_suggestion_leaves_floor_and_ceiling(client: httpx.AsyncClient, stay: Stay) -> None:
    found = await asked(client, stay, floor=9_500, ceiling=10_500)
    assert {each["amount"] for each in found["items"]} == {9_500, 10_500}


async def test_nights_the_host_keeps_off_sale_say_nothing_of_demand(client: httpx.AsyncClient, stay: Stay) -> None:
    host = await as_host(client, stay)
    said = {"arrival": "2026-06-29", "departure": "2026-06-30"}
    answer = await client.post(f"/api/v1/resources/{stay.resource_id}/blocks", json=said, headers=host)
    assert answer.status_code == 201
    assert (await asked(client, stay))["items"][0]["sold"] is None


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"floor": 9_000, "ceiling": 8_000}, 422, "rate_invalid"),
        ({"to": "2028-07-01"}, 422, "rate_invalid"),
        ({"from": "soon"}, 422, "invalid"),
        ({"floor": -1}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    client: httpx.AsyncClient, stay: Stay, said: dict[str, Any], status: int, code: str
) -> None:
    answer = await client.get(path(stay), params={**WEEK, **said}, headers=await as_host(client, stay))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_days_gone_by_are_left_out_and_what_has_no_price_or_is_sold_otherwise_is_refused(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    assert (await asked(client, stay, **{"from": "2026-05-01", "to": "2026-05-09"}))["items"] == []
    assert (await asked(client, stay, **{"from": "2026-05-25", "to": "2026-06-02"}))["items"][0]["day"] == "2026-06-01"
    async with rt.db.write() as tx:
        doctor = await a_stay(tx, mode="timed", kind="DOCTOR_SLOT")
        bare = await a_stay(tx)
        await tx.run("DELETE FROM pricing.rate WHERE resource_id = %s", (bare.resource_id,))
    for other, status, code in ((doctor, 422, "wrong_mode"), (bare, 404, "rate_not_found")):
        answer = await client.get(path(other), params=WEEK, headers=await as_host(client, other))
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_strangers_see_none_and_accept_none(client: httpx.AsyncClient, stay: Stay) -> None:
    stranger = await as_stranger(client)
    page = f"/host/rates/{stay.resource_id}/suggestions"
    assert (await client.get(path(stay), params=WEEK, headers=stranger)).status_code == 404
    assert (await client.get(path(stay), params=WEEK)).status_code == 401
    said = {"floor": "1", "ceiling": "900", "night": ["2026-07-01=9000"]}
    assert (await client.post(page, data=said, headers=stranger)).status_code == 404


async def prices(rt: Runtime, stay: Stay) -> dict[date, int]:
    async with rt.db.read() as tx:
        return await pricing.day_prices(tx, stay.resource_id, ARRIVAL - timedelta(days=9), LAST)


async def test_a_host_accepts_what_the_page_shows_and_takes_it_back(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    client.headers["Accept"] = "text/html"
    host, page = await as_host(client, stay), f"/host/rates/{stay.resource_id}/suggestions"
    assert f'href="{page}"' in (await client.get(f"/host/rates/{stay.resource_id}", headers=host)).text
    shown = await client.get(page, params={**WEEK, "floor": "80", "ceiling": "120"}, headers=host)
    ticked = re.findall(r'name="night" value="([^"]+)" checked', shown.text)
    assert len(ticked) == 7
    assert {int(each.partition("=")[2]) for each in ticked if ARRIVAL.isoformat() <= each < DEPARTURE.isoformat()} == {
        12_000
    }
    said = {**WEEK, "floor": "80", "ceiling": "120", "night": ticked}
    done = await client.post(page, data=said, headers=host)
    assert (done.status_code, done.headers["location"]) == (303, "/host/calendar?from=2026-06-29")
    assert await prices(rt, stay) == {
        date.fromisoformat(each.partition("=")[0]): int(each.partition("=")[2]) for each in ticked
    }
    calendar = await client.get(done.headers["location"], headers=host)
    carried = re.search(r'name="undo" value="([^"]+)"', calendar.text)
    assert carried
    undo = {"undo": html.unescape(carried[1])}
    assert (await client.post("/host/calendar/undo", data=undo, headers=host)).status_code == 303
    assert await prices(rt, stay) == {}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"night": ["2026-07-01=99999999"]}, "outside your lowest and highest"),
        ({"night": []}, "Tick the nights"),
        ({"night": ["nonsense", "2026-07-01=", "2026-07-01=-5"]}, "Tick the nights"),
        ({"night": ["2026-05-01=9000"]}, "are over"),
        ({"night": ["2026-07-01=9000"], "floor": "cheap"}, "Enter an amount, such as 120."),
    ],
)
async def test_a_forged_or_empty_form_sets_nothing(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay, said: dict[str, Any], sentence: str
) -> None:
    client.headers["Accept"] = "text/html"
    page = f"/host/rates/{stay.resource_id}/suggestions"
    form = {**WEEK, "floor": "80", "ceiling": "120", **said}
    answer = await client.post(page, data=form, headers=await as_host(client, stay))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert await prices(rt, stay) == {}
