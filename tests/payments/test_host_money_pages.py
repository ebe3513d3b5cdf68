"""A booking's money for staff: each deed is shown first, done once, refused beside its field; strangers see none."""

import html
import re
from datetime import date
from typing import Any

import httpx
import pytest

from hospes.modules.booking.contracts import Booking
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import platform
from hospes.modules.payments.contracts import PaymentTerms, Way
from hospes.modules.payments.use_cases.take_later_parts import take_later_parts
from hospes.modules.promotions import facade as promotions
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_guest, as_host, as_stranger
from tests.builders.identity import a_user
from tests.builders.paying import Desk, a_desk
from tests.catalog.signed_in import bearer, runtime_of
from tests.conftest import FixedClock

SHORT = (date(2026, 6, 5), date(2026, 6, 8))
Headers = dict[str, str]


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


async def paid(rt: Runtime, clock: FixedClock, damage: int = 0) -> tuple[Desk, Booking]:
    """300 euros, paid; with a damage deposit the guest has arrived and it is held."""
    desk = await a_desk(rt, PaymentTerms(damage_amount=damage))
    made = await desk.book(*SHORT)
    await desk.pay((await desk.parts(made.id))[0].id)
    if damage:
        clock.at = made.check_in_at
        await take_later_parts(rt)
        await desk.work()
    return desk, made


async def as_admin(client: httpx.AsyncClient) -> Headers:
    async with runtime_of(client).db.write() as tx:
        return bearer(client, await a_user(tx, roles=("guest", "admin")))


async def credit_of(rt: Runtime, desk: Desk) -> int:
    async with rt.db.read() as tx:
        return (await promotions.coupon_box(tx, desk.stay.guest_id, "EUR", rt.clock.now())).credit


def path_of(made: Booking) -> str:
    return f"/host/bookings/{made.id}/money"


def seen_in(page: httpx.Response) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def test_only_staff_find_the_money_of_a_booking(
    client: httpx.AsyncClient, rt: Runtime, clock: FixedClock
) -> None:
    desk, made = await paid(rt, clock)
    host = await as_host(client, desk.stay)
    assert f'href="{path_of(made)}"' in (await client.get(f"/host/bookings/{made.id}", headers=host)).text
    page = await client.get(path_of(made), headers=host)
    assert page.status_code == 200
    assert "At most €300 can still be given back." in page.text
    for absent in ("Goodwill credit", "Charge for damages", "Paid at the property"):
        assert absent not in page.text
    typed = {"amount": "10", "reason": "cold rooms", "do": "look"}
    for who in (await as_stranger(client), await as_guest(client, desk.stay)):
        assert (await client.get(path_of(made), headers=who)).status_code == 404
        for deed in ("property", "damages", "refund", "goodwill"):
            assert (await client.post(f"{path_of(made)}/{deed}", data=typed, headers=who)).status_code == 404
    assert await desk.said(made.id) == [("full", "succeeded", 30_000)]


async def test_money_is_shown_first_and_given_back_once(
    client: httpx.AsyncClient, rt: Runtime, clock: FixedClock
) -> None:
    desk, made = await paid(rt, clock)
    host, path = await as_host(client, desk.stay), f"{path_of(made)}/refund"
    form = {"amount": "50,50", "reason": "cold rooms"}
    looked = await client.post(path, data={**form, "do": "look"}, headers=host)
    assert looked.status_code == 200
    assert "Give €50.50 back to" in looked.text
    assert [each.refunded for each in await desk.parts(made.id)] == [0]
    sure = {**form, "do": "yes", "seen": seen_in(looked)}
    assert (await client.post(path, data=sure, headers=host)).status_code == 303
    await desk.work()
    again = await client.post(path, data=sure, headers=host)
    assert (again.status_code, "This has just changed." in again.text) == (422, True)
    await desk.work()
    assert [each.refunded for each in await desk.parts(made.id)] == [5_050]
    assert "At most €249.50 can still be given back." in (await client.get(path_of(made), headers=host)).text


