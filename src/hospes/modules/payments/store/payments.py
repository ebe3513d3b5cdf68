"""Payments: opening, locking and moving them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from hospes.modules.payments.contracts import Part, Payment, PaymentStatus
from hospes.modules.payments.queries import COLUMNS, PAYMENT, payment_from
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money

_INSERT_PAYMENT: LiteralString = (
    "INSERT INTO payments.payment AS p (id, booking_id, payer_id, provider, currency, amount, status, created_at,"
    " updated_at) VALUES (%s, %s, %s, %s, %s, %s, 'awaiting_method', %s, %s) ON CONFLICT DO NOTHING RETURNING"
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
    honoured_until: datetime | None = None,
    now: datetime,
) -> bool:
    """It is authorised with so much, until `expires_at`, and the provider is sure of it until `honoured_until`; False
    when somebody else moved it first."""
    return bool(
        await tx.run(
            "UPDATE payments.payment SET status = 'authorised', authorised = %s::bigint, authorisation_expires_at = %s,"
            " honoured_until = %s, renewal_refused_at = NULL, failure = NULL, updated_at = %s, version = version + 1"
            " WHERE id = %s AND status = %s",
            (amount, expires_at, honoured_until, now, payment.id, str(payment.status)),
        )
    )


async def set_renewal(
    tx: WriteTx, payment_id: UUID, *, honoured_until: datetime | None, refused_at: datetime | None, now: datetime
) -> None:
    """Until when the provider is sure of what is authorised, and since when it will not be again."""
    await tx.run(
        "UPDATE payments.payment SET honoured_until = %s, renewal_refused_at = %s, updated_at = %s,"
        " version = version + 1 WHERE id = %s",
        (honoured_until, refused_at, now, payment_id),
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
