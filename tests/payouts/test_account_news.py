"""A provider says that an account has changed: it is asked how, at once, also about one that was enabled before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from hospes.modules.payments.providers import sandbox_secret
from hospes.modules.payments.providers.port import AccountState, ProviderDown
from hospes.modules.payments.providers.sandbox import SandboxProvider
from hospes.modules.payments.providers.signature import sign
from hospes.modules.payments.providers.stripe.messages import parse_stripe_webhook
from hospes.modules.payments.use_cases.receive_event import process_event, process_waiting_events, receive_event
from hospes.modules.payouts import queries, subscribers
from hospes.modules.payouts.contracts import PayoutAccount
from hospes.modules.payouts.use_cases.open_account import ProviderSilent, check_accounts
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_stay
from tests.builders.payouts import FakeBank, a_payout_account
from tests.conftest import FixedClock

SECRET = "whsec_made_up"


class Bank(FakeBank):
    """A bank that also sends messages."""

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> Any:
        return parse_stripe_webhook([SECRET], headers, raw, now=now)


class Silent(Bank):
    async def account_state(self, ref: str) -> AccountState:
        raise ProviderDown("as the test wants")


@pytest.fixture
async def business(runtime: Runtime) -> UUID:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        await a_payout_account(tx, stay.sellable.business_id)
    return stay.sellable.business_id


async def account(rt: Runtime, business_id: UUID) -> PayoutAccount:
    async with rt.db.read() as tx:
        found = await queries.find_account(tx, business_id)
    assert found is not None
    return found


def message(ref: str, now: datetime, name: str = "evt_1") -> tuple[dict[str, str], bytes]:
    thing = {"id": ref, "object": "account", "payouts_enabled": False}
    raw = orjson.dumps({"id": name, "object": "event", "type": "account.updated", "data": {"object": thing}})
    return {"stripe-signature": sign(SECRET, raw, at=now)}, raw


async def hear(rt: Runtime, ref: str, name: str = "evt_1") -> list[Event]:
    """The message arrives; what is told then, delivered."""
    new = await receive_event(rt, "fake", *message(ref, rt.clock.now(), name))
    if new is not None:
        await process_event(rt, "fake", new)
        await process_event(rt, "fake", new)
    found = await told(rt)
    for event in found:
        await subscribers.look_at_account(rt, event)
    return found


async def told(rt: Runtime) -> list[Event]:
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT * FROM platform.outbox WHERE type = 'payment_account.changed' ORDER BY id", ())
    return [Event(r["event_id"], r["type"], r["aggregate_id"], r["data"], r["occurred_at"], r["id"]) for r in rows]


async def test_an_account_that_lost_something_is_due_as_soon_as_its_provider_says_so(
    runtime: Runtime, business: UUID
) -> None:
    bank = Bank(state=AccountState(False, ("A bank account to be paid to.",), "https://bank.example/go-on"))
    runtime.ports.payment_providers = {"fake": bank}
    before = await account(runtime, business)
    assert (before.status, before.due) == ("enabled", ())
    assert before.ref is not None
    (event,) = await hear(runtime, before.ref)
    assert event.data == {"provider": "fake", "account_ref": before.ref}
    after = await account(runtime, business)
    assert (after.status, after.due) == ("due", ("A bank account to be paid to.",))
    assert len(await hear(runtime, before.ref)) == 1, "the same message again tells nothing new"
    bank.state = AccountState(True)
    assert len(await hear(runtime, before.ref, "evt_2")) == 2
    assert (await account(runtime, business)).status == "enabled"


async def test_control_without_the_message_an_enabled_account_is_not_looked_at(
    runtime: Runtime, clock: FixedClock, business: UUID
) -> None:
    runtime.ports.payment_providers = {"fake": Bank(state=AccountState(False, ("Who you are.",)))}
    clock.at = clock.at.replace(year=2027)
    await check_accounts(runtime)
    assert (await account(runtime, business)).status == "enabled"


async def test_a_message_left_behind_by_a_process_that_died_is_told_once(
    runtime: Runtime, clock: FixedClock, business: UUID
) -> None:
    runtime.ports.payment_providers = {"fake": Bank()}
    ref = (await account(runtime, business)).ref
    assert ref is not None
    await receive_event(runtime, "fake", *message(ref, clock.now()))
    assert await told(runtime) == []
    clock.at = clock.at.replace(hour=clock.at.hour + 1)
    await process_waiting_events(runtime)
    await process_waiting_events(runtime)
    assert len(await told(runtime)) == 1


async def test_an_account_of_nobody_here_changes_nothing(runtime: Runtime, business: UUID) -> None:
    runtime.ports.payment_providers = {"fake": Bank(state=AccountState(False))}
    await hear(runtime, "acct_of_somebody_else")
    assert (await account(runtime, business)).status == "enabled"


async def test_a_provider_that_does_not_answer_is_asked_again(runtime: Runtime, business: UUID) -> None:
    runtime.ports.payment_providers = {"fake": Silent()}
    ref = (await account(runtime, business)).ref
    assert ref is not None
    with pytest.raises(ProviderSilent):
        await hear(runtime, ref)
    assert (await account(runtime, business)).status == "enabled"


@pytest.mark.parametrize(
    ("kind", "thing", "expected"),
    [
        ("account.updated", {"id": "acct_1", "object": "account"}, "acct_1"),
        ("capability.updated", {"id": "transfers", "object": "capability", "account": "acct_1"}, "acct_1"),
        ("account.external_account.deleted", {"id": "ba_1", "object": "bank_account"}, "acct_2"),
        ("account.application.deauthorized", {"id": "ca_1", "object": "application"}, "acct_2"),
        ("payment_intent.succeeded", {"id": "pi_1", "object": "payment_intent"}, None),
    ],
)
def test_stripes_messages_say_which_account(kind: str, thing: dict[str, str], expected: str | None, now: Any) -> None:
    payload: dict[str, Any] = {"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}
    if kind != "capability.updated":
        payload["account"] = "acct_2"
    raw = orjson.dumps(payload)
    event = parse_stripe_webhook([SECRET], {"stripe-signature": sign(SECRET, raw, at=now)}, raw, now=now)
    assert event.account_ref == expected


async def test_the_sandbox_tells_of_accounts_too(runtime: Runtime) -> None:
    sandbox = runtime.ports.payment_providers["sandbox"]
    assert isinstance(sandbox, SandboxProvider)
    raw = orjson.dumps({"id": "evt_1", "type": "account.updated", "data": {"account": "acct_1"}})
    headers = {"sandbox-signature": sign(sandbox_secret(runtime.settings), raw, at=runtime.clock.now())}
    event = await sandbox.parse_webhook(headers, raw, now=runtime.clock.now())
    assert (event.account_ref, event.key) == ("acct_1", None)
