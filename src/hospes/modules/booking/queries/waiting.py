"""Reading the waitlist, series, and what needs a person."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.booking.contracts import Attention, Booking, WaitEntry, WaitStatus
from hospes.modules.booking.policies.wishes import wish_from
from hospes.modules.booking.queries.bookings import BOOKING, FROM, as_booking
from hospes.platform.db import ReadTx, Row

ENTRY: LiteralString = (
    "w.id, w.guest_id, w.business_id, w.resource_id, w.wish, w.minutes, w.starts_at, w.ends_at, w.status, w.hold_id,"
    " w.created_at, (SELECT h.expires_at FROM booking.hold AS h WHERE h.id = w.hold_id) AS offered_until,"
    " (SELECT count(*) FROM booking.waitlist_entry AS e WHERE e.resource_id = w.resource_id AND e.status = 'waiting'"
    " AND e.id < w.id AND e.starts_at < w.ends_at AND e.ends_at > w.starts_at) AS ahead"
    " FROM booking.waitlist_entry AS w"
)
_ATTENTION: LiteralString = "a.id, a.booking_id, a.kind, a.data, a.created_at, a.resolved_at, a.resolved_by, a.note"


def as_entry(row: Row) -> WaitEntry:
    """A row of `ENTRY`."""
    return WaitEntry(**{**row, "wish": wish_from(row["wish"]), "status": WaitStatus(row["status"])})


async def find_entry(tx: ReadTx, entry_id: UUID, guest_id: UUID) -> WaitEntry | None:
    """The guest's place in a queue, or None."""
    row = await tx.find(f"SELECT {ENTRY} WHERE w.id = %s AND w.guest_id = %s", (entry_id, guest_id))
    return None if row is None else as_entry(row)


async def list_entries_of_guest(tx: ReadTx, guest_id: UUID, limit: int = 100) -> list[WaitEntry]:
    """What the guest waits for or was offered, and the last that are over; the newest first."""
    rows = await tx.all(f"SELECT {ENTRY} WHERE w.guest_id = %s ORDER BY w.id DESC LIMIT %s::bigint", (guest_id, limit))
    return [as_entry(row) for row in rows]


async def list_queue(tx: ReadTx, resource_id: UUID, limit: int = 200) -> list[WaitEntry]:
    """Who waits for a resource or has an offer, the first one first."""
    rows = await tx.all(
        f"SELECT {ENTRY} WHERE w.resource_id = %s AND w.status IN ('waiting', 'offered')"
        " ORDER BY w.id LIMIT %s::bigint",
        (resource_id, limit),
    )
    return [as_entry(row) for row in rows]


async def count_open_entries(tx: ReadTx, guest_id: UUID) -> int:
    """How many places the guest waits for."""
    row = await tx.find(
        "SELECT count(*) AS n FROM booking.waitlist_entry AS w WHERE w.guest_id = %s"
        " AND w.status IN ('waiting', 'offered')",
        (guest_id,),
    )
    assert row is not None
    return int(row["n"])


async def list_awaited(tx: ReadTx) -> list[UUID]:
    """Resources that somebody waits for, or has an offer of."""
    rows = await tx.all(
        "SELECT DISTINCT w.resource_id FROM booking.waitlist_entry AS w WHERE w.status IN ('waiting', 'offered')"
        " ORDER BY w.resource_id"
    )
    return [row["resource_id"] for row in rows]


async def is_awaited(tx: ReadTx, resource_id: UUID) -> bool:
    """Whether somebody waits for a resource, or has an offer of it."""
    row = await tx.find(
        "SELECT EXISTS (SELECT FROM booking.waitlist_entry AS w WHERE w.resource_id = %s AND w.status = 'waiting')"
        " OR EXISTS (SELECT FROM booking.waitlist_entry AS o WHERE o.resource_id = %s AND o.status = 'offered') AS yes",
        (resource_id, resource_id),
    )
    return bool(row and row["yes"])


async def list_series(tx: ReadTx, series_id: UUID) -> list[Booking]:
    """The bookings of a series, in order of time."""
    rows = await tx.all(f"SELECT {BOOKING} {FROM} WHERE b.series_id = %s ORDER BY b.check_in_at, b.id", (series_id,))
    return [as_booking(row) for row in rows]


async def list_attention(
    tx: ReadTx, *, resolved: bool = False, before: datetime | None = None, limit: int = 100
) -> list[Attention]:
    """Matters that need a person (or needed one), the newest first."""
    rows = await tx.all(
        f"SELECT {_ATTENTION} FROM booking.attention AS a WHERE (a.resolved_at IS NOT NULL) = %s"  # noqa: S608
        " AND (%s::timestamptz IS NULL OR a.created_at < %s) ORDER BY a.created_at DESC, a.id LIMIT %s::bigint",
        (resolved, before, before, limit),
    )
    return [Attention(**row) for row in rows]


async def find_attention(tx: ReadTx, attention_id: UUID) -> Attention | None:
    """A matter, or None."""
    row = await tx.find(
        f"SELECT {_ATTENTION} FROM booking.attention AS a WHERE a.id = %s",  # noqa: S608
        (attention_id,),
    )
    return None if row is None else Attention(**row)
