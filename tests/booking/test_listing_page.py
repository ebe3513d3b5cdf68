"""The page of a listing by the night: rates, rooms, ages, what comes along, refusals, and waiting for taken nights."""

import html
import re
from typing import Any

import httpx
import pytest

from hospes.modules.booking import queries
from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.pricing.contracts import Meals, RuleKind, Tax, TaxKind
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_guest, as_stranger
from tests.builders.booking import Stay, a_booking, a_stay
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.inventory import live_claims
from tests.builders.pricing import a_plan, a_rate, a_restriction, a_rule
from tests.catalog.signed_in import bearer, runtime_of

DATES = {"arrival": "2026-07-01", "departure": "2026-07-04", "adults": "2"}


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


def form_of(page: str, action: str) -> dict[str, Any]:
    """The hidden fields of the form with this action; a name that comes more than once has a list."""
    form = page[page.index(f'action="{action}"') :]
    made: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]):
        text = html.unescape(value)
        made[name] = (
            [*made[name], text]
            if isinstance(made.get(name), list)
            else text
            if name not in made
            else [made[name], text]
        )
    return made


def total_of(page: str) -> str:
    """The total of the price box."""
    found = re.search(r'class="[^"]*price-total[^"]*".*?<dd[^>]*>(.*?)</dd>', page, re.S)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def card(page: str, name: str) -> str:
    """The words of a rate's card."""
    found = re.search(rf'<div class="plan[^"]*">(?:(?!</label>).)*>{name}</span>.*?</label>', page, re.S)
    assert found is not None, name
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


async def with_plans(rt: Runtime, **given: Any) -> tuple[Stay, dict[str, str]]:
    """A listing with a flexible rate, a cheaper one without refund, and one with breakfast for five nights or more."""
    async with rt.db.write() as tx:
        stay = await a_stay(tx, units=3, kind="HOTEL_ROOM", max_guests=2, **given)
        flexible = await a_plan(tx, stay.resource_id, "flexible", cancellation_policy="flexible")
        final = await a_plan(
            *(tx, stay.resource_id, "final"),
            name="Non-refundable",
            parent_id=flexible.id,
            adjust_bp=-1000,
            cancellation_policy="non_refundable",
            position=1,
        )
        meals = await a_plan(
            *(tx, stay.resource_id, "breakfast"), meals=Meals.BREAKFAST, meals_amount=1_500, position=2
        )
        await a_restriction(tx, stay.resource_id, plan_id=meals.id, min_stay=5)
    return stay, {"flexible": str(flexible.id), "final": str(final.id), "breakfast": str(meals.id)}


