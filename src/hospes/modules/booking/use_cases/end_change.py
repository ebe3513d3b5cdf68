"""A change that waits for its payment is given up: its time is over, or it is not wanted any more."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events, queries, store
from hospes.modules.booking.contracts import Action, Actor, Booking, ChangeRequest, ChangeStatus
from hospes.modules.booking.errors import ChangeNotFound, NotAllowed
from hospes.modules.booking.policies.deadlines import PAYMENT_AT_WORK
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.inventory import facade as inventory
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import PaymentStatus
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

_P = PaymentStatus
AT_WORK = frozenset({_P.PROCESSING, _P.NEEDS_ACTION, _P.AUTHORISED, _P.SUCCEEDED})


async def withdraw_change(
    tx: WriteTx, *, booking_id: UUID, change_id: UUID, actor: Actor, actor_id: UUID, now: datetime
) -> None:
    """Give up a change; one that is over already stays as it is. Raises `ChangeNotFound`, and `NotAllowed` while it is
    being paid."""
    booking = await lock_booking(tx, booking_id)
    request = await store.lock_change(tx, change_id)
    if request is None or request.booking_id != booking.id:
        raise ChangeNotFound()
    if request.status is ChangeStatus.OPEN:
        await end_open_change(tx, booking, ChangeStatus.WITHDRAWN, actor=actor, actor_id=actor_id, now=now)


async def expire_changes(tx: WriteTx, *, limit: int, now: datetime) -> int:
    """End open changes whose time to pay is over; a payment at work gets half an hour more. Answers how many."""
    count = 0
    for overdue in await queries.list_overdue_changes(tx, now, limit):
        booking = await lock_booking(tx, overdue.booking_id)
        request = await store.lock_change(tx, overdue.id)
        if request is None or request.status is not ChangeStatus.OPEN:
            continue
        if now < request.pay_by + PAYMENT_AT_WORK and await _being_paid(tx, request):
            continue
        await _end(tx, booking, request, ChangeStatus.EXPIRED, Actor.CLOCK, None, now)
        count += 1
    return count


async def end_open_change(
    tx: WriteTx,
    booking: Booking,
    to: ChangeStatus,
    *,
    actor: Actor,
    actor_id: UUID | None,
    even_if_paying: bool = False,
    now: datetime,
) -> None:
    """End the change that waits, if there is one; money that still comes for it goes back. The booking is locked.

    Raises `NotAllowed` while it is being paid, unless that does not matter any more.
    """
    request = await store.lock_open_change(tx, booking.id)
    if request is None:
        return
    if not even_if_paying and await _being_paid(tx, request):
        raise NotAllowed("A change of this booking is being paid right now. Please wait for the answer.")
    # Who ends a change often lets go of the booking next: one after the other they would not be locked in order.
    await inventory.prepare_exchange(tx, [booking.id, request.id], ())
    await _end(tx, booking, request, to, actor, actor_id, now)


async def _end(
    tx: WriteTx,
    booking: Booking,
    request: ChangeRequest,
    to: ChangeStatus,
    actor: Actor,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    await store.move_change(tx, request, to, now=now)
    await inventory.release(tx, request.id, now=now)
    await payments.cancel_payment(tx, request.id, now=now)
    await tell_end(tx, booking, request, to, actor=actor, actor_id=actor_id, now=now)


async def tell_end(
    tx: WriteTx,
    booking: Booking,
    request: ChangeRequest,
    to: ChangeStatus,
    *,
    actor: Actor,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """The step and the fact that a change came to nothing."""
    said = {"change_id": str(request.id), "change_status": str(to)}
    await store.insert_step(
        tx, booking.id, Action.END_CHANGE, booking.status, actor=actor, actor_id=actor_id, data=said, now=now
    )
    touched = {item.resource_id for item in (*request.quote.terms.items, *booking.terms.items)}
    data = {
        **events.booking_data(booking, booking.status, **said),
        "resource_ids": sorted(str(each) for each in (touched | {booking.resource_id})),
    }
    await publish(tx, events.CHANGE_ENDED, booking.id, data, now=now)


async def _being_paid(tx: WriteTx, request: ChangeRequest) -> bool:
    payment = await payments.payment_of(tx, request.id)
    return payment is not None and payment.status in AT_WORK
