"""The waitlist: who waits longest is offered what becomes free, as a hold of their own."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from hospes.modules.booking import facade, queries, subscribers
from hospes.modules.booking.contracts import Actor, Booking, Hours, Nights, Party, WaitEntry, WaitStatus, Wish
from hospes.modules.booking.errors import (
    AlreadyWaiting,
    NotAllowed,
    NothingToWaitFor,
    TooManyGuests,
    WaitlistEntryNotFound,
)
from hospes.modules.booking.jobs import offer
from hospes.modules.inventory.errors import HoldExpired
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.booking.test_booking_api import a_world
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay
from tests.builders.identity import a_user
from tests.builders.inventory import live_claims
from tests.builders.schedules import HOUR, MORNING, with_schedule

W = WaitStatus
WHEN = Nights(ARRIVAL, DEPARTURE)


async def wait(tx: WriteTx, stay: Stay, now: datetime, when: Any = WHEN, **more: Any) -> WaitEntry:
    """Somebody new waits."""
    guest = (await a_user(tx)).id
    wish = Wish(stay.resource_id, when, Party(2))
    return await facade.join_waitlist(tx, wish, guest_id=guest, now=now, **more)


async def seen(tx: Any, entry: WaitEntry) -> WaitEntry:
    found = await queries.find_entry(tx, entry.id, entry.guest_id)
    assert found is not None
    return found


async def cancel(tx: WriteTx, booking: Booking, now: datetime) -> None:
    await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=now)


async def test_who_waits_longest_is_offered_a_hold_of_half_an_hour(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    first, second = await wait(tx, stay, now), await wait(tx, stay, now)
    assert (first.ahead, second.ahead) == (0, 1)
    assert await facade.offer_places(tx, stay.resource_id, now=now) == 0
    await cancel(tx, booking, now)
    assert await facade.offer_places(tx, stay.resource_id, now=now) == 1
    offered, waiting = await seen(tx, first), await seen(tx, second)
    assert (offered.status, offered.offered_until) == (W.OFFERED, now + timedelta(minutes=30))
    assert (waiting.status, waiting.ahead) == (W.WAITING, 0)
    assert await live_claims(tx, stay.resource_id) == 1
    rows = await tx.all("SELECT type, data FROM platform.outbox WHERE aggregate_id = %s ORDER BY id", (first.id,))
    assert [row["type"] for row in rows] == ["waitlist.joined", "waitlist.offered"]
    assert rows[-1]["data"]["hold_id"] == str(offered.hold_id)
    assert await facade.offer_places(tx, stay.resource_id, now=now) == 0


async def test_an_offer_becomes_a_booking(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    entry = await wait(tx, stay, now)
    with pytest.raises(NotAllowed):
        await facade.accept_offer(tx, guest_id=entry.guest_id, entry_id=entry.id, provider="sandbox", now=now)
    await cancel(tx, booking, now)
    await facade.offer_places(tx, stay.resource_id, now=now)
    with pytest.raises(WaitlistEntryNotFound):
        await facade.accept_offer(tx, guest_id=stay.guest_id, entry_id=entry.id, provider="sandbox", now=now)
    made = await facade.accept_offer(
        tx, guest_id=entry.guest_id, entry_id=entry.id, expected_total=30_000, provider="sandbox", now=now
    )
    assert (made.guest_id, made.arrival, made.total.amount) == (entry.guest_id, ARRIVAL, 30_000)
    assert (await seen(tx, entry)).status is W.BOOKED


async def test_an_offer_that_is_not_taken_goes_to_the_next(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    first, second = await wait(tx, stay, now), await wait(tx, stay, now)
    await cancel(tx, booking, now)
    await facade.offer_places(tx, stay.resource_id, now=now)
    late = now + timedelta(minutes=30)
    with pytest.raises(HoldExpired):
        await facade.accept_offer(tx, guest_id=first.guest_id, entry_id=first.id, provider="sandbox", now=late)
    assert await facade.expire_due(tx, now=late) == 1
    assert await facade.offer_places(tx, stay.resource_id, now=late) == 1
    assert ((await seen(tx, first)).status, (await seen(tx, second)).status) == (W.LAPSED, W.OFFERED)


async def test_leaving_passes_the_offer_on_and_can_be_repeated(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    first, second = await wait(tx, stay, now), await wait(tx, stay, now)
    await cancel(tx, booking, now)
    await facade.offer_places(tx, stay.resource_id, now=now)
    for _ in range(2):
        await facade.leave_waitlist(tx, guest_id=first.guest_id, entry_id=first.id, now=now)
    assert await live_claims(tx, stay.resource_id) == 0
    assert await facade.offer_places(tx, stay.resource_id, now=now) == 1
    assert ((await seen(tx, first)).status, (await seen(tx, second)).status) == (W.LEFT, W.OFFERED)


async def test_who_wants_less_is_served_when_the_first_cannot_be(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    one = await a_booking(tx, stay, arrival=ARRIVAL, departure=date(2026, 7, 3))
    await a_booking(tx, replace(stay, guest_id=(await a_user(tx)).id), arrival=date(2026, 7, 3), departure=DEPARTURE)
    long = await wait(tx, stay, now)
    short = await wait(tx, stay, now, Nights(ARRIVAL, date(2026, 7, 3)))
    await cancel(tx, one, now)
    assert await facade.offer_places(tx, stay.resource_id, now=now) == 1
    assert ((await seen(tx, long)).status, (await seen(tx, short)).status) == (W.WAITING, W.OFFERED)


async def test_two_places_are_offered_to_two_and_no_place_to_two(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=2, pooled=True)
    bookings = [await a_booking(tx, replace(stay, guest_id=(await a_user(tx)).id)) for _ in range(2)]
    entries = [await wait(tx, stay, now) for _ in range(3)]
    for each in bookings:
        await cancel(tx, each, now)
    assert await facade.offer_places(tx, stay.resource_id, now=now) == 2
    assert [(await seen(tx, each)).status for each in entries] == [W.OFFERED, W.OFFERED, W.WAITING]


async def test_nobody_waits_for_what_is_free_twice_or_for_what_can_never_be(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    wish = Wish(stay.resource_id, WHEN, Party(2))
    with pytest.raises(NothingToWaitFor):
        await facade.join_waitlist(tx, wish, guest_id=stay.guest_id, now=now)
    await a_booking(tx, stay)
    await facade.join_waitlist(tx, wish, guest_id=stay.guest_id, now=now)
    with pytest.raises(AlreadyWaiting):
        await facade.join_waitlist(tx, wish, guest_id=stay.guest_id, now=now)
    with pytest.raises(TooManyGuests):
        await facade.join_waitlist(tx, replace(wish, party=Party(9)), guest_id=stay.guest_id, now=now)


async def test_nobody_is_offered_a_time_that_has_begun(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay)
    entry = await wait(tx, stay, now)
    late = booking.check_in_at + timedelta(days=1)
    await tx.run("UPDATE inventory.claim SET released_at = %s WHERE owner_id = %s", (late, booking.id))
    assert await facade.offer_places(tx, stay.resource_id, now=late) == 0
    assert (await seen(tx, entry)).status is W.OVER


async def test_any_time_of_a_day_will_do(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, mode="timed", kind="DOCTOR_SLOT", rate={"base_amount": 6_000})
    await with_schedule(tx, stay.resource_id, slot_minutes=60, step_minutes=60)
    made = []
    for hour in range(2):
        start = MORNING + hour * HOUR
        wish = Wish(stay.resource_id, Hours(start, start + HOUR), Party(1))
        made.append(await facade.book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=now))
    day = Hours(MORNING, MORNING + 2 * HOUR)
    guest = (await a_user(tx)).id
    wish = Wish(stay.resource_id, day, Party(1))
    wider = replace(wish, when=Hours(MORNING, MORNING + 3 * HOUR))
    with pytest.raises(NothingToWaitFor):
        await facade.join_waitlist(tx, wider, guest_id=guest, minutes=60, now=now)
    entry = await facade.join_waitlist(tx, wish, guest_id=guest, minutes=60, now=now)
    await cancel(tx, made[1], now)
    assert await facade.offer_places(tx, stay.resource_id, now=now) == 1
    booking = await facade.accept_offer(tx, guest_id=guest, entry_id=entry.id, provider="sandbox", now=now)
    assert booking.check_in_at == MORNING + HOUR


def released(resource_id: UUID, now: datetime, **more: Any) -> Event:
    return Event(new_id(), "booking.cancelled", new_id(), {"resource_id": str(resource_id), **more}, now)


async def test_an_event_that_frees_a_place_makes_the_offer_once(runtime: Runtime, now: datetime) -> None:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        booking = await a_booking(tx, stay)
        entry = await wait(tx, stay, now)
        await cancel(tx, booking, now)
    event = released(stay.resource_id, now, resource_ids=[str(stay.resource_id)])
    for _ in range(2):
        await subscribers.offer_when_freed(runtime, event)
    async with runtime.db.read() as tx:
        assert (await seen(tx, entry)).status is W.OFFERED
        assert await live_claims(tx, stay.resource_id) == 1


async def test_a_place_nobody_swept_is_offered_by_the_clock(runtime: Runtime, now: datetime) -> None:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        await a_booking(tx, stay)
        entry = await wait(tx, stay, now)
    runtime.clock.at = now + timedelta(hours=1)  # type: ignore[attr-defined]
    await offer(runtime)
    async with runtime.db.read() as tx:
        assert (await seen(tx, entry)).status is W.OFFERED


async def test_the_waitlist_over_http(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    booking = (await world.book()).json()
    async with world.rt.db.write() as tx:
        other, stranger = await a_user(tx), await a_user(tx)
    body = {"resource_id": str(world.stay.resource_id), "arrival": "2026-07-01", "departure": "2026-07-04", "adults": 2}
    joined = await world.post("/waitlist", body, other)
    assert (joined.status_code, joined.json()["status"], joined.json()["ahead"]) == (201, "waiting", 0)
    entry = joined.json()
    assert (await world.post("/waitlist", body, other)).json()["code"] == "already_waiting"
    queue = (await world.get(f"/resources/{world.stay.resource_id}/waitlist", world.host)).json()
    assert (queue["waiting"], queue["offered"], queue["items"][0]["id"]) == (1, 0, entry["id"])
    assert (await world.get(f"/resources/{world.stay.resource_id}/waitlist", other)).status_code == 404
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/accept")):
        answer = await client.request(method, f"/api/v1/waitlist/{entry['id']}{path}", headers=world.headers(stranger))
        assert (answer.status_code, answer.json()["code"]) == (404, "waitlist_entry_not_found")
    assert (await world.put(f"/bookings/{booking['id']}/cancel", world.guest)).status_code == 200
    await subscribers.offer_when_freed(world.rt, released(world.stay.resource_id, world.rt.clock.now()))
    offered = (await world.get(f"/waitlist/{entry['id']}", other)).json()
    assert (offered["status"], offered["offered_until"]) == ("offered", "2026-06-01T10:30:00+00:00")
    headers = world.headers(other)
    first = await client.post(f"/api/v1/waitlist/{entry['id']}/accept", headers=headers)
    assert (first.status_code, first.json()["guest_id"]) == (201, str(other.id))
    again = await client.post(f"/api/v1/waitlist/{entry['id']}/accept", headers=headers)
    assert again.json() == first.json()
    mine = (await world.get("/waitlist", other)).json()["items"]
    assert [each["status"] for each in mine] == ["booked"]
