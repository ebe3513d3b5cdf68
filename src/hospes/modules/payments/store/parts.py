"""What a part of a payment asks for, with what, and when."""

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.payments.contracts import Method, Part, Payment
from hospes.platform.db import WriteTx


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
