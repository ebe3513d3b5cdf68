"""Reading bookings, their history and holds."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.booking.contracts import (
    Action,
    Actor,
    Booking,
    BookingStatus,
    HistoryEntry,
    Hold,
    HoldStatus,
    Party,
)
from hospes.modules.booking.policies.frozen import quote_of, terms_of
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money

BOOKING: LiteralString = (
    "b.id, b.reference, b.guest_id, b.business_id, b.property_id, i.resource_id, b.status, b.arrival, b.departure,"
    " b.check_in_at, b.check_out_at, b.adults, b.children, b.infants, b.pets, b.currency, b.total, b.terms, b.message,"
    " b.decide_by, b.created_at, b.updated_at, b.version, b.series_id, i.quantity"
)
FROM: LiteralString = " FROM booking.booking AS b JOIN booking.item AS i ON i.booking_id = b.id AND i.position = 0 "
HOLD: LiteralString = (
    "h.id, h.guest_id, h.resource_id, h.arrival, h.departure, h.party, h.quote, h.status, h.expires_at, h.created_at,"
    " h.renewed_at"
)


def as_booking(row: Row) -> Booking:
    """A row of `BOOKING`."""
    terms = terms_of(row["terms"])
    return Booking(
        id=row["id"],
        reference=row["reference"],
        guest_id=row["guest_id"],
        business_id=row["business_id"],
        property_id=row["property_id"],
        resource_id=row["resource_id"],
        status=BookingStatus(row["status"]),
        arrival=row["arrival"],
        departure=row["departure"],
        check_in_at=row["check_in_at"],
        check_out_at=row["check_out_at"],
        party=Party(row["adults"], row["children"], row["infants"], row["pets"]),
        total=Money(row["total"], row["currency"]),
        terms=terms,
        message=row["message"],
        decide_by=row["decide_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
        quantity=terms.items[0].quantity if terms.items else row["quantity"],
        series_id=row["series_id"],
    )


def as_hold(row: Row) -> Hold:
    """A row of `HOLD`."""
    return Hold(
        id=row["id"],
        guest_id=row["guest_id"],
        resource_id=row["resource_id"],
        arrival=row["arrival"],
        departure=row["departure"],
        party=Party(**row["party"]),
        quote=quote_of(row["quote"]),
        status=HoldStatus(row["status"]),
        expires_at=row["expires_at"],
        created_at=row["created_at"],
        renewed=row["renewed_at"] is not None,
    )


async def find_booking(tx: ReadTx, booking_id: UUID) -> Booking | None:
    """The booking, or None."""
    row = await tx.find(f"SELECT {BOOKING} {FROM} WHERE b.id = %s", (booking_id,))
    return None if row is None else as_booking(row)


async def list_bookings(tx: ReadTx, booking_ids: Sequence[UUID]) -> list[Booking]:
    """Those of these bookings that exist, the first made first."""
    rows = await tx.all(f"SELECT {BOOKING} {FROM} WHERE b.id = ANY(%s::uuid[]) ORDER BY b.id", (list(booking_ids),))
    return [as_booking(row) for row in rows]


async def list_all(tx: ReadTx, *, after: UUID | None, limit: int) -> list[Booking]:
    """Every booking in the order of ids, from behind `after` on."""
    rows = await tx.all(
        f"SELECT {BOOKING} {FROM} WHERE (%(after)s::uuid IS NULL OR b.id > %(after)s::uuid)"
        " ORDER BY b.id LIMIT %(limit)s::bigint",
        {"after": after, "limit": limit},
    )
    return [as_booking(row) for row in rows]


async def find_hold(tx: ReadTx, hold_id: UUID, guest_id: UUID) -> Hold | None:
    """The guest's hold, or None."""
    row = await tx.find(
        f"SELECT {HOLD} FROM booking.hold AS h WHERE h.id = %s AND h.guest_id = %s",  # noqa: S608
        (hold_id, guest_id),
    )
    return None if row is None else as_hold(row)


