"""The sandbox's own ways: its cards, its books, its disputes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from hospes.modules.payments.providers.port import (
    AccountOrder,
    CaptureOrder,
    ChargeOrder,
    Declined,
    Saved,
    SaveOrder,
    SignatureRefused,
    Succeeded,
    TransferOrder,
    Unknown,
)
from hospes.modules.payments.providers.sandbox import SandboxProvider
from hospes.modules.payments.providers.sandbox_books import SandboxBooks
from hospes.modules.payments.providers.signature import sign
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from tests.builders.payments import SECRET, a_card

FIFTY = Money(5_000, "EUR")
PAGE = "https://stay.example/pay/1"


class Clockwork:
    """The vendor's clock and its pauses."""

    def __init__(self, now: datetime) -> None:
        self.now, self.slept = now, list[float]()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def works(now: datetime) -> Clockwork:
    return Clockwork(now)


@pytest.fixture
def sandbox(db: Database, works: Clockwork) -> SandboxProvider:
    return SandboxProvider(SandboxBooks(db, lambda: works.now), webhook_secret=SECRET, sleep=works.sleep)


@pytest.fixture
def order(sandbox: SandboxProvider, now: datetime) -> Callable[..., Any]:
    async def make(number: str = "4242424242424242", **given: Any) -> ChargeOrder:
        return ChargeOrder(new_id(), FIFTY, await sandbox.tokenise(a_card(number), now=now), PAGE, **given)

    return make


@pytest.mark.parametrize(
    ("number", "seconds"), [("4000000000000077", 8.0), ("4000000000000192", 600.0), ("4242424242424242", None)]
)
async def test_some_cards_take_their_time(
    sandbox: SandboxProvider, works: Clockwork, order: Any, number: str, seconds: float | None
) -> None:
    assert isinstance(await sandbox.charge(await order(number)), Succeeded)
    assert works.slept == ([seconds] if seconds else [])


async def test_a_silent_card_has_been_charged_when_its_call_is_given_up(
    sandbox: SandboxProvider, works: Clockwork, order: Any
) -> None:
    class GaveUp(Exception):
        pass

    async def given_up(seconds: float) -> None:
        raise GaveUp

    sandbox._sleep = given_up
    silent = await order("4000000000000192")
    with pytest.raises(GaveUp):
        await sandbox.charge(silent)
    assert isinstance(await sandbox.look_up(silent.key, "charge"), Succeeded)


async def test_nonsense_stays_nonsense(sandbox: SandboxProvider, order: Any) -> None:
    asked = await order("4000000000003063")
    assert isinstance(await sandbox.charge(asked), Unknown)
    assert isinstance(await sandbox.look_up(asked.key, "charge"), Unknown)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("4000000000000002", "card_declined"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
        ("4000000000009979", "stolen_card"),
    ],
)
async def test_each_declining_card_has_its_reason(
    sandbox: SandboxProvider, order: Any, number: str, reason: str
) -> None:
    outcome = await sandbox.charge(await order(number))
    assert isinstance(outcome, Declined)
    assert outcome.reason == reason


async def test_an_authorisation_ends_after_seven_days(
    sandbox: SandboxProvider, works: Clockwork, order: Any, now: datetime
) -> None:
    held = await order(capture=False)
    outcome = await sandbox.charge(held)
    assert outcome.expires_at == now + timedelta(days=7)  # type: ignore[union-attr]
    works.now = now + timedelta(days=7)
    assert await sandbox.look_up(held.key, "authorise") == Declined("authorisation_expired", outcome.ref)  # type: ignore[union-attr]
    late = CaptureOrder(new_id(), outcome.ref, FIFTY)  # type: ignore[union-attr,arg-type]
    assert await sandbox.capture(late) == Declined("authorisation_expired", late.charge_ref)


@pytest.mark.parametrize(("number", "ends"), [("4000000000000259", "lost"), ("4000000000001976", "won")])
async def test_a_dispute_opens_after_a_minute_and_is_decided_after_three_days(
    sandbox: SandboxProvider, works: Clockwork, order: Any, now: datetime, number: str, ends: str
) -> None:
    charged = await order(number)
    assert isinstance(await sandbox.charge(charged), Succeeded)
    assert await sandbox.list_disputes(now) == []
    works.now = now + timedelta(minutes=2)
    [opened] = await sandbox.list_disputes(now)
    assert (opened.status, opened.charge_key, opened.amount) == ("open", charged.key, FIFTY)
    works.now = now + timedelta(days=4)
    [decided] = await sandbox.list_disputes(now)
    assert (decided.ref, decided.status) == (opened.ref, ends)
    lines = await sandbox.report(now, works.now)
    moved = [line.amount.amount for line in lines if line.kind == "dispute"]
    assert moved == ([-5_000] if ends == "lost" else [-5_000, 5_000])


async def test_a_saved_card_has_a_customer_and_a_declining_one_is_not_saved(
    sandbox: SandboxProvider, order: Any
) -> None:
    card = (await order()).method
    saved = await sandbox.save_method(SaveOrder(new_id(), PAGE, card, customer="cus_1"))
    assert isinstance(saved, Saved)
    assert (saved.method, saved.customer) == (card, "cus_1")
    assert await sandbox.look_up_saved(saved.ref) == saved
    declining = (await order("4000000000000069")).method
    assert await sandbox.save_method(SaveOrder(new_id(), PAGE, declining)) == Declined("expired_card")


async def test_a_card_that_was_not_saved_is_not_charged_without_its_payer(sandbox: SandboxProvider, order: Any) -> None:
    assert await sandbox.charge(await order(off_session=True)) == Declined("unknown_method")


async def test_an_account_waits_for_its_owner_when_its_address_says_so(sandbox: SandboxProvider) -> None:
    link = await sandbox.open_account(AccountOrder(new_id(), new_id(), "pending@example.org", "DE", PAGE))
    assert link.url == PAGE
    assert not (await sandbox.account_state(link.ref)).payouts_enabled
    paid = TransferOrder(new_id(), link.ref, FIFTY, "June")
    assert await sandbox.transfer(paid) == Declined("account_not_ready")
    await sandbox.enable_account(link.ref)
    assert isinstance(await sandbox.transfer(paid), Succeeded)


async def test_signed_nonsense_is_refused(sandbox: SandboxProvider, now: datetime) -> None:
    for raw in (b"", b"[]", b"{}", b'{"id": 7}', b'{"id": ""}', b"not json"):
        with pytest.raises(SignatureRefused):
            await sandbox.parse_webhook({"sandbox-signature": sign(SECRET, raw, at=now)}, raw, now=now)
    raw = b'{"id": "evt_9", "data": {"key": "not a key"}}'
    event = await sandbox.parse_webhook({"sandbox-signature": sign(SECRET, raw, at=now)}, raw, now=now)
    assert event.key is None


async def test_without_a_secret_no_message_is_believed(db: Database, now: datetime) -> None:
    provider = SandboxProvider(SandboxBooks(db), webhook_secret="")
    raw = orjson.dumps({"id": "evt_1"})
    with pytest.raises(SignatureRefused):
        await provider.parse_webhook({"sandbox-signature": sign("", raw, at=now)}, raw, now=now)
