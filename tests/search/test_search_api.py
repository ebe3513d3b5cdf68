"""Search over HTTP: what is on sale is found within a second, what is not never is."""

import httpx
import pytest

from hospes.modules.identity.tokens import sign_access_token
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user

DATES = {"check_in": "2026-07-01", "check_out": "2026-07-04"}


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    runtime: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return runtime


@pytest.fixture
async def stay(client: httpx.AsyncClient, rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        made = await a_stay(tx)
    await reload(rt)
    return made


async def reload(rt: Runtime) -> None:
    """The builders write rows without events: read everything anew."""
    live = rt.ports.index
    assert isinstance(live, LiveIndex)
    await live.reload()


async def found(client: httpx.AsyncClient, **params: object) -> list[str]:
    response = await client.get("/api/v1/search", params={**DATES, **params})
    assert response.status_code == 200, response.text
    return [item["resource_id"] for item in response.json()["items"]]


async def signed(rt: Runtime) -> dict[str, str]:
    async with rt.db.write() as tx:
        guest = await a_user(tx)
    token = sign_access_token(guest, rt.ports.token_keys, now=rt.clock.now())
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}


async def test_a_hold_takes_the_listing_out_of_the_results_and_its_end_brings_it_back(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay
) -> None:
    resource_id = str(stay.resource_id)
    assert await found(client) == [resource_id]
    headers = await signed(rt)
    body = {"resource_id": resource_id, "arrival": "2026-07-02", "departure": "2026-07-03", "adults": 1}
    hold = await client.post("/api/v1/holds", json=body, headers=headers)
    assert hold.status_code == 201, hold.text
    await rt.ports.tail.poll()
    assert await found(client) == []
    assert await found(client, check_in="2026-07-03", check_out="2026-07-05") == [resource_id]
    released = await client.delete(f"/api/v1/holds/{hold.json()['id']}", headers=headers)
    assert released.status_code in (200, 204)
    await rt.ports.tail.poll()
    assert await found(client) == [resource_id]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE catalog.property SET status = 'submitted'",
        "UPDATE catalog.property SET status = 'suspended'",
        "UPDATE catalog.business SET status = 'SUSPENDED'",
        "UPDATE catalog.resource SET active = false",
    ],
)
async def test_what_is_not_on_sale_leaves_the_results_when_its_event_is_heard(
    client: httpx.AsyncClient, rt: Runtime, stay: Stay, change: str
) -> None:
    assert await found(client) == [str(stay.resource_id)]
    async with rt.db.write() as tx:
        await tx.conn.execute(change.encode())
    assert await found(client) == [str(stay.resource_id)]  # the control: nobody has told of it
    async with rt.db.write() as tx:
        named = {"resource_id": str(stay.resource_id)}
        await publish(tx, "resource.changed", stay.resource_id, named, now=rt.clock.now())
    await rt.ports.tail.poll()
    assert await found(client) == []
    assert rt.ports.index.index.find(_anything(), now=rt.clock.now()).total == 0


def _anything() -> object:
    from hospes.modules.search.contracts import Query

    return Query()


async def test_the_total_shown_is_the_total_quoted(client: httpx.AsyncClient, stay: Stay) -> None:
    shown = (await client.get("/api/v1/search", params={**DATES, "adults": 2})).json()["items"][0]
    body = {"resource_id": str(stay.resource_id), "arrival": "2026-07-01", "departure": "2026-07-04", "adults": 2}
    quote = (await client.post("/api/v1/quotes", json=body)).json()
    assert shown["total"] == quote["price"]["total"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"check_in": "2026-07-04", "check_out": "2026-07-04"}, "check_out"),
        ({"check_in": "2020-01-01", "check_out": "2020-01-02"}, "check_in"),
        ({"check_in": "2026-07-04", "check_out": ""}, "check_out"),
        ({"adults": 0}, "adults"),
        ({"adults": 99}, "adults"),
        ({"lat": 12, "lon": "x"}, "lon"),
        ({"lat": 12}, "lon"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "nan,2,3,4"}, "bbox"),
        ({"q": "Xyzzyqqq"}, "q"),
        ({"cursor": "abc"}, "cursor"),
        ({"sort": "luck"}, "sort"),
        ({"guests": 2}, "guests"),
        ({"utm_source": "x"}, "utm_source"),
        ({"Q": "Paris"}, "Q"),
        ({"limit": 1000}, "limit"),
    ],
)
async def test_nonsense_is_refused_beside_its_field(
    client: httpx.AsyncClient, stay: Stay, params: dict[str, object], field: str
) -> None:
    response = await client.get("/api/v1/search", params={**DATES, **params})
    assert response.status_code == 422, response.text
    assert field in [error["field"] for error in response.json()["errors"]]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lisb", "Lisbon"),
        ("LISBÓN", "Lisbon"),
        ("berln", "Berlin"),
        ("são paulo", "São Paulo"),
        ("münchen", "Munich"),
        ("muenchen", "Munich"),
        ("Москва", "Moscow"),
        ("東京", "Tokyo"),
        ("firenze", "Florence"),
    ],
)
async def test_places_are_found_by_prefix_without_accents_and_in_spite_of_slips(
    client: httpx.AsyncClient, typed: str, first: str
) -> None:
    items = (await client.get("/api/v1/search/suggestions", params={"q": typed})).json()["items"]
    assert items[0]["name"] == first


async def test_suggestions_know_no_other_parameter_than_what_is_typed(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/search/suggestions", params={"q": "lisb", "limits": 3})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["limits"]


async def test_the_api_takes_the_names_of_the_page(client: httpx.AsyncClient, stay: Stay) -> None:
    pages = {"place": "Paris", "arrival": "2026-07-01", "departure": "2026-07-04", "amenity": "wifi"}
    own = {"q": "Paris", "check_in": "2026-07-01", "check_out": "2026-07-04", "amenities": "wifi"}
    answers = [(await client.get("/api/v1/search", params=each)).json() for each in (own, pages)]
    assert answers[0]["items"][0]["resource_id"] == str(stay.resource_id)
    assert answers[0]["items"][0]["total"] is not None
    assert answers[1] == answers[0]
    without = await client.get("/api/v1/search", params={**pages, "rating": 4})
    assert without.json()["items"] == []


async def test_professionals_are_found_by_what_they_are(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        plumber = await a_stay(tx, amenities=["plumber"])
        await a_stay(tx, amenities=["gardener"])
    await reload(rt)
    assert await found(client, category="plumber") == [str(plumber.resource_id)]
    assert await found(client, category="tutor") == []
    page = await client.get("/search", params={"category": "plumber"})
    assert f"/stays/{plumber.resource_id}" in page.text
    refused = await client.get("/api/v1/search", params={"category": "wizard"})
    assert (refused.status_code, refused.json()["code"]) == (422, "search_invalid")
    assert [error["field"] for error in refused.json()["errors"]] == ["category"]


@pytest.mark.parametrize("typed", ["", "x", "' OR 1=1 --", "%%%%", "\\", "<&>", "\u0000zqzq", "🏨🏨🏨"])
async def test_odd_text_finds_nothing_and_breaks_nothing(client: httpx.AsyncClient, typed: str) -> None:
    response = await client.get("/api/v1/search/suggestions", params={"q": typed})
    assert response.status_code == 200
    assert response.json()["items"] == []
