"""Take the place that was offered, or leave the queue."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events, store
from hospes.modules.booking.contracts import Booking, HoldStatus, WaitStatus
from hospes.modules.booking.errors import NotAllowed, WaitlistEntryNotFound
from hospes.modules.booking.use_cases.create_booking import book_hold
from hospes.modules.booking.use_cases.release_hold import end_hold
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def accept_offer(
    tx: WriteTx,
    *,
    guest_id: UUID,
    entry_id: UUID,
    message: str = "",
    expected_total: int | None = None,
    provider: str,
    now: datetime,
) -> Booking:
    """The booking of what was offered; raises `WaitlistEntryNotFound`, `NotAllowed` without an offer, `HoldExpired`,
    `PriceChanged`."""
    entry = await store.lock_entry(tx, entry_id, guest_id)
    if entry is None:
        raise WaitlistEntryNotFound()
    if entry.status is not WaitStatus.OFFERED or entry.hold_id is None:
        raise NotAllowed("There is no offer to take here.")
    booking = await book_hold(
        tx,
        guest_id=guest_id,
        hold_id=entry.hold_id,
        message=message,
        expected_total=expected_total,
        provider=provider,
        now=now,
    )
    await store.move_entry(tx, entry, WaitStatus.BOOKED, now=now)
    return booking


async def leave_waitlist(tx: WriteTx, *, guest_id: UUID, entry_id: UUID, now: datetime) -> None:
    """Out of the queue; an offer goes to the next one. Repeating it changes nothing. Raises `WaitlistEntryNotFound`."""
    entry = await store.lock_entry(tx, entry_id, guest_id)
    if entry is None:
        raise WaitlistEntryNotFound()
    if entry.status not in (WaitStatus.WAITING, WaitStatus.OFFERED):
        return
    await store.move_entry(tx, entry, WaitStatus.LEFT, now=now)
    hold = await store.lock_hold(tx, entry.hold_id, guest_id) if entry.hold_id else None
    if hold is not None:
        await end_hold(tx, hold, HoldStatus.RELEASED, now=now)
    await publish(tx, events.WAITLIST_LEFT, entry.id, events.waitlist_data(entry), now=now)
