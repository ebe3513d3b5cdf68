"""Coupons, credit, campaigns and referrals over HTTP."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from hospes.modules.identity.contracts import User
from hospes.modules.promotions.contracts import Bearer
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.builders.promotions import a_coupon, a_credit
from tests.catalog.signed_in import bearer, runtime_of

NIGHTS = {"arrival": "2026-07-01", "departure": "2026-07-04", "adults": 2}


async def a_world(client: httpx.AsyncClient) -> tuple[Stay, User, User]:
    """A place with the coupon TEN and its guest's credit; the guest and the owner."""
    async with runtime_of(client).db.write() as tx:
        guest, owner = await a_user(tx), await a_user(tx, roles=("guest", "host"))
        stay = await a_stay(tx, guest_id=guest.id)
        await tx.run("UPDATE catalog.business SET owner_id = %s WHERE id = %s", (owner.id, stay.sellable.business_id))
        await tx.run(
            "UPDATE catalog.business_member SET user_id = %s WHERE business_id = %s",
            (owner.id, stay.sellable.business_id),
        )
        await a_coupon(tx)
        await a_credit(tx, guest.id, 2000)
    return stay, guest, owner


def wish(stay: Stay, *codes: str, **more: Any) -> dict[str, Any]:
    return {"resource_id": str(stay.resource_id), **NIGHTS, "coupons": list(codes), **more}


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


async def test_quotes_holds_and_bookings_take_coupons_and_credit(client: httpx.AsyncClient) -> None:
    stay, guest, _ = await a_world(client)
    me = bearer(client, guest)
    anybody = await client.post("/api/v1/quotes", json=wish(stay, "TEN"))
    assert anybody.json()["price"]["total"] == {"amount": 27_000, "currency": "EUR"}
    quoted = await client.post("/api/v1/quotes", json=wish(stay, "ten", use_credit=True), headers=me)
    lines = quoted.json()["price"]["lines"]
    assert [(each["kind"], each["borne_by"], each["amount"]["amount"]) for each in lines[1:]] == [
        ("discount", "platform", -3000),
        ("credit", "platform", -2000),
    ]
    held = await client.post("/api/v1/holds", json=wish(stay), headers=me)
    tried = await client.put(
        f"/api/v1/holds/{held.json()['id']}/coupons", json={"coupons": ["TEN"], "use_credit": True}, headers=me
    )
    assert tried.json()["quote"]["price"]["total"]["amount"] == 25_000
    body = {"hold_id": held.json()["id"], "expected_total": 25_000}
    booked = await client.post("/api/v1/bookings", json=body, headers=me | key("one"))
    assert (booked.status_code, booked.json()["total"]["amount"]) == (201, 25_000)
    again = await client.post("/api/v1/bookings", json=body, headers=me | key("one"))
    assert again.json() == booked.json()


async def test_a_booking_of_a_hold_can_bring_its_coupons(client: httpx.AsyncClient) -> None:
    stay, guest, _ = await a_world(client)
    me = bearer(client, guest)
    held = await client.post("/api/v1/holds", json=wish(stay), headers=me)
    body = {"hold_id": held.json()["id"], "coupons": ["TEN"], "expected_total": 27_000}
    booked = await client.post("/api/v1/bookings", json=body, headers=me | key("one"))
    assert (booked.status_code, booked.json()["total"]["amount"]) == (201, 27_000)


async def test_a_refusal_names_its_code_and_its_field(client: httpx.AsyncClient) -> None:
    stay, guest, _ = await a_world(client)
    refused = await client.post("/api/v1/holds", json=wish(stay, "NONE"), headers=bearer(client, guest))
    said = refused.json()
    assert (refused.status_code, said["code"], said["detail"]) == (422, "coupon_not_found", "There is no coupon NONE.")
    assert said["errors"] == [{"field": "coupons", "message": "There is no coupon NONE."}]


async def test_who_guesses_codes_has_to_wait_and_who_does_not_is_served(client: httpx.AsyncClient) -> None:
    stay, guest, _ = await a_world(client)
    me = bearer(client, guest)
    for number in range(10):
        assert (await client.post("/api/v1/quotes", json=wish(stay, f"GUESS{number}"), headers=me)).status_code == 422
    refused = await client.post("/api/v1/quotes", json=wish(stay, "TEN"), headers=me)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_codes")
    assert int(refused.headers["Retry-After"]) > 0
    assert (await client.post("/api/v1/quotes", json=wish(stay), headers=me)).status_code == 200


