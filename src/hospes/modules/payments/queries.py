"""Reading payments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from hospes.modules.payments import events
from hospes.modules.payments.contracts import (
    Attempt,
    AttemptKind,
    AttemptStatus,
    DeadLetter,
    Dispute,
    DisputeStatus,
    LetterStatus,
    Method,
    Payment,
    PaymentStatus,
    PaymentTerms,
    Purpose,
    SavedMethod,
    Way,
)
from hospes.modules.payments.policies.circuit import Circuit
from hospes.platform.db import Asked, ReadTx, Row
from hospes.platform.money import Money
from hospes.platform.outbox import Event

COLUMNS: LiteralString = (
    "p.id, p.booking_id, p.payer_id, p.provider, p.currency, p.amount, p.captured, p.refunded, p.status, p.failure,"
    " p.created_at, p.updated_at, p.version, p.purpose, p.part, p.due_at, p.capture, p.authorised,"
    " p.authorisation_expires_at, p.business_id, p.method, p.customer, p.disputed, p.tries, p.lapses_at, p.release_at"
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


async def find_payment(tx: ReadTx, payment_id: UUID) -> Payment | None:
    """A payment by its id."""
    row = await tx.find(PAYMENT + " WHERE p.id = %s", (payment_id,))
    return payment_from(row) if row else None


async def find_payment_of(tx: ReadTx, booking_id: UUID) -> Payment | None:
    """The part of a booking's payment that matters now: one at work, else one to pay, else the last that was paid."""
    row = await tx.find(
        PAYMENT + " WHERE p.booking_id = %s ORDER BY array_position(ARRAY['processing', 'needs_action', 'failed',"
        " 'awaiting_method', 'authorised', 'succeeded', 'partly_refunded', 'refunded', 'scheduled', 'cancelled'],"
        " p.status), (p.purpose = 'damage_deposit'), p.part LIMIT 1",
        (booking_id,),
    )
    return payment_from(row) if row else None


async def list_parts(tx: ReadTx, booking_id: UUID) -> list[Payment]:
    """Every part of a booking's payment, in order."""
    return [
        payment_from(row) for row in await tx.all(PAYMENT + " WHERE p.booking_id = %s ORDER BY p.part", (booking_id,))
    ]


async def list_parts_of(tx: ReadTx, booking_ids: Sequence[UUID]) -> list[Payment]:
    """Every part of what is paid for these, in order."""
    rows = await tx.all(
        PAYMENT + " WHERE p.booking_id = ANY(%s) ORDER BY array_position(%s::uuid[], p.booking_id), p.part",
        (list(booking_ids), list(booking_ids)),
    )
    return [payment_from(row) for row in rows]


async def list_payments_of_payer(tx: ReadTx, payer_id: UUID, *, before: UUID | None, limit: int) -> list[Payment]:
    """A payer's payments, the newest first, from before that id on."""
    rows = await tx.all(
        PAYMENT + " WHERE p.payer_id = %(payer)s AND (%(before)s::uuid IS NULL OR p.id < %(before)s)"
        " ORDER BY p.id DESC LIMIT %(limit)s::bigint",
        {"payer": payer_id, "before": before, "limit": limit},
    )
    return [payment_from(row) for row in rows]


async def find_attempt(tx: ReadTx, attempt_id: UUID) -> Attempt | None:
    """An attempt by its id."""
    row = await tx.find(ATTEMPT + " WHERE a.id = %s", (attempt_id,))
    return attempt_from(row) if row else None


async def list_attempts(tx: ReadTx, payment_id: UUID) -> list[Attempt]:
    """Every attempt of a payment, the oldest first."""
    rows = await tx.all(ATTEMPT + " WHERE a.payment_id = %s ORDER BY a.created_at, a.id", (payment_id,))
    return [attempt_from(row) for row in rows]


async def list_events(tx: ReadTx, booking_id: UUID, after: int) -> list[Event]:
    """The payment events of a booking whose outbox id is above `after`, in order."""
    rows = await tx.all(
        "SELECT o.id, o.event_id, o.type, o.aggregate_id, o.data, o.occurred_at FROM platform.outbox o"
        " WHERE o.aggregate_id = %s AND o.id > %s::bigint AND o.type = ANY(%s) ORDER BY o.id",
        (booking_id, after, list(events.ALL)),
    )
    return [
        Event(row["event_id"], row["type"], row["aggregate_id"], row["data"], row["occurred_at"], row["id"])
        for row in rows
    ]


