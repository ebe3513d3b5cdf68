"""Attempts, what providers have said of them, and whether a provider answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.payments.contracts import Attempt
from hospes.modules.payments.policies.circuit import Circuit
from hospes.modules.payments.queries.rows import ATTEMPT, attempt_from
from hospes.platform.db import ReadTx, Row


async def find_attempt(tx: ReadTx, attempt_id: UUID) -> Attempt | None:
    """An attempt by its id."""
    row = await tx.find(ATTEMPT + " WHERE a.id = %s", (attempt_id,))
    return attempt_from(row) if row else None


async def list_attempts(tx: ReadTx, payment_id: UUID) -> list[Attempt]:
    """Every attempt of a payment, the oldest first."""
    rows = await tx.all(ATTEMPT + " WHERE a.payment_id = %s ORDER BY a.created_at, a.id", (payment_id,))
    return [attempt_from(row) for row in rows]


async def find_event(tx: ReadTx, provider: str, event_id: str) -> tuple[UUID | None, dict[str, Any] | None, str | None]:
    """Which attempt a provider's message is about, what it says of a dispute, and which account has changed."""
    row = await tx.find(
        "SELECT e.attempt_id, e.dispute, e.account_ref FROM payments.provider_event e"
        " WHERE e.provider = %s AND e.event_id = %s",
        (provider, event_id),
    )
    return (row["attempt_id"], row["dispute"], row["account_ref"]) if row else (None, None, None)


async def find_charge(tx: ReadTx, provider: str, *, key: UUID | None, ref: str) -> Attempt | None:
    """The attempt that took money, by our key or by the provider's name of it."""
    row = await tx.find(
        ATTEMPT + " WHERE a.kind IN ('charge', 'authorise', 'capture') AND COALESCE(a.provider, p.provider) = %s"
        " AND (a.id = %s OR a.provider_ref = %s) ORDER BY (a.id = %s) DESC, a.created_at LIMIT 1",
        (provider, key, ref, key),
    )
    return attempt_from(row) if row else None


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


async def list_circuits(tx: ReadTx, now: datetime) -> list[Circuit]:
    """The providers that are left alone now."""
    rows = await tx.all(
        "SELECT c.provider, c.failures, c.retry_at FROM payments.circuit c WHERE c.retry_at > %s ORDER BY 1", (now,)
    )
    return [Circuit(**row) for row in rows]


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
