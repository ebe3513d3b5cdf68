"""The pages of what was paid, of a host's terms, and of the admins: seen by who may, and doing what they say."""

import re
from datetime import timedelta

import httpx
import pytest

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import LetterStatus
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_business
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import FakeProvider, a_charge, a_payment
from tests.conftest import FixedClock


async def signed_in(client: httpx.AsyncClient, email: str) -> None:
    page = (await client.get("/login")).text
    token = re.findall(r'name="csrf_token" value="([^"]*)"', page)[0]
    await client.post("/login", data={"csrf_token": token, "email": email, "password": PASSWORD})


async def sent(client: httpx.AsyncClient, page: str, path: str, **fields: str) -> httpx.Response:
    token = re.findall(r'name="csrf_token" value="([^"]*)"', (await client.get(page)).text)[0]
    return await client.post(path, data={"csrf_token": token, **fields})


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    found: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return found


async def test_a_guest_sees_what_they_paid_and_the_cards_they_keep(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        ada = await a_user(tx)
        mine = await a_payment(tx, payer_id=ada.id, provider="sandbox")
    await signed_in(client, ada.email)
    page = (await client.get("/account/payments")).text
    assert "€150" in page
    assert f"/pay/{mine.booking_id}?part={mine.id}" in page
    assert (await client.get("/account/payment-methods")).status_code == 200
    split = await sent(client, f"/pay/{mine.booking_id}", f"/pay/{mine.booking_id}/split", first="50")
    assert split.headers["location"] == f"/pay/{mine.booking_id}"
    shares = (await client.get(f"/pay/{mine.booking_id}")).text
    assert "Pay with one method after all" in shares
    assert "€100" in shares
    wrong = await sent(client, f"/pay/{mine.booking_id}", f"/pay/{mine.booking_id}/split", first="9999")
    assert wrong.status_code == 422
    await sent(client, f"/pay/{mine.booking_id}", f"/pay/{mine.booking_id}/join")
    assert "Pay part with another method" in (await client.get(f"/pay/{mine.booking_id}")).text


async def test_a_host_sets_how_guests_pay_and_faults_stand_beside_their_fields(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    async with rt.db.write() as tx:
        host = await a_user(tx, roles=("guest", "host"))
        business = await a_business(tx, owner_id=host.id)
    await signed_in(client, host.email)
    assert (await client.get("/host/payment-terms")).status_code == 200
    path = "/host/payment-terms"
    wrong = await sent(client, path, path, way="deposit", deposit_percent="99", damage="-1", balance_days="x")
    assert wrong.status_code == 422
    assert "Between 5 and 95 percent." in wrong.text
    right = await sent(client, path, path, way="deposit", deposit_percent="25", damage="150.50", damage_currency="EUR")
    assert right.status_code == 303
    async with rt.db.read() as tx:
        terms = await queries.find_terms(tx, business.id)
    assert (terms.way, terms.deposit_bp, terms.damage_amount) == ("deposit", 2_500, 15_050)


async def test_an_admin_sees_all_and_tries_a_dead_letter_again_only_when_sure(
    client: httpx.AsyncClient, rt: Runtime, clock: FixedClock
) -> None:
    provider = FakeProvider(down=6)
    rt.ports.payment_providers = {**rt.ports.payment_providers, "fake": provider}
    _, attempt = await a_charge(rt)
    for _ in range(6):
        await run_attempt(rt, attempt.id)
        clock.at += timedelta(hours=7)
    async with rt.db.write() as tx:
        admin = await a_user(tx, roles=("guest", "admin"))
        (letter,) = await queries.list_letters(tx, status=LetterStatus.OPEN, before=None, limit=5)
    await signed_in(client, admin.email)
    base = "/admin/payments"
    for path in ("", "?status=failed&disputed=false", "?status=", "/dead-letters", "/disputes", "/disputes?all=true"):
        assert (await client.get(base + path)).status_code == 200, path
    page = f"{base}/dead-letters/{letter.id}"
    assert "never reached the provider" in (await client.get(page)).text
    assert (await sent(client, page, f"{page}/replay")).status_code == 422
    assert (await sent(client, page, f"{page}/resolve", note="")).status_code == 422
    assert (await sent(client, page, f"{page}/replay", sure="yes")).status_code == 303
    assert "Replayed on" in (await client.get(page)).text
