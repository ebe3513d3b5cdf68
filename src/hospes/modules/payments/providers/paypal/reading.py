"""PayPal's objects in our words: orders with their authorisations, captures and refunds; payouts, disputes, reports."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.port import (
    Authorised,
    Declined,
    DisputeNews,
    NeedsAction,
    Outcome,
    Pending,
    ReportLine,
    Succeeded,
    Unknown,
)
from hospes.modules.payments.providers.reading import at, instant, items, text, uuid_or_none
from hospes.modules.payments.providers.units import from_decimal_text, to_decimal_text
from hospes.platform.money import Money

Object = Mapping[str, Any]
CURRENCIES = frozenset(
    "AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD".split()  # noqa: SIM905  easier to compare with PayPal's list
)
HONOURED = timedelta(days=3)  # PayPal is sure of the money that long; then it wants to authorise again
_NO_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
_REASONS = {
    "INSTRUMENT_DECLINED": "card_declined",
    "TRANSACTION_REFUSED": "card_declined",
    "PAYER_CANNOT_PAY": "card_declined",
    "CARD_EXPIRED": "expired_card",
    "PAYER_ACTION_REQUIRED": "authentication_required",
    "CURRENCY_NOT_SUPPORTED": "currency_not_supported",
    "CURRENCY_NOT_SUPPORTED_FOR_RECEIVER": "currency_not_supported",
    "CURRENCY_NOT_SUPPORTED_FOR_COUNTRY": "currency_not_supported",
    "DECIMAL_PRECISION": "amount_not_supported",
    "INVALID_PARAMETER_VALUE": "amount_not_supported",
    "CANNOT_BE_ZERO_OR_NEGATIVE": "amount_not_supported",
    "MAX_VALUE_EXCEEDED": "amount_not_supported",
    "TOKEN_ID_NOT_FOUND": "unknown_method",
    "INVALID_RESOURCE_ID": "unknown_method",
    "AUTHORIZATION_EXPIRED": "authorisation_expired",
    "AUTHORIZATION_VOIDED": "authorisation_expired",
    "AUTHORIZATION_DENIED": "authorisation_expired",
    "INSUFFICIENT_FUNDS": "provider_balance_too_low",
}
_LINES: dict[str, Literal["charge", "refund", "transfer", "dispute", "payout"]] = {
    "T00": "charge",
    "T11": "refund",
    "T12": "dispute",
    "T04": "payout",
}


def amount_of(amount: Money) -> dict[str, str] | None:
    """The amount as PayPal writes it; None when it does not take the currency or so little."""
    said = to_decimal_text(amount, 0 if amount.currency in _NO_DECIMALS else 2)
    if amount.currency not in CURRENCIES or said is None or amount.amount <= 0:
        return None
    return {"currency_code": amount.currency, "value": said}


def money_of(thing: object, field: str = "amount") -> Money | None:
    """The amount in this field."""
    currency = text(thing, field, "currency_code") or text(thing, field, "currency")
    return from_decimal_text(at(thing, field, "value"), currency)


def reason_of(issue: str) -> str:
    """Our code for PayPal's issue."""
    return _REASONS.get(issue, "card_declined")


def unit_of(order: object) -> Object:
    """The one purchase unit of an order."""
    units = items(order, "purchase_units")
    return units[0] if units else {}


def payments_of(order: object, kind: Literal["authorizations", "captures", "refunds"]) -> list[dict[str, Any]]:
    """What was authorised, captured or refunded of an order."""
    return items(unit_of(order), "payments", kind)


def read_order(order: Object) -> Outcome:
    """What an order says; one that is merely approved has moved nothing."""
    ref, status = text(order, "id"), text(order, "status")
    if not ref:
        return Unknown("the answer is no order")
    captures, held = payments_of(order, "captures"), payments_of(order, "authorizations")
    if captures:
        return read_capture(captures[0], ref, order)
    if held:
        return read_authorisation(held[0], ref, order)
    if status in ("CREATED", "SAVED", "PAYER_ACTION_REQUIRED"):
        url = _link(order, "payer-action") or _link(order, "approve")
        return NeedsAction(ref, {"kind": "redirect", "url": url} if url else {})
    if status == "VOIDED":
        return Declined("cancelled", ref)
    return Unknown(f"PayPal says {status[:40]!r}")


def read_capture(capture: Object, ref: str, order: Object | None = None) -> Outcome:
    """What a capture says, under the order's name."""
    status, amount = text(capture, "status"), money_of(capture)
    if amount is None:
        return Unknown("the answer is no capture")
    if status in ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"):
        if amount.amount <= 0:
            return Unknown("a capture of nothing")
        fee = money_of(at(capture, "seller_receivable_breakdown"), "paypal_fee")
        kept = fee.amount if fee is not None and fee.currency == amount.currency else None
        method, customer = read_method(order)
        return Succeeded(ref, amount, kept, method, customer)
    if status == "PENDING":
        return Pending(ref, amount)
    return Declined("card_declined", ref) if status in ("DECLINED", "FAILED") else Unknown(f"PayPal says {status!r}")


def read_method(order: object) -> tuple[Method | None, str | None]:
    """How the payer paid, and PayPal's name of them when the method was saved."""
    source = at(order, "payment_source")
    if not isinstance(source, dict) or not source:
        return None, None
    kind = next(iter(source))
    vault = at(source, kind, "attributes", "vault")
    token = text(vault, "id") if text(vault, "status") in ("VAULTED", "") else ""
    brand = text(source, kind, "brand").lower() or str(kind)
    method = Method(token, brand, text(source, kind, "last_digits")[:4], text(source, kind, "account_id"))
    return method, text(vault, "customer", "id") or None


