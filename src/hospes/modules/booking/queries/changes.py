"""Reading changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.booking.contracts import Booking, ChangeRequest, ChangeStatus
from hospes.modules.booking.policies.frozen import quote_of
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money
from hospes.platform.outbox import Event

CHANGE: LiteralString = (
    "c.id, c.booking_id, c.status, c.actor, c.actor_id, c.quote, c.old_total, c.difference, c.currency, c.seen,"
    " c.pay_by, c.created_at"
)


def as_change(row: Row) -> ChangeRequest:
    """A row of `CHANGE`."""
    return ChangeRequest(
        id=row["id"],
        booking_id=row["booking_id"],
        status=ChangeStatus(row["status"]),
        actor=row["actor"],
        actor_id=row["actor_id"],
        quote=quote_of(row["quote"]),
        old_total=row["old_total"],
        difference=Money(row["difference"], row["currency"]),
        seen=row["seen"],
        pay_by=row["pay_by"],
        created_at=row["created_at"],
    )


async def find_change(tx: ReadTx, change_id: UUID) -> ChangeRequest | None:
    """A change, or None."""
    row = await tx.find(f"SELECT {CHANGE} FROM booking.change AS c WHERE c.id = %s", (change_id,))  # noqa: S608
    return None if row is None else as_change(row)


async def list_changes(tx: ReadTx, booking_id: UUID) -> list[ChangeRequest]:
    """Every change of a booking that had to be paid, the oldest first."""
    rows = await tx.all(
        f"SELECT {CHANGE} FROM booking.change AS c WHERE c.booking_id = %s ORDER BY c.id",  # noqa: S608
        (booking_id,),
    )
    return [as_change(row) for row in rows]


async def list_paid_changes(tx: ReadTx, booking_id: UUID) -> list[UUID]:
    """Those whose money is part of what the booking has cost, the oldest first."""
    rows = await tx.all(
        "SELECT c.id FROM booking.change AS c WHERE c.booking_id = %s AND c.status = 'applied' ORDER BY c.id",
        (booking_id,),
    )
    return [row["id"] for row in rows]


async def list_overdue_changes(tx: ReadTx, now: datetime, limit: int) -> list[ChangeRequest]:
    """Open changes that should have been paid by now."""
    rows = await tx.all(
        f"SELECT {CHANGE} FROM booking.change AS c WHERE c.status = 'open' AND c.pay_by <= %s"  # noqa: S608
        " ORDER BY c.pay_by LIMIT %s::bigint",
        (now, limit),
    )
    return [as_change(row) for row in rows]


async def list_events(tx: ReadTx, aggregate_id: UUID, types: Sequence[str], after: int) -> list[Event]:
    """The facts of these types about one thing whose outbox id is above `after`, in order."""
    rows = await tx.all(
        "SELECT o.id, o.event_id, o.type, o.aggregate_id, o.data, o.occurred_at FROM platform.outbox o"
        " WHERE o.aggregate_id = %s AND o.id > %s::bigint AND o.type = ANY(%s) ORDER BY o.id",
        (aggregate_id, after, list(types)),
    )
    return [
        Event(row["event_id"], row["type"], row["aggregate_id"], row["data"], row["occurred_at"], row["id"])
        for row in rows
    ]


async def list_rival_requests(tx: ReadTx, booking: Booking) -> list[UUID]:
    """Other requests that wait for the host's answer, of the same resource and overlapping time."""
    rows = await tx.all(
        "SELECT DISTINCT b.id FROM booking.booking AS b JOIN booking.item AS i ON i.booking_id = b.id"
        " WHERE i.resource_id = %s AND b.id <> %s AND b.status = 'pending_approval'"
        " AND b.check_in_at < %s AND b.check_out_at > %s ORDER BY b.id",
        (booking.resource_id, booking.id, booking.check_out_at, booking.check_in_at),
    )
    return [row["id"] for row in rows]


async def count_waiting(tx: ReadTx, resource_id: UUID, starts_at: datetime, ends_at: datetime) -> int:
    """How many wait for a place of this resource in [starts_at, ends_at)."""
    row = await tx.find(
        "SELECT count(*) AS n FROM booking.waitlist_entry AS w WHERE w.resource_id = %s AND w.status = 'waiting'"
        " AND w.starts_at < %s AND w.ends_at > %s",
        (resource_id, ends_at, starts_at),
    )
    assert row is not None
    return int(row["n"])
