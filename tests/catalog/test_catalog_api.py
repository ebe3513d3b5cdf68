"""What an API client can do with businesses, properties, resources and units."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from hospes.modules.catalog.contracts import Property, Sellable
from hospes.modules.identity import facade as identity
from hospes.modules.identity.contracts import User
from tests.builders.catalog import a_business, a_picture, a_property, a_resource
from tests.builders.identity import a_host, a_user, an_admin
from tests.catalog.signed_in import bearer, runtime_of

HOUSE: dict[str, Any] = {
    "name": "Maison Lune",
    "description": "A quiet house behind the canal.",
    "city": "Paris",
    "country": "FR",
    "latitude": 48.8738,
    "longitude": 2.3601,
    "amenities": ["wifi"],
}
HOSTILE = ["'; DROP TABLE catalog.property; --", "<script>alert(1)</script>", "{{ 7*7 }}", "Ünïcødé 名前 🏠"]


@pytest.fixture
async def host(client: httpx.AsyncClient) -> User:
    async with runtime_of(client).db.write() as tx:
        return await a_host(tx)


@pytest.fixture
async def stranger(client: httpx.AsyncClient) -> User:
    async with runtime_of(client).db.write() as tx:
        user = await a_host(tx, first_name="Stranger")
        await a_business(tx, owner_id=user.id, name="Elsewhere")
        return user


@pytest.fixture
async def admin(client: httpx.AsyncClient) -> User:
    async with runtime_of(client).db.write() as tx:
        return await an_admin(tx)


async def a_live_one(client: httpx.AsyncClient, host: User, **given: Any) -> Sellable:
    async with runtime_of(client).db.write() as tx:
        return await a_resource(tx, owner_id=host.id, **given)


def fields_of(answer: httpx.Response) -> set[str]:
    return {error["field"] for error in answer.json()["errors"]}


async def test_from_a_first_business_to_a_listing_on_sale(client: httpx.AsyncClient, admin: User) -> None:
    async with runtime_of(client).db.write() as tx:
        person = await a_user(tx)
    mine, boss = bearer(client, person), bearer(client, admin)
    business = await client.post("/api/v1/businesses", json={"name": "Sea & Sons", "type": "HOME"}, headers=mine)
    assert business.status_code == 201, business.text
    assert business.json()["status"] == "PENDING"
    house = await client.post("/api/v1/properties", json={**HOUSE, "business_id": business.json()["id"]}, headers=mine)
    assert house.status_code == 201, house.text
    assert (house.json()["status"], house.json()["zone"]) == ("draft", "Europe/Paris")
    assert house.headers["location"] == f"/api/v1/properties/{house.json()['id']}"
    home = {"property_id": house.json()["id"], "kind": "HOME", "name": "The whole house", "max_guests": 4}
    resource = await client.post("/api/v1/resources", json=home, headers=mine)
    assert resource.status_code == 201, resource.text
    assert (resource.json()["mode"], resource.json()["pooled"]) == ("nightly", False)
    listing = f"/api/v1/resources/{resource.json()['id']}"
    place = f"/api/v1/properties/{house.json()['id']}"
    refused = await client.post(f"{place}/submit", headers=mine)
    assert (refused.status_code, refused.json()["code"], fields_of(refused)) == (422, "listing_incomplete", {"media"})
    async with runtime_of(client).db.write() as tx:
        await a_picture(tx, UUID(house.json()["id"]))
    assert (await client.post(f"{place}/submit", headers=mine)).json()["status"] == "submitted"
    queue = await client.get("/api/v1/admin/properties?status=submitted", headers=boss)
    assert [each["id"] for each in queue.json()["items"]] == [house.json()["id"]]
    approve = f"/api/v1/admin/properties/{house.json()['id']}/approve"
    assert (await client.post(approve, headers=mine)).status_code == 403
    assert (await client.post(approve, headers=boss)).json()["status"] == "approved"
    assert (await client.get(listing)).status_code == 404
    verify = f"/api/v1/admin/businesses/{business.json()['id']}/activate"
    assert (await client.post(verify, headers=mine)).status_code == 403
    assert (await client.post(verify, headers=boss)).json()["status"] == "ACTIVE"
    shown = await client.get(listing)
    assert shown.status_code == 200
    assert shown.json()["property"]["name"] == "Maison Lune"
    assert len(shown.json()["media"]) == 1


async def test_a_second_business_is_refused(client: httpx.AsyncClient, stranger: User) -> None:
    answer = await client.post(
        "/api/v1/businesses", json={"name": "Two", "type": "HOTEL"}, headers=bearer(client, stranger)
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "business_exists")


async def test_creating_a_business_makes_a_host(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        person = await a_user(tx)
    await client.post("/api/v1/businesses", json={"name": "One", "type": "TOUR"}, headers=bearer(client, person))
    async with runtime_of(client).db.read() as tx:
        assert (await identity.get_user(tx, person.id)).roles == {"guest", "host"}


async def test_everything_needs_somebody_signed_in(client: httpx.AsyncClient, host: User) -> None:
    sold = await a_live_one(client, host)
    for method, path in [
        ("POST", "/api/v1/businesses"),
        ("GET", "/api/v1/businesses"),
        ("GET", "/api/v1/properties"),
        ("PATCH", f"/api/v1/properties/{sold.property_id}"),
        ("PATCH", f"/api/v1/resources/{sold.resource_id}"),
        ("GET", f"/api/v1/resources/{sold.resource_id}/units"),
        ("GET", "/api/v1/admin/properties"),
    ]:
        answer = await client.request(method, path, json={"name": "X", "type": "HOME"} if "busi" in path else {})
        assert (method, path, answer.status_code) == (method, path, 401)


async def test_what_is_anothers_is_not_there(client: httpx.AsyncClient, host: User, stranger: User) -> None:
    sold = await a_live_one(client, host)
    async with runtime_of(client).db.write() as tx:
        photo = await a_picture(tx, sold.property_id)
    theirs = bearer(client, stranger)
    name: dict[str, Any] = {"name": "Mine now"}
    requests: list[tuple[str, str, Any]] = [
        ("GET", f"businesses/{sold.business_id}", None),
        ("PATCH", f"businesses/{sold.business_id}", name),
        ("POST", f"businesses/{sold.business_id}/deactivate", None),
        ("POST", "properties", {**HOUSE, "business_id": str(sold.business_id)}),
        ("PATCH", f"properties/{sold.property_id}", name),
        ("POST", f"properties/{sold.property_id}/submit", None),
        ("PUT", f"properties/{sold.property_id}/media/order", {"ids": [str(photo.id)]}),
        ("POST", "resources", {"property_id": str(sold.property_id), "kind": "HOME", **name}),
        ("PATCH", f"resources/{sold.resource_id}", name),
        ("GET", f"resources/{sold.resource_id}/units", None),
        ("POST", f"resources/{sold.resource_id}/units", {"names": ["2"]}),
        ("PATCH", f"resources/{sold.resource_id}/units/{sold.unit_ids[0]}", {"active": False}),
        ("PATCH", f"media/{photo.id}", {"alt": "Mine now"}),
        ("DELETE", f"media/{photo.id}", None),
    ]
    for method, path, body in requests:
        answer = await client.request(method, f"/api/v1/{path}", json=body, headers=theirs)
        assert (method, path, answer.status_code) == (method, path, 404)
        assert "Mine now" not in answer.text
    own = await client.get(f"/api/v1/resources/{sold.resource_id}", headers=bearer(client, host))
    assert own.json()["resource"]["version"] == own.json()["property"]["version"] == 1


async def test_what_is_not_on_sale_is_seen_only_from_inside(
    client: httpx.AsyncClient, host: User, stranger: User, admin: User
) -> None:
    async with runtime_of(client).db.write() as tx:
        house = await a_property(tx, owner_id=host.id, status="rejected", review_note="Blurred photos.")
        sold = await a_resource(tx, property_id=house.id)
    for path in (f"/api/v1/properties/{house.id}", f"/api/v1/resources/{sold.resource_id}"):
        assert (await client.get(path)).status_code == 404
        assert (await client.get(path, headers=bearer(client, stranger))).status_code == 404
        assert "Blurred photos." in (await client.get(path, headers=bearer(client, host))).text
        assert "Blurred photos." in (await client.get(path, headers=bearer(client, admin))).text


async def test_a_review_note_and_the_street_are_not_for_guests(client: httpx.AsyncClient, host: User) -> None:
    async with runtime_of(client).db.write() as tx:
        house = await a_property(tx, owner_id=host.id, review_note="Known to us.")
        sold = await a_resource(tx, property_id=house.id)
    for path in (f"/api/v1/properties/{house.id}", f"/api/v1/resources/{sold.resource_id}"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "Known to us." not in answer.text
        assert "Récollets" not in answer.text
        assert "75010" not in answer.text
        assert "Récollets" in (await client.get(path, headers=bearer(client, host))).text


async def test_if_match_is_honoured(client: httpx.AsyncClient, host: User) -> None:
    sold = await a_live_one(client, host)
    mine = bearer(client, host)
    for path in (
        f"/api/v1/businesses/{sold.business_id}",
        f"/api/v1/properties/{sold.property_id}",
        f"/api/v1/resources/{sold.resource_id}",
    ):
        tag = (await client.get(path, headers=mine)).headers["etag"]
        assert tag == '"1"'
        edited = await client.patch(path, json={"name": "Newer"}, headers={**mine, "If-Match": tag})
        assert (edited.status_code, edited.headers["etag"]) == (200, '"2"')
        late = await client.patch(path, json={"name": "Late"}, headers={**mine, "If-Match": tag})
        assert (late.status_code, late.json()["code"]) == (412, "version_changed")
        free = await client.patch(path, json={"name": "Without"}, headers=mine)
        assert (free.status_code, free.json()["name"], free.json()["version"]) == (200, "Without", 3)


async def test_lists_are_paged_by_cursor(client: httpx.AsyncClient, host: User, stranger: User) -> None:
    async with runtime_of(client).db.write() as tx:
        business = await a_business(tx, owner_id=host.id)
        places: list[Property] = [await a_property(tx, business_id=business.id) for _ in range(5)]
    mine = bearer(client, host)
    seen: list[str] = []
    cursor = ""
    for size in (2, 2, 1):
        page = await client.get(f"/api/v1/properties?limit=2{cursor}", headers=mine)
        assert page.status_code == 200, page.text
        assert len(page.json()["items"]) == size
        seen += [each["id"] for each in page.json()["items"]]
        cursor = f"&cursor={page.json()['next_cursor']}"
    assert page.json()["next_cursor"] is None
    assert seen == sorted(str(place.id) for place in places)
    assert (await client.get("/api/v1/properties", headers=bearer(client, stranger))).json()["items"] == []
    for broken in ("x", "W10", "WyJ4Il0"):
        answer = await client.get(f"/api/v1/properties?cursor={broken}", headers=mine)
        assert (answer.status_code, fields_of(answer)) == (422, {"cursor"})


@pytest.mark.parametrize("text", HOSTILE)
async def test_sql_and_html_are_only_words(client: httpx.AsyncClient, host: User, text: str) -> None:
    mine = bearer(client, host)
    business = await client.post(
        "/api/v1/businesses", json={"name": text, "type": "HOME", "description": text}, headers=mine
    )
    assert business.json()["name"] == text
    words = dict.fromkeys(("name", "description", "street", "city", "neighbourhood", "region", "house_rules"), text)
    house = await client.post(
        "/api/v1/properties", json={**HOUSE, **words, "business_id": business.json()["id"]}, headers=mine
    )
    assert house.status_code == 201, house.text
    assert {name: house.json()[name] for name in words} == words
    body = {"property_id": house.json()["id"], "kind": "DESK", "name": text, "unit_names": [text]}
    resource = await client.post("/api/v1/resources", json=body, headers=mine)
    assert resource.status_code == 201, resource.text
    units = await client.get(f"/api/v1/resources/{resource.json()['id']}/units", headers=mine)
    assert [unit["name"] for unit in units.json()["items"]] == [text]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\u0000b"}, "name"),
        ({"country": "XX"}, "country"),
        ({"latitude": 91}, "latitude"),
        ({"longitude": "west"}, "longitude"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"amenities": ["jacuzzi"]}, "amenities"),
        ({"check_in_from": "25:00"}, "check_in_from"),
        ({"cancellation_policy": "whenever"}, "cancellation_policy"),
        ({"status": "approved"}, "status"),
    ],
)
async def test_a_fault_is_named_by_its_field(
    client: httpx.AsyncClient, host: User, change: dict[str, Any], field: str
) -> None:
    sold = await a_live_one(client, host)
    answer = await client.patch(f"/api/v1/properties/{sold.property_id}", json=change, headers=bearer(client, host))
    assert (answer.status_code, fields_of(answer)) == (422, {field}), answer.text


async def test_every_kind_can_be_created_in_its_usual_mode(client: httpx.AsyncClient, host: User) -> None:
    sold = await a_live_one(client, host)
    mine = bearer(client, host)
    words = (await client.get("/api/v1/catalog/vocabulary")).json()
    assert len(words["kinds"]) == 12
    assert len(words["amenities"]) == 59
    made = {}
    for kind in words["kinds"]:
        body = {"property_id": str(sold.property_id), "kind": kind["code"], "name": kind["label"], "units": 3}
        answer = await client.post("/api/v1/resources", json=body, headers=mine)
        assert answer.status_code == 201, answer.text
        made[kind["code"]] = answer.json()["mode"]
    assert set(made.values()) == {"nightly", "timed", "departure"}
    assert (made["HOTEL_ROOM"], made["SALON_CHAIR"], made["TOUR"]) == ("nightly", "timed", "departure")
    listed = await client.get(f"/api/v1/resources?property_id={sold.property_id}", headers=mine)
    assert len(listed.json()["items"]) == 13


async def test_units_over_the_api(client: httpx.AsyncClient, host: User) -> None:
    sold = await a_live_one(client, host)
    mine = bearer(client, host)
    units = f"/api/v1/resources/{sold.resource_id}/units"
    added = await client.post(units, json={"names": ["Attic", "Cellar"]}, headers=mine)
    assert added.status_code == 201
    attic, cellar = (unit["id"] for unit in added.json()["items"])
    taken = await client.post(units, json={"names": ["Attic"]}, headers=mine)
    assert (taken.status_code, taken.json()["code"]) == (409, "unit_name_taken")
    off = await client.patch(f"{units}/{cellar}", json={"active": False, "name": "Cave"}, headers=mine)
    assert (off.json()["name"], off.json()["active"]) == ("Cave", False)
    assert (await client.patch(f"{units}/{uuid4()}", json={"active": False}, headers=mine)).status_code == 404
    shown = (await client.get(units, headers=mine)).json()["items"]
    assert [(unit["name"], unit["active"]) for unit in shown] == [("1", True), ("Attic", True), ("Cave", False)]
    assert shown[1]["id"] == attic


async def test_an_admin_says_why(client: httpx.AsyncClient, host: User, admin: User) -> None:
    sold = await a_live_one(client, host)
    boss = bearer(client, admin)
    path = f"/api/v1/admin/properties/{sold.property_id}"
    silent = await client.post(f"{path}/suspend", headers=boss)
    assert (silent.status_code, fields_of(silent)) == (422, {"note"})
    done = await client.post(f"{path}/suspend", json={"note": "Complaints."}, headers=boss)
    assert (done.json()["status"], done.json()["review_note"]) == ("suspended", "Complaints.")
    again = await client.post(f"{path}/reject", json={"note": "Complaints."}, headers=boss)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_status")
    assert (await client.get(f"/api/v1/resources/{sold.resource_id}")).status_code == 404
    waiting = await client.get("/api/v1/admin/businesses?status=PENDING", headers=boss)
    assert waiting.json()["items"] == []


async def test_an_owner_pauses_and_resumes(client: httpx.AsyncClient, host: User) -> None:
    sold = await a_live_one(client, host)
    mine = bearer(client, host)
    path = f"/api/v1/businesses/{sold.business_id}"
    assert (await client.post(f"{path}/deactivate", headers=mine)).json()["status"] == "INACTIVE"
    assert (await client.get(f"/api/v1/resources/{sold.resource_id}")).status_code == 404
    assert (await client.post(f"{path}/reactivate", headers=mine)).json()["status"] == "ACTIVE"
    assert (await client.get(f"/api/v1/resources/{sold.resource_id}")).status_code == 200
    assert (await client.post(f"{path}/activate", headers=mine)).status_code == 404
