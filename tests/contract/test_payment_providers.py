"""What every payment provider promises (src/hospes/modules/payments/providers/port.py)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
import pytest
from tests.builders.payments import SECRET, FakeProvider, a_card

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.port import (
    ChargeOrder,
    Declined,
    NeedsAction,
    PaymentProvider,
    ProviderDown,
    RefundOrder,
    SignatureRefused,
    Succeeded,
    Unknown,
)
from hospes.modules.payments.providers.sandbox import SandboxProvider
from hospes.modules.payments.providers.sandbox_books import SandboxBooks
from hospes.modules.payments.providers.signature import sign
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from hospes.platform.money import Money

FIFTY = Money(5_000, "EUR")


@dataclass(frozen=True)
class Bench:
    """A provider, a method for each behaviour (ok, decline, challenge, lost), and how to put it out of service once."""

    provider: PaymentProvider
    method: Callable[[str], Awaitable[Method]]
    out_of_service: Callable[[], Awaitable[Method]]


async def sandbox(db: Database, now: datetime) -> Bench:
    provider = SandboxProvider(SandboxBooks(db), webhook_secret=SECRET)
    numbers = {
        "ok": "4242424242424242",
        "decline": "4000000000009995",
        "challenge": "4000002500003155",
        "lost": "4000000000000119",
    }

    async def method(word: str) -> Method:
        return await provider.tokenise(a_card(numbers[word]), now=now)

    async def out() -> Method:
        return await provider.tokenise(a_card("4000000000000341"), now=now)

    return Bench(provider, method, out)


async def fake(db: Database, now: datetime) -> Bench:
    provider = FakeProvider()

    async def method(word: str) -> Method:
        return Method(word)

    async def out() -> Method:
        provider.down = 1
        return Method("ok")

    return Bench(provider, method, out)


@pytest.fixture(params=[sandbox, fake], ids=lambda make: make.__name__)
async def bench(request: pytest.FixtureRequest, db: Database, now: datetime) -> Bench:
    made: Bench = await request.param(db, now)
    return made


async def an_order(bench: Bench, word: str = "ok", amount: Money = FIFTY) -> ChargeOrder:
    return ChargeOrder(new_id(), amount, await bench.method(word), "/pay/1")


async def test_a_charge_that_succeeds_says_what_was_taken(bench: Bench) -> None:
    outcome = await bench.provider.charge(await an_order(bench))
    assert isinstance(outcome, Succeeded)
    assert outcome.amount == FIFTY
    assert outcome.ref


async def test_the_same_order_twice_takes_the_money_once(bench: Bench) -> None:
    order = await an_order(bench)
    assert await bench.provider.charge(order) == await bench.provider.charge(order)


async def test_the_same_order_twice_at_once_takes_the_money_once(bench: Bench) -> None:
    order = await an_order(bench)
    outcomes = await asyncio.gather(*(bench.provider.charge(order) for _ in range(5)))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert isinstance(outcomes[0], Succeeded)


async def test_control_two_keys_take_the_money_twice(bench: Bench) -> None:
    first, second = [await bench.provider.charge(await an_order(bench)) for _ in range(2)]
    assert isinstance(first, Succeeded)
    assert isinstance(second, Succeeded)
    assert first.ref != second.ref


async def test_a_key_used_for_another_amount_is_never_a_success(bench: Bench) -> None:
    order = await an_order(bench)
    await bench.provider.charge(order)
    other = ChargeOrder(order.key, Money(4_999, "EUR"), order.method, order.page)
    assert isinstance(await bench.provider.charge(other), Unknown)


async def test_a_declined_card_says_why_and_is_found_declined(bench: Bench) -> None:
    order = await an_order(bench, "decline")
    outcome = await bench.provider.charge(order)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "insufficient_funds"
    assert await bench.provider.look_up(order.key, "charge") == outcome


async def test_a_lost_answer_is_unknown_and_found_later(bench: Bench) -> None:
    order = await an_order(bench, "lost")
    assert isinstance(await bench.provider.charge(order), Unknown)
    found = await bench.provider.look_up(order.key, "charge")
    assert isinstance(found, Succeeded)
    assert found.amount == FIFTY


async def test_a_key_that_never_arrived_is_not_found(bench: Bench) -> None:
    assert await bench.provider.look_up(new_id(), "charge") is None
    assert await bench.provider.look_up(new_id(), "refund") is None


async def test_out_of_service_nothing_has_happened_and_the_same_order_works_afterwards(bench: Bench) -> None:
    order = ChargeOrder(new_id(), FIFTY, await bench.out_of_service(), "/pay/1")
    with pytest.raises(ProviderDown):
        await bench.provider.charge(order)
    assert await bench.provider.look_up(order.key, "charge") is None
    assert isinstance(await bench.provider.charge(order), Succeeded)


@pytest.mark.parametrize(("approve", "expected"), [(True, Succeeded), (False, Declined)])
async def test_a_question_waits_for_its_answer(bench: Bench, approve: bool, expected: type) -> None:
    order = await an_order(bench, "challenge")
    asked = await bench.provider.charge(order)
    assert isinstance(asked, NeedsAction)
    assert asked.action == {"kind": "redirect", "url": "/pay/1/challenge"}
    await bench.provider.answer_challenge(order.key, approve=approve)  # type: ignore[attr-defined]
    settled = await bench.provider.look_up(order.key, "charge")
    assert isinstance(settled, expected)
    await bench.provider.answer_challenge(order.key, approve=not approve)  # type: ignore[attr-defined]
    assert await bench.provider.look_up(order.key, "charge") == settled


async def test_a_refund_twice_gives_the_money_back_once(bench: Bench) -> None:
    charged = await bench.provider.charge(await an_order(bench))
    assert isinstance(charged, Succeeded)
    order = RefundOrder(new_id(), charged.ref, Money(3_000, "EUR"))
    first = await bench.provider.refund(order)
    assert isinstance(first, Succeeded)
    assert first.amount == Money(3_000, "EUR")
    assert await bench.provider.refund(order) == first
    assert await bench.provider.look_up(order.key, "refund") == first
    rest = await bench.provider.refund(RefundOrder(new_id(), charged.ref, Money(2_000, "EUR")))
    assert isinstance(rest, Succeeded)


async def test_more_than_was_taken_is_not_given_back(bench: Bench) -> None:
    charged = await bench.provider.charge(await an_order(bench))
    assert isinstance(charged, Succeeded)
    order = RefundOrder(new_id(), charged.ref, Money(5_001, "EUR"))
    assert isinstance(await bench.provider.refund(order), Declined)
    assert await bench.provider.look_up(order.key, "refund") is None


def a_message(**given: object) -> bytes:
    return orjson.dumps({"id": "evt_1", "type": "charge.succeeded", "data": {"key": str(new_id())}, **given})


async def test_a_signed_message_is_read(bench: Bench, now: datetime) -> None:
    key = new_id()
    raw = a_message(data={"key": str(key)})
    event = await bench.provider.parse_webhook({"sandbox-signature": sign(SECRET, raw, at=now)}, raw, now=now)
    assert (event.id, event.type, event.key) == ("evt_1", "charge.succeeded", key)


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
async def test_a_message_signed_long_ago_or_in_the_future_is_refused(
    bench: Bench, now: datetime, age: timedelta
) -> None:
    raw = a_message()
    with pytest.raises(SignatureRefused, match="too long ago"):
        await bench.provider.parse_webhook({"sandbox-signature": sign(SECRET, raw, at=now - age)}, raw, now=now)


@pytest.mark.parametrize("header", ["", "t=1", "v1=ab", "t=x,v1=ab", "t=²,v1=ab", "t=1,v1=é", "t=1,t=2,v1=a"])
async def test_a_message_without_a_signature_is_refused(bench: Bench, now: datetime, header: str) -> None:
    with pytest.raises(SignatureRefused):
        await bench.provider.parse_webhook({"sandbox-signature": header}, a_message(), now=now)


async def test_a_message_with_another_secret_or_body_is_refused(bench: Bench, now: datetime) -> None:
    raw = a_message()
    for header, body in [(sign("another", raw, at=now), raw), (sign(SECRET, raw, at=now), raw + b" ")]:
        with pytest.raises(SignatureRefused, match="does not fit"):
            await bench.provider.parse_webhook({"sandbox-signature": header}, body, now=now)


async def test_the_sandbox_refuses_signed_nonsense(db: Database, now: datetime) -> None:
    provider = SandboxProvider(SandboxBooks(db), webhook_secret=SECRET)
    for raw in (b"", b"[]", b"{}", b'{"id": 7}', b'{"id": ""}', b"not json"):
        with pytest.raises(SignatureRefused):
            await provider.parse_webhook({"sandbox-signature": sign(SECRET, raw, at=now)}, raw, now=now)
    raw = b'{"id": "evt_9", "data": {"key": "not a key"}}'
    assert (await provider.parse_webhook({"sandbox-signature": sign(SECRET, raw, at=now)}, raw, now=now)).key is None


async def test_without_a_secret_no_message_is_believed(db: Database, now: datetime) -> None:
    provider, raw = SandboxProvider(SandboxBooks(db), webhook_secret=""), a_message()
    with pytest.raises(SignatureRefused):
        await provider.parse_webhook({"sandbox-signature": sign("", raw, at=now)}, raw, now=now)


async def test_the_slow_card_answers_after_eight_seconds(db: Database, now: datetime) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    provider = SandboxProvider(SandboxBooks(db), webhook_secret=SECRET, sleep=sleep)
    method = await provider.tokenise(a_card("4000000000000077"), now=now)
    assert isinstance(await provider.charge(ChargeOrder(new_id(), FIFTY, method, "/pay/1")), Succeeded)
    assert slept == [8.0]
