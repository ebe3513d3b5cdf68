"""Calling a departure off that has guests: seen first, then done, and finished whatever happens."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from hospes.modules.booking import facade, jobs
from hospes.modules.booking.contracts import Booking, BookingStatus, Change, Hold, Leaving, Party, Wish
from hospes.modules.inventory import facade as inventory
from hospes.platform.ids import new_id
from hospes.platform.jobs import run_waiting
from tests.booking.test_booking_api import World, a_world
from tests.builders.booking import take_payment
from tests.builders.identity import a_user
from tests.builders.schedules import MORNING, a_departure, places_taken
from tests.conftest import NOW, FixedClock

SAID = "The host has called this departure off. Storm."


@dataclass
class Tour:
    """A departure with its API."""

    world: World
    departure_id: UUID

    @property
    def path(self) -> str:
        return f"/resources/{self.world.stay.resource_id}/departures/{self.departure_id}"

    async def book(self, adults: int, *, paid: bool = True) -> Booking:
        """Somebody new with so many places, paid or not."""
        rt = self.world.rt
        async with rt.db.write() as tx:
            guest = await a_user(tx)
            wish = Wish(self.world.stay.resource_id, Leaving(self.departure_id), Party(adults))
            made = await facade.book_wish(tx, wish, guest_id=guest.id, provider="sandbox", now=NOW)
            if paid:
                await take_payment(tx, made.id)
                await facade.confirm_paid(tx, booking_id=made.id, now=NOW)
            return await facade.get_booking(tx, made.id)

    async def hold(self, adults: int) -> Hold:
        """Somebody new who is making up their mind."""
        async with self.world.rt.db.write() as tx:
            guest = await a_user(tx)
            wish = Wish(self.world.stay.resource_id, Leaving(self.departure_id), Party(adults))
            return await facade.hold_wish(tx, wish, guest_id=guest.id, now=NOW)

    async def call_off(self, **more: str) -> httpx.Response:
        """What is there now, after a look."""
        seen = await self.world.get(f"{self.path}/cancellation", self.world.host)
        return await self.world.post(
            f"{self.path}/cancellation", {"stamp": seen.json()["stamp"], **more}, self.world.host
        )

    async def status(self, booking: Booking) -> str:
        async with self.world.rt.db.read() as tx:
            return str((await facade.get_booking(tx, booking.id)).status)

    async def taken(self) -> tuple[int, int]:
        async with self.world.rt.db.read() as tx:
            return await places_taken(tx, self.departure_id)

    async def work(self) -> None:
        await run_waiting(self.world.rt, jobs.TASKS, queues=["booking"])


@pytest.fixture
async def tour(client: httpx.AsyncClient) -> Tour:
    world = await a_world(
        client, mode="departure", kind="TOUR", max_guests=10, rate={"base_amount": 4_500}, policy="non_refundable"
    )
    async with world.rt.db.write() as tx:
        _, departure_id = await a_departure(tx, world.stay.resource_id)
    return Tour(world, departure_id)


async def test_it_is_seen_first_and_then_everybody_is_cancelled_and_gets_everything_back(tour: Tour) -> None:
    paid, other, unpaid = await tour.book(2), await tour.book(1), await tour.book(3, paid=False)
    await tour.hold(1)
    seen = (await tour.world.get(f"{tour.path}/cancellation", tour.world.host)).json()
    assert [(each["id"], each["places"], each["refund"]["amount"]) for each in seen["bookings"]] == [
        (str(paid.id), 2, 9_000),
        (str(other.id), 1, 4_500),
        (str(unpaid.id), 3, 0),
    ]
    assert (seen["status"], seen["guests"], seen["others"]) == ("scheduled", 6, 1)
    assert seen["refunds"] == [{"amount": 13_500, "currency": "EUR"}]
    assert [await tour.status(each) for each in (paid, other, unpaid)] == ["confirmed", "confirmed", "pending_payment"]
    done = await tour.call_off(reason="Storm.")
    assert (done.status_code, done.json()["status"], len(done.json()["bookings"])) == (202, "cancelled", 3)
    await tour.work()
    assert [await tour.status(each) for each in (paid, other, unpaid)] == ["cancelled"] * 3
    assert await tour.taken() == (0, 0)
    left = (await tour.world.get(f"{tour.path}/cancellation", tour.world.host)).json()
    assert (left["bookings"], left["others"], left["status"]) == ([], 0, "cancelled")
    async with tour.world.rt.db.read() as tx:
        refunds = await tx.all("SELECT a.amount FROM payments.attempt AS a WHERE a.kind = 'refund' ORDER BY a.amount")
        steps = await tx.all(
            "SELECT h.actor, h.note, h.to_status FROM booking.history AS h WHERE h.booking_id = %s ORDER BY h.step",
            (paid.id,),
        )
        facts = await tx.all("SELECT o.aggregate_id FROM platform.outbox AS o WHERE o.type = 'booking.cancelled'")
    assert [row["amount"] for row in refunds] == [4_500, 9_000]
    assert tuple(steps[-1].values()) == ("host", SAID, "cancelled")
    assert {row["aggregate_id"] for row in facts} == {paid.id, other.id, unpaid.id}


async def test_who_books_after_the_look_is_not_cancelled_unseen(tour: Tour) -> None:
    await tour.book(2)
    seen = (await tour.world.get(f"{tour.path}/cancellation", tour.world.host)).json()
    late = await tour.book(1)
    answer = await tour.world.post(f"{tour.path}/cancellation", {"stamp": seen["stamp"]}, tour.world.host)
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_changed")
    assert "2 bookings now, €135 goes back" in answer.json()["detail"]
    await tour.work()
    assert await tour.status(late) == "confirmed"
    async with tour.world.rt.db.read() as tx:
        departure = await inventory.get_departure(tx, tour.world.stay.resource_id, tour.departure_id, now=NOW)
    assert departure.status == "scheduled"


async def test_nobody_books_holds_or_moves_there_once_the_sale_has_stopped(tour: Tour) -> None:
    world = tour.world
    async with world.rt.db.write() as tx:
        _, elsewhere = await a_departure(tx, world.stay.resource_id, starts_at=MORNING + timedelta(days=1),
                                         ends_at=MORNING + timedelta(days=1, hours=3))  # fmt: skip
    there = await Tour(world, elsewhere).book(1)
    assert (await tour.call_off()).status_code == 202
    body = {"resource_id": str(world.stay.resource_id), "departure_id": str(tour.departure_id), "adults": 1}
    for path in ("/bookings", "/holds"):
        answer = await world.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "departure_closed")
    guest = {"booking_id": there.id, "actor": "guest", "now": NOW}
    async with world.rt.db.write() as tx:
        found = await facade.quote_change(tx, change=Change(departure_id=tour.departure_id), **guest)  # type: ignore[arg-type]
    assert [each.code for each in found.refusals] == ["departure_closed"]


async def test_a_hold_taken_before_and_booked_after_the_sale_has_stopped_is_cancelled_too(tour: Tour) -> None:
    held = await tour.hold(2)
    assert (await tour.call_off()).status_code == 202
    async with tour.world.rt.db.write() as tx:
        made = await facade.book_hold(tx, guest_id=held.guest_id, hold_id=held.id, provider="sandbox", now=NOW)
        await take_payment(tx, made.id)
        await facade.confirm_paid(tx, booking_id=made.id, now=NOW)
    await tour.work()
    assert (await tour.status(made), await tour.taken()) == ("cancelled", (0, 0))


async def test_a_job_that_dies_half_way_is_finished_by_the_next(tour: Tour) -> None:
    bookings = [await tour.book(1) for _ in range(3)]
    assert (await tour.call_off()).status_code == 202
    rt, said = tour.world.rt, {"actor": "host", "actor_id": str(tour.world.host.id), "reason": ""}
    async with rt.db.write() as tx:  # the second booking cannot be had, so the job stands there when it dies
        await tx.run("SELECT b.id FROM booking.booking AS b WHERE b.id = %s FOR UPDATE", (bookings[1].id,))
        work = asyncio.create_task(jobs.call_off(rt, departure_id=str(tour.departure_id), **said))
        while await tour.status(bookings[0]) != "cancelled":
            await asyncio.sleep(0.01)
        work.cancel()
        await asyncio.wait([work])
    assert [await tour.status(each) for each in bookings] == ["cancelled", "confirmed", "confirmed"]
    await tour.work()
    assert [await tour.status(each) for each in bookings] == ["cancelled"] * 3
    async with rt.db.read() as tx:
        row = await tx.find("SELECT count(*) AS n FROM payments.attempt AS a WHERE a.kind = 'refund'")
    assert row == {"n": 3}


async def test_what_is_put_on_sale_again_keeps_who_is_left(tour: Tour) -> None:
    booking = await tour.book(2)
    assert (await tour.call_off()).status_code == 202
    async with tour.world.rt.db.write() as tx:
        await tx.run("UPDATE inventory.departure SET status = 'scheduled' WHERE id = %s", (tour.departure_id,))
    await tour.work()
    assert await tour.status(booking) == "confirmed"


async def test_one_booking_that_is_refused_does_not_keep_the_others(tour: Tour) -> None:
    odd, fine = await tour.book(1), await tour.book(1)
    async with tour.world.rt.db.write() as tx:  # more than was ever paid for it
        await tx.run("UPDATE booking.booking SET total = 2 * total WHERE id = %s", (odd.id,))
    assert (await tour.call_off()).status_code == 202
    await tour.work()
    assert [await tour.status(each) for each in (odd, fine)] == ["confirmed", "cancelled"]


async def test_a_departure_that_has_left_is_not_called_off(tour: Tour, clock: FixedClock) -> None:
    await tour.book(1)
    clock.at = MORNING
    answer = await tour.call_off()
    assert (answer.status_code, answer.json()["code"]) == (409, "departure_closed")


async def test_strangers_and_guests_find_no_such_thing(tour: Tour) -> None:
    await tour.book(1)
    async with tour.world.rt.db.write() as tx:
        stranger = await a_user(tx)
    for who in (stranger, tour.world.guest):
        assert (await tour.world.get(f"{tour.path}/cancellation", who)).status_code == 404
        assert (await tour.world.post(f"{tour.path}/cancellation", {"stamp": "x"}, who)).status_code == 404
    gone = replace(tour, departure_id=new_id())
    assert (await gone.world.get(f"{gone.path}/cancellation", tour.world.host)).status_code == 404
    assert (await tour.world.post(f"{tour.path}/cancellation", {}, tour.world.host)).status_code == 422


async def test_the_host_sees_the_list_calls_it_off_and_sees_that_nobody_is_left(tour: Tour) -> None:
    booking = await tour.book(2)
    page = f"/host/departures/{tour.world.stay.resource_id}/{tour.departure_id}"
    headers = {**tour.world.headers(tour.world.host), "Accept": "text/html"}
    shown = (await tour.world.client.get(page, headers=headers)).text
    assert (booking.reference in shown, f'href="{page}/cancel"' in shown) == (True, True)
    asked = (await tour.world.client.get(f"{page}/cancel", headers=headers)).text
    assert ("1 booking, 2 guests" in asked, "€90" in asked, "Call it off and cancel the booking" in asked) == (
        True,
    ) * 3
    stale = await tour.world.client.post(f"{page}/cancel", data={"stamp": "old"}, headers=headers)
    assert (stale.status_code, "Somebody has booked or cancelled since" in stale.text) == (409, True)
    seen = (await tour.world.get(f"{tour.path}/cancellation", tour.world.host)).json()
    done = await tour.world.client.post(f"{page}/cancel", data={"stamp": seen["stamp"]}, headers=headers)
    assert done.status_code == 303
    await tour.work()
    after = (await tour.world.client.get(page, headers=headers)).text
    assert ("Nobody yet." in after, "Call this departure off" in after) == (True, False)
    assert await tour.status(booking) == BookingStatus.CANCELLED