def read_refund(refund: Object) -> Outcome:
    """What a refund says."""
    ref, status, amount = text(refund, "id"), text(refund, "status"), money_of(refund)
    if not ref or amount is None:
        return Unknown("the answer is no refund")
    if status == "COMPLETED":
        return Succeeded(ref, amount)
    if status == "PENDING":
        return Pending(ref, amount)
    return Declined("refund_refused", ref) if status in ("CANCELLED", "FAILED") else Unknown(f"PayPal says {status!r}")


def read_payout(batch: Object) -> Outcome:
    """What a payout of one item says. Money that nobody claims comes back after 30 days."""
    ref, status = text(batch, "batch_header", "payout_batch_id"), text(batch, "batch_header", "batch_status")
    item = next(iter(items(batch, "items")), None)
    amount = money_of(at(item, "payout_item")) or money_of(at(batch, "batch_header"))
    if not ref:
        return Unknown("the answer is no payout")
    done = text(item, "transaction_status") or status
    if done in ("FAILED", "RETURNED", "BLOCKED", "REFUNDED", "REVERSED", "DENIED", "CANCELED"):
        return Declined("transfer_refused", ref)
    if amount is None:
        return Unknown("a payout without an amount")
    if text(item, "transaction_status") == "SUCCESS":
        fee = money_of(item, "payout_item_fee")
        return Succeeded(ref, amount, fee.amount if fee and fee.currency == amount.currency else None)
    if done in ("PENDING", "PROCESSING", "NEW", "UNCLAIMED", "ONHOLD", "SUCCESS"):
        return Pending(ref, amount)
    return Unknown(f"PayPal says {done[:40]!r}")


def read_dispute(dispute: Object) -> DisputeNews | None:
    """What a dispute says; None when it is none."""
    ref, amount = text(dispute, "dispute_id"), money_of(dispute, "dispute_amount")
    about = next(iter(items(dispute, "disputed_transactions")), {})
    charge = text(about, "seller_transaction_id")
    if not ref or amount is None or not charge:
        return None
    key = uuid_or_none(text(about, "invoice_number")) or uuid_or_none(text(about, "custom"))
    status: Literal["open", "won", "lost"] = "open"
    if text(dispute, "status") == "RESOLVED":
        lost = text(dispute, "dispute_outcome", "outcome_code") in ("RESOLVED_BUYER_FAVOUR", "RESOLVED_WITH_PAYOUT")
        status = "lost" if lost else "won"
    reason = text(dispute, "reason").lower() or "general"
    return DisputeNews(ref, charge, key, amount, status, reason, instant(at(dispute, "seller_response_due_date")))


def read_line(line: Object) -> ReportLine | None:
    """What a transaction of the report says; None for one that moved nothing (holds, authorisations)."""
    said = at(line, "transaction_info")
    amount, fee = money_of(said, "transaction_amount"), money_of(said, "fee_amount")
    when, code = instant(at(said, "transaction_initiation_date")), text(said, "transaction_event_code")
    if amount is None or when is None or text(said, "transaction_status") not in ("S", "V"):
        return None
    kind: Any = "transfer" if code == "T0001" else _LINES.get(code[:3], "other")
    key = uuid_or_none(text(said, "custom_field")) or uuid_or_none(text(said, "invoice_id"))
    kept = Money(-fee.amount if fee else 0, amount.currency)  # PayPal writes fees as negative amounts
    return ReportLine(text(said, "transaction_id"), key, kind, amount, kept, when)


def next_page_of(page: object) -> str:
    """The token of a list's next page; empty on the last one."""
    asked = parse_qs(urlsplit(_link(page, "next")).query).get("next_page_token", [""])
    return asked[0]


def key_of(kind: str, resource: object) -> UUID | None:
    """Our key of what a webhook is about.

    A refund carries it as `custom_id`, while its `invoice_id` may be the order's; a capture carries its own as
    `invoice_id`; a payout has it in its item."""
    invoice, custom = text(resource, "invoice_id"), text(resource, "custom_id")
    said = (
        *((custom, invoice) if kind.endswith((".REFUNDED", ".REVERSED")) else (invoice, custom)),
        text(unit_of(resource), "custom_id"),
        text(resource, "payout_item", "sender_item_id"),
        text(resource, "batch_header", "sender_batch_header", "sender_batch_id"),
    )
    return next((key for each in said if (key := uuid_or_none(each)) is not None), None)


def read_authorisation(held: Object, ref: str, order: Object | None = None) -> Outcome:
    """What an authorisation says; `order`: the one it is of, which says how the payer pays."""
    status, amount = text(held, "status"), money_of(held)
    created = instant(at(held, "create_time"))
    until = instant(at(held, "expiration_time")) or (created + timedelta(days=29) if created else None)
    if amount is None or until is None or amount.amount <= 0:
        return Unknown("an authorisation without an amount or a time")
    if status == "CREATED":
        method, customer = read_method(order)
        return Authorised(ref, amount, until, method, customer, created + HONOURED if created else None)
    if status == "PENDING":
        return Pending(ref, amount)
    if status in ("DENIED", "VOIDED", "EXPIRED"):
        return Declined("card_declined" if status == "DENIED" else "cancelled", ref)
    return Unknown(f"PayPal says {status[:40]!r}")


def _link(thing: object, rel: str) -> str:
    url = next((text(link, "href") for link in items(thing, "links") if text(link, "rel") == rel), "")
    return url if url.startswith(("https://", "http://")) else ""
