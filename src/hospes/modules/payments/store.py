"""Writing payments. Whoever writes locks the payment first, then its attempt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.payments.contracts import (
    Attempt,
    AttemptKind,
    AttemptStatus,
    Dispute,
    DisputeStatus,
    Held,
    LetterStatus,
    Method,
    Part,
    Payment,
    PaymentStatus,
    PaymentTerms,
)
from hospes.modules.payments.policies.circuit import PROBE_LASTS, Circuit
from hospes.modules.payments.queries import ATTEMPT, COLUMNS, PAYMENT, attempt_from, payment_from
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money

_INSERT_PAYMENT: LiteralString = (
    "INSERT INTO payments.payment AS p (id, booking_id, payer_id, provider, currency, amount, status, created_at,"
    " updated_at) VALUES (%s, %s, %s, %s, %s, %s, 'awaiting_method', %s, %s) ON CONFLICT DO NOTHING RETURNING"
)
_PARTS_OF_ATTEMPT: LiteralString = (
    " WHERE p.booking_id = (SELECT o.booking_id FROM payments.attempt a JOIN payments.payment o"
    " ON o.id = a.payment_id WHERE a.id = %s) ORDER BY p.part FOR UPDATE"
)
_PARTS_OF_PAYMENT: LiteralString = (
    " WHERE p.booking_id = (SELECT o.booking_id FROM payments.payment o WHERE o.id = %s) ORDER BY p.part FOR UPDATE"
)


async def insert_payment(
    tx: WriteTx, *, booking_id: UUID, payer_id: UUID, provider: str, amount: Money, now: datetime
) -> Payment | None:
    """The new payment in one part; None when there is one already."""
    row = await tx.find(
        f"{_INSERT_PAYMENT} {COLUMNS}",
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


async def lock_parts(tx: WriteTx, booking_id: UUID) -> list[Payment]:
    """Every part of a booking's payment, in order, locked until the transaction ends."""
    rows = await tx.all(PAYMENT + " WHERE p.booking_id = %s ORDER BY p.part FOR UPDATE", (booking_id,))
    return [payment_from(row) for row in rows]


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


async def lock_siblings(tx: WriteTx, payment_id: UUID) -> list[Payment]:
    """The payment and the other parts of what is paid for, in order, locked until the transaction ends."""
    rows = await tx.all(
        PAYMENT + _PARTS_OF_PAYMENT,
        (payment_id,),
    )
    return [payment_from(row) for row in rows]


async def move_payment(
    tx: WriteTx,
    payment: Payment,
    to: PaymentStatus,
    *,
    amount: int | None = None,
    captured: int | None = None,
    refunded: int | None = None,
    failure: str | None = None,
    now: datetime,
) -> bool:
    """Move on from the status that was seen; False when somebody else moved it first. `amount`: what it comes to when
    less is taken than was authorised."""
    return bool(
        await tx.run(
            "UPDATE payments.payment SET status = %s, amount = COALESCE(%s::bigint, amount),"
            " captured = COALESCE(%s::bigint, captured), refunded = COALESCE(%s::bigint, refunded), failure = %s,"
            " updated_at = %s, version = version + 1 WHERE id = %s AND status = %s",
            (str(to), amount, captured, refunded, failure, now, payment.id, str(payment.status)),
        )
    )


async def insert_parts(
    tx: WriteTx,
    *,
    booking_id: UUID,
    payer_id: UUID,
    business_id: UUID | None,
    provider: str,
    currency: str,
    parts: Sequence[Part],
    first: int = 1,
    now: datetime,
) -> None:
    """The parts of what is to be paid, numbered from `first`; those due later are scheduled."""
    await tx.run_many(
        "INSERT INTO payments.payment (id, booking_id, payer_id, provider, currency, amount, status, purpose, part,"
        " due_at, capture, business_id, lapses_at, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::smallint, %s, %s, %s, %s, %s, %s)",
        [
            (
                *(new_id(), booking_id, payer_id, part.provider or provider, currency, part.amount),
                "awaiting_method" if part.due_at is None else "scheduled",
                *(str(part.purpose), first + place, part.due_at, "manual" if part.manual else "automatic"),
                business_id,
                part.due_at + timedelta(days=part.grace_days) if part.due_at and part.grace_days else None,
                *(now, now),
            )
            for place, part in enumerate(parts)
        ],
    )


async def note_authorised(
    tx: WriteTx,
    payment: Payment,
    *,
    amount: int,
    expires_at: datetime | None,
    now: datetime,
) -> bool:
    """It is authorised with so much, until then; False when somebody else moved it first."""
    return bool(
        await tx.run(
            "UPDATE payments.payment SET status = 'authorised', authorised = %s::bigint, authorisation_expires_at = %s,"
            " failure = NULL, updated_at = %s, version = version + 1 WHERE id = %s AND status = %s",
            (amount, expires_at, now, payment.id, str(payment.status)),
        )
    )