async def find_event(tx: ReadTx, provider: str, event_id: str) -> tuple[UUID | None, dict[str, Any] | None]:
    """Which attempt a provider's message is about, and what it says of a dispute."""
    row = await tx.find(
        "SELECT e.attempt_id, e.dispute FROM payments.provider_event e WHERE e.provider = %s AND e.event_id = %s",
        (provider, event_id),
    )
    return (row["attempt_id"], row["dispute"]) if row else (None, None)


async def find_charge(tx: ReadTx, provider: str, *, key: UUID | None, ref: str) -> Attempt | None:
    """The attempt that took money, by our key or by the provider's name of it."""
    row = await tx.find(
        ATTEMPT + " WHERE a.kind IN ('charge', 'authorise', 'capture') AND COALESCE(a.provider, p.provider) = %s"
        " AND (a.id = %s OR a.provider_ref = %s) ORDER BY (a.id = %s) DESC, a.created_at LIMIT 1",
        (provider, key, ref, key),
    )
    return attempt_from(row) if row else None


async def find_dispute(tx: ReadTx, provider: str, ref: str) -> Dispute | None:
    """A dispute by the provider's name of it."""
    row = await tx.find(DISPUTE + " WHERE d.provider = %s AND d.ref = %s", (provider, ref))
    return dispute_from(row) if row else None


async def list_disputes(tx: ReadTx, *, open_only: bool, before: UUID | None, limit: int) -> list[Dispute]:
    """Disputes, the newest first, from before that id on."""
    rows = await tx.all(
        DISPUTE + " WHERE (NOT %(open)s OR d.status = 'open') AND (%(before)s::uuid IS NULL OR d.id < %(before)s)"
        " ORDER BY d.id DESC LIMIT %(limit)s::bigint",
        {"open": open_only, "before": before, "limit": limit},
    )
    return [dispute_from(row) for row in rows]


def dispute_from(row: Row) -> Dispute:
    """A row of `payments.dispute` with what is paid for."""
    values = {key: value for key, value in row.items() if key != "currency"}
    typed = {"amount": Money(row["amount"], row["currency"]), "status": DisputeStatus(row["status"])}
    return Dispute(**{**values, **typed})


async def list_waiting_events(tx: ReadTx, before: datetime) -> list[tuple[str, str]]:
    """Provider messages received before this that no job has processed: (provider, event id), the oldest first."""
    rows = await tx.all(
        "SELECT e.provider, e.event_id FROM payments.provider_event e"
        " WHERE e.processed_at IS NULL AND e.received_at < %s ORDER BY e.received_at LIMIT 20",
        (before,),
    )
    return [(row["provider"], row["event_id"]) for row in rows]


async def get_circuit(tx: ReadTx, provider: str) -> Circuit:
    """How the provider has been answering; closed when nothing is known."""
    row = await tx.find(
        "SELECT c.provider, c.failures, c.retry_at FROM payments.circuit c WHERE c.provider = %s", (provider,)
    )
    return Circuit(**row) if row else Circuit(provider)


def ask_terms(tx: ReadTx, resource_id: UUID) -> Asked:
    """How the business that sells this takes money; a question that the next statement takes along."""
    return tx.ask(
        "SELECT t.way, t.deposit_bp, t.long_stay_nights, t.balance_days, t.grace_days, t.damage_amount,"
        " t.damage_currency FROM payments.terms t WHERE t.business_id = (SELECT place.business_id"
        " FROM catalog.resource AS sold JOIN catalog.property AS place ON place.id = sold.property_id"
        " WHERE sold.id = %s)",
        (resource_id,),
    )


def terms_from(row: Row | None) -> PaymentTerms:
    """A row of `payments.terms`; the ordinary terms when there is none."""
    return PaymentTerms(**{**row, "way": Way(row["way"])}) if row else PaymentTerms()


async def find_terms(tx: ReadTx, business_id: UUID) -> PaymentTerms:
    """How a business takes money."""
    row = await tx.find(
        "SELECT t.way, t.deposit_bp, t.long_stay_nights, t.balance_days, t.grace_days, t.damage_amount,"
        " t.damage_currency FROM payments.terms t WHERE t.business_id = %s",
        (business_id,),
    )
    return terms_from(row)


# A later part is taken only when the booking it belongs to was paid for: some other part has its money, or its hold.
_BEGUN: LiteralString = (
    " EXISTS (SELECT 1 FROM payments.payment o WHERE o.booking_id = p.booking_id AND o.id <> p.id"
    " AND (o.captured > 0 OR o.status = 'authorised'))"
)


