"""Stripe's objects in our words. Everything may be missing or of another type; what is not understood is `Unknown`.

Amounts: docs.stripe.com/currencies. Some currencies have no decimals there, five have three of which the last is zero.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
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
    Saved,
    SaveOutcome,
    Succeeded,
    Unknown,
)
from hospes.modules.payments.providers.reading import at, instant, text, uuid_or_none, whole
from hospes.modules.payments.providers.units import from_units, to_units
from hospes.platform.money import Money

Object = Mapping[str, Any]
ReportKind = Literal["charge", "refund", "transfer", "reverse", "dispute", "payout", "other"]
_NO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
_REASONS = {
    "insufficient_funds": "insufficient_funds",
    "expired_card": "expired_card",
    "incorrect_cvc": "incorrect_cvc",
    "invalid_cvc": "incorrect_cvc",
    "lost_card": "stolen_card",
    "stolen_card": "stolen_card",
    "authentication_required": "authentication_required",
    "payment_intent_authentication_failure": "challenge_declined",
    "setup_intent_authentication_failure": "challenge_declined",
    "currency_not_supported": "currency_not_supported",
    "amount_too_small": "amount_not_supported",
    "amount_too_large": "amount_not_supported",
    "parameter_invalid_integer": "amount_not_supported",
    "resource_missing": "unknown_method",
    "payment_method_unactivated": "unknown_method",
    "charge_expired_for_capture": "authorisation_expired",
    "balance_insufficient": "provider_balance_too_low",
    "insufficient_capabilities_for_transfer": "account_not_ready",
}
_KINDS: dict[str, ReportKind] = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund",
    "payment_failure_refund": "refund",
    "transfer": "transfer",
    "transfer_refund": "reverse",
    "transfer_cancel": "reverse",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
}
_DISPUTES: dict[str, Literal["open", "won", "lost"]] = {
    "won": "won",
    "lost": "lost",
    "warning_closed": "won",
    "prevented": "won",
}


def units_of(amount: Money) -> int | None:
    """The amount as Stripe counts it; None when Stripe cannot take it to the last unit."""
    units = to_units(amount, decimals(amount.currency))
    three = amount.currency in _THREE_DECIMALS
    return None if units is None or (three and units % 10) else units


def decimals(currency: str) -> int:
    """How many decimals Stripe counts."""
    currency = currency.upper()
    return 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def money_of(thing: Object, field: str = "amount") -> Money | None:
    """The amount in this field, in the object's currency."""
    currency = text(thing, "currency")
    return from_units(whole(thing, field), currency, decimals(currency))


def reason_of(code: str) -> str:
    """Our code for Stripe's."""
    return _REASONS.get(code, "card_declined")


def read_intent(intent: Object, publishable_key: str) -> Outcome:
    """What a PaymentIntent says."""
    ref, status, amount = text(intent, "id"), text(intent, "status"), money_of(intent)
    if not ref or amount is None:
        return Unknown("the answer is no payment intent")
    if status == "succeeded":
        taken = money_of(intent, "amount_received")
        if taken is None or taken.amount <= 0:
            return Unknown("a payment intent succeeded with nothing taken")
        return Succeeded(ref, taken, _fee(intent, taken), read_method(intent), _id(intent, "customer"))
    if status == "requires_capture":
        held, until = money_of(intent, "amount_capturable"), _until(intent)
        if held is None or held.amount <= 0 or until is None:
            return Unknown("a payment intent holds nothing")
        return Authorised(ref, held, until, read_method(intent), _id(intent, "customer"))
    if status == "processing":
        return Pending(ref, amount)
    if status == "canceled":
        lapsed = text(intent, "cancellation_reason") in ("automatic", "expired")
        return Declined("authorisation_expired" if lapsed else "cancelled", ref)
    if status in ("requires_payment_method", "requires_action", "requires_confirmation"):
        return _waiting(intent, ref, status, publishable_key)
    return Unknown(f"Stripe says {status[:40]!r}")


def read_saving(intent: Object, publishable_key: str) -> SaveOutcome:
    """What a SetupIntent says."""
    ref, status = text(intent, "id"), text(intent, "status")
    if not ref:
        return Unknown("the answer is no setup intent")
    if status == "succeeded":
        method = read_method(intent)
        return Saved(ref, method, _id(intent, "customer")) if method else Unknown("nothing was saved")
    if status == "canceled":
        return Declined("cancelled", ref)
    if status in ("requires_payment_method", "requires_action", "requires_confirmation"):
        return _waiting(intent, ref, status, publishable_key, error="last_setup_error")
    return Unknown(f"Stripe says {status[:40]!r}")