async def test_rates_are_cards_with_their_terms_and_totals_or_why_not(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, plans = await with_plans(rt)
    page = (await client.get(f"/stays/{stay.resource_id}", params=DATES)).text
    assert card(page, "Flexible") == "Flexible €300 Free to cancel until 24 hours before."
    assert card(page, "Non-refundable") == "Non-refundable €270 No money back."
    assert card(page, "Breakfast").startswith("Breakfast Breakfast included. Free to cancel until 5 days before.")
    assert "5 nights" in card(page, "Breakfast")
    assert re.search(rf'value="{plans["flexible"]}" checked', page)
    assert re.search(rf'value="{plans["breakfast"]}" disabled', page)
    assert total_of(page) == "€300"


async def test_the_price_follows_the_rate_and_the_booking_has_it(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, plans = await with_plans(rt)
    me, base = await as_guest(client, stay), f"/stays/{stay.resource_id}"
    asked = {**DATES, "plan_id": plans["final"], "rooms": "2", "adults": "3"}
    box = (await client.get(f"{base}/price", params=asked)).text
    assert total_of(box) == "€540"
    assert "3 adults, 2 × The whole house" in box
    kept = await client.post(f"{base}/hold", data=form_of(box, f"{base}/hold"), headers=me)
    assert kept.status_code == 303, kept.text
    hold_id = kept.headers["location"].split("/")[-1]
    async with rt.db.read() as tx:
        hold = await queries.find_hold(tx, hold_id, stay.guest_id)
        assert hold is not None
        assert (hold.quote.terms.plan_name, hold.quote.price.total) == ("Non-refundable", 54_000)
        assert hold.quote.cancellation.policy == "non_refundable"
        assert await live_claims(tx, stay.resource_id) == 2
    checkout = await client.post(
        kept.headers["location"], data={"accept": "yes", "expected_total": "54000"}, headers=me
    )
    assert checkout.status_code == 303
    async with rt.db.read() as tx:
        booked = await queries.list_bookings_of_guest(tx, stay.guest_id, statuses=tuple(BookingStatus), limit=2)
    assert [(each.terms.plan_name, each.quantity, each.total.amount) for each in booked] == [
        ("Non-refundable", 2, 54_000)
    ]


async def test_more_rooms_than_there_are_are_refused_in_a_sentence(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, _ = await with_plans(rt)
    box = (await client.get(f"/stays/{stay.resource_id}/price", params={**DATES, "rooms": "4"})).text
    assert "There are not so many rooms free for all of these nights." in box
    assert "Reserve" not in box


async def test_three_guests_need_a_second_room(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, _ = await with_plans(rt)
    box = (await client.get(f"/stays/{stay.resource_id}/price", params={**DATES, "adults": "3"})).text
    assert 'hx-swap-oob="innerHTML:#adults-slot">There is room for 2 guests here.' in box


async def test_a_rate_that_is_gone_gives_way_to_one_that_is_there(client: httpx.AsyncClient, rt: Runtime) -> None:
    _, plans = await with_plans(rt)
    other, _ = await with_plans(rt)
    page = await client.get(f"/stays/{other.resource_id}", params={**DATES, "plan_id": plans["final"]})
    assert (page.status_code, total_of(page.text)) == (200, "€300")
    async with rt.db.write() as tx:
        bare = await a_stay(tx)
    page = await client.get(f"/stays/{bare.resource_id}", params={**DATES, "plan_id": plans["final"]})
    assert (page.status_code, total_of(page.text)) == (200, "€300")
    form = {**DATES, "plan_id": plans["final"], "expected_total": "30000"}
    kept = await client.post(f"/stays/{other.resource_id}/hold", data=form, headers=await as_guest(client, other))
    assert kept.status_code == 404
    assert "Choose a rate" in kept.text


async def test_a_host_that_asks_for_three_nights_says_so_beside_the_dates(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx)
        await a_restriction(tx, stay.resource_id, min_stay_on_arrival=3)
    asked = {**DATES, "departure": "2026-07-03"}
    page = (await client.get(f"/stays/{stay.resource_id}", params=asked)).text
    said = re.search(r'id="(arrival|departure)-slot" aria-live="polite">([^<]+)', page)
    assert said is not None
    assert "3 nights" in said[2]
    assert "Reserve" not in page
    box = (await client.get(f"/stays/{stay.resource_id}/price", params=asked)).text
    assert re.search(r'hx-swap-oob="innerHTML:#(arrival|departure)-slot">[^<]*3 nights', box)


async def test_ages_are_asked_where_a_price_depends_on_them_and_change_it(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, max_guests=6)
        await a_rule(tx, stay.resource_id, RuleKind.CHILD, from_age=3, to_age=11, adjust_amount=1_000)
        await a_rule(tx, stay.resource_id, RuleKind.CHILD, from_age=12, to_age=17, adjust_amount=2_000)
        plain = await a_stay(tx, max_guests=6)
    base, asked = f"/stays/{stay.resource_id}", {**DATES, "children": "2"}
    page = (await client.get(base, params=asked)).text
    assert page.count('name="age"') - page.count('type="hidden" name="age"') == 2
    assert "<select" not in (await client.get(f"/stays/{plain.resource_id}/price", params=asked)).text
    box = (await client.get(f"{base}/price", params={**asked, "age": ["5", "13"]})).text
    assert total_of(box) == "€390"
    form = form_of(box, f"{base}/hold")
    assert form["age"] == ["5", "13"]
    kept = await client.post(f"{base}/hold", data=form, headers=await as_guest(client, stay))
    assert kept.status_code == 303


async def test_a_tax_that_spares_children_asks_for_their_ages_too(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        tax = Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=200, exempt_under_age=12)
        stay = await a_stay(tx, max_guests=6, rate={"taxes": (tax,)})
    box = f"/stays/{stay.resource_id}/price"
    young = (await client.get(box, params={**DATES, "children": "1", "age": "4"})).text
    older = (await client.get(box, params={**DATES, "children": "1", "age": "15"})).text
    assert (total_of(young), total_of(older)) == ("€312", "€318")


async def test_parking_and_another_room_come_along_in_one_booking(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, _ = await with_plans(rt)
    async with rt.db.write() as tx:
        place = stay.sellable.property_id
        parking = await a_resource(tx, property_id=place, kind="PARKING", name="Parking space", max_guests=1)
        suite = await a_resource(tx, property_id=place, kind="HOTEL_ROOM", name="Suite", units=2, max_guests=2)
        tour = await a_resource(tx, property_id=place, kind="TOUR", mode="departure", name="Walk")
        for each, amount in ((parking, 1_200), (suite, 20_000), (tour, 900)):
            await a_rate(tx, each.resource_id, base_amount=amount)
    base, me = f"/stays/{stay.resource_id}", await as_guest(client, stay)
    page = (await client.get(base, params=DATES)).text
    assert "Parking space <span" in page
    assert "€12 a night" in page
    assert f"{tour.resource_id}:1" not in page
    asked = {**DATES, "adults": "4", "extra": [f"{parking.resource_id}:1", f"{suite.resource_id}:1"]}
    box = (await client.get(f"{base}/price", params=asked)).text
    assert total_of(box) == "€936"
    kept = await client.post(f"{base}/hold", data=form_of(box, f"{base}/hold"), headers=me)
    assert kept.status_code == 303, kept.text
    async with rt.db.read() as tx:
        taken = [await live_claims(tx, each) for each in (stay.resource_id, parking.resource_id, suite.resource_id)]
    assert taken == [1, 1, 1]
    again = (await client.get(f"{base}/price", params=asked, headers=await as_stranger(client))).text
    assert "Some of these nights, or what comes along, are taken." in again


async def test_what_belongs_to_another_property_does_not_come_along(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, _ = await with_plans(rt)
    async with rt.db.write() as tx:
        foreign = await a_stay(tx, kind="PARKING")
    asked = {**DATES, "extra": [f"{foreign.resource_id}:1", "nonsense", f"{foreign.resource_id}:99"]}
    page = await client.get(f"/stays/{stay.resource_id}", params=asked)
    assert (page.status_code, total_of(page.text)) == (200, "€300")
    form = {**DATES, "extra": f"{foreign.resource_id}:1"}
    kept = await client.post(f"/stays/{stay.resource_id}/hold", data=form, headers=await as_guest(client, stay))
    assert kept.status_code == 422
    assert "is sold by someone else" in kept.text


async def test_nights_that_are_taken_can_be_waited_for(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx)
        await a_booking(tx, stay)
        waiting = await a_user(tx)
    base = f"/stays/{stay.resource_id}"
    page = (await client.get(base, params=DATES)).text
    assert "Tell me when they are free" in page
    form = form_of(page, f"{base}/wait")
    first = await client.post(f"{base}/wait", data={**form, "csrf_token": _token(page)})
    assert first.status_code == 303
    assert first.headers["location"].startswith("/login?next=%2Fstays%2F")
    assert "arrival%3D2026-07-01" in first.headers["location"]
    joined = await client.post(f"{base}/wait", data=form, headers=bearer(client, waiting))
    assert (joined.status_code, joined.headers["location"]) == (303, "/trips/waiting")
    async with rt.db.read() as tx:
        assert await queries.count_open_entries(tx, waiting.id) == 1
    again = await client.post(f"{base}/wait", data=form, headers=bearer(client, waiting))
    assert again.status_code == 409
    assert "You are in this queue already." in again.text


async def test_who_could_book_need_not_wait(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx)
    answer = await client.post(f"/stays/{stay.resource_id}/wait", data=DATES, headers=await as_guest(client, stay))
    assert answer.status_code == 409
    assert "There is room for this." in answer.text


@pytest.mark.parametrize("action", ["hold", "take", "wait", "series"])
async def test_nothing_of_a_listing_that_is_off_sale_can_be_taken(
    client: httpx.AsyncClient, rt: Runtime, action: str
) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, active=False)
    answer = await client.post(f"/stays/{stay.resource_id}/{action}", data=DATES, headers=await as_stranger(client))
    assert answer.status_code == 404


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def test_the_calendar_keeps_what_was_chosen(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, plans = await with_plans(rt)
    page = (
        await client.get(f"/stays/{stay.resource_id}", params={**DATES, "rooms": "2", "plan_id": plans["final"]})
    ).text
    days = re.findall(rf'href="/stays/{stay.resource_id}\?([^"#]+)', page)
    assert any("rooms=2" in each and "plan_id=" in each for each in days)
