"""Paying over the API: tokens, confirm, the event stream, webhooks."""

import asyncio
import json
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

from hospes.modules.identity.contracts import User
from hospes.modules.payments import facade, jobs
from hospes.modules.payments.contracts import Payment
from hospes.modules.payments.providers import sandbox_secret
from hospes.modules.payments.providers.sandbox_books import SandboxBooks
from hospes.modules.payments.providers.signature import sign
from hospes.modules.payments.use_cases.follow_payment import follow_payment
from hospes.platform.ids import new_id
from hospes.platform.jobs import run_waiting
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import a_payment, facts_of

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
async def api(client: httpx.AsyncClient, ada: User) -> httpx.AsyncClient:
    """Signed in as Ada."""
    return await signed_in(client, ada)


async def signed_in(client: httpx.AsyncClient, user: User) -> httpx.AsyncClient:
    answer = await client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


async def a_token(api: httpx.AsyncClient, number: str = "4242424242424242") -> dict[str, str]:
    answer = await api.post("/api/v1/sandbox/tokens", json={**CARD, "number": number})
    assert answer.status_code == 201, answer.text
    method: dict[str, str] = answer.json()
    return method


async def confirm(api: httpx.AsyncClient, booking_id: UUID, method: dict[str, str], key: str = "") -> httpx.Response:
    return await api.post(
        "/api/v1/payments/confirm",
        json={"booking_id": str(booking_id), "method": method},
        headers={"Idempotency-Key": key or str(new_id())},
    )


async def work(rt: Runtime) -> None:
    await run_waiting(rt, jobs.TASKS, queues=["payments"])


async def pay(api: httpx.AsyncClient, rt: Runtime, payment: Payment, number: str = "4242424242424242") -> None:
    answer = await confirm(api, payment.booking_id, await a_token(api, number))
    assert answer.status_code == 202, answer.text
    await work(rt)


async def stream(api: httpx.AsyncClient, payment: Payment, after: int | None = None) -> list[dict[str, Any]]:
    """The events until the stream closes."""
    headers = {"Last-Event-ID": str(after)} if after is not None else {}
    answer = await asyncio.wait_for(
        api.get(f"/api/v1/payments/{payment.booking_id}/events", headers=headers), timeout=10
    )
    if answer.status_code == 204:
        return []
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events_in(answer.text)


