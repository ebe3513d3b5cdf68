"""Booking over HTTP: the promised answers, codes and fields."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.identity.contracts import User
from hospes.modules.identity.facade import get_user
from hospes.modules.identity.tokens import sign_access_token
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user, an_admin
from tests.conftest import NOW

DATES = {"arrival": "2026-07-01", "departure": "2026-07-04", "adults": 2}


@dataclass
class World:
    client: httpx.AsyncClient
    rt: Runtime
    stay: Stay
    guest: User
    host: User

    def headers(self, user: User) -> dict[str, str]:
        token = sign_access_token(user, self.rt.ports.token_keys, now=self.rt.clock.now())
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}

    async def post(self, path: str, body: dict[str, Any], user: User | None = None) -> httpx.Response:
        return await self.client.post(f"/api/v1{path}", json=body, headers=self.headers(user or self.guest))

    async def put(self, path: str, user: User, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.client.put(f"/api/v1{path}", json=body, headers=self.headers(user))

    async def get(self, path: str, user: User | None = None) -> httpx.Response:
        return await self.client.get(f"/api/v1{path}", headers=self.headers(user or self.guest))

    async def book(self, **given: Any) -> httpx.Response:
        return await self.post("/bookings", {"resource_id": str(self.stay.resource_id), **DATES, **given})


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    return await a_world(client)


async def a_world(client: httpx.AsyncClient, **given: Any) -> World:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        guest = await a_user(tx)
        stay = await a_stay(tx, guest_id=guest.id, **given)
        host = await get_user(tx, stay.owner_id)
    return World(client, rt, stay, guest, host)


async def test_anyone_may_ask_what_a_stay_costs(world: World) -> None:
    answer = await world.client.post("/api/v1/quotes", json={"resource_id": str(world.stay.resource_id), **DATES})
    assert answer.status_code == 200
    body = answer.json()
    assert body["available"] is True
    assert body["nights"] == 3
    assert body["price"]["total"] == {"amount": 30_000, "currency": "EUR"}
    assert [line["amount"]["amount"] for line in body["price"]["lines"]] == [30_000]
    assert body["cancellation"]["tiers"] == [
        {"hours_before": 120, "refund_percent": 100.0},
        {"hours_before": 24, "refund_percent": 50.0},
    ]
    assert body["check_in_at"] == "2026-07-01T13:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"arrival": "2026-05-01", "departure": "2026-05-03"}, "arrival_in_past", "arrival"),
        ({"departure": "2026-06-20"}, "dates_reversed", "departure"),
        ({"departure": "2027-08-05"}, "stay_too_long", "departure"),
        ({"arrival": "2028-01-01", "departure": "2028-01-04"}, "beyond_horizon", "arrival"),
        ({"arrival": "9999-12-30", "departure": "9999-12-31"}, "beyond_horizon", "arrival"),
        ({"adults": 0}, "no_adult", "adults"),
        ({"adults": 99}, "too_many_guests", "adults"),
        ({"pets": 1}, "pets_not_allowed", "pets"),
        ({"adults": -1}, "invalid", "adults"),
        ({"adults": "two"}, "invalid", "adults"),
        ({"arrival": "soon"}, "invalid", "arrival"),
        ({"nonsense": 1}, "invalid", "nonsense"),
    ],
)
async def test_a_stay_that_cannot_be_is_refused_beside_its_field(
    world: World, change: dict[str, Any], code: str, field: str
) -> None:
    body = {"resource_id": str(world.stay.resource_id), **DATES, **change}
    answer = await world.client.post("/api/v1/quotes", json=body)
    assert answer.status_code == 422
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == code
    assert [fault["field"] for fault in problem["errors"]] == [field]
    assert problem["errors"][0]["message"].endswith(".")


async def test_what_is_not_there_cannot_be_quoted(world: World) -> None:
    answer = await world.client.post("/api/v1/quotes", json={"resource_id": str(new_id()), **DATES})
    assert (answer.status_code, answer.json()["code"]) == (404, "resource_not_found")


async def test_booking_answers_the_booking_and_a_repeat_answers_the_same(world: World) -> None:
    headers = world.headers(world.guest)
    body = {"resource_id": str(world.stay.resource_id), **DATES, "message": "<b>'; DROP TABLE--"}
    first = await world.client.post("/api/v1/bookings", json=body, headers=headers)
    assert first.status_code == 201
    booking = first.json()
    assert (booking["status"], booking["total"]["amount"]) == ("pending_payment", 30_000)
    assert booking["message"] == "<b>'; DROP TABLE--"
    assert booking["actions"] == ["cancel", "change"]
    assert first.headers["location"] == f"/api/v1/bookings/{booking['id']}"
    again = await world.client.post("/api/v1/bookings", json=body, headers=headers)
    assert again.json() == booking
    assert again.headers["idempotency-replayed"] == "true"
    other = await world.client.post("/api/v1/bookings", json={**body, "adults": 1}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await world.get(f"/bookings/{booking['id']}")).json() == booking


async def test_booking_needs_a_caller_and_a_key(world: World) -> None:
    body = {"resource_id": str(world.stay.resource_id), **DATES}
    assert (await world.client.post("/api/v1/bookings", json=body)).status_code == 401
    headers = world.headers(world.guest)
    del headers["Idempotency-Key"]
    answer = await world.client.post("/api/v1/bookings", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


async def test_taken_dates_are_a_conflict(world: World) -> None:
    assert (await world.book()).status_code == 201
    async with world.rt.db.write() as tx:
        rival = await a_user(tx)
    body = {"resource_id": str(world.stay.resource_id), **DATES}
    refused = await world.post("/bookings", body, rival)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_available")


async def test_a_total_that_was_not_shown_is_asked_about(world: World) -> None:
    refused = await world.book(expected_total=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    assert refused.json()["total"] == {"amount": 30_000, "currency": "EUR"}


@pytest.mark.parametrize(
    "body", [{}, {"hold_id": str(new_id()), "resource_id": str(new_id())}, {"arrival": "2026-07-01"}]
)
async def test_a_booking_names_a_hold_or_a_stay(world: World, body: dict[str, Any]) -> None:
    answer = await world.post("/bookings", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_hold_is_placed_booked_and_expires(world: World) -> None:
    body = {"resource_id": str(world.stay.resource_id), **DATES}
    placed = await world.post("/holds", body)
    assert placed.status_code == 201
    hold = placed.json()
    assert hold["expires_at"] == (NOW + timedelta(minutes=15)).isoformat()
    assert (await world.get(f"/holds/{hold['id']}")).json() == hold
    assert (await world.get(f"/holds/{hold['id']}", world.host)).status_code == 404
    booked = await world.post("/bookings", {"hold_id": hold["id"]})
    assert (booked.status_code, booked.json()["status"]) == (201, "pending_payment")

    later = await world.post("/holds", {**body, "arrival": "2026-08-01", "departure": "2026-08-03"})
    world.rt.clock.at = NOW + timedelta(minutes=15)  # type: ignore[attr-defined]
    expired = await world.post("/bookings", {"hold_id": later.json()["id"]})
    assert (expired.status_code, expired.json()["code"]) == (410, "hold_expired")


async def test_a_hold_can_be_let_go_by_its_guest_only(world: World) -> None:
    body = {"resource_id": str(world.stay.resource_id), **DATES}
    hold = (await world.post("/holds", body)).json()
    path = f"/api/v1/holds/{hold['id']}"
    assert (await world.client.delete(path, headers=world.headers(world.host))).status_code == 404
    assert (await world.client.delete(path, headers=world.headers(world.guest))).status_code == 204
    assert (await world.client.delete(path, headers=world.headers(world.guest))).status_code == 204
    assert (await world.post("/bookings", body, world.host)).status_code == 201


async def test_a_booking_is_seen_by_its_guest_its_host_and_admins_only(world: World) -> None:
    booking = (await world.book()).json()
    async with world.rt.db.write() as tx:
        stranger, admin = await a_user(tx), await an_admin(tx)
    for path in ("", "/history", "/cancellation"):
        answer = await world.get(f"/bookings/{booking['id']}{path}", stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")
    for user in (world.guest, world.host, admin):
        assert (await world.get(f"/bookings/{booking['id']}", user)).status_code == 200
    for verb in ("cancel", "accept", "decline", "no-show"):
        answer = await world.put(f"/bookings/{booking['id']}/{verb}", stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")
    assert (await world.put(f"/bookings/{booking['id']}/accept", world.guest)).status_code == 404


async def test_lists_are_the_callers_own_in_pages(world: World) -> None:
    made = []
    for week in range(3):
        start = date(2026, 7, 1) + timedelta(days=7 * week)
        answer = await world.book(arrival=str(start), departure=str(start + timedelta(days=2)))
        made.append(answer.json()["id"])
    page = (await world.get("/bookings?limit=2")).json()
    assert [item["id"] for item in page["items"]] == [made[2], made[1]]
    rest = (await world.get(f"/bookings?limit=2&cursor={page['next_cursor']}")).json()
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == ([made[0]], None)
    assert (await world.get("/bookings", world.host)).json()["items"] == []
    hosted = (await world.get("/bookings?role=host", world.host)).json()["items"]
    assert [item["id"] for item in hosted] == [made[2], made[1], made[0]]
    assert (await world.get("/bookings?status=confirmed")).json()["items"] == []
    assert (await world.get("/bookings?cursor=nonsense")).status_code == 422


async def test_cancelling_shows_the_refund_first_and_then_makes_it(world: World) -> None:
    booking = (await world.book()).json()
    preview = (await world.get(f"/bookings/{booking['id']}/cancellation")).json()
    assert preview["amount"] == {"amount": 0, "currency": "EUR"}
    answer = await world.put(f"/bookings/{booking['id']}/cancel", world.guest, {"reason": "Ill", "expected_refund": 0})
    assert answer.status_code == 200
    assert answer.json()["booking"]["status"] == "cancelled"
    history = (await world.get(f"/bookings/{booking['id']}/history")).json()["items"]
    assert [(step["actor"], step["action"], step["note"]) for step in history] == [
        ("guest", "create", ""),
        ("guest", "cancel", "Ill"),
    ]
    refused = await world.put(f"/bookings/{booking['id']}/accept", world.host)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_now")


async def test_a_request_is_answered_by_the_host(client: httpx.AsyncClient) -> None:
    world = await a_world(client, instant=False)
    booking = (await world.book()).json()
    assert booking["status"] == "pending_approval"
    seen = (await world.get(f"/bookings/{booking['id']}", world.host)).json()
    assert seen["actions"] == ["accept", "cancel", "change", "decline"]
    accepted = await world.put(f"/bookings/{booking['id']}/accept", world.host)
    assert accepted.json()["status"] == "pending_payment"


async def test_the_calendar_shows_free_nights_to_everyone(world: World) -> None:
    await world.book()
    path = f"/api/v1/resources/{world.stay.resource_id}/calendar"
    answer = await world.client.get(f"{path}?from=2026-06-30&to=2026-07-04")
    assert [night["available"] for night in answer.json()["items"]] == [1, 0, 0, 0, 1]
    for query in ("from=2026-07-04&to=2026-07-01", "from=2026-01-01&to=2029-01-01", "from=0001-01-01&to=0001-01-03"):
        assert (await world.client.get(f"{path}?{query}")).status_code == 422


async def test_a_host_blocks_nights_and_puts_them_back(world: World) -> None:
    path = f"/resources/{world.stay.resource_id}/blocks"
    nights = {"arrival": "2026-07-02", "departure": "2026-07-05", "note": "Painting"}
    assert (await world.post(path, nights)).status_code == 404
    block = await world.post(path, nights, world.host)
    assert block.status_code == 201
    assert (await world.book()).json()["code"] == "not_available"
    assert (await world.post(path, nights, world.host)).json()["code"] == "not_available"
    gone = f"/api/v1{path}/{block.json()['id']}"
    assert (await world.client.delete(gone, headers=world.headers(world.host))).status_code == 204
    assert (await world.client.delete(gone, headers=world.headers(world.host))).status_code == 404
    assert (await world.book()).status_code == 201
