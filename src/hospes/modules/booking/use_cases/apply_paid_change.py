"""The difference has been paid: the change is made, or the money goes back."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import queries, store
from hospes.modules.booking.contracts import Actor, Booking, ChangeRequest, ChangeStatus
from hospes.modules.booking.policies.changing import PAID, changed_booking, wish_of
from hospes.modules.booking.use_cases.end_change import tell_end
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.booking.use_cases.rearrange import let_go, take
from hospes.modules.booking.use_cases.write_change import snapshot, write_change
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import DayFull, NotAvailable, TooFarToTravel, WeekFull
from hospes.modules.payments import facade as payments
from hospes.platform.db import WriteTx

_OVER = frozenset({ChangeStatus.APPLIED, ChangeStatus.REFUNDED})
_REFUSED = (NotAvailable, DayFull, WeekFull, TooFarToTravel)


async def apply_paid_change(tx: WriteTx, *, change_id: UUID, now: datetime) -> ChangeStatus | None:
    """What became of it: applied or refunded; None when there is no such change. Repeating it changes nothing.

    A change whose time had run out is still made when everything is free and the booking is as it was.
    """
    found = await queries.find_change(tx, change_id)
    if found is None:
        return None
    booking = await lock_booking(tx, found.booking_id)
    request = await store.lock_change(tx, change_id)
    assert request is not None
    if request.status in _OVER:
        return request.status
    wanted = request.status is not ChangeStatus.WITHDRAWN
    as_it_was = booking.status in PAID and snapshot(booking) == request.seen
    if wanted and as_it_was and await _apply(tx, booking, request, now):
        return ChangeStatus.APPLIED
    await store.move_change(tx, request, ChangeStatus.REFUNDED, now=now)
    await _release(tx, request, now)
    await _give_back(tx, request, now)
    await tell_end(tx, booking, request, ChangeStatus.REFUNDED, actor=Actor.PAYMENT, actor_id=None, now=now)
    return ChangeStatus.REFUNDED


async def _apply(tx: WriteTx, booking: Booking, request: ChangeRequest, now: datetime) -> bool:
    try:
        async with tx.savepoint():
            wish = wish_of(changed_booking(booking, request.quote, now))
            own = await let_go(tx, booking, wish, now=now)
            await _release(tx, request, now)
            quote, claims = await take(tx, booking, request.quote, own, held_until=None, now=now)
            await store.move_change(tx, request, ChangeStatus.APPLIED, now=now)
            await write_change(
                *(tx, booking, quote, claims),
                actor=Actor(request.actor),
                actor_id=request.actor_id,
                note="The difference has been paid.",
                now=now,
            )
    except _REFUSED:
        return False
    return True


async def _release(tx: WriteTx, request: ChangeRequest, now: datetime) -> None:
    await inventory.release(tx, request.id, now=now)


async def _give_back(tx: WriteTx, request: ChangeRequest, now: datetime) -> None:
    await payments.refund_rest(tx, request.id, reason="change_not_possible", now=now)
