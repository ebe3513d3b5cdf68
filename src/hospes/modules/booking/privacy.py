"""What booking knows of a person: their stays, wishes and words."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.booking.policies.forgetting import without_names
from hospes.platform.db import ReadTx, Row, WriteTx
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
_STAY = "Your booking {reference} at {place}, {when}, is not over. Cancel it, or wait until it is."
_GUESTS = "Guests are booked at {place} ({reference}), {when}."
_NAMES: LiteralString = """
SELECT b.name AS business, p.name AS place, r.name AS resource, u.name AS unit, n.name AS plan, p.street, p.house_rules
  FROM catalog.business AS b JOIN catalog.property AS p ON p.business_id = b.id
  LEFT JOIN catalog.resource AS r ON r.property_id = p.id LEFT JOIN catalog.unit AS u ON u.resource_id = r.id
  LEFT JOIN pricing.rate_plan AS n ON n.resource_id = r.id WHERE b.owner_id = %(user)s
"""
_FROZEN: tuple[tuple[LiteralString, LiteralString], ...] = (
    (
        f"SELECT id, terms AS said FROM booking.booking WHERE business_id IN ({_HOSTED})",  # noqa: S608
        "UPDATE booking.booking SET terms = %s WHERE id = %s",
    ),
    (
        "SELECT c.id, c.quote AS said FROM booking.change AS c JOIN booking.booking AS b ON b.id = c.booking_id"  # noqa: S608
        f" WHERE b.business_id IN ({_HOSTED})",
        "UPDATE booking.change SET quote = %s WHERE id = %s",
    ),
    (
        "SELECT c.id, c.seen AS said FROM booking.change AS c JOIN booking.booking AS b ON b.id = c.booking_id"  # noqa: S608
        f" WHERE b.business_id IN ({_HOSTED})",
        "UPDATE booking.change SET seen = %s WHERE id = %s",
    ),
    (
        "SELECT h.id, h.data AS said FROM booking.history AS h JOIN booking.booking AS b ON b.id = h.booking_id"  # noqa: S608
        f" WHERE h.data <> '{{}}' AND b.business_id IN ({_HOSTED})",
        "UPDATE booking.history SET data = %s WHERE id = %s",
    ),
    (
        "SELECT h.id, h.quote AS said FROM booking.hold AS h JOIN catalog.resource AS r ON r.id = h.resource_id"  # noqa: S608
        f" JOIN catalog.property AS p ON p.id = r.property_id WHERE p.business_id IN ({_HOSTED})",
        "UPDATE booking.hold SET quote = %s WHERE id = %s",
    ),
)


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
        Obstacle("stay_to_come", _STAY.format(**row, when=_when(row)), f"/trips/{row['id']}")
        if row["own"]
        else Obstacle("guests_to_come", _GUESTS.format(**row, when=_when(row)), f"/host/bookings/{row['id']}")
        for row in rows
    ]


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """Stays and amounts stay, words go."""
    who = {"user": user_id, "now": now}
    await tx.run("UPDATE booking.booking SET message = '' WHERE guest_id = %(user)s AND message <> ''", who)
    await _forget_names(tx, user_id)
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


def _when(row: Row) -> str:
    first, last = row["arrival"], row["departure"]
    return f"{first:%-d %b %Y}" if first == last else f"{first:%-d %b} to {last:%-d %b %Y}"


async def _forget_names(tx: WriteTx, user_id: UUID) -> None:
    """What they called their place stands in what their guests booked, too."""
    rows = await tx.all(_NAMES, {"user": user_id})
    names = [str(each) for row in rows for each in row.values() if each]
    for select, update in _FROZEN:
        frozen = await tx.all(select, {"user": user_id})
        changed = [
            (Jsonb(said), row["id"]) for row in frozen if (said := without_names(row["said"], names)) != row["said"]
        ]
        await tx.run_many(update, changed)
