"""The pages of booking, asked as a browser without JavaScript asks them."""

import re
from typing import Any

import httpx
import pytest

from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.identity import facade as identity
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_booking, a_stay, take_payment
from tests.builders.identity import a_user
from tests.catalog.signed_in import bearer, runtime_of

DATES = {"arrival": "2026-07-01", "departure": "2026-07-04", "adults": "2"}


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


@pytest.fixture
async def stay(rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        return await a_stay(tx)


async def as_guest(client: httpx.AsyncClient, stay: Stay) -> dict[str, str]:
    """Headers of the stay's guest."""
    async with runtime_of(client).db.read() as tx:
        return bearer(client, await identity.get_user(tx, stay.guest_id))


async def as_host(client: httpx.AsyncClient, stay: Stay) -> dict[str, str]:
    """Headers of the stay's host."""
    async with runtime_of(client).db.read() as tx:
        return bearer(client, await identity.get_user(tx, stay.owner_id))


async def as_stranger(client: httpx.AsyncClient) -> dict[str, str]:
    """Headers of somebody else."""
    async with runtime_of(client).db.write() as tx:
        return bearer(client, await a_user(tx))


async def held(client: httpx.AsyncClient, stay: Stay) -> str:
    """The address of a checkout."""
    answer = await client.post(f"/stays/{stay.resource_id}/hold", data=DATES, headers=await as_guest(client, stay))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_listing_that_is_not_on_sale_is_shown_to_its_host_only(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, active=False)
    path = f"/stays/{stay.resource_id}"
    assert (await client.get(path)).status_code == 404
    assert (await client.get(path, headers=await as_stranger(client))).status_code == 404
    assert "Only you can see this page" in (await client.get(path, headers=await as_host(client, stay))).text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"arrival": "2020-01-01", "departure": "2020-01-03"}, "The arrival is in the past."),
        ({"arrival": "2026-07-04", "departure": "2026-07-01"}, "The departure must be after the arrival."),
        ({"arrival": "2026-07-01", "departure": "2027-08-05"}, "Stays here last at most 90 nights."),
        ({"arrival": "2030-07-01", "departure": "2030-07-04"}, "Stays can be booked up to 2027-06-01."),
        ({"adults": "0"}, "At least one adult has to come."),
        ({"adults": "99"}, "There is room for 2 guests here."),
        ({"adults": "<script>"}, "Enter a whole number."),
        ({"pets": "1"}, "Pets cannot stay here."),
        ({"arrival": "soon"}, "Choose a day, such as 2026-07-14."),
    ],
)
async def test_a_refusal_is_a_sentence_and_keeps_what_was_typed(
    client: httpx.AsyncClient, rt: Runtime, asked: dict[str, str], sentence: str
) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, max_guests=2)
    page = await client.get(f"/stays/{stay.resource_id}", params={**DATES, **asked})
    assert page.status_code == 200
    assert sentence in page.text
    assert "Reserve" not in page.text
    for name, value in asked.items():
        typed = value.replace("<", "&lt;").replace(">", "&gt;")
        assert name == "pets" or re.search(rf'name="{name}" type="\w+" value="{re.escape(typed)}"', page.text)


async def test_the_price_box_explains_the_total(client: httpx.AsyncClient, stay: Stay) -> None:
    box = await client.get(f"/stays/{stay.resource_id}/price", params=DATES)
    assert "€100 × 3 nights" in box.text
    assert 'name="expected_total"' in box.text
    assert "<html" not in box.text


async def test_who_is_not_signed_in_comes_back_to_the_same_dates(client: httpx.AsyncClient, stay: Stay) -> None:
    shown = await client.get(f"/stays/{stay.resource_id}", params=DATES)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert token
    answer = await client.post(f"/stays/{stay.resource_id}/hold", data={**DATES, "csrf_token": token[1]})
    assert answer.status_code == 303
    assert answer.headers["location"] == (
        f"/login?next=%2Fstays%2F{stay.resource_id}%3Farrival%3D2026-07-01%26departure%3D2026-07-04%26adults%3D2"
    )


