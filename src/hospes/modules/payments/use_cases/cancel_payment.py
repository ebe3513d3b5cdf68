"""What is paid for no longer wants its money."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import AttemptKind, AttemptStatus, Payment, PaymentStatus, Purpose
from hospes.modules.payments.policies.retrying import LATE_BALANCE
from hospes.modules.payments.states import Action, attempt_after, payment_after
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import authorisation_of, given_back, record_attempt
from hospes.modules.payments.use_cases.request_refund import refund_part
from hospes.platform.db import WriteTx


async def cancel_payment(tx: WriteTx, booking_id: UUID, now: datetime) -> None:
    """Take no method any more for any part, and let go what is authorised; harmless when there is nothing to cancel.

    A charge that has left for the provider cannot be called back: when it succeeds after all, `payment.completed` is
    published as ever, and the booking finds the place again or asks for a refund. Of several methods that were not all
    taken those that were go back: without the others they confirm nothing.
    """
    parts = await store.lock_parts(tx, booking_id)
    for part in parts:
        await cancel_part(tx, part, now)
    shares = [each for each in parts if each.purpose is Purpose.SHARE and each.status is not PaymentStatus.CANCELLED]
    if not all(each.captured for each in shares):
        for share in shares:
            attempts = await queries.list_attempts(tx, share.id)
            rest = share.captured - given_back(attempts)
            if rest > 0:
                await refund_part(tx, share, attempts, rest, reason="another_method_failed", now=now)


async def reopen_later_parts(tx: WriteTx, booking_id: UUID, now: datetime) -> None:
    """A booking that had ended goes on: what was due later, and was cancelled with it, is due later again. A balance
    whose time was over meanwhile is due at once."""
    for part in await store.lock_parts(tx, booking_id):
        to = payment_after(part.status, Action.REOPEN)
        if to is None or part.due_at is None or part.failure != "cancelled":
            continue
        await store.move_payment(tx, part, to, now=now)
        if part.lapses_at is not None and part.lapses_at <= now + LATE_BALANCE:
            await store.set_later(
                tx, part.id, due_at=min(part.due_at, now), lapses_at=now + LATE_BALANCE, tries=part.tries, now=now
            )


async def cancel_part(tx: WriteTx, part: Payment, now: datetime, *, reason: str = "cancelled") -> bool:
    """Whether the part, which is locked, was cancelled now."""
    to = payment_after(part.status, Action.CANCEL)
    if to is None:
        return False
    attempts = await queries.list_attempts(tx, part.id)
    for attempt in attempts:
        after = attempt_after(attempt.status, Action.CANCEL)
        if after is AttemptStatus.DECLINED and attempt.kind in _CALLED_BACK:
            await store.move_attempt(tx, attempt, after, reason=reason, tries=attempt.tries, next_try_at=None, now=now)
    if part.status is PaymentStatus.AUTHORISED:
        attempts = await queries.list_attempts(tx, part.id)
        standing = authorisation_of(attempts)
        if standing is not None:
            amount = standing.amount.amount
            await record_attempt(tx, part, AttemptKind.VOID, amount=amount, target=standing, reason=reason, now=now)
    await store.move_payment(tx, part, to, failure=reason, now=now)
    await publish_payment(tx, events.CANCELLED, part, attempt_id=None, reason=reason, now=now)
    return True


_CALLED_BACK = (AttemptKind.CHARGE, AttemptKind.AUTHORISE, AttemptKind.CAPTURE)