_BY_DUE: LiteralString = " ORDER BY p.due_at LIMIT %s::bigint"


async def list_to_remind(tx: ReadTx, *, now: datetime, until: datetime, limit: int) -> list[UUID]:
    """Balances that are taken soon and of which the payer was not told."""
    rows = await tx.all(
        "SELECT p.id FROM payments.payment p WHERE p.status = 'scheduled' AND p.purpose = 'balance'"  # noqa: S608
        " AND p.due_at BETWEEN %s AND %s AND p.reminded_at IS NULL AND" + _BEGUN + _BY_DUE,
        (now, until, limit),
    )
    return [row["id"] for row in rows]


async def list_due(tx: ReadTx, now: datetime, limit: int) -> list[UUID]:
    """Parts to take now: scheduled ones, and balances that failed and are tried again."""
    rows = await tx.all(
        "SELECT p.id FROM payments.payment p WHERE p.status IN ('scheduled', 'failed') AND p.due_at <= %s"  # noqa: S608
        " AND p.provider <> 'property' AND (p.lapses_at IS NULL OR p.lapses_at > %s) AND"
        + _BEGUN
        + " ORDER BY p.due_at LIMIT %s::bigint",
        (now, now, limit),
    )
    return [row["id"] for row in rows]


async def list_lapsed(tx: ReadTx, now: datetime, limit: int) -> list[UUID]:
    """Balances that were tried in vain and whose time is over."""
    rows = await tx.all(
        "SELECT p.id FROM payments.payment p WHERE p.status = 'failed' AND p.due_at IS NOT NULL AND p.lapses_at <= %s"
        " AND p.tries > 0 ORDER BY p.lapses_at LIMIT %s::bigint",
        (now, limit),
    )
    return [row["id"] for row in rows]


async def list_running_out(tx: ReadTx, before: datetime, *, since: datetime, limit: int) -> list[UUID]:
    """Authorisations that lapse before then and were not tried anew since."""
    rows = await tx.all(
        "SELECT p.id FROM payments.payment p WHERE p.status = 'authorised' AND p.authorisation_expires_at <= %s"
        " AND NOT EXISTS (SELECT 1 FROM payments.attempt a WHERE a.payment_id = p.id AND"
        " (a.status IN ('recorded', 'calling', 'needs_action', 'unknown')"
        " OR (a.kind = 'authorise' AND a.status = 'declined' AND a.updated_at > %s"
        " AND p.authorisation_expires_at > a.updated_at)))"
        " ORDER BY p.authorisation_expires_at LIMIT %s::bigint",
        (before, since, limit),
    )
    return [row["id"] for row in rows]


async def list_to_release(tx: ReadTx, now: datetime, limit: int) -> list[UUID]:
    """Damage deposits that are let go now."""
    rows = await tx.all(
        "SELECT p.id FROM payments.payment p WHERE p.release_at <= %s ORDER BY p.release_at LIMIT %s::bigint",
        (now, limit),
    )
    return [row["id"] for row in rows]


async def find_letter(tx: ReadTx, letter_id: UUID) -> DeadLetter | None:
    """A dead letter with its attempt and payment."""
    row = await tx.find("SELECT l.* FROM payments.dead_letter l WHERE l.id = %s", (letter_id,))
    return (await _letters(tx, [row]))[0] if row else None


async def list_letters(tx: ReadTx, *, status: LetterStatus, before: UUID | None, limit: int) -> list[DeadLetter]:
    """Dead letters of one status, the newest first, from before that id on."""
    rows = await tx.all(
        "SELECT l.* FROM payments.dead_letter l WHERE l.status = %(status)s"
        " AND (%(before)s::uuid IS NULL OR l.id < %(before)s) ORDER BY l.id DESC LIMIT %(limit)s::bigint",
        {"status": str(status), "before": before, "limit": limit},
    )
    return await _letters(tx, rows)


async def _letters(tx: ReadTx, rows: Sequence[Row]) -> list[DeadLetter]:
    attempts = await tx.all(ATTEMPT + " WHERE a.id = ANY(%s)", ([row["attempt_id"] for row in rows],))
    payments = await tx.all(PAYMENT + " WHERE p.id = ANY(%s)", ([row["payment_id"] for row in rows],))
    by_attempt = {row["id"]: attempt_from(row) for row in attempts}
    by_payment = {row["id"]: payment_from(row) for row in payments}
    return [
        DeadLetter(
            id=row["id"],
            payment=by_payment[row["payment_id"]],
            attempt=by_attempt[row["attempt_id"]],
            reason=row["reason"],
            status=LetterStatus(row["status"]),
            created_at=row["created_at"],
            ended_at=row["ended_at"],
            ended_by=row["ended_by"],
            note=row["note"],
        )
        for row in rows
    ]


