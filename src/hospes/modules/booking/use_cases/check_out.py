"""The guest has left. Nights that are still to come go back on sale."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.booking import states
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, ChangeStatus, Giving, Mode
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.use_cases.end_change import end_open_change
from hospes.modules.booking.use_cases.leave_early import leave_early
from hospes.modules.booking.use_cases.move_booking import lock_booking, move_booking
from hospes.platform.db import WriteTx


async def check_out(
    tx: WriteTx,
    *,
    booking_id: UUID,
    actor: Actor,
    actor_id: UUID,
    giving: Giving = Giving.BY_TERMS,
    now: datetime,
) -> Booking:
    """The completed booking; `giving` says what comes back of nights not stayed. Raises `NotAllowed`."""
    booking = await lock_booking(tx, booking_id)
    states.after(booking.status, Action.COMPLETE, actor)
    leaves = max(today_in(booking.terms.zone, now), booking.arrival + timedelta(days=1))
    if booking.status is BookingStatus.IN_PROGRESS and booking.mode is Mode.NIGHTLY and leaves < booking.departure:
        booking, _ = await leave_early(
            tx, booking_id=booking_id, leaves=leaves, actor=actor, actor_id=actor_id, giving=giving, now=now
        )
    await end_open_change(
        tx, booking, ChangeStatus.WITHDRAWN, actor=actor, actor_id=actor_id, even_if_paying=True, now=now
    )
    return await move_booking(tx, booking, Action.COMPLETE, actor=actor, actor_id=actor_id, now=now)
