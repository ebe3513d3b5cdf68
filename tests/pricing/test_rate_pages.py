"""Rate plans, price rules and restrictions on their host's pages, over HTTP."""

from typing import Any

import httpx
import pytest

from hospes.modules.identity import facade as identity
from hospes.modules.pricing import facade
from hospes.modules.pricing.contracts import Meals, PlanKind, RefundTier, RuleKind
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_property, a_resource
from tests.builders.identity import a_user
from tests.builders.pricing import a_rate
from tests.catalog.signed_in import bearer, runtime_of


class Room:
    """A room at 100 euros and its host's headers."""

    def __init__(self, resource_id: Any, headers: dict[str, str]) -> None:
        self.id, self.headers, self.path = resource_id, headers, f"/host/rates/{resource_id}"


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


@pytest.fixture
async def room(client: httpx.AsyncClient, rt: Runtime) -> Room:
    async with rt.db.write() as tx:
        place = await a_property(tx)
        sellable = await a_resource(tx, property_id=place.id)
        await a_rate(tx, sellable.resource_id)
        return Room(sellable.resource_id, bearer(client, await identity.get_user(tx, sellable.owner_id)))


async def send(client: httpx.AsyncClient, room: Room, path: str, **form: Any) -> httpx.Response:
    """One of the forms."""
    return await client.post(f"{room.path}/{path}", data=form, headers=room.headers)


async def test_plans_are_made_derived_changed_and_deleted(client: httpx.AsyncClient, rt: Runtime, room: Room) -> None:
    first = await send(client, room, "plans/new", name="Flexible", cancellation_policy="flexible", active="yes")
    assert first.status_code == 303
    async with rt.db.read() as tx:
        (flexible,) = await facade.list_plans(tx, room.id)
    derived = {
        "name": "With breakfast",
        "parent_id": str(flexible.id),
        "change": "-10,5",
        "change_in": "percent",
        "meals": "breakfast",
        "meals_amount": "12.50",
        "cancellation_policy": "custom",
        "tier0_days": "7",
        "tier0_percent": "100",
        "tier1_days": "1.5",
        "tier1_percent": "50",
        "active": "yes",
        "position": "1",
    }
    assert (await send(client, room, "plans/new", **derived)).status_code == 303
    async with rt.db.read() as tx:
        plan = (await facade.list_plans(tx, room.id))[1]
    assert (plan.kind, plan.adjust_bp, plan.meals, plan.meals_amount) == (
        PlanKind.DERIVED,
        -1050,
        Meals.BREAKFAST,
        1250,
    )
    assert plan.tiers == (RefundTier(168, 10000), RefundTier(36, 5000))
    form = await client.get(f"{room.path}/plans/{plan.id}", headers=room.headers)
    assert ('value="-10.5"' in form.text, 'value="1.5"' in form.text) == (True, True)
    shown = (await client.get(f"{room.path}?arrival=2026-07-01&departure=2026-07-02", headers=room.headers)).text
    assert "Flexible −10.5 %" in shown
    stale = await send(client, room, f"plans/{plan.id}", **{**derived, "version": "99"})
    assert stale.status_code == 422
    in_use = await send(client, room, f"plans/{flexible.id}/delete")
    assert in_use.status_code == 303
    await send(client, room, f"plans/{plan.id}/delete")
    await send(client, room, f"plans/{flexible.id}/delete")
    async with rt.db.read() as tx:
        assert await facade.list_plans(tx, room.id) == []


async def test_a_rule_changes_the_example_at_once(client: httpx.AsyncClient, rt: Runtime, room: Room) -> None:
    dates = "arrival=2026-07-03&departure=2026-07-05&adults=2"
    part = {**room.headers, "HX-Target": "example"}
    before = (await client.get(f"{room.path}?{dates}", headers=part)).text
    assert "<html" not in before
    form = {"kind": "weekday", "change": "20", "change_in": "percent", "weekday": ["4", "5"], "name": "Weekend"}
    assert (await send(client, room, "rules/new", **form)).status_code == 303
    async with rt.db.read() as tx:
        (rule,) = await facade.list_rules(tx, room.id)
    assert (rule.kind, rule.adjust_bp, rule.weekdays) == (RuleKind.WEEKDAY, 2000, 0b0110000)
    after = (await client.get(f"{room.path}?{dates}", headers=part)).text
    assert "Weekend" in after
    child = {
        "kind": "child",
        "change": "15",
        "change_in": "amount",
        "from_age": "3",
        "to_age": "11",
        "weekday": list("0123456"),
    }
    assert (await send(client, room, "rules/new", **child, min_nights="7")).status_code == 303
    page = (await client.get(room.path, headers=room.headers)).text
    assert "Each child from 3 to 11 years" in page
    await send(client, room, f"rules/{rule.id}/delete")
    async with rt.db.read() as tx:
        assert [each.kind for each in await facade.list_rules(tx, room.id)] == [RuleKind.CHILD]


