"""Money goes back: recorded in the caller's transaction, made by the worker."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import Attempt, AttemptKind, AttemptStatus
from hospes.modules.payments.errors import InvalidAmount, NothingToRefund, RefundTooLarge
from hospes.modules.payments.policies.retrying import JOB_LATE
from hospes.modules.payments.use_cases.start_charge import QUEUE, RUN_ATTEMPT
from hospes.platform import jobs
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

SURPLUS = "surplus"  # the refund of a second charge, which was never part of the payment


async def request_refund(tx: WriteTx, booking_id: UUID, amount: Money, reason: str, now: datetime) -> Attempt | None:
    """Record a refund and enqueue it; None when the amount is zero.

    What is being given back already counts: raises `RefundTooLarge` above the rest, `NothingToRefund` when nothing
    was taken, `InvalidAmount` for another currency or a negative amount.
    """
    payment = await store.lock_payment_of(tx, booking_id)
    if amount.amount == 0:
        return None
    if payment is None or not payment.captured:
        raise NothingToRefund
    if amount.amount < 0 or amount.currency != payment.amount.currency:
        raise InvalidAmount(f"A refund must be an amount of {payment.amount.currency} above zero.")
    attempts = await queries.list_attempts(tx, payment.id)
    rest = payment.captured - sum(_given_back(attempt) for attempt in attempts)
    if amount.amount > rest:
        raise RefundTooLarge(f"At most {Money(rest, amount.currency).text()} can still be given back.")
    charged = next(a for a in attempts if a.kind is AttemptKind.CHARGE and a.status is AttemptStatus.SUCCEEDED)
    return await record_refund(tx, charged, amount=amount.amount, reason=reason, now=now)


async def refundable_of(tx: WriteTx, booking_id: UUID) -> int:
    """How much can still be given back, what is on its way counted as given; the payment is locked."""
    payment = await store.lock_payment_of(tx, booking_id)
    if payment is None or not payment.captured:
        return 0
    return payment.captured - sum(_given_back(each) for each in await queries.list_attempts(tx, payment.id))


async def record_refund(tx: WriteTx, charge: Attempt, *, amount: int, reason: str, now: datetime) -> Attempt:
    """Record and enqueue the refund of a charge."""
    attempt_id = await store.insert_attempt(
        tx,
        payment_id=charge.payment_id,
        kind=AttemptKind.REFUND,
        amount=amount,
        target_ref=charge.provider_ref,
        reason=reason,
        next_try_at=now + JOB_LATE,
        now=now,
    )
    await jobs.defer(tx, RUN_ATTEMPT, queue=QUEUE, attempt_id=str(attempt_id))
    attempt = await queries.find_attempt(tx, attempt_id)
    assert attempt is not None
    return attempt


def _given_back(attempt: Attempt) -> int:
    """A refund that may have happened, or still will, is given back; one the provider refused is not."""
    if attempt.kind is AttemptKind.CHARGE or attempt.status is AttemptStatus.DECLINED or attempt.reason == SURPLUS:
        return 0
    return attempt.amount.amount
