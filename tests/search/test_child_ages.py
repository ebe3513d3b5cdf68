"""How old the children are: the total of the results is what the listing's own page and the quote say."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.pricing.contracts import RuleKind, Tax, TaxKind
from hospes.modules.search.keeping.follow import LiveIndex
from tests.builders.booking import ARRIVAL, Stay, a_stay
from tests.builders.pricing import a_rule
from tests.catalog.signed_in import runtime_of

DATES: dict[str, Any] = {
    "check_in": str(ARRIVAL),
    "check_out": str(ARRIVAL + timedelta(days=3)),
    "adults": 2,
    "children": 2,
}
CITY_TAX = Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=200, exempt_under_age=12)


@pytest.fixture
async def house(client: httpx.AsyncClient) -> Stay:
    """100 euros a night; children up to 5 cost 5 euros a night, up to 17 they cost 20; city tax from 12."""
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        stay = await a_stay(tx, max_guests=6, rate={"base_amount": 10_000, "taxes": [CITY_TAX]})
        await a_rule(tx, stay.resource_id, RuleKind.CHILD, from_age=0, to_age=5, adjust_amount=500)
        await a_rule(tx, stay.resource_id, RuleKind.CHILD, from_age=6, to_age=17, adjust_amount=2_000)
    live = rt.ports.index
    assert isinstance(live, LiveIndex)
    await live.reload()
    return stay


async def totals(client: httpx.AsyncClient, **asked: Any) -> list[int]:
    response = await client.get("/api/v1/search", params={**DATES, **asked})
    assert response.status_code == 200, response.text
    return [item["total"]["amount"] for item in response.json()["items"]]


async def test_the_total_counts_children_by_their_age(client: httpx.AsyncClient, house: Stay) -> None:
    nights, unknown = 30_000, 2 * 3 * 2_000
    assert await totals(client) == [nights + unknown + 4 * 3 * 200]  # as the oldest, and with city tax
    assert await totals(client, children_ages=[4, 9]) == [nights + 3 * (500 + 2_000) + 2 * 3 * 200]
    assert await totals(client, children_ages=[4]) == [nights + 3 * (500 + 2_000) + 3 * 3 * 200]
    assert await totals(client, children_ages=[4, 9, 17]) == await totals(client, children_ages=[4, 9])
    asked = {"children_ages": [4, 9], "per": "stay"}
    assert await totals(client, **asked, price_max=38_700) == [38_700]
    assert await totals(client, **asked, price_max=38_699) == []


async def test_it_is_what_the_quote_says(client: httpx.AsyncClient, house: Stay) -> None:
    for ages in ([], [0, 5], [11, 12], [17]):
        asked = {
            "resource_id": str(house.resource_id), "arrival": DATES["check_in"], "departure": DATES["check_out"],
            "adults": 2, "children": 2, "children_ages": ages,
        }  # fmt: skip
        answer = await client.post("/api/v1/quotes", json=asked)
        assert answer.status_code == 200, answer.text
        assert await totals(client, children_ages=ages) == [answer.json()["price"]["total"]["amount"]]


@pytest.mark.parametrize("ages", [[18], [-1], ["x"], [1] * 51, ["4.5"]])
async def test_what_is_no_age_is_refused(client: httpx.AsyncClient, ages: list[Any]) -> None:
    answer = await client.get("/api/v1/search", params={**DATES, "children_ages": ages})
    assert answer.status_code == 422
    assert {each["field"].partition(".")[0] for each in answer.json()["errors"]} == {"children_ages"}


async def test_the_page_asks_how_old_they_are_and_hands_it_on(client: httpx.AsyncClient, house: Stay) -> None:
    params: dict[str, Any] = {"arrival": DATES["check_in"], "departure": DATES["check_out"], "adults": 2, "children": 2}
    page = (await client.get("/search", params=params)).text
    assert page.count('name="age"') == 2
    assert "How old are the children?" in page
    page = (await client.get("/search", params={**params, "age": ["4", "99"]})).text
    assert '<option value="4" selected>4</option>' in page
    assert '<option value="99"' not in page
    page = (await client.get("/search", params={**params, "age": ["4", "9"]})).text
    assert f"/stays/{house.resource_id}?" in page
    assert "children=2&amp;age=4&amp;age=9" in page
    assert "€387" in page
    page = (await client.get("/search", params={**params, "children": 0, "age": "4"})).text
    assert 'name="age"' not in page
    assert "age=4" not in page


async def test_the_page_of_the_listing_takes_the_ages(client: httpx.AsyncClient, house: Stay) -> None:
    said = f"arrival={DATES['check_in']}&departure={DATES['check_out']}&adults=2&children=2&age=4&age=9"
    page = await client.get(f"/stays/{house.resource_id}?{said}")
    assert page.status_code == 200
    assert "€387" in page.text
