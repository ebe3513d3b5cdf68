"""What came back from a provider, written down once: attempt, payment and fact in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import Attempt, AttemptKind, AttemptStatus, Payment
from hospes.modules.payments.policies.retrying import ACTION_LASTS, ACTION_LOOK, LEASE, next_look, next_try
from hospes.modules.payments.providers.port import (
    Authorised,
    Declined,
    NeedsAction,
    Outcome,
    Pending,
    Succeeded,
    Unknown,
)
from hospes.modules.payments.states import Action, attempt_after, payment_after
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.request_refund import SURPLUS, record_refund
from hospes.modules.payments.use_cases.start_charge import QUEUE, RUN_ATTEMPT
from hospes.platform import jobs
from hospes.platform.db import WriteTx

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unreached:
    """The provider was out of service: nothing happened there."""


@dataclass(frozen=True, slots=True)
class NeverArrived:
    """The provider has been asked and does not know our key."""


Answer = Outcome | Unreached | NeverArrived


async def settle_attempt(tx: WriteTx, attempt_id: UUID, answer: Answer, now: datetime) -> None:
    """Move the attempt and its payment by this answer; an answer that changes nothing any more is ignored."""
    held = await store.lock_attempt(tx, attempt_id)
    if held is None:
        return
    payment, attempt = held
    match answer:
        case Succeeded():
            await _succeeded(tx, payment, attempt, answer, now)
        case Declined():
            await _declined(tx, payment, attempt, answer, now)
        case NeedsAction():
            await _asked(tx, payment, attempt, answer, now)
        case Unknown():
            await _lost(tx, payment, attempt, answer.why, now)
        case Pending() | Authorised():
            await _lost(tx, payment, attempt, "not finished yet", now)
        case Unreached():
            await _postponed(tx, payment, attempt, next_try(attempt.tries, now), now)
        case NeverArrived():
            lease_holds = attempt.status is AttemptStatus.CALLING and now < attempt.updated_at + LEASE
            if not lease_holds:
                await _postponed(tx, payment, attempt, now if next_look(attempt.tries, now) else None, now)


async def _succeeded(tx: WriteTx, payment: Payment, attempt: Attempt, answer: Succeeded, now: datetime) -> None:
    if answer.amount != attempt.amount:
        log.error("amount_mismatch", attempt_id=str(attempt.id), asked=attempt.amount, moved=answer.amount)
        await _move(tx, attempt, Action.GIVE_UP, now, provider_ref=answer.ref, reason="amount_mismatch")
        return
    if not await _move(tx, attempt, Action.SUCCEED, now, provider_ref=answer.ref):
        return
    if attempt.kind is AttemptKind.REFUND:
        if attempt.reason != SURPLUS:
            await _given_back(tx, payment, attempt, now)
        return
    to = payment_after(payment.status, Action.SUCCEED)
    if to is None:
        log.error("charged_twice", payment_id=str(payment.id), attempt_id=str(attempt.id))
        charged = await queries.find_attempt(tx, attempt.id)
        assert charged is not None
        await record_refund(tx, charged, amount=attempt.amount.amount, reason=SURPLUS, now=now)
        return
    await store.move_payment(tx, payment, to, captured=attempt.amount.amount, now=now)
    await publish_payment(tx, events.COMPLETED, payment, attempt_id=attempt.id, now=now)


async def _given_back(tx: WriteTx, payment: Payment, attempt: Attempt, now: datetime) -> None:
    refunded = payment.refunded + attempt.amount.amount
    action = Action.REFUND_ALL if refunded == payment.captured else Action.REFUND_PART
    to = payment_after(payment.status, action)
    if to is None:
        raise LookupError(f"a refund of payment {payment.id}, which is {payment.status}")
    await store.move_payment(tx, payment, to, refunded=refunded, now=now)
    amount = attempt.amount.amount
    await publish_payment(
        tx, events.REFUNDED, payment, attempt_id=attempt.id, amount=amount, reason=attempt.reason, now=now
    )


async def _declined(tx: WriteTx, payment: Payment, attempt: Attempt, answer: Declined, now: datetime) -> None:
    if await _move(tx, attempt, Action.DECLINE, now, provider_ref=answer.ref, reason=answer.reason):
        await _failed(tx, payment, attempt, answer.reason, now)


async def _failed(tx: WriteTx, payment: Payment, attempt: Attempt, reason: str, now: datetime) -> None:
    """Nothing was moved, for certain."""
    if attempt.kind is AttemptKind.REFUND:
        log.error("refund_failed", attempt_id=str(attempt.id), reason=reason)
        amount = attempt.amount.amount
        await publish_payment(
            tx, events.REFUND_FAILED, payment, attempt_id=attempt.id, amount=amount, reason=reason, now=now
        )
        return
    to = payment_after(payment.status, Action.DECLINE)
    if to is None or await _another_open(tx, attempt):
        return
    await store.move_payment(tx, payment, to, failure=reason, now=now)
    await publish_payment(tx, events.FAILED, payment, attempt_id=attempt.id, reason=reason, now=now)


async def _asked(tx: WriteTx, payment: Payment, attempt: Attempt, answer: NeedsAction, now: datetime) -> None:
    if now > attempt.created_at + ACTION_LASTS:
        await _declined(tx, payment, attempt, Declined("action_abandoned", answer.ref), now)
        return
    moved = await _move(
        tx, attempt, Action.ASK, now, provider_ref=answer.ref, action=answer.action, next_try_at=now + ACTION_LOOK
    )
    to = payment_after(payment.status, Action.ASK)
    if moved and to is not None:
        await store.move_payment(tx, payment, to, now=now)
        await publish_payment(
            tx, events.NEEDS_ACTION, payment, attempt_id=attempt.id, now=now, action=dict(answer.action)
        )


async def _lost(tx: WriteTx, payment: Payment, attempt: Attempt, why: str, now: datetime) -> None:
    """Money may have moved, so the payment stays as it is: it takes no other card until this is known."""
    log.warning("payment_answer_unknown", attempt_id=str(attempt.id), why=why)
    first = attempt.status is AttemptStatus.CALLING
    tries = attempt.tries if first else attempt.tries + 1
    at = next_look(tries, now)
    if attempt_after(attempt.status, Action.LOSE) is None:
        return
    if at is not None:
        await _move(tx, attempt, Action.LOSE, now, tries=tries, next_try_at=at)
        return
    log.error("payment_attempt_dead", attempt_id=str(attempt.id), reason="answer_lost")
    await _move(tx, attempt, Action.GIVE_UP, now, reason="answer_lost", tries=tries)


async def _postponed(tx: WriteTx, payment: Payment, attempt: Attempt, at: datetime | None, now: datetime) -> None:
    """Nothing happened at the provider, so it may be called again, unless nobody wants the money any more."""
    if attempt_after(attempt.status, Action.POSTPONE) is None:
        return
    if attempt.kind is AttemptKind.CHARGE and payment_after(payment.status, Action.DECLINE) is None:
        await _move(tx, attempt, Action.DECLINE, now, reason="cancelled")
    elif at is None:
        log.error("payment_attempt_dead", attempt_id=str(attempt.id), reason="provider_unavailable")
        await _move(tx, attempt, Action.GIVE_UP, now, reason="provider_unavailable")
        await _failed(tx, payment, attempt, "provider_unavailable", now)
    else:
        await _move(tx, attempt, Action.POSTPONE, now, next_try_at=max(at, now) + timedelta(seconds=30))
        when = at if at > now else None
        await jobs.defer(tx, RUN_ATTEMPT, queue=QUEUE, schedule_at=when, attempt_id=str(attempt.id))


async def _move(tx: WriteTx, attempt: Attempt, by: Action, now: datetime, **values: Any) -> bool:
    to = attempt_after(attempt.status, by)
    if to is None:
        return False
    filled: dict[str, Any] = {"tries": attempt.tries, "next_try_at": None, **values}
    return await store.move_attempt(tx, attempt, to, now=now, **filled)


async def _another_open(tx: WriteTx, attempt: Attempt) -> bool:
    return any(
        other.kind is AttemptKind.CHARGE and other.id != attempt.id and attempt_after(other.status, Action.GIVE_UP)
        for other in await queries.list_attempts(tx, attempt.payment_id)
    )
