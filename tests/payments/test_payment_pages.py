"""Paying in a browser without JavaScript."""

import html
import re
from datetime import timedelta

import httpx
import pytest

from hospes.modules.identity.contracts import User
from hospes.modules.payments import facade, jobs
from hospes.modules.payments.contracts import Payment
from hospes.modules.payments.use_cases.reconcile import reconcile
from hospes.platform.jobs import run_waiting
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import a_payment
from tests.conftest import FixedClock

CARD = {"number": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123", "name": "Ada Lovelace"}


@pytest.fixture
async def ada(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await a_user(tx)


@pytest.fixture
async def payment(runtime: Runtime, ada: User) -> Payment:
    async with runtime.db.write() as tx:
        return await a_payment(tx, payer_id=ada.id, provider="sandbox")


@pytest.fixture
async def browser(client: httpx.AsyncClient, ada: User) -> httpx.AsyncClient:
    """Signed in as Ada."""
    client.headers["Accept"] = "text/html"
    await submit(client, "/login", {"email": ada.email, "password": PASSWORD})
    return client


async def submit(client: httpx.AsyncClient, path: str, form: dict[str, str]) -> httpx.Response:
    """Open the page and send its form with its hidden fields."""
    page = await client.get(path)
    assert page.status_code == 200, page.text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return await client.post(path, data={**{k: html.unescape(v) for k, v in hidden}, **form})


async def work(rt: Runtime) -> None:
    await run_waiting(rt, jobs.TASKS, queues=["payments"])


async def charges(rt: Runtime) -> int:
    async with rt.db.read() as tx:
        return len(await tx.all("SELECT id FROM sandbox.charge"))


async def test_a_card_is_entered_the_status_waits_and_leads_to_the_trip(
    browser: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    path = f"/pay/{payment.booking_id}"
    sent = await submit(browser, path, CARD)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}/status")
    waiting = await browser.get(f"{path}/status")
    assert waiting.status_code == 200
    assert '<meta http-equiv="refresh" content="2">' in waiting.text
    assert f'data-events="/api/v1{path.replace("pay", "payments")}/events"' in waiting.text
    await work(runtime)
    done = await browser.get(f"{path}/status")
    assert (done.status_code, done.headers["location"]) == (303, f"/trips/{payment.booking_id}")
    again = await browser.get(path)
    assert again.headers["location"] == f"{path}/status"


async def test_the_card_form_is_labelled_for_people_and_for_browsers(
    browser: httpx.AsyncClient, payment: Payment
) -> None:
    page = (await browser.get(f"/pay/{payment.booking_id}")).text
    for id, autocomplete in (
        ("cc-number", "cc-number"),
        ("cc-exp", "cc-exp"),
        ("cc-csc", "cc-csc"),
        ("cc-name", "cc-name"),
    ):
        assert f'<label for="{id}">' in page
        assert re.search(rf'<input id="{id}"[^>]* autocomplete="{autocomplete}"', page)
    assert re.search(r'<input id="cc-number"[^>]* inputmode="numeric"', page)
    assert "€150" in page
    assert "Sandbox: test cards" in page


async def test_a_form_sent_twice_makes_one_charge(
    browser: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    path = f"/pay/{payment.booking_id}"
    page = (await browser.get(path)).text
    hidden = {k: html.unescape(v) for k, v in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)}
    declined = {**hidden, **CARD, "number": "4000000000000002"}
    assert (await browser.post(path, data=declined)).status_code == 303
    assert (await browser.post(path, data=declined)).headers["location"] == f"{path}/status"
    await work(runtime)
    late = await browser.post(path, data=declined)  # the second click, after the answer
    assert late.headers["location"] == f"{path}/status"
    await work(runtime)
    assert await charges(runtime) == 1


async def test_control_a_fresh_form_after_a_decline_makes_another_charge(
    browser: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    path = f"/pay/{payment.booking_id}"
    await submit(browser, path, {**CARD, "number": "4000000000009995"})
    await work(runtime)
    status = await browser.get(f"{path}/status")
    assert status.status_code == 200
    assert "There is not enough money on this card." in status.text
    assert f'action="{path}"' in status.text
    await submit(browser, path, CARD)
    await work(runtime)
    assert await charges(runtime) == 2
    assert (await browser.get(f"{path}/status")).headers["location"] == f"/trips/{payment.booking_id}"


async def test_a_faulty_card_is_marked_and_only_the_harmless_part_is_shown_again(
    browser: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    form = {"number": "4242424242424241", "expiry": "01/20", "cvc": "987", "name": 'Ada "<b>" Lovelace'}
    answer = await submit(browser, f"/pay/{payment.booking_id}", form)
    assert answer.status_code == 422
    assert "This is not a card number. Please check the digits." in answer.text
    assert "This card has expired." in answer.text
    assert "Ada &#34;&lt;b&gt;&#34; Lovelace" in answer.text
    assert "4242424242424241" not in answer.text
    assert "987" not in answer.text
    answer = await submit(browser, f"/pay/{payment.booking_id}", {**form, "version": "x", "number": "4" * 300})
    assert answer.status_code == 422
    assert await charges(runtime) == 0


@pytest.mark.parametrize(("answer", "leads_to"), [("approve", "trips"), ("decline", "another card")])
async def test_the_banks_question_is_asked_and_answered(
    browser: httpx.AsyncClient, runtime: Runtime, payment: Payment, answer: str, leads_to: str
) -> None:
    path = f"/pay/{payment.booking_id}"
    await submit(browser, path, {**CARD, "number": "4000002500003155"})
    await work(runtime)
    assert (await browser.get(f"{path}/status")).headers["location"] == f"{path}/challenge"
    page = await browser.get(f"{path}/challenge")
    assert "•••• 3155" in page.text
    assert (await submit(browser, f"{path}/challenge", {"answer": "maybe"})).status_code == 422
    sent = await submit(browser, f"{path}/challenge", {"answer": answer})
    assert sent.headers["location"] == f"{path}/status"
    status = await browser.get(f"{path}/status")
    if leads_to == "trips":
        assert status.headers["location"] == f"/trips/{payment.booking_id}"
    else:
        assert "did not confirm the payment" in status.text
    assert (await browser.get(f"{path}/challenge")).headers["location"] == f"{path}/status"


async def test_a_lost_answer_and_a_gateway_that_is_down_are_waited_for(
    browser: httpx.AsyncClient, runtime: Runtime, payment: Payment, clock: FixedClock
) -> None:
    path = f"/pay/{payment.booking_id}"
    await submit(browser, path, {**CARD, "number": "4000000000000119"})
    await work(runtime)
    assert (await browser.get(f"{path}/status")).status_code == 200
    clock.at += timedelta(seconds=6)
    await reconcile(runtime)
    await work(runtime)
    assert (await browser.get(f"{path}/status")).headers["location"] == f"/trips/{payment.booking_id}"
    assert await charges(runtime) == 1


async def test_a_cancelled_payment_says_so_and_takes_no_card(
    browser: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    path = f"/pay/{payment.booking_id}"
    page = (await browser.get(path)).text
    hidden = {k: html.unescape(v) for k, v in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)}
    async with runtime.db.write() as tx:
        await facade.cancel_payment(tx, payment.booking_id, runtime.clock.now())
    sent = await browser.post(path, data={**hidden, **CARD})
    assert sent.headers["location"] == f"{path}/status"
    status = await browser.get(f"{path}/status")
    assert "This payment was cancelled" in status.text
    assert "refresh" not in status.text
    assert await charges(runtime) == 0


async def test_the_pages_are_for_the_payer_with_a_csrf_token(
    browser: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    async with runtime.db.write() as tx:
        foreign = await a_payment(tx, provider="sandbox")
    for path in ("", "/status", "/challenge"):
        assert (await browser.get(f"/pay/{foreign.booking_id}{path}")).status_code == 404
    assert (await browser.post(f"/pay/{payment.booking_id}", data=CARD)).status_code == 403
    assert (await browser.post(f"/pay/{payment.booking_id}/challenge", data={"answer": "approve"})).status_code == 403
    browser.cookies.clear()
    answer = await browser.get(f"/pay/{payment.booking_id}")
    assert answer.headers["location"] == f"/login?next=/pay/{payment.booking_id}"
