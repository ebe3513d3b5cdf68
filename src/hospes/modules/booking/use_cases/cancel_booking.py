"""Cancel, and give back what the frozen terms say."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import states
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, ChangeStatus, Refund
from hospes.modules.booking.errors import RefundChanged
from hospes.modules.booking.policies.cancellation import refund_of_guest, refund_of_host
from hospes.modules.booking.policies.discounting import credit_in
from hospes.modules.booking.use_cases.end_change import end_open_change
from hospes.modules.booking.use_cases.move_booking import lock_booking, move_booking
from hospes.modules.booking.use_cases.refund_booking import close_booking_payments, unpaid_of
from hospes.modules.booking.use_cases.spending import give_spending_back, let_spending_go
from hospes.modules.inventory import facade as inventory
from hospes.modules.payments import facade as payments
from hospes.platform.db import WriteTx
from hospes.platform.money import Money


async def cancel_booking(
    tx: WriteTx,
    *,
    booking_id: UUID,
    actor: Actor,
    actor_id: UUID | None,
    reason: str = "",
    expected_refund: int | None = None,
    now: datetime,
) -> tuple[Booking, Refund]:
    """The cancelled booking and what comes back; a booking that is cancelled already stays as it is.

    Raises `NotAllowed`, or `RefundChanged` when the guest was shown another refund.
    """
    booking = await lock_booking(tx, booking_id)
    refund = preview_cancellation(booking, actor=actor, unpaid=await unpaid_of(tx, booking), now=now)
    if booking.status is BookingStatus.CANCELLED:
        return booking, refund
    states.after(booking.status, Action.CANCEL, actor)
    if expected_refund is not None and expected_refund != refund.amount:
        amount = Money(refund.amount, refund.currency)
        raise RefundChanged(f"The refund is {amount.text()} now.", refund=amount.as_json())
    await end_open_change(
        tx, booking, ChangeStatus.WITHDRAWN, actor=actor, actor_id=actor_id, even_if_paying=True, now=now
    )
    cancelled = await move_booking(tx, booking, Action.CANCEL, actor=actor, actor_id=actor_id, note=reason, now=now)
    await inventory.release(tx, booking.id, now=now)
    if booking.status is BookingStatus.CONFIRMED:
        whole = (refund.amount, refund.credit) == (refund.paid, credit_in(booking.terms.price))
        await give_spending_back(tx, booking, credit=refund.credit, coupons=whole, now=now)
    else:
        await let_spending_go(tx, booking.terms, booking.id, now=now)
    if booking.status is BookingStatus.PENDING_PAYMENT:
        await payments.cancel_payment(tx, booking.id, now=now)
    elif refund.amount or not booking.terms.paying.plain:
        back = Money(refund.amount, refund.currency)
        await close_booking_payments(tx, booking, back, reason="booking_cancelled", now=now)
    return cancelled, refund


def preview_cancellation(booking: Booking, *, actor: Actor, unpaid: int = 0, now: datetime) -> Refund:
    """What cancelling now would give back; the guest by the frozen terms, host and admin always everything.

    `unpaid`: what of the total was not paid yet (minor units). It counts first towards what is not kept, and what is
    still missing after that is not asked for any more. When the balance was not paid in time the guest's terms apply.
    """
    confirmed = booking.status is BookingStatus.CONFIRMED
    paid, credit = (booking.total.amount, credit_in(booking.terms.price)) if confirmed else (0, 0)
    if actor in (Actor.GUEST, Actor.PAYMENT):
        refund = refund_of_guest(booking.terms, paid=paid, credit=credit, now=now)
    else:
        refund = refund_of_host(booking.terms, paid=paid, credit=credit)
    if not unpaid:
        return refund
    return replace(refund, paid=max(refund.paid - unpaid, 0), amount=max(refund.amount - unpaid, 0))
