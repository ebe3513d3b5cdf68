"""The page of what a guest waits for: queues, offers with their time, leaving, and nothing of anybody else's."""

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus, Hours, Nights, Party, WaitEntry, Wish
from hospes.modules.identity import facade as identity
from hospes.platform.runtime import Runtime
from tests.booking.test_hours_and_departures import AT_NINE, a_doctor
from tests.booking.test_pages import as_guest
from tests.builders.booking import Stay, a_booking, a_stay
from tests.builders.identity import a_user
from tests.builders.schedules import MORNING
from tests.catalog.signed_in import bearer, runtime_of

PAGE = "/trips/waiting"
DATES = Nights(date(2026, 7, 1), date(2026, 7, 4))


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


async def waiting(client: httpx.AsyncClient, rt: Runtime) -> tuple[Stay, Booking, WaitEntry, dict[str, str]]:
    """A booked stay, somebody who waits for its nights, and their headers."""
    async with rt.db.write() as tx:
        stay = await a_stay(tx)
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
        one = await a_user(tx)
        wish = Wish(stay.resource_id, DATES, Party(2))
        entry = await facade.join_waitlist(tx, wish, guest_id=one.id, now=rt.clock.now())
    return stay, booking, entry, bearer(client, one)


async def offer(rt: Runtime, stay: Stay, booking: Booking) -> None:
    """The nights become free, and who waits is offered them."""
    async with rt.db.write() as tx:
        await facade.cancel_booking(
            tx, booking_id=booking.id, actor=Actor.HOST, actor_id=stay.owner_id, now=rt.clock.now()
        )
        assert await facade.offer_places(tx, stay.resource_id, now=rt.clock.now()) == 1


async def test_who_waits_for_nothing_is_told_how_to(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        one = await a_user(tx)
    page = await client.get(PAGE, headers=bearer(client, one))
    assert page.status_code == 200
    assert "You wait for nothing" in page.text
    assert 'data-live-every="0"' in page.text
    assert (await client.get(PAGE)).status_code in (303, 401)


async def test_a_place_in_the_queue_says_what_for_and_how_many_are_before(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    stay, _, _, me = await waiting(client, rt)
    page = (await client.get(PAGE, headers=me)).text
    assert 'Wed 1 Jul 2026 to Sat 4 Jul 2026 <span class="muted">(Paris time)</span>' in page
    assert "You are the first in the queue." in page
    assert 'data-live-every="20"' in page
    async with rt.db.write() as tx:
        other = await a_user(tx)
        wish = Wish(stay.resource_id, DATES, Party(1))
        await facade.join_waitlist(tx, wish, guest_id=other.id, now=rt.clock.now())
    assert "1 person is before you." in (await client.get(PAGE, headers=bearer(client, other))).text


async def test_an_offer_leads_to_its_checkout_and_is_booked_there(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking, _, me = await waiting(client, rt)
    await offer(rt, stay, booking)
    page = (await client.get(PAGE, headers=me)).text
    assert "Kept for you until <strong>12:30</strong>" in page
    assert 'data-countdown="1800"' in page
    found = re.search(r'href="(/checkout/[0-9a-f-]+)">Book it', page)
    assert found is not None
    checkout = (await client.get(found[1], headers=me)).text
    assert "Keep it for me" not in checkout
    total = re.search(r'name="expected_total" value="(\d+)"', checkout)
    assert total is not None
    done = await client.post(found[1], data={"expected_total": total[1], "accept": "yes"}, headers=me)
    assert done.headers["location"].startswith("/pay/")
    async with rt.db.write() as tx:
        await facade.offer_places(tx, stay.resource_id, now=rt.clock.now())
    after = (await client.get(PAGE, headers=me)).text
    assert "Free for you now" not in after
    assert "Booked" in after


async def test_an_offer_that_ran_out_is_over_even_before_anybody_notes_it(
    client: httpx.AsyncClient, rt: Runtime, clock: Any
) -> None:
    stay, booking, entry, _ = await waiting(client, rt)
    await offer(rt, stay, booking)
    clock.at += timedelta(minutes=30)
    async with rt.db.read() as tx:
        me = bearer(client, await identity.get_user(tx, entry.guest_id))
    page = (await client.get(PAGE, headers=me)).text
    assert "Free for you now" not in page
    assert "The offer was not taken in time" in page


async def test_leaving_a_queue_or_refusing_an_offer_frees_it_for_others(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking, entry, me = await waiting(client, rt)
    await offer(rt, stay, booking)
    left = await client.post(f"{PAGE}/{entry.id}/leave", headers=me)
    assert (left.status_code, left.headers["location"]) == (303, PAGE)
    assert "You no longer wait" in (await client.get(PAGE, headers=me)).text
    assert (await client.post(f"{PAGE}/{entry.id}/leave", headers=me)).status_code == 303
    async with rt.db.write() as tx:
        wish = Wish(stay.resource_id, DATES, Party(2))
        hold = await facade.hold_wish(tx, wish, guest_id=stay.guest_id, now=rt.clock.now())
    assert hold.live(rt.clock.now())


async def test_a_strangers_place_in_a_queue_is_not_there(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, _, entry, me = await waiting(client, rt)
    stranger = await as_guest(client, stay)
    assert (await client.post(f"{PAGE}/{entry.id}/leave", headers=stranger)).status_code == 404
    assert str(entry.id) not in (await client.get(PAGE, headers=stranger)).text
    assert f"{PAGE}/{entry.id}/leave" in (await client.get(PAGE, headers=me)).text


async def test_any_time_of_a_length_is_said_as_that(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_doctor(tx)
        one = await a_user(tx)
        now = rt.clock.now()
        await facade.book_wish(
            tx, Wish(stay.resource_id, AT_NINE, Party(1)), guest_id=one.id, provider="sandbox", now=now
        )
        half = Hours(MORNING, MORNING + timedelta(minutes=30))
        await facade.join_waitlist(
            tx, Wish(stay.resource_id, half, Party(1)), guest_id=stay.guest_id, minutes=30, now=now
        )
    page = (await client.get(PAGE, headers=await as_guest(client, stay))).text
    assert "Any 30 minutes within Wed 1 Jul 2026, 09:00 to 09:30" in page
