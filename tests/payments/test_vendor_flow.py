"""Paying through each vendor from the recorded attempt to the webhook over HTTP: our application, their server."""

import html
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hospes.modules.identity.contracts import User
from hospes.modules.payments import facade, jobs
from hospes.modules.payments.contracts import Attempt, Method, Payment, PaymentStatus
from hospes.modules.payments.queries import find_attempt, find_payment
from hospes.platform.db import Database
from hospes.platform.jobs import run_waiting
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import a_payment
from tests.builders.providers import NAIRA, Bench, paypal, paystack, stripe

PRICE = Money(15_000, "EUR")


@dataclass
class Stage:
    """An application with one vendor, whose payer is signed in."""

    bench: Bench
    client: Any
    rt: Runtime
    ada: User

    async def begin(self) -> tuple[Payment, Attempt]:
        """A payment whose payer is to choose at the vendor, and has been asked to."""
        price = NAIRA if self.bench.name == "paystack" else PRICE
        async with self.rt.db.write() as tx:
            payment = await a_payment(tx, payer_id=self.ada.id, provider=self.bench.name, amount=price)
            attempt = await facade.start_charge(tx, payment.id, Method(""), self.rt.clock.now(), at_vendor=True)
        await run_waiting(self.rt, jobs.TASKS, queues=["payments"])
        return await self.read(payment, attempt)

    async def read(self, payment: Payment, attempt: Attempt) -> tuple[Payment, Attempt]:
        async with self.rt.db.read() as tx:
            payment_now, attempt_now = await find_payment(tx, payment.id), await find_attempt(tx, attempt.id)
        assert payment_now is not None
        assert attempt_now is not None
        return payment_now, attempt_now

    def message(self, attempt: Attempt) -> tuple[dict[str, str], bytes]:
        return self.bench.message(attempt.id, self.rt.clock.now())

    async def deliver(self, headers: dict[str, str], raw: bytes) -> httpx.Response:
        answer: httpx.Response = await self.client.post(
            f"/api/v1/webhooks/{self.bench.name}", content=raw, headers={**headers, "content-type": "application/json"}
        )
        return answer


@pytest.fixture(params=[stripe, paystack, paypal], ids=lambda make: make.__name__)
async def stage(request: pytest.FixtureRequest, client: Any, db: Database, now: Any) -> AsyncIterator[Stage]:
    rt: Runtime = client.app.state.runtime
    make: Callable[..., Any] = request.param
    async with make(db, now) as bench:
        rt.ports.payment_providers = {bench.name: bench.provider}
        async with rt.db.write() as tx:
            ada = await a_user(tx)
        yield Stage(bench, client, rt, ada)


def pay(stage: Stage, ref: str) -> None:
    """The payer finishes at the vendor."""
    if stage.bench.name == "stripe":
        stage.bench.server.pay_in_element(ref)
    elif stage.bench.name == "paystack":
        stage.bench.server.pay(ref)
    else:
        stage.bench.server.approve(ref)


async def test_the_payer_chooses_at_the_vendor_and_its_message_completes_the_payment(stage: Stage) -> None:
    payment, attempt = await stage.begin()
    assert payment.status is PaymentStatus.NEEDS_ACTION
    assert attempt.provider_ref
    pay(stage, attempt.provider_ref)
    headers, raw = stage.message(attempt)
    assert (await stage.deliver(headers, raw)).json() == {"received": True, "repeated": False}
    payment, attempt = await stage.read(payment, attempt)
    assert (payment.status, payment.captured) == (PaymentStatus.SUCCEEDED, payment.amount.amount)
    assert (await stage.deliver(headers, raw)).json() == {"received": True, "repeated": True}
    again, _ = await stage.read(payment, attempt)
    assert again == payment


async def test_a_message_before_the_payer_has_paid_changes_nothing(stage: Stage) -> None:
    payment, attempt = await stage.begin()
    assert (await stage.deliver(*stage.message(attempt))).status_code == 200
    later, asked = await stage.read(payment, attempt)
    assert later.status is PaymentStatus.NEEDS_ACTION
    assert asked.action == attempt.action  # also where the vendor tells its address only once


