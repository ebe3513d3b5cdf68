"""A booking as it is from now on: row, items, history and fact, together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.booking import events, store
from hospes.modules.booking.contracts import Action, Actor, Booking, Quote
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.policies.changing import changed_booking
from hospes.modules.booking.policies.frozen import party_json
from hospes.modules.booking.use_cases.spending import follow_change
from hospes.modules.inventory.contracts import Claim
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def write_change(
    tx: WriteTx,
    booking: Booking,
    quote: Quote,
    claims: Sequence[Claim],
    *,
    action: Action = Action.CHANGE,
    actor: Actor,
    actor_id: UUID | None,
    note: str = "",
    now: datetime,
) -> Booking:
    """The booking at what is quoted and claimed; raises `NotAllowed` when someone else has changed it meanwhile."""
    changed = changed_booking(booking, quote, now)
    if not await store.update_booking(tx, changed, booking.version, now=now):
        raise NotAllowed("This booking has just been changed by someone else. Please look at it again.")
    await store.replace_items(tx, booking.id, claims)
    await follow_change(tx, booking, changed, now=now)
    difference = changed.total.amount - booking.total.amount
    before, after = snapshot(booking), snapshot(changed)
    step: dict[str, Any] = {"before": before, "after": after, "difference": difference}
    await store.insert_step(
        tx, booking.id, action, booking.status, actor=actor, actor_id=actor_id, note=note, data=step, now=now
    )
    await publish(tx, events.BOOKING_CHANGED, booking.id, change_data(booking, changed, actor=str(actor)), now=now)
    return changed


def snapshot(booking: Booking) -> dict[str, Any]:
    """What of a booking can change, as JSON."""
    return {
        "resource_id": str(booking.resource_id),
        "resource_name": booking.terms.resource_name,
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "check_in_at": booking.check_in_at.isoformat(),
        "check_out_at": booking.check_out_at.isoformat(),
        "quantity": booking.quantity,
        "plan_name": booking.terms.plan_name,
        "party": party_json(booking.party),
        "total": booking.total.amount,
        "currency": booking.total.currency,
    }


def change_data(before: Booking, after: Booking, **more: Any) -> dict[str, Any]:
    """The data of `booking.changed`: as of every fact about the booking as it is now, and what it was. `resource_ids`
    names whatever is free or taken otherwise than before."""
    items = (*after.terms.items, *before.terms.items)
    touched = {after.resource_id, before.resource_id, *(item.resource_id for item in items)}
    return {
        **events.booking_data(after, after.status, **more),
        "resource_ids": sorted(str(each) for each in touched),
        "old_resource_id": str(before.resource_id),
        "old_arrival": before.arrival.isoformat(),
        "old_departure": before.departure.isoformat(),
        "old_total": before.total.amount,
        "difference": after.total.amount - before.total.amount,
    }