def events_in(text: str) -> list[dict[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if "event" in lines:
            found.append({"id": int(lines["id"]), "event": lines["event"], "data": json.loads(lines["data"])})
    return found


async def test_a_booking_is_paid_over_the_api(api: httpx.AsyncClient, runtime: Runtime, payment: Payment) -> None:
    method = await a_token(api)
    assert (method["brand"], method["last4"]) == ("visa", "4242")
    answer = await confirm(api, payment.booking_id, method)
    assert answer.status_code == 202
    assert answer.json()["status"] == "processing"
    assert answer.json()["amount"] == {"amount": 15_000, "currency": "EUR"}
    await work(runtime)
    read = await api.get(f"/api/v1/payments/{payment.id}")
    assert read.status_code == 200
    assert (read.json()["status"], read.json()["captured"]) == ("succeeded", 15_000)


async def test_the_same_key_confirms_once_and_answers_the_same(
    api: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    method = await a_token(api)
    first = await confirm(api, payment.booking_id, method, "k1")
    again = await confirm(api, payment.booking_id, method, "k1")
    assert (again.status_code, again.json()) == (202, first.json())
    other = await confirm(api, payment.booking_id, {**method, "last4": "0000"}, "k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    second = await confirm(api, payment.booking_id, method, "k2")
    assert (second.status_code, second.json()["code"]) == (409, "payment_in_progress")
    await work(runtime)
    assert await facts_of(runtime.db, payment) == [("payment.processing", None), ("payment.completed", None)]


async def test_confirming_needs_a_key_a_caller_and_a_booking_of_theirs(
    api: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    method = await a_token(api)
    body = {"booking_id": str(payment.booking_id), "method": method}
    assert (await api.post("/api/v1/payments/confirm", json=body)).json()["code"] == "idempotency_key_required"
    assert (await confirm(api, new_id(), method)).status_code == 404
    assert (await confirm(api, payment.booking_id, {"token": "tok <script>"})).status_code == 422
    async with runtime.db.write() as tx:
        eve = await a_user(tx, first_name="Eve")
    await signed_in(api, eve)
    for answer in (
        await confirm(api, payment.booking_id, method),
        await api.get(f"/api/v1/payments/{payment.id}"),
        await api.get(f"/api/v1/payments/{payment.booking_id}/events"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "payment_not_found")
    del api.headers["Authorization"]
    assert (await confirm(api, payment.booking_id, method)).status_code == 401
    assert (await api.get(f"/api/v1/payments/{payment.booking_id}/events")).status_code == 401
    assert (await api.post("/api/v1/sandbox/tokens", json=CARD)).status_code == 401


async def test_a_token_nobody_made_is_declined(api: httpx.AsyncClient, runtime: Runtime, payment: Payment) -> None:
    await confirm(api, payment.booking_id, {"token": "tok_invented"})
    await work(runtime)
    assert (await api.get(f"/api/v1/payments/{payment.id}")).json()["failure"] == "unknown_method"


async def test_a_faulty_card_is_refused_by_field_without_repeating_it(api: httpx.AsyncClient) -> None:
    answer = await api.post("/api/v1/sandbox/tokens", json={**CARD, "number": "4242424242424241", "cvc": "1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_card")
    assert {error["field"] for error in answer.json()["errors"]} == {"number", "cvc"}
    assert "4242424242424241" not in answer.text
    for wrong in (4242424242424242, "4" * 300, None):
        answer = await api.post("/api/v1/sandbox/tokens", json={**CARD, "number": wrong})
        assert answer.status_code == 422
        assert "4242424242424242" not in answer.text


async def test_no_card_number_reaches_database_or_log(
    api: httpx.AsyncClient, runtime: Runtime, payment: Payment, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    await pay(api, runtime, payment, "4000000000009995")
    async with runtime.db.read() as tx:
        tables = await tx.all(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        assert len(tables) > 20
        for table in tables:
            rows = await tx.all(f"SELECT t::text AS row FROM {table['name']} t")  # type: ignore[arg-type]
            assert not [row for row in rows if "4000000000009995" in row["row"].replace(" ", "")], table["name"]
    out, err = capfd.readouterr()
    assert "4000000000009995" not in (caplog.text + out + err).replace(" ", "")


async def test_the_stream_tells_the_whole_story_as_documented_and_closes(
    api: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    await pay(api, runtime, payment, "4000000000009995")
    booking = str(payment.booking_id)
    failed = [
        ("payment.processing", {"status": "processing", "bookingId": booking}),
        ("payment.failed", {"status": "failed", "bookingId": booking, "reason": "insufficient_funds"}),
    ]
    told = await stream(api, payment)
    assert [(each["event"], each["data"]) for each in told] == failed
    await pay(api, runtime, payment)
    paid = [
        ("payment.processing", {"status": "processing", "bookingId": booking}),
        ("payment.completed", {"status": "completed", "bookingId": booking, "amount": 150.00}),
    ]
    assert [(each["event"], each["data"]) for each in await stream(api, payment)] == failed + paid
    assert [(each["event"], each["data"]) for each in await stream(api, payment, told[-1]["id"])] == paid
    last = (await stream(api, payment))[-1]["id"]
    assert (await stream(api, payment, last)) == []
    assert [each["id"] for each in await stream(api, payment, last - 1)] == [last]


async def test_who_listens_while_it_happens_hears_each_event_once(
    api: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    await confirm(api, payment.booking_id, await a_token(api))
    listening = [asyncio.create_task(stream(api, payment)) for _ in range(3)]
    await asyncio.sleep(0.3)
    assert not any(task.done() for task in listening)
    await work(runtime)
    for told in await asyncio.gather(*listening):
        assert [each["event"] for each in told] == ["payment.processing", "payment.completed"]


@pytest.mark.parametrize("junk", ["abc", "-1", "²", "9" * 40, "1.5"])
async def test_a_senseless_last_event_id_is_no_fault(
    api: httpx.AsyncClient, runtime: Runtime, payment: Payment, junk: str
) -> None:
    await pay(api, runtime, payment)
    answer = await api.get(
        f"/api/v1/payments/{payment.booking_id}/events",
        headers={"Last-Event-ID": junk.encode()},  # type: ignore[dict-item]
    )
    assert answer.status_code in (200, 204)


async def test_a_silent_stream_sends_heartbeats(runtime: Runtime, payment: Payment) -> None:
    following = follow_payment(runtime, payment.booking_id, 0, heartbeat=0.01)
    assert [await anext(following) for _ in range(3)] == [b"retry: 2000\n\n"] + [b": still here\n\n"] * 2
    await following.aclose()  # type: ignore[attr-defined]


async def test_amounts_are_told_with_the_decimals_of_their_currency(
    api: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    for amount, text in ((Money(15_000, "EUR"), '"amount":150.00}'), (Money(15_000, "JPY"), '"amount":15000}')):
        async with runtime.db.write() as tx:
            payment = await a_payment(tx, payer_id=ada.id, provider="sandbox", amount=amount)
        await pay(api, runtime, payment)
        answer = await api.get(f"/api/v1/payments/{payment.booking_id}/events")
        assert text in answer.text


def a_message(key: UUID | None, **given: Any) -> bytes:
    return orjson.dumps({"id": "evt_1", "type": "charge.succeeded", "data": {"key": str(key)}, **given})


async def send(
    client: httpx.AsyncClient, rt: Runtime, raw: bytes, *, at: datetime | None = None, secret: str | None = None
) -> httpx.Response:
    signature = sign(sandbox_secret(rt.settings) if secret is None else secret, raw, at=at or rt.clock.now())
    return await client.post("/api/v1/webhooks/sandbox", content=raw, headers={"Sandbox-Signature": signature})


async def waiting_for_the_bank(api: httpx.AsyncClient, rt: Runtime, payment: Payment) -> UUID:
    """A charge the payer has confirmed at the vendor, who will tell us by a message; answers its key."""
    await pay(api, rt, payment, "4000002500003155")
    async with rt.db.read() as tx:
        row = await tx.find("SELECT id FROM payments.attempt")
    assert row is not None
    await SandboxBooks(rt.db).answer(row["id"], approve=True)
    key: UUID = row["id"]
    return key


async def test_a_webhook_completes_a_payment_once_however_often_it_comes(
    api: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    key = await waiting_for_the_bank(api, runtime, payment)
    del api.headers["Authorization"]
    answers = [await send(api, runtime, a_message(key)) for _ in range(3)]
    assert [(a.status_code, a.json()["repeated"]) for a in answers] == [(200, False), (200, True), (200, True)]
    await work(runtime)
    assert (await send(api, runtime, a_message(key, id="evt_2"))).json()["repeated"] is False
    await work(runtime)
    told = await facts_of(runtime.db, payment)
    assert told == [("payment.processing", None), ("payment.needs_action", None), ("payment.completed", None)]
    async with runtime.db.read() as tx:
        rows = await tx.all("SELECT event_id, processed_at FROM payments.provider_event ORDER BY event_id")
    assert [row["event_id"] for row in rows] == ["evt_1", "evt_2"]
    assert all(row["processed_at"] for row in rows)


async def test_a_forged_altered_or_stale_webhook_is_refused_and_changes_nothing(
    api: httpx.AsyncClient, runtime: Runtime, payment: Payment
) -> None:
    key = await waiting_for_the_bank(api, runtime, payment)
    raw = a_message(key)
    now = runtime.clock.now()
    good = sign(sandbox_secret(runtime.settings), raw, at=now)
    refused = [
        await send(api, runtime, raw, secret="guessed"),
        await send(api, runtime, raw, at=now - timedelta(minutes=6)),
        await api.post("/api/v1/webhooks/sandbox", content=raw),
        await api.post("/api/v1/webhooks/sandbox", content=raw + b" ", headers={"Sandbox-Signature": good}),
    ]
    assert [(a.status_code, a.json()["code"]) for a in refused] == [(400, "wrong_signature")] * 4
    await work(runtime)
    async with runtime.db.read() as tx:
        assert await tx.all("SELECT event_id FROM payments.provider_event") == []
        current = await facade.payment_of(tx, payment.booking_id)
    assert current is not None
    assert current.status == "needs_action"


async def test_a_webhook_that_lies_changes_nothing(api: httpx.AsyncClient, runtime: Runtime, payment: Payment) -> None:
    """It is signed, but early or reordered: the vendor's books do not say so."""
    await pay(api, runtime, payment, "4000002500003155")
    async with runtime.db.read() as tx:
        row = await tx.find("SELECT id FROM payments.attempt")
    assert row is not None
    for number, kind in enumerate(("charge.succeeded", "charge.failed", "something.new")):
        assert (await send(api, runtime, a_message(row["id"], id=f"evt_{number}", type=kind))).status_code == 200
    assert (await send(api, runtime, a_message(new_id(), id="evt_8"))).status_code == 200
    assert (await send(api, runtime, a_message(None, id="evt_9", data="?"))).status_code == 200
    await work(runtime)
    assert (await api.get(f"/api/v1/payments/{payment.id}")).json()["status"] == "needs_action"
