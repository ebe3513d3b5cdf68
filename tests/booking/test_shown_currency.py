"""The total in a currency the guest knows: at a rate with source and day, frozen with the quote, never charged."""

import html
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Nights, Party, Wish
from hospes.modules.ledger import store
from hospes.modules.ledger.contracts import Display, Rate, Shown
from hospes.modules.ledger.facade import displayed
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_guest, as_stranger
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_stay
from tests.builders.promotions import a_coupon
from tests.catalog.signed_in import runtime_of
from tests.conftest import FixedClock

TODAY = date(2026, 6, 1)
RATES = [Rate("A bank", "EUR", each, TODAY, Decimal(rate)) for each, rate in (("CHF", "0.95"), ("JPY", "160"))]
CHF = Shown("CHF", Decimal("0.95"), "A bank", TODAY)
WHEN = {"arrival": ARRIVAL.isoformat(), "departure": DEPARTURE.isoformat(), "adults": 2}


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    return runtime_of(client)


@pytest.fixture
async def stay(rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        await store.insert_rates(tx, RATES, now=rt.clock.now())
        return await a_stay(tx)


def asked(stay: Stay, **more: Any) -> dict[str, Any]:
    return {"resource_id": str(stay.resource_id), **WHEN, **more}


async def test_a_quote_shows_the_total_besides_and_charges_its_own(client: httpx.AsyncClient, stay: Stay) -> None:
    found = (await client.post("/api/v1/quotes", json=asked(stay, display_currency="JPY"))).json()
    assert found["price"]["total"] == {"amount": 30_000, "currency": "EUR"}
    assert found["shown"] == {
        "total": {"amount": 48_000, "currency": "JPY"},
        "rate": "160.0000000000",
        "source": "A bank",
        "on": "2026-06-01",
    }


@pytest.mark.parametrize("wanted", [None, "EUR", "XXX", "NGN"])
async def test_without_a_rate_only_the_own_currency_is_shown(
    client: httpx.AsyncClient, stay: Stay, wanted: str | None
) -> None:
    found = (await client.post("/api/v1/quotes", json=asked(stay, display_currency=wanted))).json()
    assert (found["price"]["total"]["amount"], found["shown"]) == (30_000, None)


async def test_the_rate_is_frozen_when_it_is_held_and_stays_with_the_booking(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay, clock: FixedClock
) -> None:
    guest = await as_guest(client, stay)
    held = await client.post("/api/v1/holds", json=asked(stay, display_currency="CHF"), headers=guest)
    assert held.json()["quote"]["shown"]["total"] == {"amount": 28_500, "currency": "CHF"}
    async with rt.db.write() as tx:
        newer = [Rate("A bank", "EUR", "CHF", TODAY, Decimal("2"))]
        await store.insert_rates(tx, newer, now=rt.clock.now())
    clock.at += timedelta(minutes=6)
    assert (
        (await client.post("/api/v1/quotes", json=asked(stay, display_currency="CHF")))
        .json()["shown"]["rate"]
        .startswith("2.0")
    )
    key = {**guest, "Idempotency-Key": str(new_id())}
    made = await client.post("/api/v1/bookings", json={"hold_id": held.json()["id"]}, headers=key)
    assert made.json()["shown"]["total"] == {"amount": 28_500, "currency": "CHF"}
    assert made.json()["total"] == {"amount": 30_000, "currency": "EUR"}
    page = await client.get(f"/trips/{made.json()['id']}", headers={**guest, "Accept": "text/html"})
    assert "≈ CHF\u00a0285" in html.unescape(page.text)
    assert "At the rate of 1 Jun 2026, A bank" in page.text


async def test_a_visitor_chooses_a_currency_and_sees_it_on_the_listing(client: httpx.AsyncClient, stay: Stay) -> None:
    client.headers["Accept"] = "text/html"
    page = f"/stays/{stay.resource_id}?arrival={ARRIVAL}&departure={DEPARTURE}&adults=2"
    assert "≈" not in (await client.get(page)).text
    csrf = {"x-csrf-token": client.cookies["hospes_csrf"]}
    back = await client.post("/currency", data={"currency": "CHF", "next": page}, headers=csrf)
    assert (back.status_code, back.headers["location"]) == (303, page)
    seen = html.unescape((await client.get(page)).text)
    assert "≈ CHF\u00a0285" in seen
    assert "≈ CHF\u00a095" in seen  # a night
    assert "You are charged in EUR." in seen
    away = await client.post("/currency", data={"currency": "CHF", "next": "https://elsewhere.example/"}, headers=csrf)
    assert away.headers["location"] == "/"
    none = await client.post("/currency", data={"currency": "NGN", "next": page}, headers=csrf)
    assert "hospes_currency" not in none.headers.get("set-cookie", "")
    assert "CHF" in (await client.get("/currency")).text
    assert 'value="NGN"' not in (await client.get("/currency")).text.split("<footer")[0]


async def test_a_coupon_beside_the_price_takes_off_or_says_why_not(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    client.headers["Accept"] = "text/html"
    async with rt.db.write() as tx:
        await a_coupon(tx)
    guest = await as_guest(client, stay)
    page = f"/stays/{stay.resource_id}?arrival={ARRIVAL}&departure={DEPARTURE}&adults=2"
    wrong = (await client.get(f"{page}&coupon=nope", headers=guest)).text
    assert 'value="NOPE"' in wrong
    assert 'aria-describedby="coupon-error"' in wrong
    assert "There is no coupon NOPE." in wrong
    assert 'name="expected_total" value="30000"' in wrong
    right = (await client.get(f"{page}&coupon=ten", headers=guest)).text
    assert 'name="expected_total" value="27000"' in right
    assert 'type="hidden" name="coupon" value="TEN"' in right
    form = {**{name: str(value) for name, value in WHEN.items()}, "coupon": "TEN", "expected_total": "27000"}
    gone = await client.post(f"/stays/{stay.resource_id}/hold", data={**form, "coupon": "NOPE"}, headers=guest)
    assert (gone.status_code, "There is no coupon NOPE." in gone.text) == (422, True)
    held = await client.post(f"/stays/{stay.resource_id}/hold", data=form, headers=guest)
    assert held.status_code == 303
    assert "€270" in (await client.get(held.headers["location"], headers=guest)).text


async def test_rates_are_asked_for_once_and_not_at_all_without_a_currency(runtime: Runtime, clock: FixedClock) -> None:
    async with runtime.db.write() as tx:
        await store.insert_rates(tx, RATES, now=clock.now())
    assert await displayed(runtime, "") is None
    assert runtime.ports.rates is None
    found = await displayed(runtime, "CHF")
    assert found == Display("CHF", {"EUR": CHF, "JPY": found.rates["JPY"] if found else CHF})
    kept = runtime.ports.rates
    assert await displayed(runtime, "JPY") is not None
    assert runtime.ports.rates is kept
    clock.at += timedelta(minutes=5)
    await displayed(runtime, "CHF")
    assert runtime.ports.rates is not kept


async def test_a_paid_changes_page_is_its_bookings_and_a_stranger_finds_neither(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    client.headers["Accept"] = "text/html"
    async with rt.db.write() as tx:
        wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2))
        booking = await facade.book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=rt.clock.now())
        change_id = new_id()
        await tx.run(
            "INSERT INTO booking.change (id, booking_id, status, actor, actor_id, quote, old_total, difference,"
            " currency, seen, pay_by, created_at, updated_at) SELECT %s, id, 'applied', 'guest', guest_id, %s::jsonb,"
            " 1, 1, 'EUR', '{}'::jsonb, now(), now(), now() FROM booking.booking WHERE id = %s",
            (change_id, await _quote_of(rt.db, stay), booking.id),
        )
    answer = await client.get(f"/trips/{change_id}", headers=await as_guest(client, stay))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/trips/{booking.id}")
    assert (await client.get(f"/trips/{change_id}", headers=await as_stranger(client))).status_code == 404


async def _quote_of(db: Database, stay: Stay) -> str:
    import orjson

    from hospes.modules.booking.policies.frozen import quote_json

    async with db.read() as tx:
        wish = Wish(stay.resource_id, Nights(DEPARTURE, DEPARTURE + timedelta(days=2)), Party(2))
        return orjson.dumps(quote_json(await facade.quote_wish(tx, wish, now=FixedClock().now()))).decode()
