"""A guest leaves before the agreed day: the nights left are on sale again."""

from datetime import date, datetime
from uuid import UUID

from hospes.modules.booking import events, states, store
from hospes.modules.booking.contracts import Action, Actor, Booking, ChangeStatus, Departing, Giving
from hospes.modules.booking.errors import DifferenceChanged, NotAllowed
from hospes.modules.booking.policies.departing import departing, shortened
from hospes.modules.booking.use_cases.end_change import end_open_change
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.booking.use_cases.refund_booking import refund_booking
from hospes.modules.booking.use_cases.shorten_claims import shorten_claims
from hospes.modules.booking.use_cases.spending import follow_change
from hospes.modules.booking.use_cases.write_change import change_data, snapshot
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from hospes.platform.outbox import publish


def preview_departure(
    booking: Booking, leaves: date, *, actor: Actor, giving: Giving | None = None, now: datetime
) -> Departing:
    """What leaving on that day would give back; raises `NotAllowed`, `ChangeRefused`."""
    states.check_stays(booking.status, Action.LEAVE_EARLY, actor)
    by_staff = giving if actor is not Actor.GUEST else None
    return departing(booking, leaves, giving=by_staff, now=now)


async def leave_early(
    tx: WriteTx,
    *,
    booking_id: UUID,
    leaves: date,
    actor: Actor,
    actor_id: UUID,
    giving: Giving | None = None,
    expected_refund: int | None = None,
    now: datetime,
) -> tuple[Booking, Departing]:
    """The booking until that day, and what came back. Raises as `preview_departure` does, or `DifferenceChanged`."""
    booking = await lock_booking(tx, booking_id)
    leaving = preview_departure(booking, leaves, actor=actor, giving=giving, now=now)
    refund = Money(leaving.refund, leaving.currency)
    if expected_refund is not None and expected_refund != leaving.refund:
        raise DifferenceChanged(f"{refund.text()} would come back now.", refund=refund.as_json())
    await end_open_change(tx, booking, ChangeStatus.WITHDRAWN, actor=actor, actor_id=actor_id, now=now)
    claims = await shorten_claims(tx, booking, leaves, now=now)
    shorter = shortened(booking, leaving)
    if not await store.update_booking(tx, shorter, booking.version, now=now):
        raise NotAllowed("This booking has just been changed by someone else. Please look at it again.")
    await store.replace_items(tx, booking.id, claims)
    await follow_change(tx, booking, shorter, now=now)
    step = {"before": snapshot(booking), "after": snapshot(shorter), "difference": -leaving.refund}
    await store.insert_step(
        tx, booking.id, Action.LEAVE_EARLY, booking.status, actor=actor, actor_id=actor_id, data=step, now=now
    )
    data = change_data(booking, shorter, actor=str(actor))
    await publish(tx, events.BOOKING_CHANGED, booking.id, data, now=now)
    if leaving.refund:
        await refund_booking(tx, booking, refund, reason="left_early", now=now)
    seen = await store.get_for_change(tx, booking.id)
    assert seen is not None
    return seen, leaving
