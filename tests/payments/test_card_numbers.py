"""No card number is stored or logged: a scanner looks through the database, the queue, Valkey, answers and logs."""

import html
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
import structlog

from hospes.entrypoints import wiring
from hospes.modules.booking.contracts import Actor, Party
from hospes.modules.booking.use_cases.cancel_booking import cancel_booking
from hospes.modules.booking.use_cases.create_booking import book_stay
from hospes.modules.payments import jobs
from hospes.modules.payments.contracts import Method
from hospes.modules.payments.policies.cards import SANDBOX_CARDS, card_numbers_in
from hospes.modules.payments.providers.port import ChargeOrder, Declined
from hospes.modules.payments.providers.stripe.api import StripeApi
from hospes.modules.payments.providers.stripe.provider import StripeProvider
from hospes.modules.payments.use_cases.split_payment import split_payment
from hospes.platform.db import ReadTx
from hospes.platform.ids import new_id
from hospes.platform.jobs import defer, run_waiting
from hospes.platform.money import Money
from hospes.platform.outbox import Event, publish
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_stay
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import a_payment
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
        await publish(tx, "made.up", new_id(), {"note": "4242424242424242"}, now=runtime.clock.now())
    structlog.get_logger().info("paid", note=REAL)
    assert "4242424242424242" in card_numbers_in(await _everything_in(runtime))
    assert card_numbers_in(repr(logged)) == [REAL.replace(" ", "")]


PLANTED = (
    ("notifications.message", "plain"),
    ("payments.payment", "failure"),
    ("payments.attempt", "method"),
    ("payments.dead_letter", "reason"),
    ("payments.provider_event", "payload"),
    ("payments.saved_method", "token"),
    ("promotions.coupon", "code"),
    ("invoices.document", "data"),
    ("procrastinate_jobs", "args"),
    ("platform.audit_entry", "data"),
    ("platform.outbox", "data"),
)


async def test_every_table_that_could_hold_one_is_searched_bytes_too(runtime: Runtime) -> None:
    async with runtime.db.read() as tx:
        searched = {each["name"] for each in await _tables(tx)}
    assert {name if "." in name else f"public.{name}" for name, _ in PLANTED} <= searched


async def test_control_a_number_in_bytes_in_the_queue_in_a_message_or_in_valkey_is_found(runtime: Runtime) -> None:
    planted = [each.number for each in SANDBOX_CARDS[:6]]
    async with runtime.db.write() as tx:
        await tx.run("CREATE TABLE public.planted (id integer, held bytea)")
        await tx.run("INSERT INTO public.planted VALUES (1, %s)", (f"a card {planted[0]} in a file".encode(),))
        await defer(tx, "payments.run_attempt", queue="payments", attempt_id=planted[1])
        await publish(tx, "payment.failed", new_id(), {"reason": planted[2]}, now=runtime.clock.now())
    await runtime.valkey.rpush("list", planted[3])
    await runtime.valkey.zadd("zset", {planted[4]: 1})
    await runtime.valkey.xadd("stream", {"number": planted[5]})
    assert set(card_numbers_in(await _everything_in(runtime))) == set(planted)


