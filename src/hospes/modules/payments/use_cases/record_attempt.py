"""Something is asked of a provider: written down and enqueued in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import Attempt, AttemptKind, AttemptStatus, Method, Payment
from hospes.modules.payments.policies.retrying import JOB_LATE
from hospes.platform import jobs
from hospes.platform.db import WriteTx

QUEUE = "payments"
RUN_ATTEMPT = "payments.run_attempt"
SURPLUS = "surplus"  # the refund of a second charge, which was never part of the payment


async def record_attempt(
    tx: WriteTx,
    payment: Payment,
    kind: AttemptKind,
    *,
    amount: int,
    method: Method | None = None,
    target: Attempt | None = None,
    reason: str | None = None,
    save: bool = False,
    off_session: bool = False,
    now: datetime,
) -> Attempt:
    """The attempt, with its job. `target`: what is captured, let go or given back; it names the provider."""
    attempt_id = await store.insert_attempt(
        tx,
        payment_id=payment.id,
        kind=kind,
        amount=amount,
        method=method,
        target_ref=target.provider_ref if target else None,
        reason=reason,
        provider=target.provider if target else payment.provider,
        save=save,
        off_session=off_session,
        next_try_at=now + JOB_LATE,
        now=now,
    )
    await jobs.defer(tx, RUN_ATTEMPT, queue=QUEUE, attempt_id=str(attempt_id))
    attempt = await queries.find_attempt(tx, attempt_id)
    assert attempt is not None
    return attempt


def authorisation_of(attempts: Sequence[Attempt]) -> Attempt | None:
    """The authorisation that stands: the newest that was neither taken, let go nor renewed under another name."""
    ends = (AttemptKind.CAPTURE, AttemptKind.VOID)
    over = {each.target_ref for each in attempts if each.kind in ends and _counts(each)}
    over |= {each.target_ref for each in attempts if each.renews and each.status is AttemptStatus.SUCCEEDED}
    standing = [
        each
        for each in attempts
        if each.kind is AttemptKind.AUTHORISE
        and each.status is AttemptStatus.SUCCEEDED
        and each.provider_ref not in over
    ]
    return max(standing, key=lambda each: (each.updated_at, each.id), default=None)


def taken_by(attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt that took a part's money: a charge or a capture, not one that was given back as surplus."""
    surplus = {each.target_ref for each in attempts if each.reason == SURPLUS}
    return next(
        (
            each
            for each in attempts
            if each.kind in (AttemptKind.CHARGE, AttemptKind.CAPTURE)
            and each.status is AttemptStatus.SUCCEEDED
            and each.provider_ref not in surplus
        ),
        None,
    )


def given_back(attempts: Sequence[Attempt]) -> int:
    """What of a part is given back or on its way: a refund that may have happened, or still will, counts; one the
    provider refused does not."""
    return sum(
        each.amount.amount
        for each in attempts
        if each.kind is AttemptKind.REFUND and _counts(each) and each.reason != SURPLUS
    )


def _counts(attempt: Attempt) -> bool:
    return attempt.status is not AttemptStatus.DECLINED
