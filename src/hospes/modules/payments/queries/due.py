"""What falls due: reminders, later parts, authorisations that run out, deposits to let go."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx

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


async def list_running_out(tx: ReadTx, before: datetime, *, now: datetime, since: datetime, limit: int) -> list[UUID]:
    """Authorisations that lapse before then, or whose provider is not sure of them any more, and that were not tried
    anew since."""
    rows = await tx.all(
        "SELECT p.id FROM payments.payment p WHERE p.status = 'authorised'"
        " AND (p.authorisation_expires_at <= %s OR p.honoured_until <= %s)"
        " AND NOT EXISTS (SELECT 1 FROM payments.attempt a WHERE a.payment_id = p.id AND"
        " (a.status IN ('recorded', 'calling', 'needs_action', 'unknown')"
        " OR (a.kind = 'authorise' AND a.status = 'declined' AND a.updated_at > %s"
        " AND p.authorisation_expires_at > a.updated_at)))"
        " ORDER BY p.authorisation_expires_at LIMIT %s::bigint",
        (before, now, since, limit),
    )
    return [row["id"] for row in rows]


async def list_to_release(tx: ReadTx, now: datetime, limit: int) -> list[UUID]:
    """Damage deposits that are let go now."""
    rows = await tx.all(
        "SELECT p.id FROM payments.payment p WHERE p.release_at <= %s ORDER BY p.release_at LIMIT %s::bigint",
        (now, limit),
    )
    return [row["id"] for row in rows]
