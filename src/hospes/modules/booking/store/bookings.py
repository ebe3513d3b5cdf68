"""Writing bookings, their history and holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, Hold, HoldStatus, Quote
from hospes.modules.booking.policies.frozen import party_json, quote_json, terms_json
from hospes.modules.booking.queries import BOOKING, FROM, HOLD, as_booking, as_hold
from hospes.modules.inventory.contracts import Claim
from hospes.platform.db import Asked, Row, WriteTx
from hospes.platform.ids import new_id

_INSERT_BOOKING: LiteralString = """
INSERT INTO booking.booking (id, reference, guest_id, business_id, property_id, status, arrival, departure,
  check_in_at, check_out_at, adults, children, infants, pets, currency, total, terms, message, decide_by,
  created_at, updated_at, mode, plan_id)
VALUES (%(id)s, %(reference)s, %(guest)s, %(business)s, %(property)s, %(status)s, %(arrival)s, %(departure)s,
  %(check_in_at)s, %(check_out_at)s, %(adults)s, %(children)s, %(infants)s, %(pets)s, %(currency)s, %(total)s,
  %(terms)s, %(message)s, %(decide_by)s, %(now)s, %(now)s, %(mode)s, %(plan)s)
"""
_INSERT_ITEM: LiteralString = """
INSERT INTO booking.item (id, booking_id, resource_id, claim_id, quantity, position)
SELECT each.id, %(id)s, each.resource_id, each.claim_id, each.quantity, each.place - 1
FROM unnest(%(items)s::uuid[], %(resources)s::uuid[], %(claims)s::uuid[], %(quantities)s::smallint[])
  WITH ORDINALITY AS each (id, resource_id, claim_id, quantity, place)
"""
_INSERT_FIRST_STEP: LiteralString = """
INSERT INTO booking.history (id, booking_id, at, actor, actor_id, action, from_status, to_status, note)
VALUES (%(entry)s, %(id)s, %(now)s, 'guest', %(guest)s, 'create', NULL, %(status)s, '')
"""
_MOVE: LiteralString = """
WITH b AS (
  UPDATE booking.booking SET status = %(target)s, decide_by = %(decide_by)s, updated_at = %(now)s, version = version + 1
  WHERE id = %(id)s AND status = %(seen)s RETURNING id)