@pytest.mark.parametrize(
    ("typed", "field", "sentence", "status"),
    [
        ({"amount": "300.01", "reason": "cold"}, "amount", "At most €300 can be given back.", 409),
        ({"amount": "-5", "reason": "cold"}, "amount", "Please give an amount above zero in EUR, such as 25.", 422),
        ({"amount": "some", "reason": "cold"}, "amount", "Please give an amount above zero in EUR, such as 25.", 422),
        ({"amount": "5", "reason": " a "}, "reason", "Please say why, in a few words.", 422),
    ],
)
async def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(
    client: httpx.AsyncClient,
    rt: Runtime,
    clock: FixedClock,
    typed: dict[str, str],
    field: str,
    sentence: str,
    status: int,
) -> None:
    desk, made = await paid(rt, clock)
    host = await as_host(client, desk.stay)
    page = await client.post(f"{path_of(made)}/refund", data={**typed, "do": "look"}, headers=host)
    assert page.status_code == status
    assert re.search(rf'id="refund-{field}-error">.*?{re.escape(sentence)}', page.text, re.DOTALL)
    assert f'value="{typed["amount"]}"' in page.text
    assert "Yes, give it back" not in page.text
    unseen = await client.post(f"{path_of(made)}/refund", data={**typed, "do": "yes", "seen": "x"}, headers=host)
    assert unseen.status_code >= 400
    assert [each.refunded for each in await desk.parts(made.id)] == [0]


async def test_damages_are_charged_up_to_what_is_held(
    client: httpx.AsyncClient, rt: Runtime, clock: FixedClock
) -> None:
    desk, made = await paid(rt, clock, damage=15_000)
    host, path = await as_host(client, desk.stay), f"{path_of(made)}/damages"
    assert "Up to €150 is held" in (await client.get(path_of(made), headers=host)).text
    over = await client.post(path, data={"amount": "150.01", "reason": "a lamp", "do": "look"}, headers=host)
    assert over.status_code == 409
    assert re.search(r'id="damages-amount-error">.*?At most €150 can be taken\.', over.text, re.DOTALL)
    form = {"amount": "40", "reason": "a lamp"}
    looked = await client.post(path, data={**form, "do": "look"}, headers=host)
    assert "Charge €40 of the damage deposit" in looked.text
    await desk.work()
    assert (await desk.said(made.id))[1] == ("damage_deposit", "authorised", 15_000)
    sure = {**form, "do": "yes", "seen": seen_in(looked)}
    assert (await client.post(path, data=sure, headers=host)).status_code == 303
    await desk.work()
    assert (await desk.said(made.id))[1] == ("damage_deposit", "succeeded", 4_000)
    assert "Charge for damages" not in (await client.get(path_of(made), headers=host)).text


async def test_what_was_paid_at_the_property_is_noted_once_it_is_sure(client: httpx.AsyncClient, rt: Runtime) -> None:
    desk = await a_desk(rt, PaymentTerms(Way.AT_PROPERTY))
    made = await desk.book(*SHORT)
    host, path = await as_host(client, desk.stay), f"{path_of(made)}/property"
    looked = await client.post(path, data={"note": "cash", "do": "look"}, headers=host)
    assert "€300 was paid at the property?" in looked.text
    await desk.work()
    assert await desk.said(made.id) == [("full", "scheduled", 30_000)]
    sure = {"note": "cash", "do": "yes", "seen": seen_in(looked)}
    assert (await client.post(path, data=sure, headers=host)).status_code == 303
    await desk.work()
    assert await desk.said(made.id) == [("full", "succeeded", 30_000)]


async def test_nothing_is_noted_as_paid_at_the_property_for_a_booking_paid_by_card(
    client: httpx.AsyncClient, rt: Runtime, clock: FixedClock
) -> None:
    desk, made = await paid(rt, clock)
    host = await as_host(client, desk.stay)
    desk_less = await client.post(f"{path_of(made)}/property", data={"do": "look"}, headers=host)
    assert desk_less.status_code == 422
    assert re.search(r'id="property-note-error">.*?Nothing is left to be paid', desk_less.text, re.DOTALL)
    none = await client.post(
        f"{path_of(made)}/damages", data={"amount": "5", "reason": "a lamp", "do": "look"}, headers=host
    )
    assert (none.status_code, "There is no damage deposit of this booking" in none.text) == (409, True)


