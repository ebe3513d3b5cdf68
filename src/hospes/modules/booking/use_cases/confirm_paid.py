"""Money has arrived: it ends in a confirmed booking or in a refund, never in neither."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import store
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus
from hospes.modules.booking.policies.asks import asks_of
from hospes.modules.booking.use_cases.move_booking import lock_booking, move_booking
from hospes.modules.booking.use_cases.spending import TAKEN, keep, let_spending_go, spends
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.errors import NotAvailable
from hospes.modules.payments import facade as payments
from hospes.platform.db import WriteTx

_KEPT = frozenset({BookingStatus.CONFIRMED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED, BookingStatus.NO_SHOW})


async def confirm_paid(tx: WriteTx, *, booking_id: UUID, payment_id: UUID | None = None, now: datetime) -> Booking:
    """The booking afterwards: confirmed, or expired or cancelled with its money on the way back.

    Call it once all that is due is paid or authorised, once a payment: a confirmed booking stays as it is, one that was
    refunded must not be tried again. `payment_id`: the part that came last; of a booking that is over only that part
    goes back, since what was paid before has been settled.
    """
    booking = await lock_booking(tx, booking_id)
    if booking.status in _KEPT:
        return booking
    if not booking.terms.paying.plain and not await payments.is_settled(tx, booking.id):
        if booking.status is BookingStatus.PENDING_PAYMENT:
            return booking  # what was authorised has been let go meanwhile
        await _send_back(tx, booking, payment_id, now)
        return booking
    if booking.status is BookingStatus.PENDING_PAYMENT:
        if await _keep(tx, booking, now):
            return await move_booking(tx, booking, Action.PAY, actor=Actor.PAYMENT, now=now)
        booking = await move_booking(
            tx, booking, Action.EXPIRE, actor=Actor.PAYMENT, note="Paid late; the dates were taken.", now=now
        )
        await let_spending_go(tx, booking.terms, booking.id, now=now)
    elif booking.status is BookingStatus.EXPIRED and now < booking.check_out_at and await _take_again(tx, booking, now):
        if not booking.terms.paying.plain:
            await payments.reopen_later_parts(tx, booking.id, now)
        return await move_booking(
            tx, booking, Action.REINSTATE, actor=Actor.PAYMENT, note="Paid late; the dates were still free.", now=now
        )
    await _send_back(tx, booking, payment_id, now)
    return booking


async def _send_back(tx: WriteTx, booking: Booking, payment_id: UUID | None, now: datetime) -> None:
    """What is left goes back, what is only authorised is let go."""
    await payments.cancel_payment(tx, booking.id, now)
    if payment_id is None or booking.status is BookingStatus.EXPIRED:
        await payments.refund_rest(tx, booking.id, reason="paid_too_late", now=now)
    else:
        await payments.refund_late(tx, payment_id, reason="paid_too_late", now=now)


async def _keep(tx: WriteTx, booking: Booking, now: datetime) -> bool:
    """Make the claims firm; those of several that rivals have taken meanwhile are claimed anew with the rest."""
    if await inventory.make_firm(tx, booking.id, count=len(asks_of(booking)), now=now):
        return await _keep_spending(tx, booking, now)
    await inventory.release(tx, booking.id, now=now)
    return await _take_again(tx, booking, now)


async def _take_again(tx: WriteTx, booking: Booking, now: datetime) -> bool:
    """Claim everything once more; False when someone else has it. A single unit moved meanwhile does not matter."""
    try:
        async with tx.savepoint():
            claims = await inventory.claim_all(
                tx, asks_of(booking), kind=ClaimKind.BOOKING, owner_id=booking.id, now=now
            )
            await keep(tx, booking, until=None, now=now)
    except (NotAvailable, *TAKEN):
        return False
    await store.replace_items(tx, booking.id, claims)
    return True


async def _keep_spending(tx: WriteTx, booking: Booking, now: datetime) -> bool:
    """Redeem the coupons and spend the credit; False when somebody else has had the last use since they ran out. The
    claims are let go then, as they are when the place is gone."""
    if not spends(booking.terms):
        return True
    try:
        async with tx.savepoint():
            await keep(tx, booking, until=None, now=now)
    except TAKEN:
        await inventory.release(tx, booking.id, now=now)
        return False
    return True
