"""The payer gave a method: record the attempt and have the worker make it."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import Attempt, AttemptKind, Method, Payment, PaymentStatus
from hospes.modules.payments.errors import InvalidMethod, PaymentInProgress, PaymentNotFound, PaymentNotOpen
from hospes.modules.payments.policies.retrying import JOB_LATE
from hospes.modules.payments.states import Action, payment_after
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.platform import jobs
from hospes.platform.db import WriteTx

QUEUE = "payments"
RUN_ATTEMPT = "payments.run_attempt"


async def start_charge(tx: WriteTx, payment_id: UUID, method: Method, now: datetime) -> Attempt:
    """Record a charge of the whole amount and enqueue it, both in this transaction.

    Raises `PaymentInProgress` while another charge is open, `PaymentNotOpen` when paid or cancelled.
    """
    payment = await store.lock_payment(tx, payment_id)
    if payment is None:
        raise PaymentNotFound
    if not method.token:
        raise InvalidMethod("Please give a card.")
    to = _processing(payment)
    await store.move_payment(tx, payment, to, now=now)
    attempt_id = await store.insert_attempt(
        tx,
        payment_id=payment.id,
        kind=AttemptKind.CHARGE,
        amount=payment.amount.amount,
        method=method,
        next_try_at=now + JOB_LATE,
        now=now,
    )
    await publish_payment(tx, events.PROCESSING, payment, attempt_id=attempt_id, now=now)
    await jobs.defer(tx, RUN_ATTEMPT, queue=QUEUE, attempt_id=str(attempt_id))
    attempt = await queries.find_attempt(tx, attempt_id)
    assert attempt is not None
    return attempt


def _processing(payment: Payment) -> PaymentStatus:
    to = payment_after(payment.status, Action.CHARGE)
    if to is not None:
        return to
    if payment.status in (PaymentStatus.PROCESSING, PaymentStatus.NEEDS_ACTION):
        raise PaymentInProgress("This payment is already under way. Please wait for its answer.")
    if payment.status is PaymentStatus.CANCELLED:
        raise PaymentNotOpen("This payment was cancelled: the time to pay has run out, or the booking was cancelled.")
    raise PaymentNotOpen("This has already been paid.")