def read_refund(refund: Object) -> Outcome:
    """What a Refund says."""
    ref, status, amount = text(refund, "id"), text(refund, "status"), money_of(refund)
    if not ref or amount is None:
        return Unknown("the answer is no refund")
    if status == "succeeded":
        return Succeeded(ref, amount)
    if status in ("pending", "requires_action"):
        return Pending(ref, amount)
    return Declined("refund_refused", ref) if status in ("failed", "canceled") else Unknown(f"Stripe says {status!r}")


def read_transfer(transfer: Object) -> Outcome:
    """What a Transfer or the reversal of one says."""
    ref, amount = text(transfer, "id"), money_of(transfer)
    kind = text(transfer, "object")
    if not ref or amount is None or kind not in ("transfer", "transfer_reversal"):
        return Unknown("the answer is no transfer")
    return Succeeded(ref, amount)


def read_method(intent: Object) -> Method | None:
    """How the payer paid, as far as Stripe shows it."""
    method = at(intent, "payment_method")
    token = method if isinstance(method, str) else text(method, "id")
    shown = at(intent, "latest_charge", "payment_method_details") or method
    kind = text(shown, "type")
    card = at(shown, kind) if kind else None
    brand = text(card, "brand") or kind
    return Method(token, brand, text(card, "last4")[:4], text(card, "fingerprint")) if token else None


def read_dispute(dispute: Object) -> DisputeNews | None:
    """What a Dispute says; None when it is none."""
    ref, amount = text(dispute, "id"), money_of(dispute)
    intent = at(dispute, "payment_intent")
    charge = intent if isinstance(intent, str) else text(intent, "id") or _id(dispute, "charge") or ""
    if not ref or amount is None or not charge:
        return None
    return DisputeNews(
        ref,
        charge,
        key_of(intent) if isinstance(intent, dict) else None,
        amount,
        _DISPUTES.get(text(dispute, "status"), "open"),
        text(dispute, "reason") or "general",
        instant(at(dispute, "evidence_details", "due_by")),
    )


def read_line(line: Object) -> ReportLine | None:
    """What a BalanceTransaction says; its `source` should be expanded."""
    currency, source = text(line, "currency"), at(line, "source")
    amount, fee = money_of(line), from_units(whole(line, "fee") or 0, currency, decimals(currency))
    when = instant(at(line, "created"))
    if amount is None or fee is None or when is None:
        return None
    category = text(line, "reporting_category")
    kind: ReportKind = "dispute" if category.startswith("dispute") else _KINDS.get(text(line, "type"), "other")
    name = _id(source, "payment_intent") if kind in ("charge", "dispute") and isinstance(source, dict) else None
    ref = name or _id(line, "source") or text(line, "id")
    return ReportLine(ref, key_of(source) if isinstance(source, dict) else None, kind, amount, fee, when)


def key_of(thing: object) -> UUID | None:
    """Our key, which every object we make carries in its metadata."""
    return uuid_or_none(at(thing, "metadata", "key"))


def _waiting(
    intent: Object, ref: str, status: str, publishable_key: str, *, error: str = "last_payment_error"
) -> NeedsAction | Declined:
    """A payer who chooses on our page may try again there; a method that was given has failed for good."""
    failed = at(intent, error)
    if status == "requires_payment_method" and text(intent, "metadata", "chosen") == "token":
        code = text(failed, "decline_code") or text(failed, "code")
        return Declined(reason_of(code), ref)
    url = text(intent, "next_action", "redirect_to_url", "url")
    if status == "requires_action" and url:
        return NeedsAction(ref, {"kind": "redirect", "url": url})
    secret = text(intent, "client_secret")
    return NeedsAction(ref, {"kind": "payment_element", "client_secret": secret, "publishable_key": publishable_key})


def _id(thing: object, field: str) -> str | None:
    """The id in a field that may be expanded."""
    found = at(thing, field)
    return (found if isinstance(found, str) else text(found, "id")) or None


def _fee(intent: Object, taken: Money) -> int | None:
    transaction = at(intent, "latest_charge", "balance_transaction")
    fee = money_of(transaction, "fee") if isinstance(transaction, dict) else None
    return fee.amount if fee is not None and fee.currency == taken.currency else None


def _until(intent: Object) -> datetime | None:
    """Stripe says when a card's authorisation ends; seven days is its rule otherwise."""
    said = instant(at(intent, "latest_charge", "payment_method_details", "card", "capture_before"))
    created = instant(at(intent, "created"))
    return said or (created + timedelta(days=7) if created else None)
