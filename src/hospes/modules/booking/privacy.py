"""What booking knows of a person: their stays, wishes and words."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Copy, Obstacle, sheet

_OPEN: LiteralString = "('pending_approval', 'pending_payment', 'confirmed', 'in_progress')"
_MINE: LiteralString = "SELECT id FROM booking.booking WHERE guest_id = %(user)s"
_HOSTED: LiteralString = "SELECT id FROM catalog.business WHERE owner_id = %(user)s"
_BOOKINGS: LiteralString = "SELECT * FROM booking.booking WHERE guest_id = %(user)s ORDER BY id"
_HOLDS: LiteralString = "SELECT * FROM booking.hold WHERE guest_id = %(user)s ORDER BY id"
_WAITING: LiteralString = "SELECT * FROM booking.waitlist_entry WHERE guest_id = %(user)s ORDER BY id"
_HISTORY: LiteralString = f"""
SELECT h.booking_id, h.at, h.actor, h.action, h.from_status, h.to_status, h.note FROM booking.history AS h
 WHERE h.booking_id IN ({_MINE}) ORDER BY h.booking_id, h.step
"""  # noqa: S608
_STAY = "Your booking {reference} at {place}, {arrival} to {departure}, is not over. Cancel it, or wait until it is."
_GUESTS = "Guests are booked at {place} ({reference}), {arrival} to {departure}."
_CLOSED = {"property_name": "Closed place", "resource_name": "Closed listing", "unit_name": "", "house_rules": ""}


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """Stays with their history, holds, waiting lists."""
    return Copy(
        [
            await sheet(tx, "bookings", "Bookings", _BOOKINGS, user_id),
            await sheet(tx, "booking-history", "What happened to your bookings", _HISTORY, user_id),
            await sheet(tx, "holds", "Places held for you", _HOLDS, user_id),
            await sheet(tx, "waiting-lists", "Waiting lists", _WAITING, user_id),
        ]
    )


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """Stays that are to come or under way, as a guest or as a host."""
    rows = await tx.all(
        f"""
        SELECT b.id, b.reference, b.arrival, b.departure, b.terms->>'property_name' AS place,
               b.guest_id = %(user)s AS own
          FROM booking.booking AS b
         WHERE b.status IN {_OPEN} AND (b.guest_id = %(user)s OR b.business_id IN ({_HOSTED}))
         ORDER BY b.arrival LIMIT 50
        """,  # noqa: S608
        {"user": user_id},
    )
    return [
        Obstacle("stay_to_come", _STAY.format(**row), f"/trips/{row['id']}")
        if row["own"]
        else Obstacle("guests_to_come", _GUESTS.format(**row), f"/host/bookings/{row['id']}")
        for row in rows
    ]


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """Stays and amounts stay, words go."""
    who = {"user": user_id, "now": now}
    await tx.run("UPDATE booking.booking SET message = '' WHERE guest_id = %(user)s AND message <> ''", who)
    await tx.run(
        f"UPDATE booking.booking SET terms = terms || %(closed)s::jsonb WHERE business_id IN ({_HOSTED})",  # noqa: S608
        {**who, "closed": Jsonb(_CLOSED)},
    )
    await tx.run(
        f"""
        UPDATE booking.history SET note = ''
         WHERE note <> '' AND (actor_id = %(user)s OR booking_id IN
               ({_MINE} UNION ALL SELECT id FROM booking.booking WHERE business_id IN ({_HOSTED})))
        """,  # noqa: S608
        who,
    )
    await tx.run("DELETE FROM booking.waitlist_entry WHERE guest_id = %(user)s AND status <> 'booked'", who)
    await tx.run(
        "DELETE FROM booking.hold AS h WHERE h.guest_id = %(user)s AND h.status <> 'used' AND NOT EXISTS"
        " (SELECT 1 FROM booking.waitlist_entry AS w WHERE w.hold_id = h.id)",
        who,
    )
    await tx.run(f"UPDATE booking.attention SET note = '' WHERE note <> '' AND booking_id IN ({_MINE})", who)  # noqa: S608
    return ()
