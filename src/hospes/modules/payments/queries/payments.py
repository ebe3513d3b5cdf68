"""Payments: one, those of a booking, those of a payer, everybody's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.payments import events
from hospes.modules.payments.contracts import Payment, PaymentStatus
from hospes.modules.payments.queries.rows import PAYMENT, payment_from
from hospes.platform.db import ReadTx
from hospes.platform.outbox import Event


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


async def find_delay(tx: ReadTx, payment_id: UUID) -> datetime | None:
    """When a charge is made again whose provider does not answer; None when none waits for that."""
    row = await tx.find(
        "SELECT a.next_try_at FROM payments.attempt a WHERE a.payment_id = %s AND a.status = 'recorded'"
        " AND a.kind IN ('charge', 'authorise') AND a.next_try_at > a.updated_at + interval '45 seconds' LIMIT 1",
        (payment_id,),
    )
    return row["next_try_at"] if row else None