async def test_a_form_without_its_token_is_refused(client: httpx.AsyncClient, stay: Stay) -> None:
    answer = await client.post(f"/stays/{stay.resource_id}/hold", data=DATES)
    assert answer.status_code == 403
    assert "This form has expired" in answer.text


async def test_another_total_than_the_one_shown_is_asked_about(client: httpx.AsyncClient, stay: Stay) -> None:
    form = {**DATES, "expected_total": "1"}
    answer = await client.post(f"/stays/{stay.resource_id}/hold", data=form, headers=await as_guest(client, stay))
    assert answer.status_code == 409
    assert "The total is €" in answer.text
    assert "Reserve" in answer.text


async def test_nights_that_are_held_by_another_are_refused_in_a_sentence(client: httpx.AsyncClient, stay: Stay) -> None:
    await held(client, stay)
    answer = await client.post(f"/stays/{stay.resource_id}/hold", data=DATES, headers=await as_stranger(client))
    assert answer.status_code == 409
    assert re.search(r"notice-bad.*these (nights|dates) .*taken", answer.text, re.S | re.I)


async def test_checkout_asks_to_accept_and_keeps_the_message(client: httpx.AsyncClient, stay: Stay) -> None:
    checkout, guest = await held(client, stay), await as_guest(client, stay)
    total = re.search(r'name="expected_total" value="(\d+)"', (await client.get(checkout, headers=guest)).text)
    assert total
    form = {"expected_total": total[1], "message": "<b>'; DROP TABLE booking.hold; --"}
    refused = await client.post(checkout, data=form, headers=guest)
    assert refused.status_code == 422
    assert "Please tick that you accept" in refused.text
    assert "&lt;b&gt;&#39;; DROP TABLE booking.hold; --" in refused.text
    booked = await client.post(checkout, data={**form, "accept": "yes"}, headers=guest)
    assert (booked.status_code, booked.headers["location"][:5]) == (303, "/pay/")
    again = await client.get(checkout, headers=guest)
    assert (again.status_code, again.headers["location"]) == (303, "/trips")


async def test_an_expired_hold_shows_the_way_back(client: httpx.AsyncClient, stay: Stay, clock: Any) -> None:
    checkout = await held(client, stay)
    clock.at = clock.at.replace(minute=clock.at.minute + 15)
    guest = await as_guest(client, stay)
    for page in (
        await client.get(checkout, headers=guest),
        await client.post(checkout, data={"expected_total": "0", "accept": "yes"}, headers=guest),
    ):
        assert page.status_code == 410
        assert f"/stays/{stay.resource_id}?arrival=2026-07-01&amp;departure=2026-07-04" in page.text


async def test_what_belongs_to_another_is_not_there(client: httpx.AsyncClient, rt: Runtime, stay: Stay) -> None:
    checkout = await held(client, stay)
    async with rt.db.write() as tx:
        booking = await a_booking(tx, await a_stay(tx))
    stranger = await as_stranger(client)
    for path in (checkout, f"/trips/{booking.id}", f"/trips/{booking.id}/cancel"):
        assert (await client.get(path, headers=stranger)).status_code == 404
        assert (await client.post(path, data={}, headers=stranger)).status_code in (404, 405)
    path = f"/host/listings/{stay.resource_id}/price"
    assert (await client.get(path, headers=stranger)).status_code == 404
    assert (await client.post(path, data={"base_price": "1"}, headers=stranger)).status_code == 404


async def test_cancelling_is_asked_again_when_the_refund_has_changed(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, policy="flexible")
        booking = await a_booking(tx, stay)
        await take_payment(tx, booking.id)
    async with rt.db.write() as tx:
        await tx.run("UPDATE booking.booking SET status = 'confirmed', decide_by = NULL WHERE id = %s", (booking.id,))
    guest = await as_guest(client, stay)
    asked = await client.post(f"/trips/{booking.id}/cancel", data={"expected_refund": "1"}, headers=guest)
    assert asked.status_code == 409
    assert "The refund is €" in asked.text
    refund = re.search(r'name="expected_refund" value="(\d+)"', asked.text)
    assert refund
    done = await client.post(f"/trips/{booking.id}/cancel", data={"expected_refund": refund[1]}, headers=guest)
    assert done.status_code == 303
    assert "Cancelled" in (await client.get(f"/trips/{booking.id}", headers=guest)).text


