"""The guest has not come."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking.contracts import Action, Actor, Booking
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.use_cases.move_booking import lock_booking, move_booking
from hospes.platform.db import WriteTx


async def mark_no_show(tx: WriteTx, *, booking_id: UUID, actor: Actor, actor_id: UUID, now: datetime) -> Booking:
    """The place stays taken and the price charged; raises `NotAllowed` before check-in time."""
    booking = await lock_booking(tx, booking_id)
    if now < booking.check_in_at:
        raise NotAllowed("The check-in time has not come yet.")
    return await move_booking(tx, booking, Action.MARK_NO_SHOW, actor=actor, actor_id=actor_id, now=now)