@pytest.mark.parametrize("body", [{"coupons": ["A" * 61]}, {"coupons": ["TEN"] * 6}, {"use_credit": "perhaps"}])
async def test_what_cannot_be_read_is_refused(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    stay, _, _ = await a_world(client)
    assert (await client.post("/api/v1/quotes", json=wish(stay) | body)).status_code == 422


async def test_a_host_makes_changes_pauses_and_ends_a_coupon(client: httpx.AsyncClient) -> None:
    stay, guest, owner = await a_world(client)
    me, base = bearer(client, owner), f"/api/v1/businesses/{stay.sellable.business_id}/coupons"
    body = {"code": "spring", "kind": "percent", "percent_bp": 2000, "global_limit": 5}
    made = await client.post(base, json=body, headers=me)
    assert (made.status_code, made.json()["code"], made.json()["borne_by"]) == (201, "SPRING", "host")
    assert made.json()["words"] == "SPRING: 20 % off"
    assert (await client.post(base, json=body, headers=me)).json()["code"] == "coupon_code_taken"
    one = made.headers["Location"]
    quoted = await client.post("/api/v1/quotes", json=wish(stay, "SPRING"), headers=bearer(client, guest))
    assert quoted.json()["price"]["total"]["amount"] == 24_000
    paused = await client.put(
        one, json={"kind": "percent", "percent_bp": 2000, "status": "paused"}, headers=me | {"If-Match": '"1"'}
    )
    assert (paused.status_code, paused.headers["ETag"]) == (200, '"2"')
    stale = await client.put(one, json={"kind": "percent", "percent_bp": 2000}, headers=me | {"If-Match": '"1"'})
    assert stale.status_code == 412
    refused = await client.post("/api/v1/quotes", json=wish(stay, "SPRING"))
    assert refused.json()["detail"] == "SPRING is paused."
    listed = (await client.get(base, headers=me)).json()
    assert [each["code"] for each in listed["items"]] == ["SPRING"]
    assert (await client.delete(one, headers=me)).status_code == 204
    assert (await client.get(one, headers=me)).json()["code"] == "coupon_missing"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"percent_bp": None}, "percent"),
        ({"kind": "amount", "amount": 500}, "currency"),
        ({"kind": "fee"}, "fee"),
        ({"code": "a b"}, "code"),
        ({"ends_at": "2026-05-01T00:00:00Z"}, "ends_at"),
        ({"property_id": "00000000-0000-7000-8000-000000000000"}, "property_id"),
        ({"minimum_total": 100}, "currency"),
    ],
)
async def test_each_fault_of_a_coupon_stands_at_its_field(
    client: httpx.AsyncClient, more: dict[str, Any], field: str
) -> None:
    stay, _, owner = await a_world(client)
    body = {"code": "SPRING", "kind": "percent", "percent_bp": 2000, **more}
    url = f"/api/v1/businesses/{stay.sellable.business_id}/coupons"
    refused = await client.post(url, json=body, headers=bearer(client, owner))
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [field]


async def test_strangers_find_nothing(client: httpx.AsyncClient) -> None:
    stay, guest, owner = await a_world(client)
    base = f"/api/v1/businesses/{stay.sellable.business_id}/coupons"
    body = {"code": "SPRING", "kind": "percent", "percent_bp": 2000}
    change = {"kind": "percent", "percent_bp": 2000}
    one = (await client.post(base, json=body, headers=bearer(client, owner))).headers["Location"]
    for who in (guest, replace(guest, roles=frozenset({"guest", "host"}))):
        me = bearer(client, who)
        for method, url in (
            ("GET", base), ("POST", base), ("GET", one), ("PUT", one), ("DELETE", one),
            ("GET", "/api/v1/admin/coupons"), ("GET", "/api/v1/admin/campaigns"), ("GET", "/api/v1/admin/gift-rules"),
            ("POST", "/api/v1/admin/coupons"),
        ):  # fmt: skip
            sent = {"POST": body, "PUT": change}.get(method)
            answer = await client.request(method, url, json=sent, headers=me)
            assert answer.status_code == 404, (method, url, answer.text)
    gave = {"user_id": str(guest.id), "amount": 100, "currency": "EUR"}
    answer = await client.post("/api/v1/admin/credits", json=gave, headers=bearer(client, guest) | key("x"))
    assert answer.status_code == 404
    assert (await client.get("/api/v1/coupons")).status_code == 401


async def test_an_admins_coupon_of_one_person_is_in_their_list(client: httpx.AsyncClient) -> None:
    stay, guest, _ = await a_world(client)
    admin = replace(guest, roles=frozenset({"admin"}))
    body = {"code": "SORRY", "kind": "amount", "amount": 1500, "currency": "EUR", "user_id": str(guest.id)}
    made = await client.post("/api/v1/admin/coupons", json=body, headers=bearer(client, admin))
    assert (made.status_code, made.json()["words"]) == (201, "SORRY: €15 off")
    mine = (await client.get("/api/v1/coupons", headers=bearer(client, guest))).json()["items"]
    assert [(each["code"], each["usable"]) for each in mine] == [("SORRY", True)]
    await client.post("/api/v1/holds", json=wish(stay, "SORRY"), headers=bearer(client, guest))
    mine = (await client.get("/api/v1/coupons", headers=bearer(client, guest))).json()["items"]
    assert [(each["code"], each["usable"]) for each in mine] == [("SORRY", False)]
    uses = await client.get(f"/api/v1/admin/coupons/{made.json()['id']}/uses", headers=bearer(client, admin))
    assert [(each["status"], each["amount"]["amount"]) for each in uses.json()["items"]] == [("reserved", 1500)]


