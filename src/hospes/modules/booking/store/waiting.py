"""Writing the waitlist, series, and what needs a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.booking.contracts import Hold, WaitEntry, WaitStatus
from hospes.modules.booking.policies.wishes import wish_json
from hospes.modules.booking.queries.bookings import HOLD, as_hold
from hospes.modules.booking.queries.waiting import ENTRY, as_entry
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def renew_hold(tx: WriteTx, hold: Hold, *, now: datetime) -> None:
    """Write the new end of a locked hold; it will be warned of again."""
    await tx.run(
        "UPDATE booking.hold SET expires_at = %s, renewed_at = %s, warned_at = NULL WHERE id = %s",
        (hold.expires_at, now, hold.id),
    )


async def mark_warned(tx: WriteTx, now: datetime, until: datetime, limit: int) -> list[Hold]:
    """Live holds that end in (now, until] and nobody has been warned of, marked."""
    rows = await tx.all(
        "WITH soon AS (SELECT e.id FROM booking.hold AS e WHERE e.status = 'live' AND e.warned_at IS NULL"  # noqa: S608
        " AND e.expires_at > %s AND e.expires_at <= %s ORDER BY e.expires_at LIMIT %s::bigint"
        " FOR NO KEY UPDATE SKIP LOCKED)"
        f" UPDATE booking.hold AS h SET warned_at = %s FROM soon WHERE h.id = soon.id RETURNING {HOLD}",
        (now, until, limit, now),
    )
    return [as_hold(row) for row in rows]


async def lock_queue(tx: WriteTx, resource_id: UUID) -> None:
    """One at a time offers places of a resource, so that the queue keeps its order."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", (f"waitlist:{resource_id}",))


async def insert_entry(tx: WriteTx, entry: WaitEntry) -> bool:
    """Whether the guest was not waiting for this already."""
    return bool(
        await tx.run(
            "INSERT INTO booking.waitlist_entry (id, guest_id, business_id, resource_id, wish, minutes, starts_at,"
            " ends_at, status, created_at, updated_at)"
            " VALUES (%s, %s, %s, %s, %s, %s::integer, %s, %s, 'waiting', %s, %s) ON CONFLICT DO NOTHING",
            (
                *(entry.id, entry.guest_id, entry.business_id, entry.resource_id, Jsonb(wish_json(entry.wish))),
                *(entry.minutes, entry.starts_at, entry.ends_at, entry.created_at, entry.created_at),
            ),
        )
    )


async def lock_entry(tx: WriteTx, entry_id: UUID, guest_id: UUID) -> WaitEntry | None:
    """The guest's place in a queue, locked."""
    row = await tx.find(
        f"SELECT {ENTRY} WHERE w.id = %s AND w.guest_id = %s FOR NO KEY UPDATE OF w",
        (entry_id, guest_id),
    )
    return None if row is None else as_entry(row)


async def lock_waiting(tx: WriteTx, resource_id: UUID, limit: int) -> list[WaitEntry]:
    """Who waits for a resource, the first one first, locked; its queue is locked already."""
    rows = await tx.all(
        f"SELECT {ENTRY} WHERE w.resource_id = %s AND w.status = 'waiting'"
        " ORDER BY w.id LIMIT %s::bigint FOR NO KEY UPDATE OF w",
        (resource_id, limit),
    )
    return [as_entry(row) for row in rows]


async def move_entry(
    tx: WriteTx, entry: WaitEntry, to: WaitStatus, *, hold_id: UUID | None = None, now: datetime
) -> bool:
    """Move on from the status that was seen."""
    return bool(
        await tx.run(
            "UPDATE booking.waitlist_entry SET status = %s, hold_id = COALESCE(%s, hold_id), updated_at = %s"
            " WHERE id = %s AND status = %s",
            (str(to), hold_id, now, entry.id, str(entry.status)),
        )
    )


async def settle_offers(tx: WriteTx, resource_id: UUID, now: datetime) -> list[tuple[UUID, WaitStatus]]:
    """Offers whose hold is over: booked when it was used, else lapsed. Answers which."""
    rows = await tx.all(
        "UPDATE booking.waitlist_entry AS w SET updated_at = %s,"
        " status = CASE h.status WHEN 'used' THEN 'booked' ELSE 'lapsed' END FROM booking.hold AS h"
        " WHERE h.id = w.hold_id AND w.resource_id = %s AND w.status = 'offered' AND h.status <> 'live'"
        " RETURNING w.id, w.status",
        (now, resource_id),
    )
    return [(row["id"], WaitStatus(row["status"])) for row in rows]


async def close_past(tx: WriteTx, resource_id: UUID, now: datetime) -> None:
    """Nobody waits for a time that has begun."""
    await tx.run(
        "UPDATE booking.waitlist_entry SET status = 'over', updated_at = %s"
        " WHERE resource_id = %s AND status = 'waiting'"
        " AND CASE WHEN minutes IS NULL THEN starts_at ELSE ends_at END <= %s",
        (now, resource_id, now),
    )


async def insert_series(
    tx: WriteTx,
    series_id: UUID,
    *,
    guest_id: UUID,
    business_id: UUID,
    resource_id: UUID,
    every_weeks: int,
    now: datetime,
) -> None:
    """What its bookings belong to."""
    await tx.run(
        "INSERT INTO booking.series (id, guest_id, business_id, resource_id, every_weeks, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (series_id, guest_id, business_id, resource_id, every_weeks, now),
    )


async def join_series(tx: WriteTx, series_id: UUID, booking_ids: Sequence[UUID], *, pay_by: datetime) -> None:
    """Bookings made for a series; those that wait for a payment wait until then."""
    await tx.run(
        "UPDATE booking.booking SET series_id = %s, decide_by = CASE status WHEN 'pending_payment' THEN %s"
        " ELSE decide_by END WHERE id = ANY(%s::uuid[])",
        (series_id, pay_by, list(booking_ids)),
    )


async def insert_attention(
    tx: WriteTx, booking_id: UUID, event_id: UUID, kind: str, data: dict[str, Any], *, now: datetime
) -> UUID | None:
    """The id of the new matter; None when this event has been noted before."""
    row = await tx.find(
        "INSERT INTO booking.attention (id, booking_id, event_id, kind, data, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        (new_id(), booking_id, event_id, kind, Jsonb(data), now),
    )
    return row["id"] if row else None


async def resolve_attention(tx: WriteTx, attention_id: UUID, *, user_id: UUID, note: str, now: datetime) -> bool:
    """Whether it was open."""
    return bool(
        await tx.run(
            "UPDATE booking.attention SET resolved_at = %s, resolved_by = %s, note = %s"
            " WHERE id = %s AND resolved_at IS NULL",
            (now, user_id, note, attention_id),
        )
    )
