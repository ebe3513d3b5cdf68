"""The shipped provider for trying Hospes out: it moves no money, and its well-known cards do well-known things."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from hospes.modules.payments.contracts import CardForm, Method
from hospes.modules.payments.errors import InvalidCard
from hospes.modules.payments.policies.cards import sandbox_card_of
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
    SignatureRefused,
    Succeeded,
    Unknown,
)
from hospes.modules.payments.providers.sandbox_books import BookedCharge, BookedRefund, SandboxBooks
from hospes.modules.payments.providers.signature import verify

SIGNATURE = "sandbox-signature"
SLOW_SECONDS = 8.0


class SandboxProvider:
    """Keeps its own books; answers as the card asks."""

    name = "sandbox"
    can = Capabilities()

    def __init__(
        self,
        books: SandboxBooks,
        *,
        webhook_secret: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._books = books
        self._secret = webhook_secret
        self._sleep = sleep

    async def tokenise(self, form: CardForm, *, now: datetime) -> Method:
        """A token for a test card; raises `InvalidCard`. The number is looked at and forgotten."""
        card, errors = sandbox_card_of(form, today=now.date())
        if card is None:
            raise InvalidCard("Please check what is marked.", fields=errors)
        last4 = card.number[-4:]
        token = await self._books.keep_token(behaviour=card.behaviour, brand=card.brand, last4=last4)
        return Method(token, card.brand, last4)

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Take the money as the card asks; the same key again finds the same charge."""
        known = await self._books.find_charge(order.key)
        if known is not None:
            return _outcome(known) if known.amount == order.amount else Unknown("the key was used for another amount")
        behaviour = await self._books.behaviour_of(order.method.token)
        if behaviour is None:
            return Declined("unknown_method")
        if behaviour == "outage" and await self._books.count_outage(order.key) == 1:
            raise ProviderDown("the sandbox is out of service, as this card asks")
        if behaviour == "slow":
            await self._sleep(SLOW_SECONDS)
        booked = await self._book(order, behaviour)
        return Unknown("the answer was lost, as this card asks") if behaviour == "lost" else _outcome(booked)

    async def refund(self, order: RefundOrder) -> Outcome:
        """Give money back; the same key again finds the same refund."""
        booked = await self._books.book_refund(order.key, order.charge_ref, order.amount)
        if booked is None:
            return Declined("refund_refused")
        return _refunded(booked)

    async def look_up(
        self, key: UUID, kind: Kind, *, ref: str | None = None, target: str | None = None
    ) -> Outcome | None:
        """What the books say of this key."""
        if kind == "refund":
            refund = await self._books.find_refund(key)
            return _refunded(refund) if refund else None
        charge = await self._books.find_charge(key)
        return _outcome(charge) if charge else None

    async def answer_challenge(self, key: UUID, *, approve: bool) -> None:
        """The payer's answer to the bank's question."""
        await self._books.answer(key, approve=approve)

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        """`{"id": "evt_…", "type": "charge.succeeded", "data": {"key": …}}`, signed as providers/signature.py says."""
        verify(self._secret, headers.get(SIGNATURE, ""), raw, now=now)
        try:
            payload = orjson.loads(raw)
        except orjson.JSONDecodeError as fault:
            raise SignatureRefused("The body is not JSON.") from fault
        if not isinstance(payload, dict) or not isinstance(payload.get("id"), str) or not 0 < len(payload["id"]) < 256:
            raise SignatureRefused("The message has no id.")
        data = payload.get("data")
        key = data.get("key") if isinstance(data, dict) else None
        return ProviderEvent(payload["id"], str(payload.get("type", "")), _uuid(key), payload)

    async def _book(self, order: ChargeOrder, behaviour: str) -> BookedCharge:
        word, _, reason = behaviour.partition(":")
        status = {"decline": "declined", "challenge": "needs_action"}.get(word, "succeeded")
        return await self._books.book_charge(
            order.key,
            order.amount,
            token=order.method.token,
            status=status,
            reason=reason or None,
            action_url=urlsplit(order.page).path + "/challenge" if status == "needs_action" else None,
        )


def _outcome(charge: BookedCharge) -> Outcome:
    if charge.status == "succeeded":
        return Succeeded(charge.id, charge.amount)
    if charge.status == "declined":
        return Declined(charge.reason or "card_declined", charge.id)
    if charge.status == "needs_action":
        return NeedsAction(charge.id, {"kind": "redirect", "url": charge.action_url})
    return Unknown(f"the sandbox says {charge.status}")


def _refunded(refund: BookedRefund) -> Outcome:
    return Succeeded(refund.id, refund.amount)


def _uuid(value: object) -> UUID | None:
    if not isinstance(value, str):
        return None
    try:
        return UUID(value)
    except ValueError:
        return None
