"""Rates over HTTP: the host sets them, nobody else sees them."""

from typing import Any

import httpx

from tests.booking.test_booking_api import a_world

RATE: dict[str, Any] = {
    "currency": "EUR",
    "base_amount": 12_000,
    "cleaning_fee": 3_000,
    "service_fee_bp": 1_000,
    "taxes": [{"code": "city", "name": "City tax", "kind": "per_person_night", "amount": 250}],
}


async def test_a_host_sets_the_price_and_it_is_the_price_quoted(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    path = f"/resources/{world.stay.resource_id}"
    stored = await world.put(f"{path}/rate", world.host, RATE)
    assert (stored.status_code, stored.json()["version"]) == (200, 2)
    prices = {"prices": [{"day": "2026-07-02", "amount": 20_000}, {"day": "2026-07-03", "amount": None}]}
    assert (await world.put(f"{path}/day-prices", world.host, prices)).status_code == 204
    days = (await world.get(f"{path}/day-prices?from=2026-07-01&to=2026-07-31", world.host)).json()
    assert days == {"currency": "EUR", "items": [{"day": "2026-07-02", "amount": 20_000}]}
    quote = await client.post(
        "/api/v1/quotes",
        json={
            "resource_id": str(world.stay.resource_id),
            "arrival": "2026-07-01",
            "departure": "2026-07-04",
            "adults": 2,
        },
    )
    assert quote.json()["price"]["total"]["amount"] == 44_000 + 3_000 + 4_700 + 1_500


async def test_another_currency_forgets_the_day_prices(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    path = f"/resources/{world.stay.resource_id}"
    await world.put(f"{path}/day-prices", world.host, {"prices": [{"day": "2026-07-02", "amount": 20_000}]})
    await world.put(f"{path}/rate", world.host, {**RATE, "currency": "JPY"})
    days = await world.get(f"{path}/day-prices?from=2026-07-01&to=2026-07-31", world.host)
    assert days.json() == {"currency": "JPY", "items": []}


async def test_a_rate_that_cannot_be_is_refused_beside_its_field(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    path = f"/resources/{world.stay.resource_id}/rate"
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"currency": "XXQ"}, "rate_invalid", "currency"),
        ({"currency": "euro"}, "invalid", "currency"),
        ({"base_amount": -1}, "invalid", "base_amount"),
        ({"service_fee_bp": 10_001}, "invalid", "service_fee_bp"),
        ({"taxes": [RATE["taxes"][0], RATE["taxes"][0]]}, "rate_invalid", "taxes"),
    ]
    for change, code, field in cases:
        answer = await world.put(path, world.host, {**RATE, **change})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert [fault["field"] for fault in answer.json()["errors"]] == [field]


async def test_a_rate_is_its_hosts_business(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    path = f"/resources/{world.stay.resource_id}"
    assert (await world.get(f"{path}/rate", world.guest)).status_code == 404
    assert (await world.put(f"{path}/rate", world.guest, RATE)).status_code == 404
    prices = {"prices": [{"day": "2026-07-02", "amount": 1}]}
    assert (await world.put(f"{path}/day-prices", world.guest, prices)).status_code == 404
    assert (await world.get(f"{path}/rate", world.host)).json()["base_amount"] == 10_000
