"""Changes over HTTP: quotes, answers, repeats, and whose they are."""

from datetime import timedelta

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import BookingStatus
from hospes.platform.ids import new_id
from tests.booking.test_booking_api import World, a_world
from tests.builders.booking import a_booking, take_payment
from tests.builders.identity import a_user


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    return await a_world(client)


async def paid(world: World) -> str:
    async with world.rt.db.write() as tx:
        return str((await a_booking(tx, world.stay, status=BookingStatus.CONFIRMED)).id)


async def test_a_change_is_quoted_asked_for_paid_and_seen_in_the_history(world: World) -> None:
    booking_id = await paid(world)
    quote = await world.post(f"/bookings/{booking_id}/changes/quote", {"departure": "2026-07-06"})
    assert quote.status_code == 200
    body = quote.json()
    assert (body["available"], body["difference"], body["refusals"]) == (
        True,
        {"amount": 20_000, "currency": "EUR"},
        [],
    )
    assert body["quote"]["departure"] == "2026-07-06"
    headers = world.headers(world.guest)
    wanted = {"departure": "2026-07-06", "expected_difference": 20_000}
    path = f"/api/v1/bookings/{booking_id}/changes"
    asked = await world.client.post(path, json=wanted, headers=headers)
    assert asked.status_code == 202
    request = asked.json()["request"]
    assert (request["status"], request["pay_by"]) == ("open", "2026-06-01T10:15:00+00:00")
    again = await world.client.post(path, json=wanted, headers=headers)
    assert (again.status_code, again.json()) == (202, asked.json())
    assert [each["id"] for each in (await world.get(f"/bookings/{booking_id}/changes")).json()["items"]] == [
        request["id"]
    ]
    async with world.rt.db.write() as tx:
        await take_payment(tx, request["id"])
        await facade.apply_paid_change(tx, change_id=request["id"], now=world.rt.clock.now())
    seen = (await world.get(f"/bookings/{booking_id}")).json()
    assert (seen["departure"], seen["total"]["amount"], seen["status"]) == ("2026-07-06", 50_000, "confirmed")
    steps = (await world.get(f"/bookings/{booking_id}/history")).json()["items"]
    assert [step["action"] for step in steps] == ["create", "ask_change", "change"]
    assert (steps[-1]["data"]["before"]["departure"], steps[-1]["data"]["after"]["departure"]) == (
        "2026-07-04",
        "2026-07-06",
    )


async def test_a_change_needs_a_key_and_something_to_change(world: World) -> None:
    booking_id = await paid(world)
    headers = world.headers(world.guest)
    del headers["Idempotency-Key"]
    path = f"/api/v1/bookings/{booking_id}/changes"
    assert (await world.client.post(path, json={"adults": 1}, headers=headers)).status_code == 400
    same = await world.post(f"/bookings/{booking_id}/changes", {})
    assert (same.status_code, same.json()["code"]) == (422, "change_refused")
    odd = await world.post(f"/bookings/{booking_id}/changes", {"starts_at": "2026-07-01T10:00:00Z"})
    assert (odd.status_code, odd.json()["code"]) == (422, "invalid")
    wrong = await world.post(f"/bookings/{booking_id}/changes", {"departure": "2026-07-06", "expected_difference": 1})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "difference_changed")


async def test_what_is_somebody_elses_is_not_there(world: World) -> None:
    booking_id = await paid(world)
    async with world.rt.db.write() as tx:
        stranger = await a_user(tx)
    for path in ("changes/quote", "changes"):
        answer = await world.post(f"/bookings/{booking_id}/{path}", {"adults": 1}, stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")
    early = {"departure": "2026-07-02"}
    assert (await world.post(f"/bookings/{booking_id}/early-departure", early, stranger)).status_code == 404
    assert (await world.get(f"/bookings/{booking_id}/changes", stranger)).status_code == 404
    for action in ("check-in", "check-out"):
        assert (await world.put(f"/bookings/{booking_id}/{action}", world.guest)).status_code == 404
    generous = await world.post(f"/bookings/{booking_id}/changes", {"adults": 1, "giving": "full"})
    assert generous.status_code == 404
    gone = await world.client.delete(
        f"/api/v1/bookings/{booking_id}/changes/{new_id()}", headers=world.headers(world.guest)
    )
    assert (gone.status_code, gone.json()["code"]) == (404, "change_not_found")


async def test_a_change_that_waits_is_withdrawn(world: World) -> None:
    booking_id = await paid(world)
    asked = (await world.post(f"/bookings/{booking_id}/changes", {"departure": "2026-07-06"})).json()
    path = f"/api/v1/bookings/{booking_id}/changes/{asked['request']['id']}"
    for _ in range(2):
        assert (await world.client.delete(path, headers=world.headers(world.guest))).status_code == 204
    items = (await world.get(f"/bookings/{booking_id}/changes")).json()["items"]
    assert [each["status"] for each in items] == ["withdrawn"]


async def test_staff_check_in_and_out_and_the_guest_sees_what_leaving_gives(world: World) -> None:
    booking_id = await paid(world)
    world.rt.clock.at += timedelta(days=30)  # type: ignore[attr-defined]
    inside = await world.put(f"/bookings/{booking_id}/check-in", world.host)
    assert (inside.status_code, inside.json()["status"]) == (200, "in_progress")
    shown = await world.get(f"/bookings/{booking_id}/early-departure?departure=2026-07-02")
    assert shown.status_code == 200
    assert (shown.json()["nights"], shown.json()["refund"]["amount"]) == (2, 0)
    left = await world.post(f"/bookings/{booking_id}/early-departure", {"departure": "2026-07-02"})
    assert (left.status_code, left.json()["booking"]["departure"]) == (200, "2026-07-02")
    out = await world.put(f"/bookings/{booking_id}/check-out", world.host)
    assert (out.status_code, out.json()["status"]) == (200, "completed")


async def test_a_host_sees_what_accepting_would_do(client: httpx.AsyncClient) -> None:
    world = await a_world(client, instant=False)
    booking_id = (await world.book()).json()["id"]
    seen = await world.get(f"/bookings/{booking_id}/acceptance", world.host)
    assert seen.json() == {
        "booking_id": booking_id,
        "possible": True,
        "refusal": None,
        "rival_requests": [],
        "waiting": 0,
    }
    assert (await world.get(f"/bookings/{booking_id}/acceptance")).status_code == 404
