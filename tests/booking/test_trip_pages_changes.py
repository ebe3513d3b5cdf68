"""Changing a booking on its pages: what it costs first, then the deed; leaving early; refusals and strangers."""

import html
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Booking, BookingStatus, Party, Wish
from hospes.platform.runtime import Runtime
from tests.booking.test_hours_and_departures import AT_NINE, a_doctor, a_tour
from tests.booking.test_pages import as_guest, as_host, as_stranger
from tests.booking.test_trip_pages import booked
from tests.builders.booking import Stay, a_booking, take_payment
from tests.builders.schedules import a_departure
from tests.catalog.signed_in import runtime_of

S = BookingStatus
LONGER = {"arrival": "2026-07-01", "departure": "2026-07-06", "adults": "2"}


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the posted form with this action."""
    form = page[page.index(f'method="post" action="{action}"') :]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")])
    return {name: html.unescape(value) for name, value in found}


async def now_of(rt: Runtime, booking: Booking) -> Booking:
    async with rt.db.read() as tx:
        return await facade.get_booking(tx, booking.id)


def main_of(page: str) -> str:
    """What the page is about, without the menus around it."""
    return page[page.index("<main") : page.index("</main>")]


async def paid_booking(rt: Runtime, stay: Stay, wish: Wish) -> Booking:
    """Booked and paid for."""
    async with rt.db.write() as tx:
        made = await facade.book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=rt.clock.now())
        await tx.run("UPDATE booking.booking SET status = 'confirmed', decide_by = NULL WHERE id = %s", (made.id,))
        await tx.run("UPDATE inventory.claim SET held_until = NULL WHERE owner_id = %s", (made.id,))
        await take_payment(tx, made.id, now=rt.clock.now())
        return await facade.get_booking(tx, made.id)


async def test_the_form_starts_as_it_is_booked_and_costs_nothing_yet(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt)
    page = (await client.get(f"/trips/{booking.id}/change", headers=await as_guest(client, stay))).text
    assert re.search(r'name="arrival" type="date" value="2026-07-01"', page)
    assert re.search(r'name="departure" type="date" value="2026-07-04"', page)
    assert "Say what should be otherwise" in page
    assert 'method="post"' not in main_of(page)


async def test_a_longer_stay_is_paid_first_and_waits_on_a_page_of_its_own(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    stay, booking = await booked(rt)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, params=LONGER, headers=guest)).text
    assert "was €100 × 3 nights" in page
    more = re.search(r"You pay (€[\d.,]+) more\. The change is made once that is paid\.", page)
    assert more is not None
    done = await client.post(path, data=hidden(page, path), headers=guest)
    assert done.status_code == 303
    change_id = UUID(done.headers["location"].removeprefix("/pay/"))
    assert (await now_of(rt, booking)).departure == date(2026, 7, 4)
    waits = (await client.get(f"/trips/{booking.id}/changes/{change_id}", headers=guest)).text
    assert "A change waits for its payment" in waits
    assert "Mon 1 Jun, 12:15</strong>" in waits
    assert f'href="/pay/{change_id}">Pay {more[1]}' in waits
    trip = (await client.get(f"/trips/{booking.id}", headers=guest)).text
    assert f'href="/pay/{change_id}">Pay {more[1]}' in trip
    assert "Wed 1 Jul 2026 to Mon 6 Jul 2026" in trip
    given_up = await client.post(f"/trips/{booking.id}/changes/{change_id}/withdraw", headers=guest)
    assert (given_up.status_code, given_up.headers["location"]) == (303, f"/trips/{booking.id}")
    after = (await client.get(f"/trips/{booking.id}/changes/{change_id}", headers=guest)).text
    assert "The change was given up" in after
    assert "/withdraw" not in after


async def test_a_paid_change_is_made_and_its_page_says_so(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, params=LONGER, headers=guest)).text
    done = await client.post(path, data=hidden(page, path), headers=guest)
    change_id = UUID(done.headers["location"].removeprefix("/pay/"))
    async with rt.db.write() as tx:
        await take_payment(tx, change_id, now=rt.clock.now())
    paying = (await client.get(f"/trips/{booking.id}/changes/{change_id}", headers=guest)).text
    assert "is being paid" in paying
    assert 'data-live-every="3"' in paying
    refused = await client.post(f"/trips/{booking.id}/changes/{change_id}/withdraw", headers=guest)
    assert "being%20paid%20right%20now" in refused.headers["set-cookie"]
    async with rt.db.write() as tx:
        await facade.apply_paid_change(tx, change_id=change_id, now=rt.clock.now())
    assert "The change is made" in (await client.get(f"/trips/{booking.id}/changes/{change_id}", headers=guest)).text
    assert (await now_of(rt, booking)).departure == date(2026, 7, 6)
    back = await client.get(f"/trips/{change_id}", headers=guest)
    assert back.headers["location"] == f"/trips/{booking.id}"


async def test_a_shorter_stay_gives_back_at_once_what_was_shown(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, policy="flexible")
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, params={**LONGER, "departure": "2026-07-03"}, headers=guest)).text
    assert re.search(r"You get (€[\d.,]+) back\.", page)
    fields = hidden(page, path)
    wrong = await client.post(path, data={**fields, "expected": "-1"}, headers=guest)
    assert wrong.status_code == 409
    assert "The change costs" in wrong.text
    assert hidden(wrong.text, path) == fields
    done = await client.post(path, data=fields, headers=guest)
    assert (done.status_code, done.headers["location"]) == (303, f"/trips/{booking.id}")
    changed = await now_of(rt, booking)
    assert changed.departure == date(2026, 7, 3)
    assert changed.total.amount - booking.total.amount == int(fields["expected"])


async def test_what_the_terms_keep_is_said(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, policy="non_refundable")
    path = f"/trips/{booking.id}/change"
    page = await client.get(path, params={**LONGER, "departure": "2026-07-03"}, headers=await as_guest(client, stay))
    assert re.search(
        r"Nothing is due, and nothing comes back\. €[\d.,]+ is kept by the cancellation terms\.", page.text
    )
    assert "Change it</button>" in page.text


@pytest.mark.parametrize(
    ("asked", "sentence", "field"),
    [
        ({"departure": "2026-07-01"}, "The departure must be after the arrival.", "departure"),
        ({"arrival": "soon"}, "Choose a day, such as 2026-07-14.", "arrival"),
        ({"adults": "0"}, "At least one adult has to come.", "adults"),
        ({"adults": "99"}, "There is room for 2 guests here.", "adults"),
        ({"pets": "1"}, "Pets cannot stay here.", "pets"),
        ({"children": "<b>"}, "Enter a whole number.", "children"),
        ({"rooms": "0"}, "Enter a number from 1 on.", "rooms"),
        ({"departure": "2026-07-04"}, "This is what is booked already.", ""),
    ],
)
async def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(
    client: httpx.AsyncClient, rt: Runtime, asked: dict[str, str], sentence: str, field: str
) -> None:
    stay, booking = await booked(rt, max_guests=2)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = await client.get(path, params={**LONGER, **asked}, headers=guest)
    assert page.status_code == 200
    assert sentence in page.text
    assert 'method="post"' not in main_of(page.text)
    if field:
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true" aria-describedby="[\w -]*{field}-error"', page.text)
        typed = asked[field].replace("<", "&lt;").replace(">", "&gt;")
        assert re.search(rf'name="{field}" type="\w+" value="{re.escape(typed)}"', page.text)
    posted = await client.post(path, data={**LONGER, **asked, "expected": "0"}, headers=guest)
    assert posted.status_code in (409, 422)
    assert sentence in posted.text


async def test_nights_that_another_has_are_refused(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt)
    async with rt.db.write() as tx:
        await a_booking(tx, stay, arrival=date(2026, 7, 4), departure=date(2026, 7, 6))
    page = await client.get(f"/trips/{booking.id}/change", params=LONGER, headers=await as_guest(client, stay))
    assert re.search(r'notice-bad" role="alert".*taken', page.text, re.S)


async def test_more_rooms_are_asked_for_where_there_are_more(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, units=3, pooled=True)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, params={**LONGER, "departure": "2026-07-04", "rooms": "2"}, headers=guest)).text
    assert re.search(r'name="rooms" type="number" value="2"', page)
    assert f"2 × {booking.terms.resource_name}" in page
    assert "You pay €" in page
    many = await client.get(path, params={**LONGER, "rooms": "9"}, headers=guest)
    assert 'method="post"' not in main_of(many.text)


async def test_a_booking_that_is_not_paid_yet_is_priced_anew_at_once(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, S.PENDING_PAYMENT)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, params=LONGER, headers=guest)).text
    assert re.search(r"It costs €[\d.,]+ more\. Nothing has been paid yet\.", page)
    done = await client.post(path, data=hidden(page, path), headers=guest)
    assert done.headers["location"] == f"/trips/{booking.id}"
    assert (await now_of(rt, booking)).departure == date(2026, 7, 6)


async def test_where_the_host_accepts_each_stay_a_longer_one_is_theirs_to_make(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    stay, booking = await booked(rt, instant=False)
    page = await client.get(f"/trips/{booking.id}/change", params=LONGER, headers=await as_guest(client, stay))
    assert "The host accepts stays here one by one: please ask them to make this change." in page.text


async def test_an_appointment_moves_to_another_time_of_the_week(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_doctor(tx)
    booking = await paid_booking(rt, stay, Wish(stay.resource_id, AT_NINE, Party(1)))
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, headers=guest)).text
    assert "1 Jul to 7 Jul 2026" in page
    assert "Paris time. Each lasts 30 minutes, as booked." in page
    assert f'value="{booking.check_in_at.isoformat()}"' not in page
    ten = (booking.check_in_at + timedelta(hours=1)).isoformat()
    assert f'name="start" value="{ten}"' in page
    assert "from=2026-07-08" in page
    chosen = (await client.get(path, params={"start": ten}, headers=guest)).text
    assert "Wed 1 Jul 2026, 10:00 to 10:30" in chosen
    assert "The price stays as it is." in chosen
    done = await client.post(path, data=hidden(chosen, path), headers=guest)
    assert done.headers["location"] == f"/trips/{booking.id}"
    changed = await now_of(rt, booking)
    assert (changed.check_in_at, changed.check_out_at) == (
        booking.check_in_at + timedelta(hours=1),
        booking.check_out_at + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("start", "sentence"),
    [("never", "Choose one of the times."), ("2026-07-01T08:10:00Z", ""), ("9999-12-31T23:59:00Z", "Choose one")],
)
async def test_a_time_that_is_none_is_refused(
    client: httpx.AsyncClient, rt: Runtime, start: str, sentence: str
) -> None:
    async with rt.db.write() as tx:
        stay = await a_doctor(tx)
    booking = await paid_booking(rt, stay, Wish(stay.resource_id, AT_NINE, Party(1)))
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = await client.get(path, params={"start": start}, headers=guest)
    assert page.status_code == 200
    assert 'id="start-error"' in page.text
    assert sentence in page.text
    assert 'method="post"' not in main_of(page.text)


async def test_places_move_to_another_departure_and_for_more_people(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay, leaving = await a_tour(tx, capacity=5)
        start = datetime(2026, 7, 8, 7, tzinfo=UTC)
        _, other = await a_departure(
            tx, stay.resource_id, capacity=4, starts_at=start, ends_at=start + timedelta(hours=3)
        )
    booking = await paid_booking(rt, stay, Wish(stay.resource_id, leaving, Party(2)))
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, headers=guest)).text
    assert f'value="{leaving.departure_id}" checked' in page
    assert "3 left" in page
    asked = {"departure_id": str(other), "adults": "2", "children": "0"}
    chosen = (await client.get(path, params=asked, headers=guest)).text
    assert "The price stays as it is." in chosen
    many = (await client.get(path, params={**asked, "adults": "5"}, headers=guest)).text
    assert 'method="post"' not in main_of(many)
    done = await client.post(path, data=hidden(chosen, path), headers=guest)
    assert done.headers["location"] == f"/trips/{booking.id}"
    assert (await now_of(rt, booking)).check_in_at == start


async def test_strangers_and_hosts_do_not_change_it_here(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, params=LONGER, headers=guest)).text
    fields = hidden(page, path)
    done = await client.post(path, data=fields, headers=guest)
    change_id = done.headers["location"].removeprefix("/pay/")
    stranger = await as_stranger(client)
    for at in (path, f"/trips/{booking.id}/leave", f"/trips/{booking.id}/changes/{change_id}"):
        assert (await client.get(at, headers=stranger)).status_code == 404
    for at in (path, f"/trips/{booking.id}/leave", f"/trips/{booking.id}/changes/{change_id}/withdraw"):
        answer = await client.post(
            at, data={**fields, "departure": "2026-07-03", "expected_refund": "0"}, headers=stranger
        )
        assert answer.status_code == 404
    host = await as_host(client, stay)
    assert (await client.get(path, headers=host)).headers["location"] == f"/host/bookings/{booking.id}#move"
    assert (await client.post(path, data=fields, headers=host)).headers["location"].endswith("#move")
    other_stay, other = await booked(rt)
    elsewhere = await as_guest(client, other_stay)
    assert (await client.get(f"/trips/{other.id}/changes/{change_id}", headers=elsewhere)).status_code == 404


async def test_what_is_over_is_not_changed(client: httpx.AsyncClient, rt: Runtime) -> None:
    stay, booking = await booked(rt, S.COMPLETED)
    guest = await as_guest(client, stay)
    for path in (f"/trips/{booking.id}/change", f"/trips/{booking.id}/leave"):
        assert (await client.get(path, headers=guest)).headers["location"] == f"/trips/{booking.id}"


async def a_stay_begun(rt: Runtime, clock: Any) -> tuple[Stay, Booking]:
    stay, booking = await booked(rt, S.IN_PROGRESS)
    clock.at = datetime(2026, 7, 2, 8, tzinfo=UTC)
    return stay, booking


async def test_during_a_stay_one_leaves_early_after_seeing_what_comes_back(
    client: httpx.AsyncClient, rt: Runtime, clock: Any
) -> None:
    stay, booking = await a_stay_begun(rt, clock)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/leave"
    trip = (await client.get(f"/trips/{booking.id}", headers=guest)).text
    assert "Leave early" in trip
    assert "Stay longer" in trip
    assert "From Thu 2 Jul to Fri 3 Jul." in (await client.get(path, headers=guest)).text
    page = (await client.get(path, params={"departure": "2026-07-03"}, headers=guest)).text
    assert "1 night given back" in page
    assert "The stay has begun, so by the accepted terms nothing comes back." in page
    fields = hidden(page, path)
    assert fields == {"csrf_token": "", "departure": "2026-07-03", "expected_refund": "0"} | {
        "csrf_token": fields["csrf_token"]
    }
    wrong = await client.post(path, data={**fields, "expected_refund": "5"}, headers=guest)
    assert wrong.status_code == 409
    assert "€0 would come back now." in wrong.text
    done = await client.post(path, data=fields, headers=guest)
    assert done.headers["location"] == f"/trips/{booking.id}"
    assert (await now_of(rt, booking)).departure == date(2026, 7, 3)
    after = (await client.get(f"/trips/{booking.id}", headers=guest)).text
    assert "Left early" in after
    assert "1 Jul to 4 Jul becomes 1 Jul to 3 Jul" in after


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-07-01", "Nights that have passed, and the first one, cannot be given back."),
        ("2026-07-04", "The stay ends on 2026-07-04 anyway."),
        ("soon", "Choose the day you leave, such as 2026-07-14."),
    ],
)
async def test_a_day_one_cannot_leave_on_is_refused_beside_it(
    client: httpx.AsyncClient, rt: Runtime, clock: Any, day: str, sentence: str
) -> None:
    stay, booking = await a_stay_begun(rt, clock)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/leave"
    page = await client.get(path, params={"departure": day}, headers=guest)
    assert sentence in page.text
    assert re.search(r'id="departure"[^>]*aria-invalid="true"', page.text)
    posted = await client.post(path, data={"departure": day, "expected_refund": "0"}, headers=guest)
    assert posted.status_code == 422
    assert sentence in posted.text


async def test_during_a_stay_it_is_only_made_longer(client: httpx.AsyncClient, rt: Runtime, clock: Any) -> None:
    stay, booking = await a_stay_begun(rt, clock)
    guest, path = await as_guest(client, stay), f"/trips/{booking.id}/change"
    page = (await client.get(path, params=LONGER, headers=guest)).text
    assert "<h1>Stay longer</h1>" in page
    assert 'type="hidden" name="arrival" value="2026-07-01"' in page
    assert "You pay €" in page
    short = await client.get(path, params={**LONGER, "departure": "2026-07-03"}, headers=guest)
    assert "The stay has begun: leave early instead." in short.text