async def test_a_restriction_says_what_it_refuses(client: httpx.AsyncClient, rt: Runtime, room: Room) -> None:
    form = {"first": "2026-07-01", "last": "2026-08-31", "weekday": list("0123456"), "min_stay": "3", "stop_sell": "no"}
    assert (await send(client, room, "restrictions/new", **form)).status_code == 303
    async with rt.db.read() as tx:
        (found,) = await facade.list_restrictions(tx, room.id)
    assert (found.min_stay, found.stop_sell, found.closed_to_arrival) == (3, False, None)
    page = (await client.get(f"{room.path}?arrival=2026-07-03&departure=2026-07-05", headers=room.headers)).text
    assert "At least 3 nights, for sale" in page
    assert "last at least 3 nights" in page
    again = await client.get(f"{room.path}/restrictions/{found.id}", headers=room.headers)
    assert '<option value="no" selected>' in again.text
    await send(client, room, f"restrictions/{found.id}/delete")
    async with rt.db.read() as tx:
        assert await facade.list_restrictions(tx, room.id) == []


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("plans/new", {"name": ""}, "A rate plan needs a name of at most 80 characters."),
        ("plans/new", {"name": "A", "meals_amount": "lots"}, "Enter an amount, such as 12.50."),
        ("plans/new", {"name": "A", "meals_amount": "3"}, "Say which meals this is for."),
        ("plans/new", {"name": "A", "cancellation_policy": "custom"}, "Custom cancellation has 1 to 6 tiers."),
        ("plans/new", {"name": "A", "parent_id": "x"}, "Choose one of these."),
        ("rules/new", {"kind": "weekday", "weekday": "0"}, "Give a percentage or an amount, one of the two."),
        ("rules/new", {"kind": "weekday", "change": "x", "weekday": "0"}, "Enter a percentage, such as -10 or 15."),
        ("rules/new", {"kind": "season", "change": "5", "weekday": "0"}, "A rule of kind season needs this."),
        ("rules/new", {"kind": "weekday", "change": "5"}, "Choose at least one day of the week."),
        ("rules/new", {"kind": "length", "change": "-5", "min_nights": "x", "weekday": "0"}, "Enter a whole number."),
        ("restrictions/new", {"weekday": "0"}, "Say at least one thing a stay must keep to."),
        ("restrictions/new", {"weekday": "0", "first": "soon", "min_stay": "2"}, "Choose a day."),
        ("restrictions/new", {"weekday": "0", "first": "2026-07-01", "min_stay": "2"}, "Give both days, or neither."),
    ],
)
async def test_a_fault_stands_beside_its_field_and_nothing_is_stored(
    client: httpx.AsyncClient, rt: Runtime, room: Room, path: str, form: dict[str, str], sentence: str
) -> None:
    answer = await send(client, room, path, **form)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    async with rt.db.read() as tx:
        stored = [await read(tx, room.id) for read in (facade.list_plans, facade.list_rules, facade.list_restrictions)]
    assert stored == [[], [], []]


async def test_rates_are_their_hosts_alone_and_begin_with_a_price(
    client: httpx.AsyncClient, rt: Runtime, room: Room
) -> None:
    async with rt.db.write() as tx:
        stranger = bearer(client, await a_user(tx))
        place = await a_property(tx)
        bare = await a_resource(tx, property_id=place.id)
        host = bearer(client, await identity.get_user(tx, bare.owner_id))
    for path in (room.path, f"{room.path}/plans/new", f"{room.path}/rules/new", f"{room.path}/restrictions/new"):
        assert (await client.get(path, headers=stranger)).status_code == 404
    assert (await client.post(f"{room.path}/plans/new", data={"name": "A"}, headers=stranger)).status_code == 404
    assert "Set a price" in (await client.get(f"/host/rates/{bare.resource_id}", headers=host)).text
    assert "No price yet" in (await client.get("/host/rates", headers=host)).text
    assert "€100" in (await client.get("/host/rates", headers=room.headers)).text