async def test_a_booking_that_was_paid_split_told_invoiced_and_cancelled_leaves_no_number_anywhere(
    client: httpx.AsyncClient, runtime: Runtime, logged: list[object]
) -> None:
    """Through every module that reacts: parts, messages, documents, earnings, and whatever they enqueue."""
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        ada = await a_user(tx)
    async with runtime.db.write() as tx:
        made = await book_stay(
            *(tx,),
            guest_id=ada.id,
            resource_id=stay.resource_id,
            arrival=date(2026, 7, 1),
            departure=date(2026, 7, 4),
            party=Party(2),
            provider="sandbox",
            now=runtime.clock.now(),
        )
        await split_payment(tx, made.id, (10_000, 20_000), runtime.clock.now())
    client.headers["Accept"] = "text/html"
    await _send(client, "/login", {"email": ada.email, "password": PASSWORD})
    for number in ("4242 4242 4242 4242", REAL, "5555 5555 5555 4444"):
        card = {"number": number, "expiry": "12/30", "cvc": "123", "name": number}
        await _send(client, f"/pay/{made.id}", card)
        await _everybody_reacts(runtime)
    async with runtime.db.write() as tx:
        await cancel_booking(tx, booking_id=made.id, actor=Actor.HOST, actor_id=stay.owner_id, now=runtime.clock.now())
    await _everybody_reacts(runtime)
    async with runtime.db.read() as tx:
        counted = await tx.find(
            "SELECT (SELECT count(*) FROM payments.attempt) AS attempts, (SELECT count(*) FROM notifications.message)"
            " AS messages, (SELECT count(*) FROM platform.outbox) AS facts"
        )
    assert counted is not None
    assert min(counted.values()) > 0
    assert card_numbers_in(await _everything_in(runtime)) == []
    assert card_numbers_in(repr(logged)) == []


async def _everybody_reacts(rt: Runtime) -> None:
    """Jobs, and every subscriber of every fact so far, as the worker would; again is harmless."""
    for _ in range(3):
        await run_waiting(rt, jobs.TASKS, queues=["payments"])
        async with rt.db.read() as tx:
            rows = await tx.all("SELECT * FROM platform.outbox ORDER BY id")
        for r in rows:
            for each in wiring.subscribers():
                if r["type"] in each.types:
                    event = Event(r["event_id"], r["type"], r["aggregate_id"], r["data"], r["occurred_at"], r["id"])
                    await each.handle(rt, event)


async def test_a_vendor_that_repeats_a_number_in_its_answer_does_not_put_it_into_our_logs(
    logged: list[object],
) -> None:
    server = StripeServer()

    def repeat(params: object) -> None:
        raise Problem(400, code=f"bad_{REAL.replace(' ', '')}", message=f"The card {REAL} is not accepted.")

    server._create_payment_intent = repeat  # type: ignore[method-assign,assignment]
    async with on_a_port(server.app) as base:
        api = StripeApi("sk_test_made_up_for_tests", base=base)
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
        for table in await _tables(tx):
            rows = await tx.all(f"SELECT {', '.join(columns(table))} FROM {table['name']} AS t")  # type: ignore[arg-type]
            found += [" ".join(map(str, row.values())) for row in rows]
    for key in await rt.valkey.keys("*"):
        found.append(f"{key} {await _value(rt, key)}")
    return "\n".join(found)


def columns(table: dict[str, Any]) -> list[str]:
    """The row as text; what is kept as bytes is read as text too, for a number in it would be one."""
    return ["t::text", *(f"encode({name}, 'escape')" for name in table["bytes"])]


async def _tables(tx: ReadTx) -> list[dict[str, Any]]:
    return await tx.all(
        "SELECT format('%%I.%%I', t.schemaname, t.tablename) AS name, ARRAY(SELECT quote_ident(c.column_name)"
        "  FROM information_schema.columns AS c WHERE c.table_schema = t.schemaname AND c.table_name = t.tablename"
        "  AND c.data_type = 'bytea') AS bytes"
        " FROM pg_catalog.pg_tables AS t WHERE t.schemaname NOT IN ('pg_catalog', 'information_schema')"
    )


async def _value(rt: Runtime, key: str) -> object:
    """A value of any kind; a kind nobody reads here is a fault of this test, not a reason to look away."""
    match await rt.valkey.type(key):
        case "string":
            return await rt.valkey.get(key)
        case "hash":
            return await rt.valkey.hgetall(key)
        case "set":
            return await rt.valkey.smembers(key)
        case "list":
            return await rt.valkey.lrange(key, 0, -1)
        case "zset":
            return await rt.valkey.zrange(key, 0, -1, withscores=True)
        case "stream":
            return await rt.valkey.xrange(key)
        case other:
            raise AssertionError(f"{key} is a {other}, which is not searched")
