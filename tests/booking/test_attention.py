"""What goes wrong with money reaches a person."""

from datetime import datetime

import httpx

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import Actor, BookingStatus, Change
from hospes.modules.booking.subscribers import note_money_matter
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.booking.test_booking_api import a_world
from tests.builders.booking import a_booking, a_stay
from tests.builders.identity import an_admin
from tests.conftest import NOW


def failed(paid_for: object, now: datetime) -> Event:
    data = {"booking_id": str(paid_for), "amount": 30_000, "currency": "EUR", "reason": "refund_refused"}
    return Event(new_id(), "payment.refund_failed", paid_for, data, now)  # type: ignore[arg-type]


async def test_a_refund_that_fails_is_noted_once_for_the_booking_or_its_change(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        booking = await a_booking(tx, await a_stay(tx), status=BookingStatus.CONFIRMED)
        asked = await facade.change_booking(
            tx,
            booking_id=booking.id,
            change=Change(departure=booking.departure.replace(day=6)),
            actor=Actor.GUEST,
            actor_id=booking.guest_id,
            provider="sandbox",
            now=NOW,
        )
    assert asked.request is not None
    for event in (failed(booking.id, NOW), failed(asked.request.id, NOW), failed(new_id(), NOW)):
        for _ in range(2):
            await note_money_matter(runtime, event)
    async with runtime.db.read() as tx:
        found = await queries.list_attention(tx)
        told = await queries.list_events(tx, booking.id, ["booking.attention_needed"], 0)
    assert [(each.booking_id, each.kind) for each in found] == [(booking.id, "refund_failed")] * 2
    assert {each.data["booking_id"] for each in found} == {str(booking.id), str(asked.request.id)}
    assert len(told) == 2


async def test_an_admin_sees_what_needs_them_and_notes_that_it_is_done(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    async with world.rt.db.write() as tx:
        booking = await a_booking(tx, world.stay)
        admin = await an_admin(tx)
    await note_money_matter(world.rt, failed(booking.id, NOW))
    items = (await world.get("/admin/attention", admin)).json()["items"]
    assert [(each["booking_id"], each["kind"], each["data"]["amount"]) for each in items] == [
        (str(booking.id), "refund_failed", 30_000)
    ]
    path = f"/admin/attention/{items[0]['id']}/resolve"
    done = await world.put(path, admin, {"note": "Sent by bank transfer."})
    assert (done.status_code, done.json()["note"]) == (200, "Sent by bank transfer.")
    again = await world.put(path, admin, {"note": "Twice"})
    assert again.json() == done.json()
    assert (await world.get("/admin/attention", admin)).json()["items"] == []
    assert len((await world.get("/admin/attention?resolved=true", admin)).json()["items"]) == 1
    assert (await world.get("/admin/attention", world.host)).status_code == 403
    assert (await world.put(f"/admin/attention/{new_id()}/resolve", admin)).status_code == 404
