"""Attempts: recording, locking and moving them, and what providers say."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.payments.contracts import Attempt, AttemptKind, AttemptStatus, Held, Method
from hospes.modules.payments.queries import ATTEMPT, PAYMENT, attempt_from, payment_from
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id

_PARTS_OF_ATTEMPT: LiteralString = (
    " WHERE p.booking_id = (SELECT o.booking_id FROM payments.attempt a JOIN payments.payment o"
    " ON o.id = a.payment_id WHERE a.id = %s) ORDER BY p.part FOR UPDATE"
)


async def lock_attempt(tx: WriteTx, attempt_id: UUID) -> Held | None:
    """An attempt, its payment and the other parts of what is paid for, all locked, the parts first and in order."""
    rows = await tx.all(
        PAYMENT + _PARTS_OF_ATTEMPT,
        (attempt_id,),
    )
    if not rows:
        return None
    held = await tx.find(ATTEMPT + " WHERE a.id = %s FOR UPDATE OF a", (attempt_id,))
    if held is None:
        return None
    attempt = attempt_from(held)
    parts = tuple(payment_from(row) for row in rows)
    return Held(next(each for each in parts if each.id == attempt.payment_id), attempt, parts)


async def insert_attempt(
    tx: WriteTx,
    *,
    payment_id: UUID,
    kind: AttemptKind,
    amount: int,
    method: Method | None = None,
    target_ref: str | None = None,
    reason: str | None = None,
    provider: str | None = None,
    save: bool = False,
    off_session: bool = False,
    next_try_at: datetime,
    now: datetime,
) -> UUID:
    """Record what will be asked of the provider; answers the attempt's id."""
    attempt_id = new_id()
    await tx.run(
        "INSERT INTO payments.attempt (id, payment_id, kind, amount, method, status, target_ref, reason, provider,"
        " save, off_session, next_try_at, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, 'recorded', %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(attempt_id, payment_id, str(kind), amount, Jsonb(method.as_json() if method else {})),
            *(target_ref, reason, provider, save, off_session, next_try_at, now, now),
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
    fee: int | None = None,
    tries: int,
    next_try_at: datetime | None,
    now: datetime,
) -> bool:
    """Move on from the status that was seen; False when somebody else moved it first."""
    return bool(
        await tx.run(
            "UPDATE payments.attempt SET status = %s, provider_ref = COALESCE(%s, provider_ref), action = %s,"
            " reason = COALESCE(%s, reason), fee = COALESCE(%s::bigint, fee), tries = %s, next_try_at = %s,"
            " updated_at = %s WHERE id = %s AND status = %s",
            (
                *(str(to), provider_ref, Jsonb(action) if action else None, reason, fee, tries, next_try_at, now),
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
    tx: WriteTx,
    *,
    provider: str,
    event_id: str,
    attempt_id: UUID | None,
    payload: dict[str, Any],
    dispute: dict[str, Any] | None = None,
    account_ref: str | None = None,
    now: datetime,
) -> bool:
    """Whether this message of the provider is new."""
    return bool(
        await tx.run(
            "INSERT INTO payments.provider_event (provider, event_id, attempt_id, payload, dispute, account_ref,"
            " received_at) VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (provider, event_id, attempt_id, Jsonb(payload), Jsonb(dispute) if dispute else None, account_ref, now),
        )
    )


async def mark_processed(tx: WriteTx, *, provider: str, event_id: str, now: datetime) -> bool:
    """Remember that a provider's message has had its effect; whether it had not before."""
    return bool(
        await tx.run(
            "UPDATE payments.provider_event SET processed_at = %s WHERE provider = %s AND event_id = %s"
            " AND processed_at IS NULL",
            (now, provider, event_id),
        )
    )
