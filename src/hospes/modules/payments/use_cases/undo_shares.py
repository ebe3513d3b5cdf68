"""All methods or none: one of several has failed, so what the others have given is let go."""

from datetime import datetime

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import AttemptKind, Part, Payment, PaymentStatus, Purpose
from hospes.modules.payments.states import Action, payment_after
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import authorisation_of, given_back, record_attempt
from hospes.modules.payments.use_cases.request_refund import refund_part
from hospes.platform.db import WriteTx

REASON = "another_method_failed"


async def undo_shares(tx: WriteTx, share: Payment, now: datetime) -> None:
    """Release what the shares have authorised, give back what they have taken.

    While nothing was taken each share may be tried again. Afterwards the shares are over, and what is to be paid is
    asked for anew in one part.
    """
    parts = await store.lock_parts(tx, share.booking_id)
    shares = [each for each in parts if each.purpose is Purpose.SHARE and each.status is not PaymentStatus.CANCELLED]
    over = False
    for each in shares:
        over = await _let_go(tx, each, now) or over
    if over:
        await _ask_in_one(tx, share, sum(each.amount.amount for each in shares), now)


async def drop_stray_share(tx: WriteTx, share: Payment, now: datetime) -> None:
    """Money of a share came in after the shares were over: it goes back."""
    attempts = await queries.list_attempts(tx, share.id)
    rest = share.captured - given_back(attempts)
    if rest > 0:
        await refund_part(tx, share, attempts, rest, reason=REASON, now=now)


async def _let_go(tx: WriteTx, share: Payment, now: datetime) -> bool:
    """Whether its money was taken, or is being taken."""
    attempts = await queries.list_attempts(tx, share.id)
    if share.captured:
        rest = share.captured - given_back(attempts)
        if rest > 0:
            await refund_part(tx, share, attempts, rest, reason=REASON, now=now)
        return True
    if share.status is not PaymentStatus.AUTHORISED:
        return False
    standing = authorisation_of(attempts)
    if standing is None:  # it is being taken: should that succeed, it goes back
        await _move(tx, share, Action.CANCEL, now)
        return True
    amount = standing.amount.amount
    await record_attempt(tx, share, AttemptKind.VOID, amount=amount, target=standing, reason=REASON, now=now)
    await _move(tx, share, Action.LAPSE, now)
    await publish_payment(tx, events.FAILED, share, attempt_id=None, reason=REASON, now=now)
    return False


async def _ask_in_one(tx: WriteTx, share: Payment, total: int, now: datetime) -> None:
    parts = await store.lock_parts(tx, share.booking_id)
    newest = max(each.part for each in parts)
    for each in parts:
        if each.purpose is Purpose.SHARE:
            await _move(tx, each, Action.CANCEL, now)
    await store.insert_parts(
        tx,
        booking_id=share.booking_id,
        payer_id=share.payer_id,
        business_id=share.business_id,
        provider=share.provider,
        currency=share.amount.currency,
        parts=[Part(Purpose.FULL, total)],
        first=newest + 1,
        now=now,
    )


async def _move(tx: WriteTx, share: Payment, action: Action, now: datetime) -> None:
    to = payment_after(share.status, action)
    if to is not None:
        await store.move_payment(tx, share, to, failure=REASON, now=now)
