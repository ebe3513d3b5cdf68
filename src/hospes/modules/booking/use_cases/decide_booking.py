"""The host's answer to a request."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.policies.asks import asks_of
from hospes.modules.booking.policies.deadlines import pay_accepted_by
from hospes.modules.booking.use_cases.move_booking import lock_booking, move_booking
from hospes.modules.booking.use_cases.open_booking_payment import open_booking_payment
from hospes.modules.booking.use_cases.spending import TAKEN, keep, let_spending_go
from hospes.modules.inventory import facade as inventory
from hospes.platform.db import WriteTx


async def accept_booking(
    tx: WriteTx, *, booking_id: UUID, actor: Actor, actor_id: UUID, provider: str, now: datetime
) -> Booking:
    """The guest may pay now, within a day; what costs nothing is confirmed. Raises `NotAllowed`."""
    booking = await lock_booking(tx, booking_id)
    deadline = pay_accepted_by(now, booking.check_in_at)
    accepted = await move_booking(
        tx, booking, Action.ACCEPT, actor=actor, actor_id=actor_id, decide_by=deadline, now=now
    )
    confirmed = accepted.status is BookingStatus.CONFIRMED
    count = len(asks_of(booking))
    kept = (
        await inventory.make_firm(tx, booking.id, count=count, now=now)
        if confirmed
        else await inventory.extend(tx, booking.id, deadline, count=count, now=now)
    )
    if not kept:
        raise NotAllowed("The time to answer has run out, and someone else has taken these dates.")
    try:
        await keep(tx, booking, until=None if confirmed else deadline, now=now)
    except TAKEN as gone:
        raise NotAllowed("The time to answer has run out, and the guest's coupon or credit is gone.") from gone
    if booking.total.amount:
        await open_booking_payment(tx, booking, provider=provider, now=now)
    return accepted


async def decline_booking(
    tx: WriteTx, *, booking_id: UUID, actor: Actor, actor_id: UUID, note: str = "", now: datetime
) -> Booking:
    """The dates are on sale again. Raises `NotAllowed`."""
    booking = await lock_booking(tx, booking_id)
    declined = await move_booking(tx, booking, Action.DECLINE, actor=actor, actor_id=actor_id, note=note, now=now)
    await inventory.release(tx, booking.id, now=now)
    await let_spending_go(tx, booking.terms, booking.id, now=now)
    return declined
