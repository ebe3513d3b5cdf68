"""Writing changes. Whoever writes locks the booking first, then its change, then a payment."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, ChangeRequest, ChangeStatus
from hospes.modules.booking.policies.frozen import quote_json, terms_json
from hospes.modules.booking.queries.changes import CHANGE, as_change
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id

_UPDATE: LiteralString = """
UPDATE booking.booking SET property_id = %(property)s, arrival = %(arrival)s, departure = %(departure)s,
  check_in_at = %(check_in_at)s, check_out_at = %(check_out_at)s, adults = %(adults)s, children = %(children)s,
  infants = %(infants)s, pets = %(pets)s, total = %(total)s, terms = %(terms)s, plan_id = %(plan)s,
  updated_at = %(now)s, version = version + 1
WHERE id = %(id)s AND version = %(seen)s
"""


async def update_booking(tx: WriteTx, booking: Booking, seen: int, *, now: datetime) -> bool:
    """Write dates, party, total and terms over the version that was seen; False when someone else was faster."""
    return bool(
        await tx.run(
            _UPDATE,
            {
                "id": booking.id,
                "seen": seen,
                "property": booking.property_id,
                "arrival": booking.arrival,
                "departure": booking.departure,
                "check_in_at": booking.check_in_at,
                "check_out_at": booking.check_out_at,
                "adults": booking.party.adults,
                "children": booking.party.children,
                "infants": booking.party.infants,
                "pets": booking.party.pets,
                "total": booking.total.amount,
                "terms": Jsonb(terms_json(booking.terms)),
                "plan": booking.terms.plan_id,
                "now": now,
            },
        )
    )


async def insert_step(
    tx: WriteTx,
    booking_id: UUID,
    action: Action,
    status: BookingStatus,
    *,
    actor: Actor,
    actor_id: UUID | None,
    note: str = "",
    data: dict[str, Any],
    now: datetime,
) -> None:
    """A step that leaves the booking in its status."""
    await tx.run(
        "INSERT INTO booking.history (id, booking_id, at, actor, actor_id, action, from_status, to_status, note, data)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (new_id(), booking_id, now, str(actor), actor_id, str(action), str(status), str(status), note, Jsonb(data)),
    )


async def insert_change(tx: WriteTx, request: ChangeRequest) -> None:
    """A change that waits to be paid; a booking has one open at most."""
    await tx.run(
        "INSERT INTO booking.change (id, booking_id, status, actor, actor_id, quote, old_total, difference, currency,"
        " seen, pay_by, created_at, updated_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(request.id, request.booking_id, str(request.status), request.actor, request.actor_id),
            *(Jsonb(quote_json(request.quote)), request.old_total, request.difference.amount),
            *(request.difference.currency, Jsonb(request.seen), request.pay_by, request.created_at),
            request.created_at,
        ),
    )


async def lock_change(tx: WriteTx, change_id: UUID) -> ChangeRequest | None:
    """A change, locked; its booking is locked already."""
    row = await tx.find(
        f"SELECT {CHANGE} FROM booking.change AS c WHERE c.id = %s FOR NO KEY UPDATE",  # noqa: S608
        (change_id,),
    )
    return None if row is None else as_change(row)


async def lock_open_change(tx: WriteTx, booking_id: UUID) -> ChangeRequest | None:
    """The booking's open change, locked; the booking is locked already."""
    row = await tx.find(
        f"SELECT {CHANGE} FROM booking.change AS c WHERE c.booking_id = %s AND c.status = 'open'"  # noqa: S608
        " FOR NO KEY UPDATE",
        (booking_id,),
    )
    return None if row is None else as_change(row)


async def move_change(tx: WriteTx, request: ChangeRequest, to: ChangeStatus, *, now: datetime) -> bool:
    """Move on from the status that was seen."""
    return bool(
        await tx.run(
            "UPDATE booking.change SET status = %s, updated_at = %s WHERE id = %s AND status = %s",
            (str(to), now, request.id, str(request.status)),
        )
    )
