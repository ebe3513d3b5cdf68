"""The guest has not come."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.booking import store
from hospes.modules.booking.contracts import Action, Actor, Booking, ChangeStatus, Mode
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.use_cases.end_change import end_open_change
from hospes.modules.booking.use_cases.move_booking import lock_booking, move_booking
from hospes.modules.booking.use_cases.shorten_claims import shorten_claims
from hospes.modules.inventory import facade as inventory
from hospes.platform.db import WriteTx


async def mark_no_show(tx: WriteTx, *, booking_id: UUID, actor: Actor, actor_id: UUID, now: datetime) -> Booking:
    """The price stays charged and the first night taken, in case they come late; the nights after it that are still to
    come are on sale again. Raises `NotAllowed` before check-in time."""
    booking = await lock_booking(tx, booking_id)
    if now < booking.check_in_at:
        raise NotAllowed("The check-in time has not come yet.")
    await end_open_change(
        tx, booking, ChangeStatus.WITHDRAWN, actor=actor, actor_id=actor_id, even_if_paying=True, now=now
    )
    gone = await move_booking(tx, booking, Action.MARK_NO_SHOW, actor=actor, actor_id=actor_id, now=now)
    keep = max(today_in(booking.terms.zone, now), booking.arrival + timedelta(days=1))
    if booking.mode is Mode.NIGHTLY and keep < booking.departure and await inventory.claims_of(tx, booking.id):
        await store.replace_items(tx, booking.id, await shorten_claims(tx, booking, keep, now=now))
    return gone
