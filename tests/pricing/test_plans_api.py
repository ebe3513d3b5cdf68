"""Rate plans, price rules and restrictions over HTTP: the host sets them, nobody else sees them."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from hospes.platform.ids import new_id
from tests.booking.test_booking_api import World, a_world

FLEXIBLE = {"name": "Flexible", "code": "flexible"}
WEEKEND = {"kind": "weekday", "weekdays": ["fri", "sat"], "adjust_bp": 2_000}
FRIDAYS = {"weekdays": ["fri"], "min_stay_on_arrival": 3}
PARTS = [("rate-plans", FLEXIBLE), ("price-rules", WEEKEND), ("restrictions", FRIDAYS)]
RATE = {"currency": "EUR", "base_amount": 10_000}


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    return await a_world(client)


def path_of(world: World, part: str, which: object = None) -> str:
    return f"/resources/{world.stay.resource_id}/{part}" + (f"/{which}" if which else "")


async def delete(world: World, path: str) -> httpx.Response:
    return await world.client.delete(f"/api/v1{path}", headers=world.headers(world.host))


@pytest.mark.parametrize(("part", "body"), PARTS)
async def test_a_host_makes_reads_replaces_and_deletes_them(world: World, part: str, body: dict[str, Any]) -> None:
    made = await world.post(path_of(world, part), body, world.host)
    assert (made.status_code, made.headers["ETag"], made.json()["version"]) == (201, '"1"', 1)
    which = made.json()["id"]
    assert made.headers["Location"] == f"/api/v1{path_of(world, part, which)}"
    assert {name: made.json()[name] for name in body} == body
    assert (await world.get(path_of(world, part), world.host)).json() == {"items": [made.json()]}
    assert (await world.get(path_of(world, part, which), world.host)).json() == made.json()

    headers = {**world.headers(world.host), "If-Match": '"1"'}
    address = f"/api/v1{path_of(world, part, which)}"
    changed = await world.client.put(address, json=body, headers=headers)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    late = await world.client.put(address, json=body, headers=headers)
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")

    assert (await delete(world, path_of(world, part, which))).status_code == 204
    assert (await delete(world, path_of(world, part, which))).status_code == 404
    assert (await world.put(path_of(world, part, which), world.host, body)).status_code == 404
    assert (await world.get(path_of(world, part), world.host)).json() == {"items": []}


@pytest.mark.parametrize(("part", "body"), PARTS)
async def test_they_are_their_hosts_business(world: World, part: str, body: dict[str, Any]) -> None:
    for answer in (
        await world.get(path_of(world, part)),
        await world.post(path_of(world, part), body),
        await world.put(path_of(world, part, new_id()), world.guest, body),
        await world.get(path_of(world, part, new_id())),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "resource_not_found")
    assert (await world.client.get(f"/api/v1{path_of(world, part)}")).status_code == 401


async def test_a_rule_is_in_the_next_quote(world: World) -> None:
    await world.post(path_of(world, "price-rules"), WEEKEND, world.host)
    stay = {"resource_id": str(world.stay.resource_id), "arrival": "2026-07-01", "departure": "2026-07-05", "adults": 2}
    quote = (await world.client.post("/api/v1/quotes", json=stay)).json()
    assert quote["price"]["total"]["amount"] == 44_000
    assert [(line["code"], line["label"]) for line in quote["price"]["lines"]] == [
        ("nights", "€100 × 4 nights"),
        ("nights:weekday", "Weekend"),
    ]


async def test_a_restriction_refuses_the_next_quote_with_its_sentence(world: World) -> None:
    await world.post(path_of(world, "restrictions"), FRIDAYS, world.host)
    stay = {"resource_id": str(world.stay.resource_id), "arrival": "2026-07-03", "departure": "2026-07-05", "adults": 2}
    answer = await world.client.post("/api/v1/quotes", json=stay)
    assert (answer.status_code, answer.json()["code"]) == (422, "min_stay_on_arrival")
    assert answer.json()["detail"] == "Stays arriving on a Friday last at least 3 nights here."
    assert [fault["field"] for fault in answer.json()["errors"]] == ["departure"]


@pytest.mark.parametrize(
    ("part", "body", "code", "field"),
    [
        ("rate-plans", {**FLEXIBLE, "name": " "}, "invalid", "name"),
        ("rate-plans", {**FLEXIBLE, "code": "Flex Ible"}, "invalid", "code"),
        ("rate-plans", {**FLEXIBLE, "cancellation_policy": "lenient"}, "invalid", "cancellation_policy"),
        ("rate-plans", {**FLEXIBLE, "cancellation_policy": "custom"}, "rate_invalid", "tiers"),
        ("rate-plans", {**FLEXIBLE, "tiers": [{"hours_before": 1, "refund_bp": 1}]}, "rate_invalid", "tiers"),
        ("rate-plans", {**FLEXIBLE, "kind": "derived", "adjust_bp": -1}, "rate_invalid", "parent_id"),
        ("rate-plans", {**FLEXIBLE, "adjust_bp": -1}, "rate_invalid", "adjust_bp"),
        ("rate-plans", {**FLEXIBLE, "meals_amount": 100}, "rate_invalid", "meals_amount"),
        ("price-rules", {**WEEKEND, "adjust_bp": -10_001}, "rate_invalid", "adjust_bp"),
        ("price-rules", {**WEEKEND, "adjust_amount": 1}, "rate_invalid", "adjust_bp"),
        ("price-rules", {**WEEKEND, "weekdays": []}, "invalid", "weekdays"),
        ("price-rules", {**WEEKEND, "weekdays": ["someday"]}, "invalid", "weekdays.0"),
        ("price-rules", {**WEEKEND, "plan_id": str(UUID(int=1))}, "rate_invalid", "plan_id"),
        ("price-rules", {**WEEKEND, "min_nights": 2}, "rate_invalid", "min_nights"),
        ("price-rules", {"kind": "season", "adjust_bp": 1, "first": "2026-07-02"}, "rate_invalid", "last"),
        (
            "price-rules",
            {"kind": "season", "adjust_bp": 1, "first": "2026-07-02", "last": "2026-07-01"},
            "rate_invalid",
            "last",
        ),
        ("price-rules", {"kind": "length", "min_nights": 7, "adjust_amount": -1}, "rate_invalid", "adjust_amount"),
        ("price-rules", {"kind": "length", "adjust_bp": -1}, "rate_invalid", "min_nights"),
        ("price-rules", {"kind": "child", "from_age": 9, "to_age": 3, "adjust_amount": 1}, "rate_invalid", "to_age"),
        ("price-rules", {"kind": "child", "from_age": 3, "to_age": 18, "adjust_amount": 1}, "rate_invalid", "to_age"),
        ("price-rules", {"kind": "extra_adult", "above_adults": 2, "adjust_bp": -1}, "rate_invalid", "adjust_bp"),
        ("price-rules", {"kind": "weather", "adjust_bp": 1}, "invalid", "kind"),
        ("restrictions", {}, "rate_invalid", "min_stay"),
        ("restrictions", {"min_stay": 0}, "rate_invalid", "min_stay"),
        ("restrictions", {"min_stay": 5, "max_stay": 4}, "rate_invalid", "max_stay"),
        ("restrictions", {"min_advance_days": 5, "max_advance_days": 4}, "rate_invalid", "max_advance_days"),
        ("restrictions", {"stop_sell": True, "last": "2026-07-01"}, "rate_invalid", "first"),
        ("restrictions", {"stop_sell": True, "nonsense": 1}, "invalid", "nonsense"),
    ],
)
async def test_nonsense_is_refused_beside_its_field(
    world: World, part: str, body: dict[str, Any], code: str, field: str
) -> None:
    answer = await world.post(path_of(world, part), body, world.host)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert field in [fault["field"] for fault in answer.json()["errors"]]


async def test_a_plan_is_never_derived_from_itself(world: World) -> None:
    plans = path_of(world, "rate-plans")
    first = (await world.post(plans, FLEXIBLE, world.host)).json()["id"]
    derived = {"kind": "derived", "adjust_bp": -1_000}
    body = {"name": "Saver", "code": "saver", "parent_id": first, **derived}
    second = (await world.post(plans, body, world.host)).json()["id"]
    for parent in (first, second):
        circle = await world.put(f"{plans}/{first}", world.host, {**FLEXIBLE, "parent_id": parent, **derived})
        assert (circle.status_code, [each["field"] for each in circle.json()["errors"]]) == (422, ["parent_id"])
    same = await world.post(plans, {**FLEXIBLE, "name": "Another"}, world.host)
    assert [each["field"] for each in same.json()["errors"]] == ["code"]
    in_use = await delete(world, f"{plans}/{first}")
    assert (in_use.status_code, in_use.json()["code"]) == (409, "rate_plan_in_use")


async def test_ages_of_child_prices_do_not_overlap(world: World) -> None:
    child = {"kind": "child", "from_age": 3, "to_age": 11, "adjust_amount": 1_000}
    rules = path_of(world, "price-rules")
    assert (await world.post(rules, child, world.host)).status_code == 201
    answer = await world.post(rules, {**child, "from_age": 11, "to_age": 14}, world.host)
    assert [each["field"] for each in answer.json()["errors"]] == ["from_age"]
    summer = {**child, "first": "2026-07-01", "last": "2026-08-31"}
    assert (await world.post(rules, summer, world.host)).status_code == 201


async def test_a_currency_with_amounts_in_it_stays(world: World) -> None:
    rules = path_of(world, "price-rules")
    made = await world.post(rules, {"kind": "extra_adult", "above_adults": 2, "adjust_amount": 1_000}, world.host)
    change = await world.put(path_of(world, "rate"), world.host, {**RATE, "currency": "JPY"})
    assert (change.status_code, [each["field"] for each in change.json()["errors"]]) == (422, ["currency"])
    await delete(world, f"{rules}/{made.json()['id']}")
    assert (await world.put(path_of(world, "rate"), world.host, {**RATE, "currency": "JPY"})).status_code == 200


async def test_a_rate_holds_travel_child_price_and_the_caps_of_a_tax(world: World) -> None:
    city = {"code": "city", "name": "City tax", "kind": "per_person_night", "amount": 300}
    capped = {**city, "exempt_under_age": 12, "max_nights": 5}
    rate = {**RATE, "travel_fee": 1_500, "travel_per_km": 45, "child_amount": 4_000, "taxes": [capped]}
    stored = (await world.put(path_of(world, "rate"), world.host, rate)).json()
    assert (stored["travel_fee"], stored["travel_per_km"], stored["child_amount"]) == (1_500, 45, 4_000)
    assert {name: stored["taxes"][0][name] for name in capped} == capped
    vat = {"code": "vat", "name": "VAT", "kind": "percent", "bp": 700, "max_nights": 5}
    answer = await world.put(path_of(world, "rate"), world.host, {**RATE, "taxes": [vat]})
    assert answer.status_code == 422