async def list_holds_of_guest(tx: ReadTx, guest_id: UUID, now: datetime) -> list[Hold]:
    """The guest's live holds, the next to expire first."""
    rows = await tx.all(
        f"SELECT {HOLD} FROM booking.hold AS h WHERE h.guest_id = %s AND h.status = 'live'"  # noqa: S608
        " AND h.expires_at > %s ORDER BY h.expires_at, h.id",
        (guest_id, now),
    )
    return [as_hold(row) for row in rows]


async def list_bookings_of_guest(
    tx: ReadTx, guest_id: UUID, *, statuses: Sequence[BookingStatus] = (), before: UUID | None = None, limit: int = 50
) -> list[Booking]:
    """The guest's bookings, the newest first; `before` is the id the page before ended with."""
    rows = await tx.all(
        f"SELECT {BOOKING} {FROM} WHERE b.guest_id = %(guest)s"
        " AND (%(before)s::uuid IS NULL OR b.id < %(before)s)"
        " AND (cardinality(%(statuses)s::text[]) = 0 OR b.status = ANY(%(statuses)s))"
        " ORDER BY b.id DESC LIMIT %(limit)s::bigint",
        {"guest": guest_id, "before": before, "statuses": [str(each) for each in statuses], "limit": limit},
    )
    return [as_booking(row) for row in rows]


async def list_bookings_of_business(
    tx: ReadTx,
    business_id: UUID,
    *,
    statuses: Sequence[BookingStatus] = (),
    before: UUID | None = None,
    limit: int = 50,
) -> list[Booking]:
    """What a host has been asked for, the newest first."""
    rows = await tx.all(
        f"SELECT {BOOKING} {FROM} WHERE b.business_id = %(business)s"
        " AND (%(before)s::uuid IS NULL OR b.id < %(before)s)"
        " AND (cardinality(%(statuses)s::text[]) = 0 OR b.status = ANY(%(statuses)s))"
        " ORDER BY b.id DESC LIMIT %(limit)s::bigint",
        {"business": business_id, "before": before, "statuses": [str(each) for each in statuses], "limit": limit},
    )
    return [as_booking(row) for row in rows]


async def list_bookings_between(tx: ReadTx, business_id: UUID, first: date, last: date) -> list[Booking]:
    """The business's bookings that hold a place on a night of [first, last], for the host's calendar."""
    rows = await tx.all(
        f"SELECT {BOOKING} {FROM} WHERE b.business_id = %s AND b.arrival <= %s AND b.departure > %s"
        " AND b.status IN ('pending_approval', 'pending_payment', 'confirmed', 'in_progress', 'completed')"
        " ORDER BY b.arrival, b.id",
        (business_id, last, first),
    )
    return [as_booking(row) for row in rows]


async def list_history(tx: ReadTx, booking_id: UUID) -> list[HistoryEntry]:
    """Every step of a booking, the first one first."""
    rows = await tx.all(
        "SELECT h.id, h.at, h.actor, h.actor_id, h.action, h.from_status, h.to_status, h.note, h.data"
        " FROM booking.history AS h"
        " WHERE h.booking_id = %s ORDER BY h.step",
        (booking_id,),
    )
    return [
        HistoryEntry(
            id=row["id"],
            at=row["at"],
            actor=Actor(row["actor"]),
            actor_id=row["actor_id"],
            action=Action(row["action"]),
            from_status=BookingStatus(row["from_status"]) if row["from_status"] else None,
            to_status=BookingStatus(row["to_status"]),
            note=row["note"],
            data=row["data"],
        )
        for row in rows
    ]


async def has_booked(tx: ReadTx, guest_id: UUID) -> bool:
    """Whether the guest has a booking that came to something, or still may."""
    row = await tx.find(
        "SELECT 1 AS yes FROM booking.booking WHERE guest_id = %s"
        " AND status NOT IN ('declined', 'expired', 'cancelled') LIMIT 1",
        (guest_id,),
    )
    return row is not None
