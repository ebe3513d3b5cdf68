"""What waits too long ends: holds, requests without an answer, bookings without a payment."""

from datetime import datetime

from hospes.modules.booking import store
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, HoldStatus
from hospes.modules.booking.policies.deadlines import PAYMENT_AT_WORK
from hospes.modules.booking.use_cases.end_change import AT_WORK, expire_changes
from hospes.modules.booking.use_cases.move_booking import move_booking
from hospes.modules.booking.use_cases.release_hold import end_hold
from hospes.modules.booking.use_cases.spending import let_spending_go
from hospes.modules.inventory import facade as inventory
from hospes.modules.payments import facade as payments
from hospes.platform.db import WriteTx

CANDIDATES = 50  # more than are ended: some wait for a payment at work


async def expire_due(tx: WriteTx, *, limit: int = 100, now: datetime) -> int:
    """End what is overdue, at most `limit` in all; answers how many. A payment at work gets half an hour more.

    With a `limit` of 1 it locks in the order in which everybody locks, and never against rivals.
    """
    count = 0
    for hold in await store.lock_expired_holds(tx, now, limit):
        await end_hold(tx, hold, HoldStatus.EXPIRED, now=now)
        count += 1
    for booking in await store.lock_overdue(tx, now, max(limit, CANDIDATES)):
        if count >= limit:
            return count
        if not await _payment_at_work(tx, booking, now):
            await _expire(tx, booking, now)
            count += 1
    return count + (await expire_changes(tx, limit=limit - count, now=now) if count < limit else 0)


async def _expire(tx: WriteTx, booking: Booking, now: datetime) -> None:
    unanswered = booking.status is BookingStatus.PENDING_APPROVAL
    note = "The host has not answered in time." if unanswered else "The payment has not come in time."
    await move_booking(tx, booking, Action.EXPIRE, actor=Actor.CLOCK, note=note, now=now)
    await inventory.release(tx, booking.id, now=now)
    await let_spending_go(tx, booking.terms, booking.id, now=now)
    if not unanswered:
        await payments.cancel_payment(tx, booking.id, now=now)


async def _payment_at_work(tx: WriteTx, booking: Booking, now: datetime) -> bool:
    if booking.status is not BookingStatus.PENDING_PAYMENT or booking.decide_by is None:
        return False
    if now >= booking.decide_by + PAYMENT_AT_WORK:
        return False
    payment = await payments.payment_of(tx, booking.id)
    return payment is not None and payment.status in AT_WORK