async def keep_method(tx: WriteTx, booking_id: UUID, method: Method, customer: str | None) -> None:
    """Remember with what the parts of a booking that are still to come are taken."""
    await tx.run(
        "UPDATE payments.payment SET method = %s, customer = COALESCE(%s, customer) WHERE booking_id = %s"
        " AND status IN ('scheduled', 'authorised', 'awaiting_method')",
        (Jsonb(method.as_json()), customer, booking_id),
    )


async def set_later(
    tx: WriteTx,
    payment_id: UUID,
    *,
    due_at: datetime | None,
    lapses_at: datetime | None,
    tries: int,
    now: datetime,
) -> None:
    """When a part is tried next, and when it is given up."""
    await tx.run(
        "UPDATE payments.payment SET due_at = %s, lapses_at = %s, tries = %s::smallint, updated_at = %s WHERE id = %s",
        (due_at, lapses_at, tries, now, payment_id),
    )


async def set_provider(tx: WriteTx, payment: Payment, provider: str, *, now: datetime) -> None:
    """The payer has chosen another way to pay; its row is locked and it takes a method."""
    await tx.run(
        "UPDATE payments.payment SET provider = %s, updated_at = %s WHERE id = %s", (provider, now, payment.id)
    )


async def set_part(tx: WriteTx, payment: Payment, part: Part, *, now: datetime) -> None:
    """Ask for something else; its row is locked and nothing was taken."""
    await tx.run(
        "UPDATE payments.payment SET amount = %s::bigint, purpose = %s, capture = %s, due_at = %s, status = %s,"
        " updated_at = %s, version = version + 1 WHERE id = %s",
        (
            *(part.amount, str(part.purpose), "manual" if part.manual else "automatic", part.due_at),
            *(str(payment.status) if part.due_at is None else "scheduled", now, payment.id),
        ),
    )


async def set_amount(tx: WriteTx, payment: Payment, amount: int, *, now: datetime) -> None:
    """Ask for another amount; its row is locked and nothing was taken."""
    await tx.run(
        "UPDATE payments.payment SET amount = %s::bigint, updated_at = %s, version = version + 1 WHERE id = %s",
        (amount, now, payment.id),
    )


async def set_release(tx: WriteTx, payment_id: UUID, at: datetime | None, *, now: datetime) -> None:
    """When an authorisation, or a damage deposit that had to be taken, is let go."""
    await tx.run("UPDATE payments.payment SET release_at = %s, updated_at = %s WHERE id = %s", (at, now, payment_id))


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
    now: datetime,
) -> bool:
    """Whether this message of the provider is new."""
    return bool(
        await tx.run(
            "INSERT INTO payments.provider_event (provider, event_id, attempt_id, payload, dispute, received_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (provider, event_id, attempt_id, Jsonb(payload), Jsonb(dispute) if dispute else None, now),
        )
    )


async def mark_processed(tx: WriteTx, *, provider: str, event_id: str, now: datetime) -> None:
    """Remember that a provider's message has had its effect."""
    await tx.run(
        "UPDATE payments.provider_event SET processed_at = %s WHERE provider = %s AND event_id = %s",
        (now, provider, event_id),
    )


async def insert_letter(tx: WriteTx, payment_id: UUID, attempt_id: UUID, reason: str, *, now: datetime) -> UUID | None:
    """The new dead letter's id; None when one of this attempt is open already."""
    letter_id = new_id()
    made = await tx.run(
        "INSERT INTO payments.dead_letter (id, attempt_id, payment_id, reason, created_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (attempt_id) WHERE status = 'open' DO NOTHING",
        (letter_id, attempt_id, payment_id, reason, now),
    )
    return letter_id if made else None


async def end_letter(
    tx: WriteTx, letter_id: UUID, status: LetterStatus, *, user_id: UUID, note: str, now: datetime
) -> bool:
    """Whether it was open; who ended it, when and why is kept."""
    return bool(
        await tx.run(
            "UPDATE payments.dead_letter SET status = %s, ended_at = %s, ended_by = %s, note = %s"
            " WHERE id = %s AND status = 'open'",
            (str(status), now, user_id, note, letter_id),
        )
    )


async def save_method(
    tx: WriteTx, user_id: UUID, provider: str, method: Method, customer: str | None, *, now: datetime
) -> None:
    """Keep a method for its payer; one that is kept already stays."""
    await tx.run(
        "INSERT INTO payments.saved_method (id, user_id, provider, token, customer, brand, last4, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, provider, token) DO UPDATE SET deleted_at = NULL",
        (new_id(), user_id, provider, method.token, customer, method.brand, method.last4, now),
    )