async def test_an_admin_credits_the_guest_once_and_a_host_at_their_own_expense(
    client: httpx.AsyncClient, rt: Runtime, clock: FixedClock
) -> None:
    desk, made = await paid(rt, clock)
    path, form = f"{path_of(made)}/goodwill", {"amount": "20", "reason": "a long wait"}
    host, admin = await as_host(client, desk.stay), await as_admin(client)
    by_host = await client.post(path, data={**form, "borne_by": "platform", "do": "look"}, headers=host)
    assert "It is taken off your payout." in by_host.text
    assert f'href="{path_of(made)}"' in (await client.get(f"/trips/{made.id}", headers=admin)).text
    guest = await as_guest(client, desk.stay)
    assert path_of(made) not in (await client.get(f"/trips/{made.id}", headers=guest)).text
    over = await client.post(path, data={**form, "amount": "301", "do": "look"}, headers=admin)
    assert (over.status_code, "above zero, up to €300." in over.text) == (422, True)
    looked = await client.post(path, data={**form, "do": "look"}, headers=admin)
    assert "a credit of €20?" in looked.text
    assert await credit_of(rt, desk) == 0
    sure = {**form, "do": "yes", "seen": seen_in(looked)}
    assert (await client.post(path, data=sure, headers=admin)).status_code == 303
    assert (await client.post(path, data=sure, headers=admin)).status_code == 422
    assert await credit_of(rt, desk) == 2_000
    rest = await client.post(path, data={**form, "amount": "281", "do": "look"}, headers=host)
    assert (rest.status_code, "above zero, up to €280." in rest.text) == (422, True)
    looked = await client.post(path, data={**form, "do": "look"}, headers=host)
    sure = {**form, "do": "yes", "seen": seen_in(looked)}
    assert (await client.post(path, data=sure, headers=host)).status_code == 303
    assert await credit_of(rt, desk) == 4_000
    async with rt.db.read() as tx:
        assert await ledger.balance(tx, platform("goodwill"), "EUR") == 2_000
        [given] = [each for each in await ledger.about(tx, made.id) if each.kind == "credit_given"]
        assert {line.account.kind: line.amount for line in given.lines} == {"host": 2_000, "wallet": -2_000}


async def test_the_same_over_http_is_for_staff_and_counts_once_per_key(
    client: httpx.AsyncClient, rt: Runtime, clock: FixedClock
) -> None:
    desk, made = await paid(rt, clock, damage=15_000)
    host, admin, stranger = (
        await as_host(client, desk.stay),
        await as_admin(client),
        await as_stranger(client),
    )
    guest, base = await as_guest(client, desk.stay), f"/api/v1/bookings/{made.id}"
    some: dict[str, Any] = {"amount": 1_000, "currency": "EUR", "reason": "a lamp"}
    calls: list[tuple[str, dict[str, Any], Headers, int]] = [
        ("/api/v1/payments/refund", {**some, "booking_id": str(made.id)}, host, 202),
        (f"{base}/damages", some, host, 202),
        (f"{base}/goodwill", some, admin, 201),
    ]
    for path, body, who, status in calls:
        for other in (stranger, guest):
            refused = await client.post(path, json=body, headers={**other, "Idempotency-Key": str(new_id())})
            assert refused.status_code == 404, path
        assert (await client.post(path, json=body, headers=who)).status_code == 400
        key = {**who, "Idempotency-Key": str(new_id())}
        answers = [await client.post(path, json=body, headers=key) for _ in range(2)]
        assert [each.status_code for each in answers] == [status, status], answers[0].text
        assert answers[0].content == answers[1].content
    await desk.work()
    assert [(each.captured, each.refunded) for each in await desk.parts(made.id)] == [(30_000, 1_000), (1_000, 0)]
    assert await credit_of(rt, desk) == 1_000
    key = {**host, "Idempotency-Key": str(new_id())}
    assert (await client.post(f"{base}/goodwill", json=some, headers=key)).status_code == 403
    own = {**host, "Idempotency-Key": str(new_id())}
    borne = await client.post(f"{base}/goodwill", json={**some, "borne_by": "host"}, headers=own)
    assert (borne.status_code, borne.json()["borne_by"]) == (201, "host")
    listed = await client.get(f"{base}/payments", headers=host)
    assert [each["refunded"] for each in listed.json()["items"]] == [1_000, 0]
    assert (await client.get(f"{base}/payments", headers=stranger)).status_code == 404


async def test_the_desk_notes_a_payment_over_http_and_others_find_no_booking(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    desk = await a_desk(rt, PaymentTerms(Way.AT_PROPERTY))
    made = await desk.book(*SHORT)
    path = f"/api/v1/bookings/{made.id}/paid-at-property"
    for who in (await as_stranger(client), await as_guest(client, desk.stay)):
        refused = await client.post(path, json={"note": "cash"}, headers={**who, "Idempotency-Key": str(new_id())})
        assert refused.status_code == 404
    host = {**await as_host(client, desk.stay), "Idempotency-Key": str(new_id())}
    assert (await client.post(path, json={"note": "cash"}, headers=host)).status_code == 202
    await desk.work()
    assert await desk.said(made.id) == [("full", "succeeded", 30_000)]
