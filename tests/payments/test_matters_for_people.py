"""Dead letters, disputes, circuits, and the edges of paying over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.identity.contracts import User
from hospes.modules.payments import facade, queries
from hospes.modules.payments.contracts import LetterStatus, PaymentTerms
from hospes.modules.payments.errors import NotRetriable, PaymentNotOpen
from hospes.modules.payments.policies.circuit import Circuit, after_failure, may_call
from hospes.modules.payments.use_cases.end_letter import replay_letter, resolve_letter
from hospes.modules.payments.use_cases.note_dispute import note_dispute
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.builders.paying import Desk, a_desk
from tests.builders.payments import FakeProvider, a_charge, a_payment, read
from tests.conftest import NOW, FixedClock

CARD_NUMBER = "(^|[^0-9a-f])4[0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}([^0-9a-f]|$)"


async def dead(rt: Runtime, clock: FixedClock, provider: FakeProvider) -> Any:
    """A charge that was given up, as it is, and its letter."""
    _, attempt = await a_charge(rt)
    provider.down = 6
    for _ in range(6):
        await run_attempt(rt, attempt.id)
        clock.at += timedelta(hours=7)
    async with rt.db.read() as tx:
        (letter,) = await queries.list_letters(tx, status=LetterStatus.OPEN, before=None, limit=5)
    return attempt, letter


async def test_what_never_reached_the_provider_is_sent_again_under_its_key(
    rt: Runtime, clock: FixedClock, provider: FakeProvider
) -> None:
    attempt, letter = await dead(rt, clock, provider)
    assert (letter.reason, letter.attempt.id) == ("provider_unavailable", attempt.id)
    async with rt.db.write() as tx:
        admin = await a_user(tx)
        done = await replay_letter(tx, letter.id, user_id=admin.id, note="back again", now=clock.at)
    assert (done.status, done.ended_by, done.note) == (LetterStatus.REPLAYED, admin.id, "back again")
    await run_attempt(rt, attempt.id)
    payment, attempt = await read(rt.db, attempt)
    assert (payment.status, attempt.status) == ("succeeded", "succeeded")
    assert list(provider.charges) == [attempt.id]
    for end in (replay_letter, resolve_letter):
        with pytest.raises(NotRetriable):
            async with rt.db.write() as tx:
                await end(tx, letter.id, user_id=admin.id, note="once more", now=clock.at)


async def test_a_charge_is_not_replayed_once_the_guest_has_paid_otherwise(
    rt: Runtime, clock: FixedClock, provider: FakeProvider
) -> None:
    attempt, letter = await dead(rt, clock, provider)
    payment, _ = await read(rt.db, attempt)
    _, second = await a_charge(rt, payment)
    await run_attempt(rt, second.id)
    async with rt.db.write() as tx:
        admin = await a_user(tx)
    with pytest.raises(NotRetriable, match="paid otherwise"):
        async with rt.db.write() as tx:
            await replay_letter(tx, letter.id, user_id=admin.id, now=clock.at)
    async with rt.db.write() as tx:
        done = await resolve_letter(tx, letter.id, user_id=admin.id, note="paid with another card", now=clock.at)
    assert done.status is LetterStatus.RESOLVED
    assert len(provider.charges) == 1


async def test_after_five_failures_in_a_row_a_provider_is_left_alone_and_one_call_finds_out(
    rt: Runtime, clock: FixedClock, provider: FakeProvider
) -> None:
    provider.down = 5
    for _ in range(5):
        await run_attempt(rt, (await a_charge(rt))[1].id)
    called = len(provider.calls)
    _, waiting = await a_charge(rt)
    await run_attempt(rt, waiting.id)
    assert len(provider.calls) == called
    assert (await read(rt.db, waiting))[1].tries == 0
    clock.at += timedelta(seconds=31)
    await run_attempt(rt, waiting.id)
    assert (await read(rt.db, waiting))[0].status == "succeeded"
    await run_attempt(rt, (await a_charge(rt))[1].id)
    assert len(provider.calls) == called + 2


def test_each_failure_of_the_probe_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    circuit, waits = Circuit("x"), []
    for _ in range(12):
        circuit = after_failure(circuit, NOW)
        waits.append(circuit.retry_at and int((circuit.retry_at - NOW).total_seconds()))
    assert waits == [None] * 4 + [30, 60, 120, 240, 480, 900, 900, 900]
    assert not may_call(circuit, NOW)


def news(desk: Desk, status: str, amount: int = 30_000) -> dict[str, Any]:
    charge = desk.vendor.every[0]
    return {
        "ref": "dp_1",
        "charge_ref": charge.ref,
        "charge_key": str(charge.key),
        "amount": amount,
        "currency": "EUR",
        "status": status,
        "reason": "fraudulent",
        "evidence_due": None,
    }


@pytest.mark.parametrize(
    ("order", "ends", "facts"),
    [
        (["open", "lost"], "lost", ["payment.disputed", "dispute.lost"]),
        (["open", "open", "won", "won"], "won", ["payment.disputed", "dispute.won"]),
        (["lost", "open"], "lost", ["dispute.lost"]),
        (["open", "won", "lost"], "won", ["payment.disputed", "dispute.won"]),
    ],
)
async def test_disputes_end_once_however_their_messages_come(
    runtime: Runtime, clock: FixedClock, order: list[str], ends: str, facts: list[str]
) -> None:
    desk = await a_desk(runtime, PaymentTerms())
    made = await desk.book(NOW.date() + timedelta(days=4), NOW.date() + timedelta(days=7))
    await desk.pay((await desk.parts(made.id))[0].id)
    for status in order:
        async with runtime.db.write() as tx:
            dispute = await note_dispute(tx, "vendor", news(desk, status), now=clock.at)
    assert dispute is not None
    assert dispute.status == ends
    assert (await desk.parts(made.id))[0].disputed is (ends != "won")
    async with runtime.db.read() as tx:
        rows = await tx.all("SELECT type FROM platform.outbox WHERE type LIKE '%%disput%%' ORDER BY id")
        lost = await tx.find("SELECT count(*) AS n FROM ledger.transaction WHERE kind = 'dispute_lost'")
    assert [row["type"] for row in rows] == facts
    assert lost is not None
    assert lost["n"] == (1 if ends == "lost" else 0)


async def test_a_dispute_of_nothing_we_know_changes_nothing(runtime: Runtime, clock: FixedClock) -> None:
    said = {"ref": "dp_9", "charge_ref": "ch_none", "charge_key": str(new_id()), "amount": 1, "currency": "EUR"}
    async with runtime.db.write() as tx:
        assert (
            await note_dispute(tx, "vendor", {**said, "status": "open", "reason": "", "evidence_due": None}, now=NOW)
            is None
        )


async def test_a_part_due_later_waits_for_what_is_due_now(runtime: Runtime, clock: FixedClock) -> None:
    desk = await a_desk(runtime, PaymentTerms(damage_amount=100))
    made = await desk.book(NOW.date() + timedelta(days=4), NOW.date() + timedelta(days=7))
    with pytest.raises(PaymentNotOpen, match="due now first"):
        await desk.pay((await desk.parts(made.id))[1].id)


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> tuple[User, dict[str, str]]:
    """Somebody signed in over the API."""
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        user = await a_user(tx)
    tokens = (await client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})).json()
    return user, {"Authorization": f"Bearer {tokens['access_token']}"}


def key(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Idempotency-Key": str(new_id())}


async def test_the_edges_are_for_who_may(client: httpx.AsyncClient, ada: tuple[User, dict[str, str]]) -> None:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        foreign = await a_payment(tx, provider="sandbox")
        mine = await a_payment(tx, payer_id=ada[0].id, provider="sandbox")
    _, who = ada
    listed = (await client.get("/api/v1/payments", headers=who)).json()
    assert [each["id"] for each in listed["items"]] == [str(mine.id)]
    about = {"booking_id": str(foreign.booking_id)}
    for path, body in (("intent", about), ("split", {**about, "amounts": [1, 2]})):
        assert (await client.post(f"/api/v1/payments/{path}", json=body, headers=key(who))).status_code == 404
    refund = {**about, "amount": 100, "currency": "EUR", "reason": "because"}
    assert (await client.post("/api/v1/payments/refund", json=refund, headers=key(who))).status_code == 404
    for path in ("", "/dead-letters", "/disputes"):
        assert (await client.get(f"/api/v1/admin/payments{path}", headers=who)).status_code == 403
    assert (await client.get(f"/api/v1/businesses/{new_id()}/payment-terms", headers=who)).status_code == 404
    assert (await client.post("/api/v1/webhooks/nobody", content=b"{}")).status_code == 404
    assert (await client.post("/api/v1/webhooks/sandbox", content=b"{}")).status_code == 400


@pytest.mark.parametrize("amount", [0, -1, 10**13, 2**63, 1.5, "1"])
async def test_amounts_that_make_no_sense_are_refused_by_field(
    client: httpx.AsyncClient, ada: tuple[User, dict[str, str]], amount: object
) -> None:
    body = {"booking_id": str(new_id()), "amount": amount, "currency": "EUR", "reason": "because"}
    answer = await client.post("/api/v1/payments/refund", json=body, headers=key(ada[1]))
    assert answer.status_code == (404 if amount == "1" else 422)


async def test_a_card_that_is_kept_pays_the_next_time_and_is_forgotten(
    client: httpx.AsyncClient, ada: tuple[User, dict[str, str]]
) -> None:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    user, who = ada
    async with rt.db.write() as tx:
        first = await a_payment(tx, payer_id=user.id, provider="sandbox")
        second = await a_payment(tx, payer_id=user.id, provider="sandbox", amount=Money(500, "EUR"))
    card = {"number": "4242424242424242", "expiry": "12/30", "cvc": "123", "name": "Ada"}
    token = (await client.post("/api/v1/sandbox/tokens", json=card, headers=who)).json()
    paid = {"booking_id": str(first.booking_id), "method": token, "save": True}
    assert (await client.post("/api/v1/payments/confirm", json=paid, headers=key(who))).status_code == 202

    async def work() -> None:
        async with rt.db.read() as tx:
            rows = await tx.all("SELECT a.id FROM payments.attempt AS a WHERE a.status = 'recorded'")
        for row in rows:
            await run_attempt(rt, row["id"])

    await work()
    (kept,) = (await client.get("/api/v1/payments/methods", headers=who)).json()["items"]
    assert (kept["label"], "token" in kept) == ("Visa •••• 4242", False)
    again = {"booking_id": str(second.booking_id), "saved_method_id": kept["id"]}
    assert (await client.post("/api/v1/payments/confirm", json=again, headers=key(who))).status_code == 202
    await work()
    async with rt.db.read() as tx:
        assert (await facade.payment_of(tx, second.booking_id)).status == "succeeded"  # type: ignore[union-attr]
    path = f"/api/v1/payments/methods/{kept['id']}"
    assert (await client.delete(path, headers=who)).status_code == 204
    assert (await client.delete(path, headers=who)).status_code == 404
    assert (await client.get("/api/v1/payments/methods", headers=who)).json() == {"items": []}


async def test_no_card_number_is_in_any_table_job_or_log(
    client: httpx.AsyncClient, ada: tuple[User, dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    user, who = ada
    async with rt.db.write() as tx:
        payment = await a_payment(tx, payer_id=user.id, provider="sandbox")
    for number in ("4242 4242 4242 4242", "4000000000009995", "4111111111111111"):
        card = {"number": number, "expiry": "12/30", "cvc": "737", "name": "Ada"}
        made = await client.post("/api/v1/sandbox/tokens", json=card, headers=who)
        if made.status_code == 201:
            body = {"booking_id": str(payment.booking_id), "method": made.json(), "save": True}
            await client.post("/api/v1/payments/confirm", json=body, headers=key(who))
    found = []
    async with rt.db.read() as tx:
        tables = await tx.all(
            "SELECT format('%%I.%%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for table in tables:
            text = "encode(t.body, 'escape')" if table["name"] == "platform.idempotency" else "t::text"
            sql = f"SELECT count(*) AS n FROM {table['name']} AS t WHERE {text} ~ '{CARD_NUMBER}'"
            row = await (await tx.conn.execute(sql.encode())).fetchone()
            if row and row["n"]:
                found.append(table["name"])
    assert found == []
    said = capsys.readouterr()
    for digits in ("4242424242424242", "4000000000009995", "4111111111111111", "4242 4242"):
        assert digits not in said.out + said.err