async def test_goodwill_is_given_once_a_key_and_listed_page_by_page(client: httpx.AsyncClient) -> None:
    _, guest, _ = await a_world(client)
    admin, me = bearer(client, replace(guest, roles=frozenset({"admin"}))), bearer(client, guest)
    body = {"user_id": str(guest.id), "amount": 500, "currency": "EUR", "note": "For the noise"}
    first = await client.post("/api/v1/admin/credits", json=body, headers=admin | key("a"))
    second = await client.post("/api/v1/admin/credits", json=body, headers=admin | key("a"))
    assert (first.status_code, second.json()) == (201, first.json())
    page = (await client.get("/api/v1/credits?limit=1", headers=me)).json()
    assert [each["amount"]["amount"] for each in page["balances"]] == [2500]
    assert [each["note"] for each in page["items"]] == ["For the noise"]
    rest = (await client.get(f"/api/v1/credits?cursor={page['next_cursor']}", headers=me)).json()
    assert [each["amount"]["amount"] for each in rest["items"]] == [2000]


async def test_admins_change_rules_and_run_campaigns(client: httpx.AsyncClient) -> None:
    _, guest, _ = await a_world(client)
    admin = bearer(client, replace(guest, roles=frozenset({"admin"})))
    rule = (await client.get("/api/v1/admin/gift-rules/signup", headers=admin)).json()
    del rule["name"]
    rule["gives"]["percent_bp"] = 1500
    changed = await client.put("/api/v1/admin/gift-rules/signup", json=rule, headers=admin)
    assert (changed.status_code, changed.json()["gives"]["percent_bp"]) == (200, 1500)
    assert (await client.put("/api/v1/admin/gift-rules/signup", json=rule, headers=admin)).status_code == 412
    body = {
        "name": "Summer",
        "gives": {"kind": "credit", "amounts": {"EUR": 1000}, "valid_days": 30},
        "starts_at": "2026-07-01T00:00:00Z",
        "ends_at": "2026-08-01T00:00:00Z",
    }
    made = await client.post("/api/v1/admin/campaigns", json=body, headers=admin)
    one = made.headers["Location"]
    paused = await client.put(one, json=body | {"paused": True}, headers=admin)
    assert (made.json()["status"], paused.json()["status"]) == ("scheduled", "paused")
    wrong = await client.post("/api/v1/admin/campaigns", json=body | {"ends_at": body["starts_at"]}, headers=admin)
    assert [each["field"] for each in wrong.json()["errors"]] == ["ends_at"]
    assert len((await client.get("/api/v1/admin/campaigns", headers=admin)).json()["items"]) == 1
    assert (await client.delete(one, headers=admin)).status_code == 204
    assert (await client.get(one, headers=admin)).status_code == 404


async def test_whoever_registers_with_a_code_is_known_as_somebodys_friend(client: httpx.AsyncClient) -> None:
    from hospes.entrypoints.wiring import subscribers
    from hospes.platform.outbox import Event

    _, guest, _ = await a_world(client)
    mine = (await client.get("/api/v1/referrals", headers=bearer(client, guest))).json()
    assert mine["link"].endswith(f"/r/{mine['code']}")
    body = {
        "email": "friend@example.com", "password": "Correct-horse-7", "first_name": "Grace", "last_name": "Hopper",
        "date_of_birth": "1990-05-31", "phone": "+34612345678", "referral_code": mine["code"],
    }  # fmt: skip
    assert (await client.post("/api/v1/auth/register", json=body)).status_code == 201
    rt = runtime_of(client)
    async with rt.db.read() as tx:
        row = await tx.find("SELECT * FROM platform.outbox WHERE type = 'user.registered'")
    assert row is not None
    assert row["data"]["origin"] != ""
    event = Event(
        row["event_id"], row["type"], row["aggregate_id"], {**row["data"], "origin": "away"}, row["occurred_at"]
    )
    (welcome,) = [each for each in subscribers() if each.name == "promotions.welcome"]
    await welcome.handle(rt, event)
    items = (await client.get("/api/v1/referrals", headers=bearer(client, guest))).json()["items"]
    assert [(each["friend"], each["status"]) for each in items] == [("Grace", "joined")]


async def test_what_a_host_bears_says_so(client: httpx.AsyncClient) -> None:
    stay, _, _ = await a_world(client)
    async with runtime_of(client).db.write() as tx:
        await a_coupon(tx, "HOST10", borne_by=Bearer.HOST, business_id=stay.sellable.business_id)
    quoted = await client.post("/api/v1/quotes", json=wish(stay, "HOST10"))
    assert quoted.json()["price"]["lines"][-1]["borne_by"] == "host"