async def delete_method(tx: WriteTx, user_id: UUID, method_id: UUID, *, now: datetime) -> bool:
    """Whether it was there."""
    return bool(
        await tx.run(
            "UPDATE payments.saved_method SET deleted_at = %s WHERE id = %s AND user_id = %s AND deleted_at IS NULL",
            (now, method_id, user_id),
        )
    )


async def take_probe(tx: WriteTx, circuit: Circuit, *, now: datetime) -> bool:
    """Of those who may call a provider that has failed, one goes ahead while the others wait for its answer.

    True as well while the circuit has not opened."""
    if circuit.retry_at is None:
        return True
    return bool(
        await tx.run(
            "UPDATE payments.circuit SET retry_at = %s WHERE provider = %s AND retry_at <= %s",
            (now + PROBE_LASTS, circuit.provider, now),
        )
    )


async def note_circuit(tx: WriteTx, circuit: Circuit, *, now: datetime) -> None:
    """What is known of the provider now; of failures noted at once each counts."""
    await tx.run(
        "INSERT INTO payments.circuit AS c (provider, failures, retry_at, failed_at) VALUES (%(provider)s,"
        " %(failures)s::integer, %(retry)s, %(now)s) ON CONFLICT (provider) DO UPDATE SET failures = CASE"
        " WHEN %(failures)s::integer = 0 THEN 0 ELSE c.failures + 1 END, retry_at = %(retry)s, failed_at = %(now)s",
        {"provider": circuit.provider, "failures": circuit.failures, "retry": circuit.retry_at, "now": now},
    )


async def close_circuit(tx: WriteTx, provider: str) -> None:
    """The provider answers; nothing is written while it has not failed."""
    await tx.run(
        "UPDATE payments.circuit SET failures = 0, retry_at = NULL WHERE provider = %s AND failures > 0", (provider,)
    )


async def insert_dispute(tx: WriteTx, dispute: Dispute) -> bool:
    """Whether it is new."""
    return bool(
        await tx.run(
            "INSERT INTO payments.dispute (id, provider, ref, payment_id, amount, currency, status, reason,"
            " evidence_due, opened_at, closed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (provider, ref) DO NOTHING",
            (
                *(dispute.id, dispute.provider, dispute.ref, dispute.payment_id, dispute.amount.amount),
                *(dispute.amount.currency, str(dispute.status), dispute.reason, dispute.evidence_due),
                *(dispute.opened_at, dispute.closed_at),
            ),
        )
    )


async def close_dispute(tx: WriteTx, dispute_id: UUID, status: DisputeStatus, *, now: datetime) -> bool:
    """Whether it was open."""
    return bool(
        await tx.run(
            "UPDATE payments.dispute SET status = %s, closed_at = %s WHERE id = %s AND status = 'open'",
            (str(status), now, dispute_id),
        )
    )


async def set_disputed(tx: WriteTx, payment_id: UUID, disputed: bool, *, now: datetime) -> None:
    """Whether the payer's bank has the money of this payment in doubt."""
    await tx.run(
        "UPDATE payments.payment SET disputed = %s, updated_at = %s WHERE id = %s", (disputed, now, payment_id)
    )


async def mark_reminded(tx: WriteTx, payment_id: UUID, *, now: datetime) -> bool:
    """Whether nobody was told of this part before."""
    return bool(
        await tx.run(
            "UPDATE payments.payment SET reminded_at = %s WHERE id = %s AND reminded_at IS NULL", (now, payment_id)
        )
    )


async def set_terms(tx: WriteTx, business_id: UUID, terms: PaymentTerms, *, user_id: UUID, now: datetime) -> None:
    """How a business takes money from now on."""
    await tx.run(
        "INSERT INTO payments.terms (business_id, way, deposit_bp, long_stay_nights, balance_days, grace_days,"
        " damage_amount, damage_currency, updated_at, updated_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (business_id) DO UPDATE SET way = EXCLUDED.way, deposit_bp = EXCLUDED.deposit_bp,"
        " long_stay_nights = EXCLUDED.long_stay_nights, balance_days = EXCLUDED.balance_days,"
        " grace_days = EXCLUDED.grace_days, damage_amount = EXCLUDED.damage_amount,"
        " damage_currency = EXCLUDED.damage_currency, updated_at = EXCLUDED.updated_at,"
        " updated_by = EXCLUDED.updated_by",
        (
            *(business_id, str(terms.way), terms.deposit_bp, terms.long_stay_nights, terms.balance_days),
            *(terms.grace_days, terms.damage_amount, terms.damage_currency, now, user_id),
        ),
    )
