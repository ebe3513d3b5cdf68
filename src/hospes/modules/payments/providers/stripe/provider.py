"""Stripe behind the port: PaymentIntents, SetupIntents, refunds, disputes, Connect transfers and the report."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.payments.providers.calling import Lost, Refused, nothing_ordered
from hospes.modules.payments.providers.port import (
    AccountLink,
    AccountOrder,
    AccountState,
    Capabilities,
    CaptureOrder,
    ChargeOrder,
    Declined,
    DisputeNews,
    EvidenceOrder,
    EvidenceOutcome,
    Kind,
    Outcome,
    ProviderEvent,
    RefundOrder,
    RenewOrder,
    ReportLine,
    ReverseOrder,
    SaveOrder,
    SaveOutcome,
    Succeeded,
    TransferOrder,
    Unknown,
    VoidOrder,
)
from hospes.modules.payments.providers.reading import at, items, text
from hospes.modules.payments.providers.stripe import accounts, disputes
from hospes.modules.payments.providers.stripe.api import StripeApi
from hospes.modules.payments.providers.stripe.messages import parse_stripe_webhook
from hospes.modules.payments.providers.stripe.reading import (
    key_of,
    money_of,
    read_dispute,
    read_intent,
    read_line,
    read_refund,
    read_saving,
    read_transfer,
    reason_of,
    units_of,
)
from hospes.platform.money import Money

_EXPAND = ["latest_charge.balance_transaction"]


class StripeProvider:
    """One Stripe account."""

    name = "stripe"
    can = Capabilities(
        authorise=True,
        save_methods=True,
        transfers=True,
        disputes=True,
        reverses=True,
        saves_unpaid=True,
        answers_disputes=True,
    )

    def __init__(self, api: StripeApi, *, publishable_key: str, webhook_secrets: Sequence[str]) -> None:
        self._api = api
        self._publishable = publishable_key
        self._secrets = tuple(webhook_secrets)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._api.aclose()

    async def charge(self, order: ChargeOrder) -> Outcome:
        """A PaymentIntent, confirmed at once when a method is given; else the payer chooses in the Payment Element."""
        units = units_of(order.amount)
        if units is None or units <= 0:
            return Declined("amount_not_supported")
        try:
            customer = order.customer
            if order.save and not customer:
                customer = await self._customer(order.key, order.email)
            params = _params_of(order, units, customer)
            intent = await self._api.call(self._api.v1.payment_intents.create_async, params, key=str(order.key))
        except Refused as refusal:
            return Declined(reason_of(refusal.code), refusal.ref)
        except Lost as lost:
            return Unknown(str(lost))
        if at(intent, "metadata", "key") not in (str(order.key), None) or money_of(intent) != order.amount:
            return Unknown("the key was used for another order")
        return read_intent(intent, self._publishable)

    async def capture(self, order: CaptureOrder) -> Outcome:
        """Take what is held; the rest is released."""
        units = units_of(order.amount)
        if units is None or units <= 0:
            return Declined("amount_not_supported", order.charge_ref)
        params = {
            "amount_to_capture": units,
            "metadata": {"capture_key": str(order.key)},
            "expand": _EXPAND,
        }
        method = self._api.v1.payment_intents.capture_async
        try:
            intent = await self._api.call(method, order.charge_ref, params, key=str(order.key))
        except Refused as refusal:
            found = await self.look_up(order.key, "capture", target=order.charge_ref)
            if found is not None:
                return found
            known = reason_of(refusal.code)
            return Declined("capture_refused" if known == "card_declined" else known, order.charge_ref)
        except Lost as lost:
            return Unknown(str(lost))
        return read_intent(intent, self._publishable)

    async def void(self, order: VoidOrder) -> Outcome:
        """Cancel the PaymentIntent; one that was cancelled before is a success."""
        method = self._api.v1.payment_intents.cancel_async
        try:
            intent = await self._api.call(
                method, order.charge_ref, {"cancellation_reason": "abandoned"}, key=str(order.key)
            )
        except Refused:
            found = await self.look_up(order.key, "void", target=order.charge_ref)
            return found or Declined("void_refused", order.charge_ref)
        except Lost as lost:
            return Unknown(str(lost))
        return _voided(intent) or Unknown("the answer is no cancelled payment intent")

    async def renew(self, order: RenewOrder) -> Outcome:
        """What Stripe holds cannot be renewed; a kept method is authorised anew."""
        return Declined("not_supported", order.charge_ref)

    async def refund(self, order: RefundOrder) -> Outcome:
        """Give money of a PaymentIntent back."""
        units = units_of(order.amount)
        if units is None or units <= 0:
            return Declined("amount_not_supported")
        params = {"payment_intent": order.charge_ref, "amount": units, "metadata": {"key": str(order.key)}}
        return await self._make(self._api.v1.refunds.create_async, params, order.key, read_refund, "refund_refused")

    async def transfer(self, order: TransferOrder) -> Outcome:
        """Pay a connected account from our balance."""
        units = units_of(order.amount)
        if units is None or units <= 0:
            return Declined("amount_not_supported")
        params = {
            "amount": units,
            "currency": order.amount.currency.lower(),
            "destination": order.account_ref,
            "description": order.about[:500],
            "metadata": {"key": str(order.key)},
        }
        create = self._api.v1.transfers.create_async
        return await self._make(create, params, order.key, read_transfer, "transfer_refused")

    async def reverse(self, order: ReverseOrder) -> Outcome:
        """Take a transfer back."""
        units = units_of(order.amount)
        if units is None or units <= 0:
            return Declined("amount_not_supported")
        params = {"amount": units, "metadata": {"key": str(order.key)}}
        create = self._api.v1.transfers.reversals.create_async
        return await self._make(create, order.transfer_ref, params, order.key, read_transfer, "reverse_refused")

    async def look_up(
        self, key: UUID, kind: Kind, *, ref: str | None = None, target: str | None = None
    ) -> Outcome | None:
        """By name where one is known; else by our key in the metadata, which Stripe's search may show a minute late:
        until then None, and the same order again finds what was done."""
        try:
            if kind in ("charge", "authorise"):
                intent = await self._intent(ref) if ref else await self._search(key)
                return read_intent(intent, self._publishable) if intent else None
            charge = ref or target or ""
            if kind == "capture":
                return await self._captured(key, charge)
            if kind == "void":
                return _voided(await self._intent(charge)) if charge else None
            return await self._made(key, kind, ref, target)
        except Refused as refusal:
            return None if refusal.code == "resource_missing" else Unknown(str(refusal))
        except Lost as lost:
            return Unknown(str(lost))

    async def save_method(self, order: SaveOrder) -> SaveOutcome:
        """A SetupIntent, for charging later without the payer."""
        try:
            customer = order.customer or await self._customer(order.key, order.email)
            params: dict[str, Any] = {
                "customer": customer,
                "usage": "off_session",
                "automatic_payment_methods": {"enabled": True},
                "metadata": {"key": str(order.key), "chosen": "token" if order.method.token else "element"},
                "expand": ["payment_method"],
            }
            if order.method.token:
                given = {"payment_method": order.method.token, "confirm": True, "return_url": order.page}
                params |= given
            intent = await self._api.call(self._api.v1.setup_intents.create_async, params, key=str(order.key))
        except Refused as refusal:
            return Declined(reason_of(refusal.code), refusal.ref)
        except Lost as lost:
            return Unknown(str(lost))
        return read_saving(intent, self._publishable)

    async def look_up_saved(self, ref: str) -> SaveOutcome:
        """What became of a SetupIntent."""
        try:
            params = {"expand": ["payment_method"]}
            intent = await self._api.call(self._api.v1.setup_intents.retrieve_async, ref, params)
        except Refused as refusal:
            return Declined(reason_of(refusal.code), ref)
        except Lost as lost:
            return Unknown(str(lost))
        return read_saving(intent, self._publishable)

    async def forget_method(self, token: str) -> None:
        """Detach the payment method from its customer."""
        with nothing_ordered(), suppress(Refused):
            await self._api.call(self._api.v1.payment_methods.detach_async, token, {})

    async def open_account(self, order: AccountOrder) -> AccountLink:
        """A connected account with Stripe's own onboarding."""
        return await accounts.open_account(self._api, order)

    async def account_state(self, ref: str) -> AccountState:
        """Whether the connected account can be paid to."""
        return await accounts.account_state(self._api, ref)

    async def report(self, since: datetime, until: datetime) -> Sequence[ReportLine]:
        """The balance's transactions."""
        between = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        params = {"created": between, "expand": ["data.source"]}
        rows = await self._pages(self._api.v1.balance_transactions.list_async, params)
        lines = [line for row in reversed(rows) if (line := read_line(row)) is not None]
        return sorted(lines, key=lambda line: line.at)

    async def list_disputes(self, since: datetime) -> Sequence[DisputeNews]:
        """Disputes opened in the 120 days before, for Stripe lists them by when they were opened."""
        opened = {"gte": int(since.timestamp()) - 120 * 86_400}
        params = {"created": opened, "expand": ["data.payment_intent"]}
        rows = await self._pages(self._api.v1.disputes.list_async, params)
        return [news for row in rows if (news := read_dispute(row)) is not None]

    async def answer_dispute(self, order: EvidenceOrder) -> EvidenceOutcome:
        """Submit evidence, documents included."""
        return await disputes.answer_dispute(self._api, order)

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        """The event, its signature checked."""
        return parse_stripe_webhook(self._secrets, headers, raw, now=now)

    async def _customer(self, key: UUID, email: str) -> str:
        params = {"email": email} if email else {}
        made = await self._api.call(self._api.v1.customers.create_async, params, key=f"{key}-customer")
        found = text(made, "id")
        if not found:
            raise Lost("the answer is no customer")
        return found

    async def _make(self, create: Any, *rest: Any) -> Outcome:
        """Create an object with `(*args, params, key)`, read it, or say that it was refused."""
        *args, key, read, refused = rest
        try:
            outcome: Outcome = read(await self._api.call(create, *args, key=str(key)))
        except Refused as refusal:
            known = reason_of(refusal.code)
            return Declined(refused if known in ("card_declined", "unknown_method") else known)
        except Lost as lost:
            return Unknown(str(lost))
        return outcome

    async def _intent(self, ref: str) -> dict[str, Any]:
        return await self._api.call(self._api.v1.payment_intents.retrieve_async, ref, {"expand": _EXPAND})

    async def _search(self, key: UUID) -> dict[str, Any] | None:
        params = {"query": f"metadata['key']:'{key}'", "limit": 2}
        page = await self._api.call(self._api.v1.payment_intents.search_async, params)
        found = [each for each in items(page, "data") if key_of(each) == key]
        return await self._intent(text(found[0], "id")) if found else None

    async def _captured(self, key: UUID, charge: str) -> Outcome | None:
        """The capture of this key: Stripe keeps it as a state of the intent."""
        if not charge:
            return None
        intent = await self._intent(charge)
        if text(intent, "status") == "succeeded" and at(intent, "metadata", "capture_key") == str(key):
            return read_intent(intent, self._publishable)
        if text(intent, "status") == "canceled":
            return Declined("authorisation_expired", charge)
        return None

    async def _made(self, key: UUID, kind: Kind, ref: str | None, target: str | None) -> Outcome | None:
        v1 = self._api.v1
        if kind == "refund":
            if ref:
                return read_refund(await self._api.call(v1.refunds.retrieve_async, ref, {}))
            rows = await self._pages(v1.refunds.list_async, {"payment_intent": target}) if target else []
        elif kind == "transfer":
            if ref:
                return read_transfer(await self._api.call(v1.transfers.retrieve_async, ref, {}))
            rows = await self._pages(v1.transfers.list_async, {"destination": target}) if target else []
        else:
            rows = await self._pages(v1.transfers.reversals.list_async, {}, target) if target else []
        read = read_refund if kind == "refund" else read_transfer
        return next((read(row) for row in rows if key_of(row) == key), None)

    async def _pages(self, method: Any, params: dict[str, Any], *before: Any) -> list[dict[str, Any]]:
        """Every object of a list; `Lost` and `Refused` become `ProviderDown`, for nothing was ordered."""
        found: list[dict[str, Any]] = []
        after: dict[str, Any] = {}
        while True:
            with nothing_ordered():
                page = await self._api.call(method, *before, {"limit": 100, **params, **after})
            rows = items(page, "data")
            found += rows
            last = text(rows[-1], "id") if rows else ""
            if at(page, "has_more") is not True or not last:
                return found
            after = {"starting_after": last}


def _params_of(order: ChargeOrder, units: int, customer: str | None) -> dict[str, Any]:
    token = order.method.token
    params: dict[str, Any] = {
        "amount": units,
        "currency": order.amount.currency.lower(),
        "capture_method": "automatic" if order.capture else "manual",
        "automatic_payment_methods": {"enabled": True},
        "metadata": {**order.metadata, "key": str(order.key), "chosen": "token" if token else "element"},
        "expand": _EXPAND,
    }
    if order.description:
        params["description"] = order.description[:500]
    if customer:
        params["customer"] = customer
    if order.save:
        params["setup_future_usage"] = "off_session"
    if token:
        params |= {"payment_method": token, "confirm": True}
        params |= {"off_session": True} if order.off_session else {"return_url": f"{order.page}/status"}
    return params


def _voided(intent: Mapping[str, Any]) -> Succeeded | None:
    amount: Money | None = money_of(intent)
    if text(intent, "status") != "canceled" or amount is None:
        return None
    return Succeeded(text(intent, "id"), amount)
