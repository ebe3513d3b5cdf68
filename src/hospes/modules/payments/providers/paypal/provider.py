"""PayPal behind the port: Orders v2, authorisations, vaulted methods, refunds and payouts.

`ref` of a charge is the order's id. PayPal takes money of an order only when told to after its payer's approval, so
`look_up` does that. PayPal keeps a `PayPal-Request-Id` for hours at least; beyond that its own rule against a second
payment under one `invoice_id` holds.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.payments.providers.calling import Lost, Refused, nothing_ordered
from hospes.modules.payments.providers.paypal import disputes, paying_out, renewing, saving
from hospes.modules.payments.providers.paypal.api import PayPalApi
from hospes.modules.payments.providers.paypal.messages import parse_paypal_webhook
from hospes.modules.payments.providers.paypal.reading import (
    CURRENCIES,
    amount_of,
    money_of,
    next_page_of,
    payments_of,
    read_capture,
    read_dispute,
    read_line,
    read_order,
    read_refund,
    reason_of,
    unit_of,
)
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
    NeedsAction,
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
from hospes.modules.payments.providers.reading import items, text, whole

_ORDERS = "/v2/checkout/orders"
_DISPUTES = "/v1/customer/disputes"
_REPORT_DAYS = timedelta(days=30)  # PayPal reports on at most 31 days at once


class PayPalProvider:
    """One PayPal account."""

    name = "paypal"
    can = Capabilities(
        authorise=True,
        save_methods=True,
        transfers=True,
        disputes=True,
        renews=True,
        saves_unpaid=True,
        answers_disputes=True,
        currencies=CURRENCIES,
        account_fields=("paypal_email",),
        hosted_only=True,
    )

    def __init__(self, api: PayPalApi, *, webhook_id: str) -> None:
        self._api = api
        self._webhook_id = webhook_id

    async def aclose(self) -> None:
        """Close its connections."""
        await self._api.aclose()

    async def charge(self, order: ChargeOrder) -> Outcome:
        """An order its payer approves at PayPal, or one paid at once with a saved method."""
        amount = amount_of(order.amount)
        if amount is None:
            known = order.amount.currency in CURRENCIES
            return Declined("amount_not_supported" if known else "currency_not_supported")
        if order.off_session and not order.method.token:
            return Declined("unknown_method")
        try:
            made = await self._api.post(_ORDERS, _body_of(order, amount), key=str(order.key))
            if money_of(unit_of(made)) != order.amount:
                return Unknown("the key was used for another order")
            outcome = await self._finish(order.key, made)
        except Refused as refusal:
            return await self._refused(refusal)
        except Lost as lost:
            return Unknown(str(lost))
        if order.off_session and isinstance(outcome, NeedsAction):
            return Declined("authentication_required", outcome.ref)
        return outcome

    async def capture(self, order: CaptureOrder) -> Outcome:
        """Take what is held; the rest is released."""
        amount = amount_of(order.amount)
        if amount is None:
            return Declined("amount_not_supported", order.charge_ref)
        try:
            held = await self._held(order.charge_ref)
            if not held:
                return Declined("capture_refused", order.charge_ref)
            body = {"amount": amount, "final_capture": True, "invoice_id": str(order.key)}
            path = f"/v2/payments/authorizations/{held}/capture"
            return read_capture(await self._api.post(path, body, key=str(order.key)), order.charge_ref)
        except Refused as refusal:
            known = reason_of(refusal.code)
            return Declined("capture_refused" if known == "card_declined" else known, order.charge_ref)
        except Lost as lost:
            return Unknown(str(lost))

    async def void(self, order: VoidOrder) -> Outcome:
        """Release what is held: of a renewed authorisation the first one, as PayPal wants it. An order nobody approved
        needs nothing: it is never taken, and PayPal forgets it."""
        try:
            found = await self._order(order.charge_ref)
            amount = money_of(unit_of(found))
            held = next(iter(payments_of(found, "authorizations")), None)
            if amount is None or payments_of(found, "captures"):
                return Declined("void_refused", order.charge_ref)
            if held is not None and text(held, "status") != "VOIDED":
                path = f"/v2/payments/authorizations/{text(held, 'id')}/void"
                await self._api.post(path, {}, key=str(order.key))
        except Refused as refusal:
            again = "PREVIOUSLY_VOIDED" in refusal.code or refusal.code == "AUTHORIZATION_VOIDED"
            return (
                Succeeded(order.charge_ref, amount) if again and amount else Declined("void_refused", order.charge_ref)
            )
        except Lost as lost:
            return Unknown(str(lost))
        return Succeeded(order.charge_ref, amount)

    async def renew(self, order: RenewOrder) -> Outcome:
        """Authorise again what is held: after the three days that PayPal honours it, within its 29."""
        return await renewing.renew(self._api, order)

    async def refund(self, order: RefundOrder) -> Outcome:
        """Give money of an order's capture back."""
        amount = amount_of(order.amount)
        if amount is None:
            return Declined("amount_not_supported")
        try:
            taken = next(iter(payments_of(await self._order(order.charge_ref), "captures")), None)
            if taken is None:
                return Declined("refund_refused")
            path = f"/v2/payments/captures/{text(taken, 'id')}/refund"
            body = {"amount": amount, "custom_id": str(order.key)}
            return read_refund(await self._api.post(path, body, key=str(order.key)))
        except Refused:
            return Declined("refund_refused")
        except Lost as lost:
            return Unknown(str(lost))

    async def transfer(self, order: TransferOrder) -> Outcome:
        """A payout of one item to the host's PayPal address."""
        return await paying_out.transfer(self._api, order)

    async def reverse(self, order: ReverseOrder) -> Outcome:
        """PayPal cannot take a payout back."""
        return Declined("not_supported")

    async def look_up(
        self, key: UUID, kind: Kind, *, ref: str | None = None, target: str | None = None
    ) -> Outcome | None:
        """By the order's name; without one None: the same order again finds what was done. Takes what is approved."""
        try:
            if kind == "transfer":
                return await paying_out.look_up(self._api, ref)
            if kind == "refund" and ref:
                found = await self._api.get(f"/v2/payments/refunds/{ref}")
                return read_refund(found) if found else None
            if kind == "authorise" and (target or renewing.held_in(ref)):
                return await renewing.look_up(self._api, ref)
            order_ref = (ref or target) if kind in ("charge", "authorise", "capture", "void") else target
            order = await self._order(order_ref) if order_ref else None
            if order is None:
                return None
            if kind in ("charge", "authorise"):
                return await self._finish(key, order)
            return _found_in(order, key, kind)
        except Refused as refusal:
            if kind in ("charge", "authorise"):
                return await self._refused(refusal, ref)
            return Unknown(str(refusal))
        except Lost as lost:
            return Unknown(str(lost))

    async def save_method(self, order: SaveOrder) -> SaveOutcome:
        """A setup token its payer approves at PayPal."""
        return await saving.save_method(self._api, order)

    async def look_up_saved(self, ref: str) -> SaveOutcome:
        """Turns an approved setup token into one that can be charged."""
        return await saving.look_up_saved(self._api, ref)

    async def forget_method(self, token: str) -> None:
        """Delete a payment token."""
        await saving.forget_method(self._api, token)

    async def open_account(self, order: AccountOrder) -> AccountLink:
        """PayPal pays to an address of its own; nothing is opened."""
        return paying_out.open_account(order)

    async def account_state(self, ref: str) -> AccountState:
        """PayPal tells only with the payout whether somebody has this address."""
        return AccountState(bool(ref))

    async def report(self, since: datetime, until: datetime) -> Sequence[ReportLine]:
        """The account's transactions; PayPal shows them up to three hours late."""
        lines: list[ReportLine] = []
        start = since
        while start < until:
            end = min(start + _REPORT_DAYS, until)
            lines += await self._report(start, end)
            start = end
        return sorted(lines, key=lambda line: line.at)

    async def list_disputes(self, since: datetime) -> Sequence[DisputeNews]:
        """Disputes that changed since then."""
        found: list[DisputeNews] = []
        with nothing_ordered():
            asked: dict[str, str | int] | None = {"update_time_after": _stamp(since), "page_size": 50}
            while asked:
                page = await self._api.get(_DISPUTES, **asked)
                for row in items(page, "items"):
                    said = await self._api.get(f"{_DISPUTES}/{text(row, 'dispute_id')}")
                    news = read_dispute(said) if isinstance(said, dict) else None
                    found += [news] if news else []
                token = next_page_of(page)
                asked = {"next_page_token": token, "page_size": 50} if token and items(page, "items") else None
        return found

    async def answer_dispute(self, order: EvidenceOrder) -> EvidenceOutcome:
        """Give evidence, documents included."""
        return await disputes.answer_dispute(self._api, order)

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        """The event, once PayPal says that it is theirs."""
        return await parse_paypal_webhook(self._api, self._webhook_id, headers, raw, now=now)

    async def _order(self, ref: str) -> dict[str, Any] | None:
        found = await self._api.get(f"{_ORDERS}/{renewing.order_in(ref)}")
        if found is not None and not isinstance(found, dict):
            raise Lost("the answer is no order")
        return found

    async def _held(self, ref: str) -> str:
        """The authorisation to take money of: the renewed one, or the first of the order; empty when there is none."""
        known = renewing.held_in(ref)
        if known:
            return known
        return text(next(iter(payments_of(await self._order(ref), "authorizations")), None), "id")

    async def _finish(self, key: UUID, order: Any) -> Outcome:
        """Take or hold what the payer has approved; else what the order says."""
        if not isinstance(order, dict):
            return Unknown("the answer is no order")
        if text(order, "status") != "APPROVED":
            return read_order(order)
        step = "authorize" if text(order, "intent") == "AUTHORIZE" else "capture"
        done = await self._api.post(f"{_ORDERS}/{text(order, 'id')}/{step}", {}, key=f"{key}-{step}")
        return read_order({**order, **done}) if isinstance(done, dict) else Unknown("the answer is no order")

    async def _refused(self, refusal: Refused, ref: str | None = None) -> Outcome:
        if refusal.code in ("DUPLICATE_INVOICE_ID", "ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_AUTHORIZED"):
            try:
                order = await self._order(ref) if ref else None
            except (Lost, Refused):
                order = None
            return read_order(order) if order else Unknown("PayPal knows a payment of this key already")
        return Declined(reason_of(refusal.code), ref)

    async def _report(self, start: datetime, end: datetime) -> list[ReportLine]:
        lines: list[ReportLine] = []
        page, pages = 1, 1
        with nothing_ordered():
            while page <= pages:
                said = await self._api.get(
                    "/v1/reporting/transactions",
                    start_date=_stamp(start),
                    end_date=_stamp(end),
                    fields="transaction_info",
                    page_size=500,
                    page=page,
                )
                lines += [line for row in items(said, "transaction_details") if (line := read_line(row)) is not None]
                page, pages = page + 1, whole(said, "total_pages") or 1
        return [line for line in lines if start <= line.at < end]


