"""Reading payments."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.payments import events
from hospes.modules.payments.contracts import Attempt, AttemptKind, AttemptStatus, Method, Payment, PaymentStatus
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money
from hospes.platform.outbox import Event

PAYMENT: LiteralString = (
    "SELECT p.id, p.booking_id, p.payer_id, p.provider, p.currency, p.amount, p.captured, p.refunded, p.status,"
    " p.failure, p.created_at, p.updated_at, p.version FROM payments.payment p"
)
ATTEMPT: LiteralString = (
    "SELECT a.id, a.payment_id, a.kind, a.amount, p.currency, a.method, a.status, a.provider_ref, a.target_ref,"
    " a.action, a.reason, a.tries, a.next_try_at, a.created_at, a.updated_at"
    " FROM payments.attempt a JOIN payments.payment p ON p.id = a.payment_id"
)


def payment_from(row: Row) -> Payment:
    """A row of `payments.payment`."""
    values = {key: value for key, value in row.items() if key != "currency"}
    return Payment(
        **{**values, "amount": Money(row["amount"], row["currency"]), "status": PaymentStatus(row["status"])}
    )


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
    """The payment of a booking."""
    row = await tx.find(PAYMENT + " WHERE p.booking_id = %s", (booking_id,))
    return payment_from(row) if row else None


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


async def find_event_attempt(tx: ReadTx, provider: str, event_id: str) -> UUID | None:
    """Which attempt a provider's message is about."""
    row = await tx.find(
        "SELECT e.attempt_id FROM payments.provider_event e WHERE e.provider = %s AND e.event_id = %s",
        (provider, event_id),
    )
    return row["attempt_id"] if row else None


async def list_waiting_events(tx: ReadTx, before: datetime) -> list[tuple[str, str]]:
    """Provider messages received before this that no job has processed: (provider, event id), the oldest first."""
    rows = await tx.all(
        "SELECT e.provider, e.event_id FROM payments.provider_event e"
        " WHERE e.processed_at IS NULL AND e.received_at < %s ORDER BY e.received_at LIMIT 20",
        (before,),
    )
    return [(row["provider"], row["event_id"]) for row in rows]
