"""Bookings and holds as server-sent events: the past, then live; resumable; only for who may see them."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus, Change
from hospes.modules.booking.use_cases.follow_events import BOOKING, HOLD, follow_events, has_ended
from hospes.modules.pricing.contracts import Party
from hospes.platform.runtime import Runtime
from tests.booking.test_booking_api import World, a_world
from tests.builders.booking import ARRIVAL, DEPARTURE, a_booking, a_stay
from tests.builders.identity import a_user, an_admin
from tests.conftest import NOW


async def read(stream: Any, count: int) -> list[tuple[int, str, dict[str, Any]]]:
    """The next frames that are events."""
    found: list[tuple[int, str, dict[str, Any]]] = []
    async for raw in stream:
        if raw.startswith(b"id: "):
            number, kind, data = (line.split(b": ", 1)[1] for line in raw.strip().split(b"\n"))
            found.append((int(number), kind.decode(), orjson.loads(data)))
            if len(found) == count:
                return found
    return found


async def cancel(rt: Runtime, booking: Booking) -> None:
    async with rt.db.write() as tx:
        await facade.cancel_booking(
            tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=rt.clock.now()
        )


async def test_a_stream_tells_the_past_then_what_happens_and_ends_with_the_booking(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    await runtime.ports.tail.start()
    try:
        stream = follow_events(runtime, BOOKING, booking.id, 0)
        first = await read(stream, 1)
        assert [kind for _, kind, _ in first] == ["booking.created"]
        waiting = asyncio.create_task(read(stream, 5))
        async with runtime.db.write() as tx:
            await facade.change_booking(
                tx,
                booking_id=booking.id,
                change=Change(adults=1),
                actor=Actor.GUEST,
                actor_id=booking.guest_id,
                provider="sandbox",
                now=NOW,
            )
        await cancel(runtime, booking)
        rest = await asyncio.wait_for(waiting, 10)
    finally:
        await runtime.ports.tail.stop()
    assert [kind for _, kind, _ in rest] == ["booking.changed", "booking.cancelled"]
    assert rest[0][2]["booking_id"] == str(booking.id)
    assert rest[1][2]["status"] == "cancelled"
    assert "guest_id" not in rest[1][2]
    assert not await has_ended(runtime, BOOKING, booking.id, first[0][0])
    assert await has_ended(runtime, BOOKING, booking.id, rest[-1][0])


async def test_a_stream_resumes_after_the_last_event_without_gap_or_repeat(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        booking = await a_booking(tx, await a_stay(tx))
    await cancel(runtime, booking)
    everything = await read(follow_events(runtime, BOOKING, booking.id, 0), 9)
    assert [kind for _, kind, _ in everything] == ["booking.created", "booking.cancelled"]
    rest = await read(follow_events(runtime, BOOKING, booking.id, everything[0][0]), 9)
    assert rest == everything[1:]


async def test_silence_is_filled_so_that_nothing_in_between_hangs_up(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        booking = await a_booking(tx, await a_stay(tx))
    stream = follow_events(runtime, BOOKING, booking.id, 0, heartbeat=0.01)
    frames = [await anext(stream) for _ in range(3)]
    assert frames[0] == b"retry: 2000\n\n"
    assert frames[2] == b": still here\n\n"


async def test_a_stream_of_a_hold_ends_when_it_is_released(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        held = await facade.place_hold(
            tx,
            guest_id=stay.guest_id,
            resource_id=stay.resource_id,
            arrival=ARRIVAL,
            departure=DEPARTURE,
            party=Party(2),
            now=NOW,
        )
        await facade.release_hold(tx, guest_id=stay.guest_id, hold_id=held.id, now=NOW)
    told = await read(follow_events(runtime, HOLD, held.id, 0), 9)
    assert [kind for _, kind, _ in told] == ["hold.created", "hold.released"]


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    return await a_world(client)


async def test_guest_host_and_admin_may_listen_and_nobody_else(world: World) -> None:
    booking = (await world.book()).json()
    path = f"/bookings/{booking['id']}/events"
    cancelled = await world.put(f"/bookings/{booking['id']}/cancel", world.guest)
    assert cancelled.status_code == 200
    async with world.rt.db.write() as tx:
        admin, stranger = await an_admin(tx), await a_user(tx)
    for who in (world.guest, world.host, admin):
        answer = await world.get(path, who)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.text.count("event: booking.") == 2
    assert (await world.get(path, stranger)).status_code == 404
    assert (await world.client.get(f"/api/v1{path}")).status_code == 401
    last = answer.text.rsplit("id: ", 1)[1].split("\n")[0]
    headers = {**world.headers(world.guest), "Last-Event-ID": last}
    assert (await world.client.get(f"/api/v1{path}", headers=headers)).status_code == 204