INSERT INTO booking.history (id, booking_id, at, actor, actor_id, action, from_status, to_status, note)
SELECT %(entry)s, b.id, %(now)s, %(actor)s, %(actor_id)s, %(action)s, %(seen)s, %(target)s, %(note)s FROM b
"""


async def insert_booking(tx: WriteTx, booking: Booking, claims: Sequence[Claim]) -> None:
    """The booking with an item a claim and the first step of its history, written with the next statement."""
    await tx.run_later(
        _INSERT_BOOKING,
        {
            "id": booking.id,
            "reference": booking.reference,
            "guest": booking.guest_id,
            "business": booking.business_id,
            "property": booking.property_id,
            "status": str(booking.status),
            "arrival": booking.arrival,
            "departure": booking.departure,
            "check_in_at": booking.check_in_at,
            "check_out_at": booking.check_out_at,
            "adults": booking.party.adults,
            "children": booking.party.children,
            "infants": booking.party.infants,
            "pets": booking.party.pets,
            "currency": booking.total.currency,
            "total": booking.total.amount,
            "terms": Jsonb(terms_json(booking.terms)),
            "message": booking.message,
            "decide_by": booking.decide_by,
            "now": booking.created_at,
            "mode": str(booking.mode),
            "plan": booking.terms.plan_id,
        },
    )
    await tx.run_later(_INSERT_ITEM, _items(booking.id, claims))
    step = {
        "entry": new_id(),
        "id": booking.id,
        "now": booking.created_at,
        "guest": booking.guest_id,
        "status": str(booking.status),
    }
    await tx.run_later(_INSERT_FIRST_STEP, step)


async def get_for_change(tx: WriteTx, booking_id: UUID) -> Booking | None:
    """The booking, locked until the transaction ends."""
    row = await tx.find(
        f"SELECT {BOOKING} {FROM} WHERE b.id = %s FOR NO KEY UPDATE OF b",
        (booking_id,),
    )
    return None if row is None else as_booking(row)


async def move(
    tx: WriteTx,
    booking: Booking,
    action: Action,
    target: BookingStatus,
    *,
    actor: Actor,
    actor_id: UUID | None,
    note: str,
    decide_by: datetime | None,
    now: datetime,
) -> bool:
    """Move from the status that was seen and write the step; False when someone else has moved it."""
    return bool(
        await tx.run(
            _MOVE,
            {
                "id": booking.id,
                "seen": str(booking.status),
                "target": str(target),
                "decide_by": decide_by,
                "actor": str(actor),
                "actor_id": actor_id,
                "action": str(action),
                "note": note,
                "entry": new_id(),
                "now": now,
            },
        )
    )


async def set_deadline(tx: WriteTx, booking_id: UUID, until: datetime, *, now: datetime) -> None:
    """Until when a booking waits; its row is locked."""
    await tx.run(
        "UPDATE booking.booking SET decide_by = %s, updated_at = %s, version = version + 1 WHERE id = %s",
        (until, now, booking_id),
    )


async def replace_items(tx: WriteTx, booking_id: UUID, claims: Sequence[Claim]) -> None:
    """An item for each of these claims, instead of those there were."""
    await tx.run("DELETE FROM booking.item WHERE booking_id = %s", (booking_id,))
    await tx.run(_INSERT_ITEM, _items(booking_id, claims))


def _items(booking_id: UUID, claims: Sequence[Claim]) -> Row:
    return {
        "id": booking_id,
        "items": [new_id() for _ in claims],
        "resources": [each.resource_id for each in claims],
        "claims": [each.id for each in claims],
        "quantities": [each.quantity for each in claims],
    }


async def lock_overdue(tx: WriteTx, now: datetime, limit: int) -> list[Booking]:
    """Bookings whose answer or payment is overdue, locked; those someone else works on are left out."""
    rows = await tx.all(
        f"SELECT {BOOKING} {FROM} WHERE b.status IN ('pending_approval', 'pending_payment')"
        " AND b.decide_by <= %s ORDER BY b.decide_by LIMIT %s::bigint FOR NO KEY UPDATE OF b SKIP LOCKED",
        (now, limit),
    )
    return [as_booking(row) for row in rows]


async def lock_to_start(tx: WriteTx, now: datetime, limit: int) -> list[Booking]:
    """Confirmed bookings whose check-in time has come, locked."""
    rows = await tx.all(
        f"SELECT {BOOKING} {FROM} WHERE b.status = 'confirmed' AND b.check_in_at <= %s"
        " ORDER BY b.check_in_at LIMIT %s::bigint FOR NO KEY UPDATE OF b SKIP LOCKED",
        (now, limit),
    )
    return [as_booking(row) for row in rows]


async def lock_to_complete(tx: WriteTx, now: datetime, limit: int) -> list[Booking]:
    """Stays whose check-out time has come, locked."""
    rows = await tx.all(
        f"SELECT {BOOKING} {FROM} WHERE b.status = 'in_progress' AND b.check_out_at <= %s"
        " ORDER BY b.check_out_at LIMIT %s::bigint FOR NO KEY UPDATE OF b SKIP LOCKED",
        (now, limit),
    )
    return [as_booking(row) for row in rows]


async def insert_hold(tx: WriteTx, hold: Hold, starts_at: datetime, ends_at: datetime) -> None:
    """A new hold of everything quoted, in the way of others of the same guest in [starts_at, ends_at)."""
    resources = [item.resource_id for item in hold.quote.terms.items]
    await tx.run(
        "INSERT INTO booking.hold (id, guest_id, resource_id, arrival, departure, party, quote, status, expires_at,"
        " created_at, mode, resource_ids, starts_at, ends_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(hold.id, hold.guest_id, hold.resource_id, hold.arrival, hold.departure, Jsonb(party_json(hold.party))),
            *(Jsonb(quote_json(hold.quote)), str(hold.status), hold.expires_at, hold.created_at),
            *(str(hold.quote.terms.mode), resources, starts_at, ends_at),
        ),
    )


async def lock_guest(tx: WriteTx, guest_id: UUID) -> None:
    """One hold at a time per guest, so that the limit on holds is exact."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", (f"holds:{guest_id}",))