async def list_methods(tx: ReadTx, user_id: UUID) -> list[SavedMethod]:
    """What a payer keeps for later, the newest first."""
    rows = await tx.all(
        "SELECT m.id, m.user_id, m.provider, m.token, m.customer, m.brand, m.last4, m.created_at"
        " FROM payments.saved_method m WHERE m.user_id = %s AND m.deleted_at IS NULL ORDER BY m.id DESC LIMIT 50",
        (user_id,),
    )
    return [
        SavedMethod(
            id=row["id"],
            user_id=row["user_id"],
            provider=row["provider"],
            method=Method(row["token"], row["brand"], row["last4"]),
            customer=row["customer"],
            created_at=row["created_at"],
        )
        for row in rows
    ]


async def list_payments(
    tx: ReadTx, *, status: PaymentStatus | None, disputed: bool, before: UUID | None, limit: int
) -> list[Payment]:
    """Everybody's payments, the newest first, from before that id on."""
    rows = await tx.all(
        PAYMENT + " WHERE (%(status)s::text IS NULL OR p.status = %(status)s) AND (NOT %(disputed)s OR p.disputed)"
        " AND (%(before)s::uuid IS NULL OR p.id < %(before)s) ORDER BY p.id DESC LIMIT %(limit)s::bigint",
        {"status": str(status) if status else None, "disputed": disputed, "before": before, "limit": limit},
    )
    return [payment_from(row) for row in rows]


async def list_circuits(tx: ReadTx, now: datetime) -> list[Circuit]:
    """The providers that are left alone now."""
    rows = await tx.all(
        "SELECT c.provider, c.failures, c.retry_at FROM payments.circuit c WHERE c.retry_at > %s ORDER BY 1", (now,)
    )
    return [Circuit(**row) for row in rows]


async def is_method_needed(tx: ReadTx, user_id: UUID, token: str) -> bool:
    """Whether something is to be taken later with this method, as the terms of a booking say."""
    row = await tx.find(
        "SELECT 1 AS needed FROM payments.payment p WHERE p.payer_id = %s AND p.method ->> 'token' = %s"
        " AND p.status IN ('scheduled', 'authorised', 'processing', 'failed') LIMIT 1",
        (user_id, token),
    )
    return row is not None


async def list_movements(
    tx: ReadTx, provider: str, *, since: datetime, until: datetime, keys: Sequence[UUID]
) -> list[Row]:
    """Charges and refunds that succeeded at a provider, under the key it reports them with: of authorised money that
    was taken, that of the authorisation. Refunds are below zero."""
    return await tx.all(
        "SELECT COALESCE(first.id, a.id) AS key, CASE WHEN a.kind = 'refund' THEN 'refund' ELSE 'charge' END AS kind,"
        " CASE WHEN a.kind = 'refund' THEN -a.amount ELSE a.amount END AS amount, p.currency, a.updated_at AS at"
        " FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
        " LEFT JOIN payments.attempt AS first ON a.kind = 'capture' AND first.payment_id = a.payment_id"
        " AND first.kind = 'authorise' AND first.provider_ref = a.target_ref"
        " WHERE a.kind IN ('charge', 'capture', 'refund') AND a.status = 'succeeded'"
        " AND COALESCE(a.provider, p.provider) = %(provider)s"
        " AND ((a.updated_at >= %(since)s AND a.updated_at < %(until)s)"
        "      OR a.id = ANY(%(keys)s) OR first.id = ANY(%(keys)s))",
        {"provider": provider, "since": since, "until": until, "keys": list(keys)},
    )


async def find_delay(tx: ReadTx, payment_id: UUID) -> datetime | None:
    """When a charge is made again whose provider does not answer; None when none waits for that."""
    row = await tx.find(
        "SELECT a.next_try_at FROM payments.attempt a WHERE a.payment_id = %s AND a.status = 'recorded'"
        " AND a.kind IN ('charge', 'authorise') AND a.next_try_at > a.updated_at + interval '45 seconds' LIMIT 1",
        (payment_id,),
    )
    return row["next_try_at"] if row else None
