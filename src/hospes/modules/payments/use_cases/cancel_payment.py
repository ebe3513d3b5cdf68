"""The booking no longer wants its money."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import AttemptStatus
from hospes.modules.payments.states import Action, attempt_after, payment_after
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.platform.db import WriteTx


async def cancel_payment(tx: WriteTx, booking_id: UUID, now: datetime) -> None:
    """Take no card any more; harmless when there is no payment, it is paid, or it is cancelled already.

    A charge that has left for the provider cannot be called back: when it succeeds after all, `payment.completed` is
    published as ever, and the booking finds the place again or asks for a refund.
    """
    payment = await store.lock_payment_of(tx, booking_id)
    if payment is None:
        return
    to = payment_after(payment.status, Action.CANCEL)
    if to is None:
        return
    for attempt in await queries.list_attempts(tx, payment.id):
        after = attempt_after(attempt.status, Action.CANCEL)
        if after is AttemptStatus.DECLINED:
            await store.move_attempt(
                tx, attempt, after, reason="cancelled", tries=attempt.tries, next_try_at=None, now=now
            )
    await store.move_payment(tx, payment, to, failure="cancelled", now=now)
    await publish_payment(tx, events.CANCELLED, payment, attempt_id=None, reason="cancelled", now=now)