async def lock_hold(tx: WriteTx, hold_id: UUID, guest_id: UUID) -> Hold | None:
    """The guest's hold, locked."""
    row = await tx.find(
        f"SELECT {HOLD} FROM booking.hold AS h WHERE h.id = %s AND h.guest_id = %s FOR NO KEY UPDATE",  # noqa: S608
        (hold_id, guest_id),
    )
    return None if row is None else as_hold(row)


async def lock_any_hold(tx: WriteTx, hold_id: UUID) -> Hold | None:
    """Anybody's hold, locked."""
    row = await tx.find(
        f"SELECT {HOLD} FROM booking.hold AS h WHERE h.id = %s FOR NO KEY UPDATE",  # noqa: S608
        (hold_id,),
    )
    return None if row is None else as_hold(row)


def ask_for_own_hold(tx: WriteTx, guest_id: UUID, resource_ids: Sequence[UUID]) -> Asked:
    """A question that the next statement takes along: is there a live hold of the guest's on any of these?"""
    return tx.ask(
        "SELECT h.id FROM booking.hold AS h WHERE h.guest_id = %s AND h.status = 'live'"
        " AND h.resource_ids && %s::uuid[] LIMIT 1",
        (guest_id, list(resource_ids)),
    )


async def lock_own_holds(tx: WriteTx, guest_id: UUID) -> None:
    """Lock the guest's live holds, before any place is locked."""
    await tx.run(
        "SELECT h.id FROM booking.hold AS h WHERE h.guest_id = %s AND h.status = 'live'"
        " ORDER BY h.id FOR NO KEY UPDATE",
        (guest_id,),
    )


async def lock_overlapping_holds(
    tx: WriteTx, guest_id: UUID, resource_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> list[Hold]:
    """The guest's own live holds of any of these in [starts_at, ends_at), locked."""
    rows = await tx.all(
        f"SELECT {HOLD} FROM booking.hold AS h WHERE h.guest_id = %s AND h.status = 'live'"  # noqa: S608
        " AND h.resource_ids && %s::uuid[] AND h.starts_at < %s AND h.ends_at > %s ORDER BY h.id FOR NO KEY UPDATE",
        (guest_id, list(resource_ids), ends_at, starts_at),
    )
    return [as_hold(row) for row in rows]


async def lock_expired_holds(tx: WriteTx, now: datetime, limit: int) -> list[Hold]:
    """Live holds whose time has run out, locked."""
    rows = await tx.all(
        f"SELECT {HOLD} FROM booking.hold AS h WHERE h.status = 'live' AND h.expires_at <= %s"  # noqa: S608
        " ORDER BY h.expires_at LIMIT %s::bigint FOR NO KEY UPDATE SKIP LOCKED",
        (now, limit),
    )
    return [as_hold(row) for row in rows]


async def move_hold(tx: WriteTx, hold_id: UUID, target: HoldStatus) -> bool:
    """End a live hold; False when it is not live any more."""
    return bool(
        await tx.run("UPDATE booking.hold SET status = %s WHERE id = %s AND status = 'live'", (str(target), hold_id))
    )


async def requote_hold(tx: WriteTx, hold_id: UUID, quote: Quote) -> None:
    """Write another quote into a locked hold."""
    await tx.run("UPDATE booking.hold SET quote = %s WHERE id = %s", (Jsonb(quote_json(quote)), hold_id))
