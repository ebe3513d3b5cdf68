"""One move in the table of states: the conditional update, the step in the history and the fact, together."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events, states, store
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus
from hospes.modules.booking.errors import BookingNotFound, NotAllowed
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

_FACTS = {
    Action.ACCEPT: events.BOOKING_ACCEPTED,
    Action.DECLINE: events.BOOKING_DECLINED,
    Action.PAY: events.BOOKING_CONFIRMED,
    Action.REINSTATE: events.BOOKING_CONFIRMED,
    Action.EXPIRE: events.BOOKING_EXPIRED,
    Action.CANCEL: events.BOOKING_CANCELLED,
    Action.START: events.BOOKING_STARTED,
    Action.COMPLETE: events.BOOKING_COMPLETED,
    Action.MARK_NO_SHOW: events.BOOKING_NO_SHOW,
}


async def move_booking(
    tx: WriteTx,
    booking: Booking,
    action: Action,
    *,
    actor: Actor,
    actor_id: UUID | None = None,
    note: str = "",
    decide_by: datetime | None = None,
    now: datetime,
) -> Booking:
    """The booking after the move; raises `NotAllowed` when its status does not allow it, or has changed meanwhile."""
    target = states.after(booking.status, action, actor, free=not booking.terms.paid_at_booking)
    if target not in (BookingStatus.PENDING_APPROVAL, BookingStatus.PENDING_PAYMENT):
        decide_by = None
    if not await store.move(
        tx, booking, action, target, actor=actor, actor_id=actor_id, note=note, decide_by=decide_by, now=now
    ):
        raise NotAllowed("This booking has just been changed by someone else. Please look at it again.")
    data = events.booking_data(booking, target, actor=str(actor), note=note)
    await publish(tx, _FACTS[action], booking.id, data, now=now)
    if action is Action.ACCEPT and target is BookingStatus.CONFIRMED:
        await publish(tx, events.BOOKING_CONFIRMED, booking.id, data, now=now)
    return replace(booking, status=target, decide_by=decide_by, updated_at=now, version=booking.version + 1)


async def lock_booking(tx: WriteTx, booking_id: UUID) -> Booking:
    """The booking, locked; raises `BookingNotFound`."""
    booking = await store.get_for_change(tx, booking_id)
    if booking is None:
        raise BookingNotFound()
    return booking
