"""No card number is stored or logged: a scanner looks through the database, the queue, Valkey, answers and logs."""

import html
import logging
import re
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
import structlog

from hospes.modules.payments import jobs
from hospes.modules.payments.contracts import Method
from hospes.modules.payments.policies.cards import SANDBOX_CARDS, card_numbers_in
from hospes.modules.payments.providers.port import ChargeOrder, Declined
from hospes.modules.payments.providers.stripe.api import StripeApi
from hospes.modules.payments.providers.stripe.provider import StripeProvider
from hospes.platform.ids import new_id
from hospes.platform.jobs import run_waiting
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import a_payment
from tests.builders.providers import PATIENCE
from tests.providers_wire.stripe_books import Problem
from tests.providers_wire.stripe_server import StripeServer
from tests.providers_wire.wire import on_a_port

REAL = "4539 1488 0343 6467"  # the check digit is right, and it is no test card


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[object]]:
    """Everything that is logged, by us and by libraries, at every level."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as ours:
        yield [ours, caplog.records]


@pytest.mark.parametrize("written", ["4242424242424242", "4242 4242 4242 4242", '"number":"4242-4242-4242-4242"'])
def test_the_scanner_finds_a_number_however_it_is_written(written: str) -> None:
    assert card_numbers_in(f"somewhere {written}, in a text") == ["4242424242424242"]


def test_the_scanner_finds_every_card_of_the_sandbox_and_no_key_or_sum() -> None:
    for card in SANDBOX_CARDS:
        assert card_numbers_in(f"paid with {card.number}.") == [card.number]
    for harmless in ("4242424242424241", str(new_id()), "1795230000", "EUR 4242.42", "x4242424242424242", "4242 4242"):
        assert card_numbers_in(harmless) == []


async def test_after_paying_and_failing_no_number_is_anywhere(
    client: httpx.AsyncClient, runtime: Runtime, logged: list[object]
) -> None:
    async with runtime.db.write() as tx:
        ada = await a_user(tx)
        payments = [await a_payment(tx, payer_id=ada.id, provider="sandbox") for _ in range(3)]
    client.headers["Accept"] = "text/html"
    await _send(client, "/login", {"email": ada.email, "password": PASSWORD})
    answers = []
    typed = [("4242 4242 4242 4242", "123"), ("4000000000009995", "123"), (REAL, "123")]
    for payment, (number, code) in zip(payments, typed, strict=True):
        card = {"number": number, "expiry": "12/30", "cvc": code, "name": number}  # even the name is the number
        answers.append(await _send(client, f"/pay/{payment.booking_id}", card))
    answers.append(await client.post("/api/v1/payments/tokens", json={"number": REAL, "expiry": "12/30"}))
    await run_waiting(runtime, jobs.TASKS, queues=["payments"])
    kept = await _everything_in(runtime)
    assert "succeeded" in kept
    assert card_numbers_in(kept) == []
    assert card_numbers_in(repr(logged)) == []
    shown = " ".join(re.sub(r'(?s)<details class="sandbox-cards">.*?</details>', "", each.text) for each in answers)
    assert REAL.replace(" ", "") not in card_numbers_in(re.sub(r'name="name"[^>]*>', "", shown))


async def test_control_a_number_that_was_stored_or_logged_is_found(runtime: Runtime, logged: list[object]) -> None:
    async with runtime.db.write() as tx:
        await a_user(tx, email="4242424242424242@example.org")
    structlog.get_logger().info("paid", note=REAL)
    assert "4242424242424242" in card_numbers_in(await _everything_in(runtime))
    assert card_numbers_in(repr(logged)) == [REAL.replace(" ", "")]


async def test_a_vendor_that_repeats_a_number_in_its_answer_does_not_put_it_into_our_logs(
    logged: list[object],
) -> None:
    server = StripeServer()

    def repeat(params: object) -> None:
        raise Problem(400, code=f"bad_{REAL.replace(' ', '')}", message=f"The card {REAL} is not accepted.")

    server._create_payment_intent = repeat  # type: ignore[method-assign,assignment]
    async with on_a_port(server.app) as base:
        api = StripeApi("sk_test_made_up_for_tests", base=base, timeout=PATIENCE)
        provider = StripeProvider(api, publishable_key="", webhook_secrets=())
        order = ChargeOrder(new_id(), Money(5_000, "EUR"), Method("pm_card_visa"), "https://stay.example/pay/1")
        outcome = await provider.charge(order)
        await api.aclose()
    assert isinstance(outcome, Declined)
    assert "stripe_refused" in repr(logged)
    assert card_numbers_in(repr(logged)) == []
    assert "sk_test_made_up" not in repr(logged)


def test_a_traceback_in_the_log_names_no_variables() -> None:
    script = """
import structlog
from hospes.platform.logs import configure_logs
configure_logs("info", service="test")
def pay(number):
    raise RuntimeError("it broke")
try:
    pay("4242" * 4)
except RuntimeError:
    structlog.get_logger().exception("failed")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "it broke" in done.stdout
    assert card_numbers_in(done.stdout + done.stderr) == []


async def _send(client: httpx.AsyncClient, path: str, form: dict[str, str]) -> httpx.Response:
    page = await client.get(path)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return await client.post(path, data={**{k: html.unescape(v) for k, v in hidden}, **form})


async def _everything_in(rt: Runtime) -> str:
    """Every row of every table, and every value of Valkey, as text."""
    found: list[str] = []
    async with rt.db.read() as tx:
        tables = await tx.all(
            "SELECT format('%%I.%%I', schemaname, tablename) AS name FROM pg_catalog.pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for table in tables:
            rows = await tx.all(f"SELECT t::text AS said FROM {table['name']} AS t")  # type: ignore[arg-type]
            found += [row["said"] for row in rows]
    for key in await rt.valkey.keys("*"):
        kind = await rt.valkey.type(key)
        read = {"string": rt.valkey.get, "hash": rt.valkey.hgetall, "set": rt.valkey.smembers}.get(kind)
        found.append(f"{key} {await read(key) if read else ''}")
    return "\n".join(found)
