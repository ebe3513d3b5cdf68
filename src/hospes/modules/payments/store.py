"""Writing payments. Whoever writes locks the payment first, then its attempt."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.payments.contracts import Attempt, AttemptKind, AttemptStatus, Method, Payment, PaymentStatus
from hospes.modules.payments.queries import ATTEMPT, PAYMENT, attempt_from, payment_from
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money


async def insert_payment(
    tx: WriteTx, *, booking_id: UUID, payer_id: UUID, provider: str, amount: Money, now: datetime
) -> Payment | None:
    """The new payment; None when the booking has one already."""
    row = await tx.find(
        "INSERT INTO payments.payment AS p (id, booking_id, payer_id, provider, currency, amount, status, created_at,"
        " updated_at) VALUES (%s, %s, %s, %s, %s, %s, 'awaiting_method', %s, %s) ON CONFLICT DO NOTHING RETURNING"
        " p.id, p.booking_id, p.payer_id, p.provider, p.currency, p.amount, p.captured, p.refunded, p.status,"
        " p.failure, p.created_at, p.updated_at, p.version",
        (new_id(), booking_id, payer_id, provider, amount.currency, amount.amount, now, now),
    )
    return payment_from(row) if row else None


async def insert_first_payment(
    tx: WriteTx, *, booking_id: UUID, payer_id: UUID, provider: str, amount: Money, now: datetime
) -> None:
    """The payment of a booking that is being made, written with the next statement."""
    await tx.run_later(
        "INSERT INTO payments.payment (id, booking_id, payer_id, provider, currency, amount, status, created_at,"
        " updated_at) VALUES (%(id)s, %(booking)s, %(payer)s, %(provider)s, %(currency)s, %(amount)s,"
        " 'awaiting_method', %(now)s, %(now)s)",
        {
            "id": new_id(),
            "booking": booking_id,
            "payer": payer_id,
            "provider": provider,
            "currency": amount.currency,
            "amount": amount.amount,
            "now": now,
        },
    )


async def lock_payment(tx: WriteTx, payment_id: UUID) -> Payment | None:
    """The payment, locked until the transaction ends."""
    row = await tx.find(PAYMENT + " WHERE p.id = %s FOR UPDATE", (payment_id,))
    return payment_from(row) if row else None


async def lock_payment_of(tx: WriteTx, booking_id: UUID) -> Payment | None:
    """The payment of a booking, locked until the transaction ends."""
    row = await tx.find(PAYMENT + " WHERE p.booking_id = %s FOR UPDATE", (booking_id,))
    return payment_from(row) if row else None


async def lock_attempt(tx: WriteTx, attempt_id: UUID) -> tuple[Payment, Attempt] | None:
    """An attempt and its payment, both locked, the payment first."""
    row = await tx.find(
        PAYMENT + " WHERE p.id = (SELECT a.payment_id FROM payments.attempt a WHERE a.id = %s) FOR UPDATE",  # noqa: S608
        (attempt_id,),
    )
    if row is None:
        return None
    held = await tx.find(ATTEMPT + " WHERE a.id = %s FOR UPDATE OF a", (attempt_id,))
    return (payment_from(row), attempt_from(held)) if held else None


async def move_payment(
    tx: WriteTx,
    payment: Payment,
    to: PaymentStatus,
    *,
    captured: int | None = None,
    refunded: int | None = None,
    failure: str | None = None,
    now: datetime,
) -> bool:
    """Move on from the status that was seen; False when somebody else moved it first."""
    return bool(
        await tx.run(
            "UPDATE payments.payment SET status = %s, captured = COALESCE(%s::bigint, captured),"
            " refunded = COALESCE(%s::bigint, refunded), failure = %s, updated_at = %s, version = version + 1"
            " WHERE id = %s AND status = %s",
            (str(to), captured, refunded, failure, now, payment.id, str(payment.status)),
        )
    )


async def set_amount(tx: WriteTx, payment: Payment, amount: int, *, now: datetime) -> None:
    """Ask for another amount; its row is locked and nothing was taken."""
    await tx.run(
        "UPDATE payments.payment SET amount = %s::bigint, updated_at = %s, version = version + 1 WHERE id = %s",
        (amount, now, payment.id),
    )


async def insert_attempt(
    tx: WriteTx,
    *,
    payment_id: UUID,
    kind: AttemptKind,
    amount: int,
    method: Method | None = None,
    target_ref: str | None = None,
    reason: str | None = None,
    next_try_at: datetime,
    now: datetime,
) -> UUID:
    """Record what will be asked of the provider; answers the attempt's id."""
    attempt_id = new_id()
    await tx.run(
        "INSERT INTO payments.attempt (id, payment_id, kind, amount, method, status, target_ref, reason, next_try_at,"
        " created_at, updated_at) VALUES (%s, %s, %s, %s, %s, 'recorded', %s, %s, %s, %s, %s)",
        (
            *(attempt_id, payment_id, str(kind), amount, Jsonb(method.as_json() if method else {})),
            *(target_ref, reason, next_try_at, now, now),
        ),
    )
    return attempt_id


async def move_attempt(
    tx: WriteTx,
    attempt: Attempt,
    to: AttemptStatus,
    *,
    provider_ref: str | None = None,
    action: dict[str, Any] | None = None,
    reason: str | None = None,
    tries: int,
    next_try_at: datetime | None,
    now: datetime,
) -> bool:
    """Move on from the status that was seen; False when somebody else moved it first."""
    return bool(
        await tx.run(
            "UPDATE payments.attempt SET status = %s, provider_ref = COALESCE(%s, provider_ref), action = %s,"
            " reason = COALESCE(%s, reason), tries = %s, next_try_at = %s, updated_at = %s"
            " WHERE id = %s AND status = %s",
            (
                *(str(to), provider_ref, Jsonb(action) if action else None, reason, tries, next_try_at, now),
                *(attempt.id, str(attempt.status)),
            ),
        )
    )


async def take_due(tx: WriteTx, *, put_off_until: datetime, limit: int, now: datetime) -> list[tuple[UUID, str]]:
    """Open attempts whose time has come, put off so that nobody else takes them meanwhile: (id, status)."""
    rows = await tx.all(
        "UPDATE payments.attempt SET next_try_at = %s WHERE id IN (SELECT a.id FROM payments.attempt a"
        " WHERE a.status IN ('recorded', 'calling', 'needs_action', 'unknown') AND a.next_try_at <= %s"
        " ORDER BY a.next_try_at LIMIT %s::bigint FOR UPDATE SKIP LOCKED) RETURNING id, status",
        (put_off_until, now, limit),
    )
    return [(row["id"], row["status"]) for row in rows]


async def insert_provider_event(
    tx: WriteTx, *, provider: str, event_id: str, attempt_id: UUID | None, payload: dict[str, Any], now: datetime
) -> bool:
    """Whether this message of the provider is new."""
    return bool(
        await tx.run(
            "INSERT INTO payments.provider_event (provider, event_id, attempt_id, payload, received_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (provider, event_id, attempt_id, Jsonb(payload), now),
        )
    )


async def mark_processed(tx: WriteTx, *, provider: str, event_id: str, now: datetime) -> None:
    """Remember that a provider's message has had its effect."""
    await tx.run(
        "UPDATE payments.provider_event SET processed_at = %s WHERE provider = %s AND event_id = %s",
        (now, provider, event_id),
    )
