"""Each payment provider with what a test needs to make it behave: the sandbox, the fake, and vendors on a real port."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.paypal.api import PayPalApi
from hospes.modules.payments.providers.paypal.provider import PayPalProvider
from hospes.modules.payments.providers.paystack.api import PaystackApi
from hospes.modules.payments.providers.paystack.provider import PaystackProvider
from hospes.modules.payments.providers.port import AccountOrder, NeedsAction
from hospes.modules.payments.providers.sandbox import SandboxProvider
from hospes.modules.payments.providers.sandbox_books import SandboxBooks
from hospes.modules.payments.providers.signature import sign
from hospes.modules.payments.providers.stripe.api import StripeApi
from hospes.modules.payments.providers.stripe.provider import StripeProvider
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from tests.builders.payments import SECRET, FakeProvider, a_card
from tests.providers_wire import paypal_server, paystack_server, stripe_server
from tests.providers_wire.wire import on_a_port

FIFTY = Money(5_000, "EUR")
NAIRA = Money(500_000, "NGN")
PATIENCE = 0.2  # seconds a test waits for a server that it has made silent; for any other as long as the product does
_eras = itertools.count()
Payer = Callable[[str, bool], Awaitable[None]]


@dataclass
class Bench:
    """A provider, methods that behave (ok, decline, challenge, lost, lapse, dispute), and hands at the vendor's."""

    name: str
    provider: Any
    method: Callable[[str], Awaitable[Method]]
    out_of_service: Callable[[], Awaitable[Method]]
    answer: Payer  # the payer answers the bank's or the vendor's question about the charge of this name
    message: Callable[[UUID, datetime], tuple[dict[str, str], bytes]]  # a signed webhook about a charge of this key
    amount: Money = FIFTY
    declines: str = "insufficient_funds"  # what the vendor says of a card without money
    server: Any = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pass_time: Callable[[timedelta], None] = lambda _: None
    lapse: Callable[[str], None] = lambda _: None
    pay_out: Callable[[str], None] = lambda _: None
    dispute: Callable[[str], None] = lambda _: None
    details: dict[str, str] = field(default_factory=dict)
    http: Any = None
    set_time: Callable[[Callable[[], datetime]], None] = lambda _: None  # the vendor's clock, where it matters

    def part(self, parts: int) -> Money:
        """So many fifths of the amount."""
        return Money(self.amount.amount * parts // 5, self.amount.currency)

    async def evidence(self, ref: str) -> str:
        """Everything that the vendor holds against this dispute."""
        if self.name == "stripe":
            named = [self.server.objects[each]["filename"] for each in self.server.objects if each.startswith("file")]
            return f"{self.server.objects[ref]['evidence']} {named}"
        if self.name == "paypal":
            return str(self.server.disputes[ref]["evidences"])
        return str([self.server.disputes, list(self.server.uploads)])

    async def account(self) -> str:
        """An account that can be paid to."""
        order = AccountOrder(
            new_id(),
            new_id(),
            "host@example.org",
            "NG" if self.name == "paystack" else "DE",
            "https://stay.example/host",
        )
        link = await self.provider.open_account(AccountOrder(*_values(order), details=self.details))
        if self.name == "stripe":
            self.server.enable(link.ref)
        return str(link.ref)


def _values(order: AccountOrder) -> tuple[Any, ...]:
    return order.key, order.business_id, order.email, order.country, order.page


@asynccontextmanager
async def sandbox(db: Database, now: datetime) -> AsyncIterator[Bench]:
    clock = [now + timedelta(days=40 * next(_eras))]  # books are shared, so each bench has days of its own
    provider = SandboxProvider(SandboxBooks(db, lambda: clock[0]), webhook_secret=SECRET)
    numbers = {
        "ok": "4242424242424242",
        "decline": "4000000000009995",
        "challenge": "4000002500003155",
        "lost": "4000000000000119",
        "lapse": "4000000000006975",
        "dispute": "4000000000000259",
    }

    async def method(word: str) -> Method:
        return await provider.tokenise(a_card(numbers[word]), now=now)

    async def out() -> Method:
        return await provider.tokenise(a_card("4000000000000341"), now=now)

    async def answer(ref: str, approve: bool) -> None:
        async with db.read() as tx:
            row = await tx.find("SELECT c.idempotency_key FROM sandbox.charge c WHERE c.id = %s", (ref,))
        assert row is not None
        await provider.answer_challenge(UUID(row["idempotency_key"]), approve=approve)

    def pass_time(span: timedelta) -> None:
        clock[0] += span

    yield Bench("sandbox", provider, method, out, answer, _message, now=lambda: clock[0], pass_time=pass_time)


@asynccontextmanager
async def fake(db: Database, now: datetime) -> AsyncIterator[Bench]:
    provider = FakeProvider()

    async def method(word: str) -> Method:
        return Method(word)

    async def out() -> Method:
        provider.down = 1
        return Method("ok")

    async def answer(ref: str, approve: bool) -> None:
        await provider.answer_challenge(UUID(ref.removeprefix("ch_")), approve=approve)

    yield Bench("fake", provider, method, out, answer, _message, now=lambda: now)


def _message(key: UUID, at: datetime) -> tuple[dict[str, str], bytes]:
    raw = orjson.dumps({"id": "evt_1", "type": "charge.succeeded", "data": {"key": str(key)}})
    return {"sandbox-signature": sign(SECRET, raw, at=at)}, raw


@asynccontextmanager
async def stripe(db: Database, now: datetime) -> AsyncIterator[Bench]:
    server = stripe_server.StripeServer()
    names = {
        "ok": "pm_card_visa",
        "decline": "pm_card_visa_chargeDeclinedInsufficientFunds",
        "challenge": "pm_card_authenticationRequired",
        "lapse": "pm_card_visa",
        "dispute": "pm_card_createDispute",
    }

    async def answer(ref: str, approve: bool) -> None:
        server.authenticate(ref, approve=approve)

    def message(key: UUID, at: datetime) -> tuple[dict[str, str], bytes]:
        thing = {"id": "pi_1", "object": "payment_intent", "metadata": {"key": str(key)}}
        return server.event("payment_intent.succeeded", thing, at=at)

    async with on_a_port(server.app) as base:
        api = StripeApi(stripe_server.KEY, base=base)
        provider = StripeProvider(api, publishable_key="pk_test", webhook_secrets=("", stripe_server.SECRET))
        method, out = _methods(server, names)
        yield Bench("stripe", provider, method, out, answer, message, server=server, lapse=server.lapse, http=api.http)
        await provider.aclose()


@asynccontextmanager
async def paystack(db: Database, now: datetime) -> AsyncIterator[Bench]:
    server = paystack_server.PaystackServer()
    names = {"ok": "AUTH_ok", "decline": "AUTH_poor", "challenge": "", "dispute": "AUTH_ok"}

    async def answer(ref: str, approve: bool) -> None:
        if server.transactions[ref]["status"] == "abandoned":
            server.pay(ref, succeed=approve)

    def message(key: UUID, at: datetime) -> tuple[dict[str, str], bytes]:
        return server.event("charge.success", {"reference": str(key), "amount": 1})

    async with on_a_port(server.app) as base:
        api = PaystackApi(paystack_server.KEY, base=base)
        provider = PaystackProvider(api, secret_key=paystack_server.KEY)
        method, out = _methods(server, names)
        bench = Bench("paystack", provider, method, out, answer, message, amount=NAIRA, server=server, http=api.http)
        bench.details = {"account_name": "A Host", "account_number": "0123456789", "bank_code": "058"}
        bench.dispute = server.dispute  # type: ignore[assignment]
        yield bench
        await provider.aclose()


@asynccontextmanager
async def paypal(db: Database, now: datetime) -> AsyncIterator[Bench]:
    server = paypal_server.PayPalServer()
    names = {"ok": "vault_ok", "decline": "vault_declined", "challenge": "", "lapse": "vault_ok", "dispute": "vault_ok"}

    async def answer(ref: str, approve: bool) -> None:
        if server.orders[ref]["status"] == "PAYER_ACTION_REQUIRED":
            server.declines_next = "" if approve else "INSTRUMENT_DECLINED"
            server.approve(ref)

    def message(key: UUID, at: datetime) -> tuple[dict[str, str], bytes]:
        return server.event("PAYMENT.CAPTURE.COMPLETED", {"id": "CAP1", "custom_id": str(key)}, at=at)

    async with on_a_port(server.app) as base:
        api = PayPalApi(paypal_server.CLIENT, paypal_server.SECRET, base=base)
        provider = PayPalProvider(api, webhook_id=paypal_server.WEBHOOK)
        method, out = _methods(server, names)
        bench = Bench(
            "paypal", provider, method, out, answer, message, declines="card_declined", server=server, http=api.http
        )
        bench.details, bench.lapse, bench.pay_out = {"paypal_email": "host@example.org"}, server.lapse, server.pay_out
        bench.dispute = server.dispute  # type: ignore[assignment]
        bench.set_time = lambda clock: setattr(server, "now", clock)
        yield bench
        await provider.aclose()


def _methods(
    server: Any, names: dict[str, str]
) -> tuple[Callable[[str], Awaitable[Method]], Callable[[], Awaitable[Method]]]:
    async def method(word: str) -> Method:
        if word == "lost":
            server.faults.next("cut_after")
            return Method(names["ok"])
        return Method(names[word])

    async def out() -> Method:
        server.faults.next("429")
        return Method(names["ok"])

    return method, out


@contextmanager
def impatient(http: Any) -> Iterator[None]:
    """Calls give up soon: only around those that the server stays silent to, or a busy machine makes others fail."""
    before, http.timeout = http.timeout, PATIENCE
    try:
        yield
    finally:
        http.timeout = before


def url_of(asked: NeedsAction) -> str:
    """Where the payer is sent."""
    assert asked.action["kind"] == "redirect"
    return str(asked.action["url"])
