"""Stays begin and end by the clock."""

from datetime import datetime

from hospes.modules.booking import store
from hospes.modules.booking.contracts import Action, Actor, ChangeStatus
from hospes.modules.booking.use_cases.end_change import end_open_change
from hospes.modules.booking.use_cases.move_booking import move_booking
from hospes.platform.db import WriteTx


async def start_and_complete_due(tx: WriteTx, *, limit: int = 200, now: datetime) -> int:
    """Move confirmed bookings at check-in time and stays at check-out time, at most `limit` of each."""
    starting = await store.lock_to_start(tx, now, limit)
    for booking in starting:
        await move_booking(tx, booking, Action.START, actor=Actor.CLOCK, now=now)
    ending = await store.lock_to_complete(tx, now, limit)
    for booking in ending:
        await end_open_change(
            tx, booking, ChangeStatus.WITHDRAWN, actor=Actor.CLOCK, actor_id=None, even_if_paying=True, now=now
        )
        await move_booking(tx, booking, Action.COMPLETE, actor=Actor.CLOCK, now=now)
    return len(starting) + len(ending)
