"""Payments for tests, and a provider that can be told how to fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from hospes.modules.payments import facade, queries
from hospes.modules.payments.contracts import Attempt, CardForm, Method, Payment
from hospes.modules.payments.providers.port import (
    Capabilities,
    ChargeOrder,
    Declined,
    Kind,
    NeedsAction,
    Outcome,
    ProviderDown,
    ProviderEvent,
    RefundOrder,
    Succeeded,
    Unknown,
)
from hospes.modules.payments.providers.signature import verify
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user

BORN = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
PRICE = Money(15_000, "EUR")
SECRET = "a webhook secret for tests"


def a_card(number: str = "4242 4242 4242 4242", **given: str) -> CardForm:
    """A card form as somebody types it."""
    return CardForm(**{"number": number, "expiry": "12/30", "cvc": "123", "name": "Ada Lovelace", **given})


async def a_payment(
    tx: WriteTx,
    *,
    booking_id: UUID | None = None,
    payer_id: UUID | None = None,
    amount: Money = PRICE,
    provider: str = "fake",
    now: datetime = BORN,
) -> Payment:
    """A payment that waits for a card, of a new user unless one is given."""
    payer_id = payer_id or (await a_user(tx)).id
    return await facade.open_payment(
        tx, booking_id=booking_id or new_id(), payer_id=payer_id, amount=amount, provider=provider, now=now
    )


async def a_charge(rt: Runtime, payment: Payment | None = None, token: str = "ok") -> tuple[Payment, Attempt]:
    """A recorded charge whose job waits."""
    async with rt.db.write() as tx:
        payment = payment or await a_payment(tx)
        attempt = await facade.start_charge(tx, payment.id, Method(token), now=rt.clock.now())
    return await read(rt.db, attempt)


async def read(db: Database, attempt: Attempt) -> tuple[Payment, Attempt]:
    """Both as they are now."""
    async with db.read() as tx:
        payment = await queries.find_payment(tx, attempt.payment_id)
        again = await queries.find_attempt(tx, attempt.id)
    assert payment is not None
    assert again is not None
    return payment, again


async def facts_of(db: Database, payment: Payment) -> list[tuple[str, str | None]]:
    """Type and reason of every published fact of a payment, in order."""
    async with db.read() as tx:
        return [(e.type, e.data["reason"]) for e in await queries.list_events(tx, payment.booking_id, 0)]


class Killed(BaseException):
    """The worker is gone, at once."""


@dataclass
class FakeProvider:
    """Books in memory. The next `down` calls find it out of service.

    Tokens: ok, decline, challenge, lost, killed_before, killed_after, wrong_amount.
    """

    name: str = "fake"
    can: Capabilities = field(default_factory=Capabilities)
    down: int = 0
    charges: dict[UUID, Outcome] = field(default_factory=dict)
    refunds: dict[UUID, Outcome] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    calls: list[UUID] = field(default_factory=list)
    orders: dict[UUID, Money] = field(default_factory=dict)

    async def charge(self, order: ChargeOrder) -> Outcome:
        self.calls.append(order.key)
        self._check_up()
        token = order.method.token
        if token == "killed_before":
            raise Killed
        if order.key in self.orders and self.orders[order.key] != order.amount:
            return Unknown("another amount under the same key")
        self.orders[order.key] = order.amount
        if order.key not in self.charges:
            self.charges[order.key] = self._first(order, token)
        if token == "killed_after":
            raise Killed
        return Unknown("lost on the way") if token == "lost" else self.charges[order.key]

    async def refund(self, order: RefundOrder) -> Outcome:
        self.calls.append(order.key)
        self._check_up()
        if order.key not in self.refunds:
            if order.amount.amount > self.left.get(order.charge_ref, 0):
                return Declined("refund_refused")
            self.left[order.charge_ref] -= order.amount.amount
            self.refunds[order.key] = Succeeded(f"re_{order.key}", order.amount)
        return self.refunds[order.key]

    async def look_up(
        self, key: UUID, kind: Kind, *, ref: str | None = None, target: str | None = None
    ) -> Outcome | None:
        self._check_up()
        return (self.charges if kind == "charge" else self.refunds).get(key)

    async def answer_challenge(self, key: UUID, *, approve: bool) -> None:
        if isinstance(self.charges[key], NeedsAction):
            self.settle(key, self.orders[key] if approve else None)

    def settle(self, key: UUID, amount: Money | None) -> None:
        """The vendor decides: succeeded with this amount, or declined."""
        self.charges[key] = Succeeded(f"ch_{key}", amount) if amount else Declined("challenge_declined", f"ch_{key}")
        if amount:
            self.left[f"ch_{key}"] = amount.amount

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        verify(SECRET, headers.get("sandbox-signature", ""), raw, now=now)
        payload: dict[str, Any] = orjson.loads(raw)
        return ProviderEvent(payload["id"], payload["type"], UUID(payload["data"]["key"]), payload)

    def _first(self, order: ChargeOrder, token: str) -> Outcome:
        if token == "decline":
            return Declined("insufficient_funds", f"ch_{order.key}")
        if token == "challenge":
            return NeedsAction(f"ch_{order.key}", {"kind": "redirect", "url": f"{order.page}/challenge"})
        off = 1 if token == "wrong_amount" else 0
        amount = Money(order.amount.amount - off, order.amount.currency)
        self.left[f"ch_{order.key}"] = amount.amount
        return Succeeded(f"ch_{order.key}", amount)

    def _check_up(self) -> None:
        if self.down:
            self.down -= 1
            raise ProviderDown("as the test wants")
