"""Change what is booked: dates, times, guests, how many, which one, at which rate."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events, store
from hospes.modules.booking.contracts import (
    Action,
    Actor,
    Booking,
    BookingStatus,
    Change,
    Changed,
    ChangeRequest,
    ChangeStatus,
    Giving,
)
from hospes.modules.booking.errors import DifferenceChanged
from hospes.modules.booking.policies.changing import PAID, Settled, changed_booking
from hospes.modules.booking.policies.deadlines import pay_change_by
from hospes.modules.booking.policies.keeping import parts_to_keep
from hospes.modules.booking.use_cases.end_change import end_open_change
from hospes.modules.booking.use_cases.move_booking import lock_booking, move_booking
from hospes.modules.booking.use_cases.open_booking_payment import payment_plan
from hospes.modules.booking.use_cases.quote_change import Trial, Undone, attempt, shown, wanted
from hospes.modules.booking.use_cases.rearrange import lock_exchange
from hospes.modules.booking.use_cases.refund_booking import refund_booking
from hospes.modules.booking.use_cases.spending import keep
from hospes.modules.booking.use_cases.write_change import change_data, snapshot, write_change
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.payments import facade as payments
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from hospes.platform.outbox import publish


async def change_booking(
    tx: WriteTx,
    *,
    booking_id: UUID,
    change: Change,
    actor: Actor,
    actor_id: UUID,
    expected_difference: int | None = None,
    giving: Giving | None = None,
    provider: str,
    now: datetime,
) -> Changed:
    """The change, all or nothing. Raises what `quote_change` gives as reasons, or `DifferenceChanged`.

    What costs a paid booking more waits for its payment under the change's own id; what is wanted is kept meanwhile,
    and so is what the guest has. What costs less comes back by the accepted terms. An unpaid booking is repriced.
    A change that was waiting is withdrawn.
    """
    booking = await lock_booking(tx, booking_id)
    wish = wanted(booking, change, actor=actor, now=now)
    if await store.lock_open_change(tx, booking.id) is not None:
        await lock_exchange(tx, booking, wish)
        await end_open_change(tx, booking, ChangeStatus.WITHDRAWN, actor=actor, actor_id=actor_id, now=now)
    trial = Trial([])
    try:
        async with tx.savepoint():
            await attempt(tx, booking, wish, trial, actor=actor, giving=giving, now=now)
            assert trial.settled is not None
            _check_expected(booking, trial.settled, expected_difference)
            if booking.status in PAID and trial.settled.difference > 0 and booking.terms.paid_at_booking:
                raise Undone
            return await _write(tx, booking, trial, trial.settled, actor, actor_id, now)
    except Undone:
        return await _ask_for_payment(tx, booking, trial, trial.settled, actor, actor_id, provider, now)


def _check_expected(booking: Booking, settled: Settled, expected: int | None) -> None:
    if expected is not None and expected != settled.difference:
        difference = Money(settled.difference, booking.total.currency)
        raise DifferenceChanged(f"The change costs {shown(difference)} now.", difference=difference.as_json())


async def _write(
    tx: WriteTx, booking: Booking, trial: Trial, settled: Settled, actor: Actor, actor_id: UUID, now: datetime
) -> Changed:
    changed = await write_change(tx, booking, settled.quote, trial.claims, actor=actor, actor_id=actor_id, now=now)
    if booking.status in PAID:
        back = Money(-settled.difference, booking.total.currency)
        if back.amount < 0:
            await payments.raise_at_property(
                tx,
                booking.id,
                payer_id=booking.guest_id,
                business_id=booking.business_id,
                amount=settled.difference,
                currency=booking.total.currency,
                now=now,
            )
        elif back.amount:
            await refund_booking(tx, booking, back, reason="booking_changed", now=now)
    elif booking.status is BookingStatus.PENDING_PAYMENT and settled.difference:
        changed = await _reprice(tx, changed, now)
    return Changed(changed, settled.difference)


async def _reprice(tx: WriteTx, changed: Booking, now: datetime) -> Booking:
    """The payment asks for the new total; without one there is nothing to wait for."""
    if changed.total.amount:
        await payments.reprice_payment(tx, changed.id, changed.total, now, parts=payment_plan(changed, now))
        return changed
    await payments.cancel_payment(tx, changed.id, now=now)
    await inventory.make_firm(tx, changed.id, now=now)
    await keep(tx, changed, until=None, now=now)
    return await move_booking(tx, changed, Action.PAY, actor=Actor.PAYMENT, note="Nothing left to pay.", now=now)


async def _ask_for_payment(
    tx: WriteTx,
    booking: Booking,
    trial: Trial,
    settled: Settled | None,
    actor: Actor,
    actor_id: UUID,
    provider: str,
    now: datetime,
) -> Changed:
    """Keep what is wanted besides what the guest has, and open a payment of the difference."""
    assert settled is not None
    request = ChangeRequest(
        id=new_id(),
        booking_id=booking.id,
        status=ChangeStatus.OPEN,
        actor=str(actor),
        actor_id=actor_id,
        quote=settled.quote,
        old_total=booking.total.amount,
        difference=Money(settled.difference, booking.total.currency),
        seen=snapshot(booking),
        pay_by=pay_change_by(now, by_guest=actor is Actor.GUEST),
        created_at=now,
    )
    asks = [ask for item in settled.quote.terms.items for ask in item.asks]
    parts = parts_to_keep(asks, trial.claims, trial.own)
    if parts:
        await inventory.claim_all(
            tx, parts, kind=ClaimKind.HOLD, owner_id=request.id, held_until=request.pay_by, now=now
        )
    await store.insert_change(tx, request)
    await payments.open_payment(
        tx,
        booking_id=request.id,
        payer_id=booking.guest_id,
        amount=request.difference,
        provider=provider,
        now=now,
    )
    after = changed_booking(booking, settled.quote, now)
    step = {"before": snapshot(booking), "after": snapshot(after), "difference": settled.difference}
    await store.insert_step(
        tx, booking.id, Action.ASK_CHANGE, booking.status, actor=actor, actor_id=actor_id, data=step, now=now
    )
    data = change_data(booking, after, change_id=str(request.id), pay_by=request.pay_by.isoformat())
    await publish(tx, events.CHANGE_REQUESTED, booking.id, data, now=now)
    return Changed(booking, settled.difference, request)
