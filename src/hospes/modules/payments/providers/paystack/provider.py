"""Paystack behind the port: hosted checkout, saved cards, refunds and transfers. Our key is Paystack's `reference`."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from hospes.modules.payments.providers.calling import Lost, Refused, nothing_ordered
from hospes.modules.payments.providers.paystack import disputes
from hospes.modules.payments.providers.paystack.api import PaystackApi
from hospes.modules.payments.providers.paystack.messages import parse_paystack_webhook
from hospes.modules.payments.providers.paystack.reading import (
    COUNTRIES,
    CURRENCIES,
    key_of,
    line_of,
    money_of,
    read_dispute,
    read_refund,
    read_transaction,
    read_transfer,
    reason_of,
    units_of,
)
from hospes.modules.payments.providers.port import (
    AccountLink,
    AccountOrder,
    AccountRefused,
    AccountState,
    Capabilities,
    CaptureOrder,
    ChargeOrder,
    Declined,
    DisputeNews,
    EvidenceOrder,
    EvidenceOutcome,
    Kind,
    NeedsAction,
    Outcome,
    ProviderDown,
    ProviderEvent,
    RefundOrder,
    RenewOrder,
    ReportLine,
    ReverseOrder,
    SaveOrder,
    SaveOutcome,
    TransferOrder,
    Unknown,
    VoidOrder,
)
from hospes.modules.payments.providers.reading import at, text

_BANKS = {"NG": ("nuban", "NGN"), "GH": ("ghipss", "GHS"), "ZA": ("basa", "ZAR"), "KE": ("kepss", "KES")}
_NOT = Declined("not_supported")
_DUPLICATE = ("duplicate_reference", "duplicate_transfer_reference")


class PaystackProvider:
    """One Paystack account."""

    name = "paystack"
    can = Capabilities(
        save_methods=True,
        transfers=True,
        disputes=True,
        answers_disputes=True,
        currencies=CURRENCIES,
        countries=COUNTRIES,
        account_fields=("account_name", "account_number", "bank_code"),
        hosted_only=True,
    )

    def __init__(self, api: PaystackApi, *, secret_key: str) -> None:
        self._api = api
        self._secret = secret_key

    async def aclose(self) -> None:
        """Close its connections."""
        await self._api.aclose()

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Send the payer to Paystack's page, or charge a saved card."""
        fault = _fault_of(order)
        if fault:
            return Declined(fault)
        body = {
            "email": order.email,
            "amount": units_of(order.amount),
            "currency": order.amount.currency,
            "reference": str(order.key),
            "metadata": orjson.dumps({**order.metadata, "key": str(order.key)}).decode(),
        }
        try:
            if order.method.token:
                body["authorization_code"] = order.method.token
                data = await self._api.post("/transaction/charge_authorization", body)
            else:
                body["callback_url"] = f"{order.page}/status"
                data = await self._api.post("/transaction/initialize", body)
        except Refused as refusal:
            if refusal.code in _DUPLICATE:
                return await self._verified(order)
            return Declined(_refusal(refusal))
        except Lost as lost:
            return Unknown(str(lost))
        return self._charged(order, data)

    async def capture(self, order: CaptureOrder) -> Outcome:
        """Paystack holds nothing that could be taken later."""
        return _NOT

    async def void(self, order: VoidOrder) -> Outcome:
        """Paystack cannot withdraw a payment that waits for its payer; what arrives after all is given back."""
        return _NOT

    async def renew(self, order: RenewOrder) -> Outcome:
        """Paystack holds nothing that could be renewed."""
        return _NOT

    async def refund(self, order: RefundOrder) -> Outcome:
        """Give money back. Paystack has no idempotency key for it, so ours is looked for first."""
        units = units_of(order.amount)
        if units is None:
            return Declined("amount_not_supported")
        try:
            known = await self._refund_of(order.key, order.charge_ref)
            if known is not None:
                return known
            body = {
                "transaction": order.charge_ref,
                "amount": units,
                "currency": order.amount.currency,
                "merchant_note": str(order.key),
            }
            return read_refund(await self._api.post("/refund", body))
        except Refused:
            return Declined("refund_refused")
        except Lost as lost:
            return Unknown(str(lost))

    async def transfer(self, order: TransferOrder) -> Outcome:
        """Pay a recipient from the balance."""
        units = units_of(order.amount)
        if units is None:
            return Declined("amount_not_supported")
        body = {
            "source": "balance",
            "amount": units,
            "currency": order.amount.currency,
            "recipient": order.account_ref,
            "reference": str(order.key),
            "reason": order.about[:100],
        }
        try:
            return read_transfer(await self._api.post("/transfer", body))
        except Refused as refusal:
            if refusal.code in _DUPLICATE or "already exists" in str(refusal):
                found = await self.look_up(order.key, "transfer")
                return found or Unknown("a transfer with this key exists, and cannot be found")
            low = "balance" in str(refusal).lower()
            return Declined("provider_balance_too_low" if low else "account_not_ready")
        except Lost as lost:
            return Unknown(str(lost))

    async def reverse(self, order: ReverseOrder) -> Outcome:
        """Paystack cannot take a transfer back."""
        return _NOT

    async def look_up(
        self, key: UUID, kind: Kind, *, ref: str | None = None, target: str | None = None
    ) -> Outcome | None:
        """By our key: Paystack's `verify` for charges and transfers, the list of refunds for refunds."""
        try:
            if kind in ("charge", "authorise"):
                data = await self._api.get(f"/transaction/verify/{key}")
                return read_transaction(data, told=bool(ref)) if isinstance(data, dict) else None
            if kind == "transfer":
                data = await self._api.get(f"/transfer/verify/{key}")
                return read_transfer(data) if isinstance(data, dict) else None
            return await self._refund_of(key, target) if kind == "refund" else None
        except Refused as refusal:
            return None if "not found" in str(refusal).lower() else Unknown(str(refusal))
        except Lost as lost:
            return Unknown(str(lost))

    async def save_method(self, order: SaveOrder) -> SaveOutcome:
        """Paystack saves a card only by a payment; the charge says which."""
        return _NOT

    async def look_up_saved(self, ref: str) -> SaveOutcome:
        """Nothing was saved without a payment."""
        return _NOT

    async def forget_method(self, token: str) -> None:
        """Deactivate an authorisation."""
        with nothing_ordered(), suppress(Refused):
            await self._api.post("/customer/deactivate_authorization", {"authorization_code": token})

    async def open_account(self, order: AccountOrder) -> AccountLink:
        """A transfer recipient for a bank account; the same account again is the same recipient."""
        kind, currency = _BANKS.get(order.country.upper(), ("", ""))
        if not kind:
            raise AccountRefused("Paystack does not pay out to this country.")
        missing = [name for name in self.can.account_fields if not order.details.get(name, "").strip()]
        if missing:
            raise AccountRefused("Please give the account's name, its number and its bank.")
        body = {
            "type": kind,
            "name": order.details["account_name"].strip(),
            "account_number": order.details["account_number"].replace(" ", ""),
            "bank_code": order.details["bank_code"].strip(),
            "currency": currency,
            "description": str(order.business_id),
        }
        try:
            ref = text(await self._api.post("/transferrecipient", body), "recipient_code")
            if not ref:
                raise Lost("the answer is no recipient")
        except Refused as refusal:
            raise AccountRefused(str(refusal)) from refusal
        except Lost as lost:
            raise ProviderDown(str(lost)) from lost
        return AccountLink(ref, "")

    async def account_state(self, ref: str) -> AccountState:
        """Whether the recipient is still there."""
        found = None
        with nothing_ordered(), suppress(Refused):
            found = await self._api.get(f"/transferrecipient/{ref}")
        gone = at(found, "is_deleted") is True or at(found, "isDeleted") is True
        ready = at(found, "active") is True and not gone
        return AccountState(ready, () if ready else ("A bank account to be paid to.",))

    async def report(self, since: datetime, until: datetime) -> Sequence[ReportLine]:
        """Transactions, refunds and transfers of these days."""
        days = {"from": since.isoformat(), "to": until.isoformat()}
        lines = [line_of(row, "charge") for row in await self._api.pages("/transaction", **days)]
        lines += [line_of(row, "refund") for row in await self._api.pages("/refund", **days)]
        lines += [line_of(row, "transfer") for row in await self._api.pages("/transfer", **days)]
        found = [line for line in lines if line is not None and since <= line.at < until]
        return sorted(found, key=lambda line: line.at)

    async def list_disputes(self, since: datetime) -> Sequence[DisputeNews]:
        """Disputes logged in the 60 days before, for Paystack lists them by when they were logged."""
        rows = await self._api.pages("/dispute", **{"from": (since - timedelta(days=60)).isoformat()})
        return [news for row in rows if (news := read_dispute(row)) is not None]

    async def answer_dispute(self, order: EvidenceOrder) -> EvidenceOutcome:
        """Decline it with evidence and a document."""
        return await disputes.answer_dispute(self._api, order)

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        """The event, its signature checked."""
        return parse_paystack_webhook(self._secret, headers, raw)

    def _charged(self, order: ChargeOrder, data: Any) -> Outcome:
        url = text(data, "authorization_url")
        if url.startswith(("https://", "http://")) and text(data, "reference") == str(order.key):
            if order.off_session:  # nobody is there to be sent, and without the address nobody can pay
                return Declined("authentication_required", str(order.key))
            return NeedsAction(str(order.key), {"kind": "redirect", "url": url})
        if not isinstance(data, dict) or text(data, "reference") != str(order.key):
            return Unknown("the answer is about another transaction")
        return read_transaction(data, told=False)

    async def _verified(self, order: ChargeOrder) -> Outcome:
        """The key is known to Paystack; the amount must be the same."""
        try:
            data = await self._api.get(f"/transaction/verify/{order.key}")
        except (Lost, Refused) as fault:
            return Unknown(str(fault))
        if not isinstance(data, dict) or money_of(data) != order.amount:
            return Unknown("the key was used for another order")
        return read_transaction(data, told=False)

    async def _refund_of(self, key: UUID, charge: str | None) -> Outcome | None:
        rows = await self._api.pages("/refund", **({"transaction": charge} if charge else {}))
        return next((read_refund(row) for row in rows if key_of(row, "refund") == key), None)


def _fault_of(order: ChargeOrder) -> str:
    if not order.capture:
        return "not_supported"
    if order.amount.currency not in CURRENCIES:
        return "currency_not_supported"
    if units_of(order.amount) is None:
        return "amount_not_supported"
    if not order.email:
        return "email_needed"
    return "unknown_method" if order.off_session and not order.method.token else ""


def _refusal(refusal: Refused) -> str:
    said = str(refusal).lower()
    if "currency" in said:
        return "currency_not_supported"
    if "amount" in said:
        return "amount_not_supported"
    return "unknown_method" if "authorization" in said else reason_of(said)
