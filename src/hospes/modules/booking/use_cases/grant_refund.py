"""Staff give a guest part of the price back, whatever the terms say."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events, store
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, PriceLine
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.policies.changing import GIVEN, with_lines
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.booking.use_cases.refund_booking import refund_booking
from hospes.modules.booking.use_cases.write_change import change_data, snapshot
from hospes.modules.payments.errors import InvalidAmount, RefundTooLarge
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from hospes.platform.outbox import publish

_S = BookingStatus
_PAID = frozenset({_S.CONFIRMED, _S.IN_PROGRESS, _S.COMPLETED, _S.NO_SHOW})


async def grant_refund(
    tx: WriteTx, *, booking_id: UUID, amount: Money, reason: str, actor: Actor, actor_id: UUID, now: datetime
) -> Booking:
    """The booking at its lower total, the money on its way back to the methods it came from, in order.

    Raises `NotAllowed`, `InvalidAmount`, `RefundTooLarge` above what is paid, and what `refund_booking` raises.
    """
    booking = await lock_booking(tx, booking_id)
    if booking.status not in _PAID:
        raise NotAllowed("Only a booking that was paid for can be refunded in part. Cancel it instead.")
    if amount.amount <= 0 or amount.currency != booking.total.currency:
        said = f"Please give an amount of {booking.total.currency} above zero."
        raise InvalidAmount(said, fields={"amount": said})
    if amount.amount > booking.total.amount:
        said = f"At most {booking.total.text()} can be given back."
        raise RefundTooLarge(said, fields={"amount": said})
    line = PriceLine(GIVEN, "Given back by the house", 1, -amount.amount, -amount.amount, reason[:200])
    price = with_lines(booking.terms.price, line)
    total = replace(booking.total, amount=price.total)
    lower = replace(booking, total=total, terms=replace(booking.terms, price=price), version=booking.version + 1)
    if not await store.update_booking(tx, lower, booking.version, now=now):
        raise NotAllowed("This booking has just been changed by someone else. Please look at it again.")
    step = {"before": snapshot(booking), "after": snapshot(lower), "difference": -amount.amount}
    await store.insert_step(
        *(tx, booking.id, Action.CHANGE, booking.status),
        actor=actor,
        actor_id=actor_id,
        note=reason,
        data=step,
        now=now,
    )
    await publish(tx, events.BOOKING_CHANGED, booking.id, change_data(booking, lower, actor=str(actor)), now=now)
    await refund_booking(tx, booking, amount, reason="given_by_staff", now=now)
    return lower
