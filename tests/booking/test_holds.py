"""Holds: renewed once, warned of before their end, and not too many from one address."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from hospes.modules.booking import facade, throttle
from hospes.modules.booking.contracts import Hold
from hospes.modules.booking.errors import HoldNotFound, HoldRenewed, TooManyHoldsFromHere
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import HoldExpired
from hospes.modules.pricing.contracts import Party
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.booking.test_booking_api import World, a_world
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay


async def hold(tx: WriteTx, stay: Stay, now: datetime) -> Hold:
    return await facade.place_hold(
        tx,
        guest_id=stay.guest_id,
        resource_id=stay.resource_id,
        arrival=ARRIVAL,
        departure=DEPARTURE,
        party=Party(2),
        now=now,
    )


async def warnings_of(tx: WriteTx, held: Hold) -> list[dict[str, Any]]:
    rows = await tx.all(
        "SELECT data FROM platform.outbox WHERE aggregate_id = %s AND type = 'hold.expiring' ORDER BY id", (held.id,)
    )
    return [row["data"] for row in rows]


async def test_a_hold_is_renewed_once_for_a_quarter_of_an_hour(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    held = await hold(tx, stay, now)
    later = now + timedelta(minutes=10)
    renewed = await facade.renew_hold(tx, guest_id=stay.guest_id, hold_id=held.id, now=later)
    assert (renewed.expires_at, renewed.renewed) == (now + timedelta(minutes=30), True)
    assert [each.held_until for each in await inventory.claims_of(tx, held.id)] == [now + timedelta(minutes=30)]
    with pytest.raises(HoldRenewed):
        await facade.renew_hold(tx, guest_id=stay.guest_id, hold_id=held.id, now=later)
    booking = await facade.book_hold(
        tx, guest_id=stay.guest_id, hold_id=held.id, provider="sandbox", now=now + timedelta(minutes=29)
    )
    assert booking.total.amount == 30_000


async def test_a_hold_that_is_over_or_somebody_elses_is_not_renewed(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    held = await hold(tx, stay, now)
    with pytest.raises(HoldNotFound):
        await facade.renew_hold(tx, guest_id=stay.owner_id, hold_id=held.id, now=now)
    with pytest.raises(HoldExpired):
        await facade.renew_hold(tx, guest_id=stay.guest_id, hold_id=held.id, now=now + timedelta(minutes=15))


async def test_a_guest_is_warned_once_a_minute_before_the_end_and_again_after_renewing(
    tx: WriteTx, now: datetime
) -> None:
    stay = await a_stay(tx)
    held = await hold(tx, stay, now)
    assert await facade.warn_of_expiry(tx, now=now + timedelta(minutes=13, seconds=59)) == 0
    assert await facade.warn_of_expiry(tx, now=now + timedelta(minutes=14, seconds=5)) == 1
    assert await facade.warn_of_expiry(tx, now=now + timedelta(minutes=14, seconds=6)) == 0
    told = await warnings_of(tx, held)
    assert [(each["seconds"], each["renewable"], each["guest_id"]) for each in told] == [(55, True, str(stay.guest_id))]
    await facade.renew_hold(tx, guest_id=stay.guest_id, hold_id=held.id, now=now + timedelta(minutes=14, seconds=30))
    assert await facade.warn_of_expiry(tx, now=now + timedelta(minutes=29)) == 1
    assert [each["renewable"] for each in await warnings_of(tx, held)] == [True, False]


async def test_a_payment_whose_bank_still_asks_gets_half_an_hour_more(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    await tx.run("UPDATE payments.payment SET status = 'needs_action' WHERE booking_id = %s", (booking.id,))
    assert await facade.expire_due(tx, now=now + timedelta(minutes=44)) == 0
    assert await facade.expire_due(tx, now=now + timedelta(minutes=45)) == 1


async def test_nobody_is_warned_of_what_is_over(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    held = await hold(tx, stay, now)
    assert await facade.warn_of_expiry(tx, now=now + timedelta(minutes=15)) == 0
    await facade.release_hold(tx, guest_id=stay.guest_id, hold_id=held.id, now=now)
    assert await facade.warn_of_expiry(tx, now=now + timedelta(minutes=14, seconds=30)) == 0


async def test_one_address_keeps_only_so_many_places_in_ten_minutes(runtime: Runtime, now: datetime) -> None:
    for _ in range(throttle.HOLDS):
        await throttle.count_hold(runtime.valkey, "10.0.0.1", now=now)
    with pytest.raises(TooManyHoldsFromHere) as refusal:
        await throttle.count_hold(runtime.valkey, "10.0.0.1", now=now)
    assert refusal.value.retry_after == 600
    await throttle.count_hold(runtime.valkey, "10.0.0.2", now=now)
    await throttle.count_hold(runtime.valkey, "10.0.0.1", now=now + timedelta(minutes=10))


async def test_while_valkey_is_away_the_process_counts_by_itself(now: datetime) -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.1)
    address = f"lost-{new_id()}"
    for _ in range(throttle.HOLDS):
        await throttle.count_hold(away, address, now=now)
    with pytest.raises(TooManyHoldsFromHere):
        await throttle.count_hold(away, address, now=now)
    await away.aclose()


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    return await a_world(client)


async def test_a_hold_says_how_long_it_lasts_and_whether_it_can_be_renewed(world: World) -> None:
    body = {"resource_id": str(world.stay.resource_id), "arrival": "2026-07-01", "departure": "2026-07-04", "adults": 2}
    held = (await world.post("/holds", body)).json()
    assert (held["seconds_left"], held["renewable"]) == (900, True)
    world.rt.clock.at += timedelta(seconds=600)  # type: ignore[attr-defined]
    assert (await world.get(f"/holds/{held['id']}")).json()["seconds_left"] == 300
    renewed = await world.post(f"/holds/{held['id']}/renew", {})
    assert (renewed.status_code, renewed.json()["seconds_left"], renewed.json()["renewable"]) == (200, 1200, False)
    again = await world.post(f"/holds/{held['id']}/renew", {})
    assert (again.status_code, again.json()["code"]) == (409, "hold_renewed")
    assert (await world.post(f"/holds/{held['id']}/renew", {}, world.host)).status_code == 404
