"""Rows of payments, attempts and disputes, and what they become."""

from typing import LiteralString

from hospes.modules.payments.contracts import (
    Attempt,
    AttemptKind,
    AttemptStatus,
    Dispute,
    DisputeStatus,
    Method,
    Payment,
    PaymentStatus,
    Purpose,
)
from hospes.platform.db import Row
from hospes.platform.money import Money

COLUMNS: LiteralString = (
    "p.id, p.booking_id, p.payer_id, p.provider, p.currency, p.amount, p.captured, p.refunded, p.status, p.failure,"
    " p.created_at, p.updated_at, p.version, p.purpose, p.part, p.due_at, p.capture, p.authorised,"
    " p.authorisation_expires_at, p.business_id, p.method, p.customer, p.disputed, p.tries, p.lapses_at, p.release_at,"
    " p.honoured_until, p.renewal_refused_at"
)

PAYMENT: LiteralString = f"SELECT {COLUMNS} FROM payments.payment p"  # noqa: S608 (constants)

ATTEMPT: LiteralString = (
    "SELECT a.id, a.payment_id, a.kind, a.amount, p.currency, a.method, a.status, a.provider_ref, a.target_ref,"
    " a.action, a.reason, a.tries, a.next_try_at, a.created_at, a.updated_at,"
    " COALESCE(a.provider, p.provider) AS provider, a.fee, a.save, a.off_session"
    " FROM payments.attempt a JOIN payments.payment p ON p.id = a.payment_id"
)

DISPUTE: LiteralString = (
    "SELECT d.id, d.provider, d.ref, d.payment_id, p.booking_id, d.amount, d.currency, d.status, d.reason,"
    " d.evidence_due, d.opened_at, d.closed_at FROM payments.dispute d JOIN payments.payment p ON p.id = d.payment_id"
)


def payment_from(row: Row) -> Payment:
    """A row of `payments.payment`."""
    values = {key: value for key, value in row.items() if key not in ("currency", "capture")}
    typed = {
        "amount": Money(row["amount"], row["currency"]),
        "status": PaymentStatus(row["status"]),
        "purpose": Purpose(row["purpose"]),
        "manual": row["capture"] == "manual",
        "method": Method(**row["method"]) if row["method"] else None,
    }
    return Payment(**{**values, **typed})


def attempt_from(row: Row) -> Attempt:
    """A row of `payments.attempt` with its payment's currency."""
    values = {key: value for key, value in row.items() if key != "currency"}
    typed = {
        "amount": Money(row["amount"], row["currency"]),
        "kind": AttemptKind(row["kind"]),
        "status": AttemptStatus(row["status"]),
        "method": Method(**{"token": "", **row["method"]}),
    }
    return Attempt(**{**values, **typed})


def dispute_from(row: Row) -> Dispute:
    """A row of `payments.dispute` with what is paid for."""
    values = {key: value for key, value in row.items() if key != "currency"}
    typed = {"amount": Money(row["amount"], row["currency"]), "status": DisputeStatus(row["status"])}
    return Dispute(**{**values, **typed})