async def test_a_host_declines_and_the_nights_are_free_again(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, instant=False)
        booking = await a_booking(tx, stay, status=BookingStatus.PENDING_APPROVAL)
    host = await as_host(client, stay)
    assert "Needs your answer" in (await client.get("/host/bookings", headers=host)).text
    path = f"/host/bookings/{booking.id}/decline"
    assert (await client.post(path, data={"note": "Sorry"}, headers=await as_stranger(client))).status_code == 404
    assert (await client.post(path, data={"note": "Sorry"}, headers=host)).status_code == 303
    assert "€100 × 3 nights" in (await client.get(f"/stays/{stay.resource_id}/price", params=DATES)).text


async def test_a_host_takes_nights_off_sale_and_puts_them_back(client: httpx.AsyncClient, stay: Stay) -> None:
    host = await as_host(client, stay)
    form = {"resource_id": str(stay.resource_id), **DATES, "note": "Painting"}
    wrong = await client.post("/host/calendar/block", data={**form, "departure": "2026-06-30"}, headers=host)
    assert wrong.status_code == 422
    assert "The last day must be after the first." in wrong.text
    assert (await client.post("/host/calendar/block", data=form, headers=host)).status_code == 303
    page = await client.get("/host/calendar?from=2026-06-29", headers=host)
    assert "Painting, 3 nights from 01 Jul to 04 Jul" in page.text
    assert "Some of these nights are taken" in (await client.get(f"/stays/{stay.resource_id}/price", params=DATES)).text
    block = re.search(r'name="block_id" value="([^"]+)"', page.text)
    assert block
    back = {"resource_id": str(stay.resource_id), "block_id": block[1]}
    assert (await client.post("/host/calendar/unblock", data=back, headers=host)).status_code == 303
    assert "Reserve" in (await client.get(f"/stays/{stay.resource_id}/price", params=DATES)).text


async def test_a_price_that_is_no_number_stays_in_its_field(client: httpx.AsyncClient, stay: Stay) -> None:
    path, host = f"/host/listings/{stay.resource_id}/price", await as_host(client, stay)
    wrong = await client.post(path, data={"currency": "EUR", "base_price": "lots", "cleaning_fee": "-1"}, headers=host)
    assert wrong.status_code == 422
    assert wrong.text.count("Enter an amount, such as 120 or 120.50.") == 2
    assert 'value="lots"' in wrong.text
    right = {"currency": "EUR", "base_price": "80,50", "cleaning_fee": "0", "tax0_name": "City tax",
             "tax0_kind": "person", "tax0_value": "2"}  # fmt: skip
    assert (await client.post(path, data=right, headers=host)).status_code == 303
    box = (await client.get(f"/stays/{stay.resource_id}/price", params=DATES)).text
    assert "€80.50 × 3 nights" in box
    assert "City tax" in box


async def test_single_nights_cost_something_else_and_go_back(client: httpx.AsyncClient, stay: Stay) -> None:
    path, host = f"/host/listings/{stay.resource_id}/price/days", await as_host(client, stay)
    special = {"arrival": "2026-07-02", "departure": "2026-07-03", "day_price": "250"}
    assert (await client.post(path, data=special, headers=host)).status_code == 303
    assert "€250 × 1 night" in (await client.get(f"/stays/{stay.resource_id}/price", params=DATES)).text
    assert (await client.post(path, data={**special, "day_price": ""}, headers=host)).status_code == 303
    assert "€100 × 3 nights" in (await client.get(f"/stays/{stay.resource_id}/price", params=DATES)).text
    for dates in ({"departure": "2026-07-01"}, {"departure": "2030-01-01"}, {"arrival": "x"}):
        assert (await client.post(path, data={**special, **dates}, headers=host)).status_code == 422
