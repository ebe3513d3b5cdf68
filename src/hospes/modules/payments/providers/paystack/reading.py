"""Paystack's objects in our words. Amounts are in hundredths of every currency (paystack.com/docs/api, Currency)."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.port import (
    Declined,
    DisputeNews,
    NeedsAction,
    Outcome,
    Pending,
    ReportLine,
    Succeeded,
    Unknown,
)
from hospes.modules.payments.providers.reading import at, instant, text, uuid_or_none, whole
from hospes.modules.payments.providers.units import from_units, to_units
from hospes.platform.money import Money

Object = Mapping[str, Any]
DECIMALS = 2
CURRENCIES = frozenset({"NGN", "GHS", "ZAR", "KES", "USD", "XOF"})
COUNTRIES = frozenset({"NG", "GH", "ZA", "KE", "CI"})
_WHEN = ("paid_at", "refunded_at", "transferred_at", "createdAt")
_WORDS = (
    ("insufficient", "insufficient_funds"),
    ("not sufficient", "insufficient_funds"),
    ("expired", "expired_card"),
    ("cvv", "incorrect_cvc"),
    ("stolen", "stolen_card"),
    ("lost card", "stolen_card"),
    ("authentication", "challenge_declined"),
)


def units_of(amount: Money) -> int | None:
    """The amount as Paystack counts it; None when it does not take the currency or so little."""
    units = to_units(amount, DECIMALS) if amount.currency in CURRENCIES else None
    return units if units is not None and units > 0 else None


def money_of(thing: Object, field: str = "amount") -> Money | None:
    """The amount in this field, in the object's currency."""
    return from_units(whole(thing, field), text(thing, "currency"), DECIMALS)


def read_transaction(said: Object, *, told: bool) -> Outcome:
    """What a transaction says; `told`: the payer was given the address to pay at."""
    ref, status, amount = text(said, "reference"), text(said, "status"), money_of(said)
    if not ref or amount is None:
        return Unknown("the answer is no transaction")
    if status == "success":
        if amount.amount <= 0:
            return Unknown("a transaction succeeded with nothing taken")
        return Succeeded(ref, amount, _fee(said), read_method(said), text(said, "customer", "email") or None)
    if status in ("failed", "reversed"):
        return Declined("reversed" if status == "reversed" else reason_of(text(said, "gateway_response")), ref)
    if status in ("abandoned", "ongoing"):  # the payer has not finished: by what address, Paystack tells only once
        return NeedsAction(ref, {}) if told else Declined("try_again", ref)
    if status in ("pending", "processing", "queued"):
        return Pending(ref, amount)
    return Unknown(f"Paystack says {status[:40]!r}")


def read_method(said: Object) -> Method | None:
    """How the payer paid; the token is empty unless it can be charged again."""
    card = at(said, "authorization")
    if not isinstance(card, dict):
        return None
    token = text(card, "authorization_code") if at(card, "reusable") is True else ""
    brand = text(card, "brand").strip() or text(card, "channel")
    return Method(token, brand, text(card, "last4")[:4], text(card, "signature"))


def read_refund(said: Object) -> Outcome:
    """What a refund says."""
    ref, status, amount = _id(said), text(said, "status"), money_of(said)
    if not ref or amount is None:
        return Unknown("the answer is no refund")
    if status == "processed":
        return Succeeded(ref, amount)
    if status in ("pending", "processing", "needs-attention"):
        return Pending(ref, amount)
    return Declined("refund_refused", ref) if status == "failed" else Unknown(f"Paystack says {status[:40]!r}")


def read_transfer(said: Object) -> Outcome:
    """What a transfer says; `otp` waits for a person who must confirm it (Paystack can be told not to ask)."""
    ref, status, amount = text(said, "transfer_code"), text(said, "status"), money_of(said)
    if not ref or amount is None:
        return Unknown("the answer is no transfer")
    if status == "success":
        return Succeeded(ref, amount, whole(said, "fee_charged"))
    if status in ("pending", "otp", "received", "queued", "processing"):
        return Pending(ref, amount)
    if status in ("failed", "reversed", "rejected", "blocked", "abandoned"):
        return Declined("transfer_refused", ref)
    return Unknown(f"Paystack says {status[:40]!r}")


def read_dispute(said: Object) -> DisputeNews | None:
    """What a dispute says; None when it is none."""
    ref, charge = _id(said), text(said, "transaction", "reference") or text(said, "transaction_reference")
    currency = text(said, "currency") or text(said, "transaction", "currency")
    amount = from_units(whole(said, "refund_amount"), currency, DECIMALS)
    if amount is None or amount.amount <= 0:
        amount = from_units(whole(said, "transaction", "amount"), currency, DECIMALS)
    if not ref or not charge or amount is None:
        return None
    status: Literal["open", "won", "lost"] = "open"
    if text(said, "status") == "resolved":
        status = "won" if text(said, "resolution") == "declined" else "lost"
    due = instant(at(said, "dueAt") or at(said, "due_at"))
    return DisputeNews(ref, charge, uuid_or_none(charge), amount, status, text(said, "category") or "general", due)


def line_of(said: Object, kind: Literal["charge", "refund", "transfer"]) -> ReportLine | None:
    """A finished movement; None for one that moved nothing."""
    status = {"charge": "success", "refund": "processed", "transfer": "success"}[kind]
    amount = money_of(said)
    when = next((w for name in _WHEN if (w := instant(at(said, name))) is not None), None)
    if text(said, "status") != status or amount is None or when is None:
        return None
    signed = amount if kind == "charge" else Money(-amount.amount, amount.currency)
    fee = (_fee(said) if kind == "charge" else whole(said, "fee_charged")) or 0
    ref = {"charge": text(said, "reference"), "refund": _id(said), "transfer": text(said, "transfer_code")}[kind]
    return ReportLine(ref, key_of(said, kind), kind, signed, Money(fee, amount.currency), when)


def key_of(said: Object, kind: str) -> UUID | None:
    """Our key: the reference of a charge or transfer, the merchant's note of a refund."""
    return uuid_or_none(text(said, "merchant_note" if kind == "refund" else "reference"))


def reason_of(said: str) -> str:
    """Our code for the bank's words."""
    lower = said.lower()
    return next((reason for word, reason in _WORDS if word in lower), "card_declined")


def _fee(said: Object) -> int | None:
    fee = money_of(said, "fees")
    return fee.amount if fee is not None and fee.amount >= 0 else None


def _id(said: Object) -> str:
    number = whole(said, "id")
    return str(number) if number is not None else ""
