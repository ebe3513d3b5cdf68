"""The guest is here, before the clock says so."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking.contracts import Action, Actor, Booking
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.use_cases.move_booking import lock_booking, move_booking
from hospes.platform.db import WriteTx


async def check_in(tx: WriteTx, *, booking_id: UUID, actor: Actor, actor_id: UUID, now: datetime) -> Booking:
    """The booking in progress, from the day of arrival on; raises `NotAllowed`."""
    booking = await lock_booking(tx, booking_id)
    if today_in(booking.terms.zone, now) < booking.arrival:
        raise NotAllowed(f"Guests can be checked in from the day of arrival on, {booking.arrival.isoformat()}.")
    return await move_booking(tx, booking, Action.START, actor=actor, actor_id=actor_id, now=now)