async def test_a_forged_message_changes_nothing(stage: Stage) -> None:
    payment, attempt = await stage.begin()
    assert attempt.provider_ref
    pay(stage, attempt.provider_ref)
    headers, raw = stage.message(attempt)
    answer = await stage.deliver(headers, raw + b" ")
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_signature")
    assert (await stage.deliver({}, raw)).status_code == 400
    assert (await stage.read(payment, attempt))[0].status is PaymentStatus.NEEDS_ACTION


async def test_what_was_paid_is_given_back_at_the_vendor(stage: Stage) -> None:
    payment, attempt = await stage.begin()
    assert attempt.provider_ref
    pay(stage, attempt.provider_ref)
    await stage.deliver(*stage.message(attempt))
    async with stage.rt.db.write() as tx:
        await facade.request_refund(tx, payment.booking_id, payment.amount, "cancelled", stage.rt.clock.now())
    await run_waiting(stage.rt, jobs.TASKS, queues=["payments"])
    payment, _ = await stage.read(payment, attempt)
    assert (payment.status, payment.refunded) == (PaymentStatus.REFUNDED, payment.captured)


async def signed_in(stage: Stage) -> Any:
    """Ada's browser."""
    stage.client.headers["Accept"] = "text/html"
    await submit(stage.client, "/login", {"email": stage.ada.email, "password": PASSWORD})
    return stage.client


async def submit(client: Any, path: str, form: dict[str, str], action: str = "") -> Any:
    """Open the page and send its form with its hidden fields."""
    page = await client.get(path)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    typed = {name: html.unescape(value) for name, value in hidden.items()}
    return await client.post(action or path, data={**typed, **form})


async def test_the_page_leads_to_the_vendor(stage: Stage) -> None:
    client = await signed_in(stage)
    payment, attempt = await stage.begin()
    shown = await client.get(f"/pay/{payment.booking_id}/status")
    assert attempt.action
    if stage.bench.name != "stripe":
        assert (shown.status_code, shown.headers["location"]) == (303, attempt.action["url"])
        return
    assert shown.status_code == 200
    assert f'data-secret="{attempt.action["client_secret"]}"' in shown.text
    assert "<script>" not in shown.text


async def test_who_comes_back_from_the_vendor_is_led_on_without_waiting_for_its_message(stage: Stage) -> None:
    client = await signed_in(stage)
    payment, attempt = await stage.begin()
    assert attempt.provider_ref
    pay(stage, attempt.provider_ref)
    back = await client.get(f"/pay/{payment.booking_id}/status?token=1&reference=2")
    assert back.headers["location"] == f"/pay/{payment.booking_id}/status"
    assert (await client.get(back.headers["location"])).headers["location"] == f"/trips/{payment.booking_id}"
    assert (await stage.read(payment, attempt))[0].status is PaymentStatus.SUCCEEDED


async def test_who_comes_back_without_paying_may_go_on_or_choose_another_way(stage: Stage) -> None:
    client = await signed_in(stage)
    payment, attempt = await stage.begin()
    back = f"/pay/{payment.booking_id}/status?cancelled=1"
    page = await client.get(back)
    assert (page.status_code, "Your payment is not finished" in page.text) == (200, True)
    answer = await submit(client, back, {}, f"/pay/{payment.booking_id}/another")
    assert answer.headers["location"] == f"/pay/{payment.booking_id}/status"
    after, ended = await stage.read(payment, attempt)
    assert (after.status, after.failure) == (PaymentStatus.FAILED, "withdrawn")
    assert (await client.get(answer.headers["location"])).status_code == 200
    if stage.bench.name == "stripe":
        assert stage.bench.server.objects[str(ended.provider_ref)]["status"] == "canceled"


async def test_who_paid_and_then_chooses_another_way_has_paid(stage: Stage) -> None:
    client = await signed_in(stage)
    payment, attempt = await stage.begin()
    back = f"/pay/{payment.booking_id}/status?cancelled=1"
    page = await client.get(back)
    assert page.status_code == 200
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    assert attempt.provider_ref
    pay(stage, attempt.provider_ref)
    form = {name: html.unescape(value) for name, value in hidden.items()}
    await client.post(f"/pay/{payment.booking_id}/another", data=form)
    assert (await stage.read(payment, attempt))[0].status is PaymentStatus.SUCCEEDED
