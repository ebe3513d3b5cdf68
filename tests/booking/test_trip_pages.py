"""A trip's page: what it shows of the booking, its money and its series, its calendar event, and calling it off."""

import re
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus, Change, Party, Repeat, Wish
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime
from tests.booking.test_hours_and_departures import AT_NINE, a_doctor
from tests.booking.test_pages import as_guest, as_host, as_stranger
from tests.builders.booking import Stay, a_booking, a_stay, take_payment
from tests.catalog.signed_in import runtime_of

S = BookingStatus


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


async def booked(rt: Runtime, status: BookingStatus = S.CONFIRMED, **stay: Any) -> tuple[Stay, Booking]:
    async with rt.db.write() as tx:
        made = await a_stay(tx, **stay)
        return made, await a_booking(tx, made, status=status)


async def test_where_and_when_are_told_in_the_zone_of_the_place(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, zone="America/New_York")
    page = (await client.get(f"/trips/{booking.id}", headers=await as_guest(client, stay))).text
    assert 'Wed 1 Jul 2026<span class="muted">from 15:00, New York time' in page
    assert "<address>" in page
    assert 'http-equiv="refresh"' not in page


async def test_a_page_that_waits_for_money_follows_the_stream_and_has_a_link_to_itself(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    stay, booking = await booked(rt, S.PENDING_PAYMENT)
    async with rt.db.write() as tx:
        await take_payment(tx, booking.id)
        row = await tx.find("SELECT max(id) AS last FROM platform.outbox WHERE aggregate_id = %s", (booking.id,))
    page = (await client.get(f"/trips/{booking.id}", headers=await as_guest(client, stay))).text
    assert row is not None
    assert f'data-live="/api/v1/bookings/{booking.id}/events" data-live-last="{row["last"]}"' in page
    assert 'data-live-every="3"' in page
    assert "Your payment has arrived. We are confirming your booking" in page
    assert f'<a href="/trips/{booking.id}">Refresh</a>' in page
    assert 'http-equiv="refresh"' not in page


async def test_a_booking_that_is_over_follows_nothing(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, S.COMPLETED)
    page = (await client.get(f"/trips/{booking.id}", headers=await as_guest(client, stay))).text
    assert 'data-live=""' in page
    assert 'data-live-every="0"' in page


async def test_the_story_says_what_became_different_and_what_went_back(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, policy="flexible")
    async with rt.db.write() as tx:
        await facade.change_booking(
            tx,
            booking_id=booking.id,
            change=Change(departure=date(2026, 7, 3), adults=1),
            actor=Actor.GUEST,
            actor_id=stay.guest_id,
            provider="sandbox",
            now=rt.clock.now(),
        )
    guest = await as_guest(client, stay)
    page = (await client.get(f"/trips/{booking.id}", headers=guest)).text
    assert re.search(r"Changed<span[^>]*>1 Jul to 4 Jul becomes 1 Jul to 3 Jul; 2 adults becomes 1 adult; €\d", page)
    less = re.search(r"(€[\d.,]+) less", page)
    assert less is not None
    assert f"{less[1]} is on its way back to you." in page
    assert 'data-live-every="5"' in page
    async with rt.db.write() as tx:
        await tx.run(
            "UPDATE payments.payment SET status = 'partly_refunded', refunded = %s WHERE booking_id = %s",
            (booking.total.amount - (await facade.get_booking(tx, booking.id)).total.amount, booking.id),
        )
    page = (await client.get(f"/trips/{booking.id}", headers=guest)).text
    assert f"{less[1]} has gone back to you." in page
    assert "is on its way back" not in page


async def test_the_calendar_event_keeps_its_uid_and_counts_its_versions(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}.ics"
    first = await client.get(path, headers=guest)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = first.text.replace("\r\n ", "").split("\r\n")
    for line in (
        f"UID:trip-{booking.id}@hospes",
        "DTSTART:20260701T130000Z",
        "DTEND:20260704T090000Z",
        f"SEQUENCE:{booking.version}",
        "STATUS:CONFIRMED",
        f"URL:http://test/trips/{booking.id}",
    ):
        assert line in lines
    assert any(line.startswith("DESCRIPTION:") and "Check-in from 01 Jul 2026 15:00" in line for line in lines)
    assert (await client.get(path, headers=guest)).text == first.text
    async with rt.db.write() as tx:
        done, _ = await facade.cancel_booking(
            tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=rt.clock.now()
        )
    after = (await client.get(path, headers=guest)).text
    assert f"UID:trip-{booking.id}@hospes\r\n" in after
    assert "STATUS:CANCELLED\r\n" in after
    assert done.version > booking.version
    assert f"SEQUENCE:{done.version}\r\n" in after


async def test_a_request_tells_no_street_to_a_calendar(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, S.PENDING_PAYMENT)
    text = (await client.get(f"/trips/{booking.id}.ics", headers=await as_guest(client, stay))).text
    assert "STATUS:TENTATIVE\r\n" in text
    assert f"LOCATION:{booking.terms.city}\\, {booking.terms.country}\r\n" in text


async def test_strangers_find_neither_page_nor_calendar(client: httpx.AsyncClient, rt: Runtime) -> None:
    _, booking = await booked(rt)
    stranger = await as_stranger(client)
    for path in ("", ".ics", "/cancel"):
        assert (await client.get(f"/trips/{booking.id}{path}", headers=stranger)).status_code == 404
    answer = await client.post(f"/trips/{booking.id}/cancel", data={"scope": "following"}, headers=stranger)
    assert answer.status_code == 404


async def a_series(tx: WriteTx, now: datetime) -> tuple[Stay, list[Booking]]:
    """Four appointments on Wednesdays at nine, paid for."""
    stay = await a_doctor(tx)
    wish = Wish(stay.resource_id, AT_NINE, Party(1))
    made, _ = await facade.book_series(
        tx, wish, Repeat(1, count=4), guest_id=stay.guest_id, provider="sandbox", now=now
    )
    for each in made:
        await tx.run("UPDATE booking.booking SET status = 'confirmed', decide_by = NULL WHERE id = %s", (each.id,))
        await tx.run("UPDATE inventory.claim SET held_until = NULL WHERE owner_id = %s", (each.id,))
        await take_payment(tx, each.id, now=now)
    return stay, [await facade.get_booking(tx, each.id) for each in made]


async def test_an_appointment_of_a_series_shows_the_others(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay, made = await a_series(tx, rt.clock.now())
    page = (await client.get(f"/trips/{made[1].id}", headers=await as_guest(client, stay))).text
    assert "4 in this series" in page
    assert [f'href="/trips/{each.id}"' in page for each in made] == [True, False, True, True]
    assert '<span aria-current="true">Wed 8 Jul 2026, 09:00 to 09:30</span>' in page


async def test_of_a_series_this_one_or_all_that_follow_are_cancelled(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay, made = await a_series(tx, rt.clock.now())
    guest, path = await as_guest(client, stay), f"/trips/{made[1].id}/cancel"
    page = (await client.get(path, headers=guest)).text
    assert "This and all that follow" in page
    assert "3 bookings, the last one Wed 22 Jul 2026, 09:00 to 09:30" in page
    of_all = re.search(r'name="expected_following" value="(\d+)"', page)
    assert of_all is not None
    assert int(of_all[1]) == 3 * 3_000
    wrong = await client.post(path, data={"scope": "following", "expected_following": "1"}, headers=guest)
    assert wrong.status_code == 409
    assert "The refund is €90 now." in wrong.text
    assert re.search(r'value="following" checked', wrong.text)
    form = {"scope": "following", "expected_following": of_all[1], "expected_refund": "3000"}
    done = await client.post(path, data=form, headers=guest)
    assert (done.status_code, done.headers["location"]) == (303, f"/trips/{made[1].id}")
    async with rt.db.read() as tx:
        found = [(await facade.get_booking(tx, each.id)).status for each in made]
    assert found == [S.CONFIRMED, S.CANCELLED, S.CANCELLED, S.CANCELLED]


async def test_one_of_a_series_is_cancelled_by_itself(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay, made = await a_series(tx, rt.clock.now())
    guest, path = await as_guest(client, stay), f"/trips/{made[0].id}/cancel"
    done = await client.post(path, data={"scope": "one", "expected_refund": "3000"}, headers=guest)
    assert done.status_code == 303
    async with rt.db.read() as tx:
        found = [(await facade.get_booking(tx, each.id)).status for each in made]
    assert found == [S.CANCELLED, S.CONFIRMED, S.CONFIRMED, S.CONFIRMED]
    page = (await client.get(f"/trips/{made[0].id}", headers=guest)).text
    assert "€30 is on its way back to you." in page
    assert "Take it out of my calendar" in page


async def test_the_last_of_a_series_is_not_asked_about_what_follows(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay, made = await a_series(tx, rt.clock.now())
    page = (await client.get(f"/trips/{made[3].id}/cancel", headers=await as_guest(client, stay))).text
    assert "all that follow" not in page
    assert "You get back" in page


async def test_the_host_sees_that_the_guest_gets_everything_back(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, policy="non_refundable")
    page = (await client.get(f"/trips/{booking.id}/cancel", headers=await as_host(client, stay))).text
    assert "The guest gets back" in page
    assert f'name="expected_refund" value="{booking.total.amount}"' in page
    mine = (await client.get(f"/trips/{booking.id}/cancel", headers=await as_guest(client, stay))).text
    assert 'name="expected_refund" value="0"' in mine