def _body_of(order: ChargeOrder, amount: dict[str, str]) -> dict[str, Any]:
    unit: dict[str, Any] = {"custom_id": str(order.key), "invoice_id": str(order.key), "amount": amount}
    if order.description:
        unit["description"] = order.description[:127]
    if order.method.token:
        source: dict[str, Any] = {"vault_id": order.method.token}
        if order.off_session:
            source["stored_credential"] = {
                "payment_initiator": "MERCHANT",
                "payment_type": "UNSCHEDULED",
                "usage": "SUBSEQUENT",
            }
    else:
        source = {
            "experience_context": {
                "return_url": f"{order.page}/status",
                "cancel_url": f"{order.page}/status?cancelled=1",
                "user_action": "PAY_NOW",
                "shipping_preference": "NO_SHIPPING",
            }
        }
        if order.save:
            vault: dict[str, Any] = {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}
            source["attributes"] = {"vault": vault}
            if order.customer:
                source["attributes"]["customer"] = {"id": order.customer}
    return {
        "intent": "CAPTURE" if order.capture else "AUTHORIZE",
        "purchase_units": [unit],
        "payment_source": {"paypal": source},
    }


def _found_in(order: Mapping[str, Any], key: UUID, kind: Kind) -> Outcome | None:
    """The capture, void or refund of this key in its order."""
    ref = text(order, "id")
    if kind == "refund":
        rows = payments_of(order, "refunds")
        return next((read_refund(row) for row in rows if text(row, "custom_id") == str(key)), None)
    if kind == "capture":
        rows = payments_of(order, "captures")
        return next((read_capture(row, ref) for row in rows if text(row, "invoice_id") == str(key)), None)
    amount, held = money_of(unit_of(order)), payments_of(order, "authorizations")
    voided = bool(held) and text(held[0], "status") == "VOIDED"
    return Succeeded(ref, amount) if voided and amount else None


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
