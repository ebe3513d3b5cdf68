"""What came back from a provider, written down once: attempt, payment, ledger and fact in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import Attempt, AttemptKind, AttemptStatus, Held, Payment
from hospes.modules.payments.policies.retrying import (
    ACTION_LASTS,
    ACTION_LOOK,
    LEASE,
    PENDING_LASTS,
    PENDING_LOOK,
    next_look,
    next_try,
)
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
from hospes.modules.payments.use_cases.bury_attempt import bury_attempt
from hospes.modules.payments.use_cases.note_outcome import note_authorised, note_failed, note_refund_failed, note_taken
from hospes.modules.payments.use_cases.post_movement import post_given_back, post_taken
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import QUEUE, RUN_ATTEMPT, SURPLUS, record_attempt
from hospes.platform import jobs
from hospes.platform.db import WriteTx

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unreached:
    """The provider was out of service: nothing happened there. `until`: it is left alone that long."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NeverArrived:
    """The provider has been asked and does not know our key."""


Answer = Outcome | Unreached | NeverArrived


async def settle_attempt(tx: WriteTx, attempt_id: UUID, answer: Answer, now: datetime) -> None:
    """Move the attempt and its payment by this answer; an answer that changes nothing any more is ignored."""
    held = await store.lock_attempt(tx, attempt_id)
    if held is None:
        return
    match answer:
        case Succeeded() | Authorised():
            await _succeeded(tx, held, answer, now)
        case Declined():
            await _declined(tx, held, answer, now)
        case NeedsAction():
            await _asked(tx, held, answer, now)
        case Pending():
            await _pending(tx, held, answer, now)
        case Unknown():
            await _lost(tx, held, answer.why, now)
        case Unreached():
            await _unreached(tx, held, answer, now)
        case NeverArrived():
            await _never_arrived(tx, held, now)


async def _succeeded(tx: WriteTx, held: Held, answer: Succeeded | Authorised, now: datetime) -> None:
    attempt = held.attempt
    if not _fits(attempt, answer):
        moved = answer.amount
        log.error("amount_mismatch", attempt_id=str(attempt.id), asked=attempt.amount, moved=moved)
        if await _move(tx, attempt, Action.GIVE_UP, now, provider_ref=answer.ref, reason="amount_mismatch"):
            await bury_attempt(tx, held.payment, attempt, "amount_mismatch", now=now)
        return
    fee = answer.fee if isinstance(answer, Succeeded) else None
    if not await _move(tx, attempt, Action.SUCCEED, now, provider_ref=answer.ref, fee=fee):
        return
    match attempt.kind:
        case AttemptKind.REFUND:
            await _given_back(tx, held, now)
        case AttemptKind.VOID:
            await publish_payment(
                tx, events.RELEASED, held.payment, attempt_id=attempt.id, reason=attempt.reason, now=now
            )
        case _ if isinstance(answer, Authorised):
            await note_authorised(tx, held, answer, now)
        case _:
            await _taken(tx, held, answer, now)


def _fits(attempt: Attempt, answer: Succeeded | Authorised) -> bool:
    """Whether the provider did what was asked, in this amount and currency. It may take what it cannot authorise, but
    never only authorise what was to be taken."""
    if attempt.kind is AttemptKind.VOID:
        return isinstance(answer, Succeeded)
    if isinstance(answer, Authorised) and attempt.kind is not AttemptKind.AUTHORISE:
        return False
    return answer.amount == attempt.amount


async def _taken(tx: WriteTx, held: Held, answer: Succeeded, now: datetime) -> None:
    """A charge or a capture. The money is on the books whatever becomes of the payment."""
    payment, attempt = held.payment, held.attempt
    await post_taken(tx, payment, attempt, fee=answer.fee, now=now)
    if payment_after(payment.status, Action.SUCCEED) is not None:
        await note_taken(tx, held, answer, now)
        return
    log.error("charged_twice", payment_id=str(payment.id), attempt_id=str(attempt.id))
    charged = await queries.find_attempt(tx, attempt.id)
    assert charged is not None
    amount = attempt.amount.amount
    await record_attempt(tx, payment, AttemptKind.REFUND, amount=amount, target=charged, reason=SURPLUS, now=now)


async def _given_back(tx: WriteTx, held: Held, now: datetime) -> None:
    payment, attempt = held.payment, held.attempt
    await post_given_back(tx, payment, attempt, now=now)
    if attempt.reason == SURPLUS:
        return
    refunded = payment.refunded + attempt.amount.amount
    to = payment_after(payment.status, Action.REFUND_ALL if refunded == payment.captured else Action.REFUND_PART)
    if to is None:
        raise LookupError(f"a refund of payment {payment.id}, which is {payment.status}")
    await store.move_payment(tx, payment, to, refunded=refunded, now=now)
    amount = attempt.amount.amount
    await publish_payment(
        tx, events.REFUNDED, payment, attempt_id=attempt.id, amount=amount, reason=attempt.reason, now=now
    )


async def _declined(tx: WriteTx, held: Held, answer: Declined, now: datetime) -> None:
    if await _move(tx, held.attempt, Action.DECLINE, now, provider_ref=answer.ref, reason=answer.reason):
        await _failed(tx, held, answer.reason, now)


async def _failed(tx: WriteTx, held: Held, reason: str, now: datetime) -> None:
    """Nothing was moved, for certain."""
    if held.attempt.kind is AttemptKind.REFUND:
        await note_refund_failed(tx, held, reason, now)
    elif not await _another_open(tx, held.attempt):
        await note_failed(tx, held, reason, now)


async def _asked(tx: WriteTx, held: Held, answer: NeedsAction, now: datetime) -> None:
    payment, attempt = held.payment, held.attempt
    if now > attempt.created_at + ACTION_LASTS:
        await _declined(tx, held, Declined("action_abandoned", answer.ref), now)
        return
    if attempt.off_session:  # nobody is there to be asked
        await _declined(tx, held, Declined("needs_the_payer", answer.ref), now)
        return
    action = answer.action or attempt.action
    moved = await _move(
        tx, attempt, Action.ASK, now, provider_ref=answer.ref, action=action, next_try_at=now + ACTION_LOOK
    )
    to = payment_after(payment.status, Action.ASK)
    if moved and to is not None:
        await store.move_payment(tx, payment, to, now=now)
    if moved and (to is not None or payment.wants_renewal):
        await publish_payment(
            tx, events.NEEDS_ACTION, payment, attempt_id=attempt.id, now=now, action=dict(action or {})
        )


async def _pending(tx: WriteTx, held: Held, answer: Pending, now: datetime) -> None:
    """The vendor takes its time, perhaps days: look again now and then, and call a person when it takes too long."""
    attempt = held.attempt
    if now > attempt.created_at + PENDING_LASTS:
        await _give_up(tx, held, "answer_lost", now)
        return
    if attempt_after(attempt.status, Action.LOSE) is not None:
        await _move(tx, attempt, Action.LOSE, now, provider_ref=answer.ref, next_try_at=now + PENDING_LOOK)


async def _lost(tx: WriteTx, held: Held, why: str, now: datetime) -> None:
    """Money may have moved, so the payment stays as it is: it takes no other card until this is known."""
    attempt = held.attempt
    log.warning("payment_answer_unknown", attempt_id=str(attempt.id), why=why)
    first = attempt.status is AttemptStatus.CALLING
    tries = attempt.tries if first else attempt.tries + 1
    at = next_look(tries, now)
    if attempt_after(attempt.status, Action.LOSE) is None:
        return
    if at is not None:
        await _move(tx, attempt, Action.LOSE, now, tries=tries, next_try_at=at)
    else:
        await _give_up(tx, held, "answer_lost", now, tries=tries)


async def _unreached(tx: WriteTx, held: Held, answer: Unreached, now: datetime) -> None:
    """Later; a call that was not made because the provider is left alone does not count as one."""
    tries = held.attempt.tries
    at = next_try(tries, now) if answer.until is None else answer.until
    await _postponed(tx, held, at, now, tries=tries)


async def _never_arrived(tx: WriteTx, held: Held, now: datetime) -> None:
    attempt = held.attempt
    lease_holds = attempt.status is AttemptStatus.CALLING and now < attempt.updated_at + LEASE
    if not lease_holds:
        at = now if next_look(attempt.tries, now) else None
        await _postponed(tx, held, at, now, tries=attempt.tries)


async def _postponed(tx: WriteTx, held: Held, at: datetime | None, now: datetime, *, tries: int) -> None:
    """Nothing happened at the provider, so it may be called again, unless nobody wants the money any more."""
    payment, attempt = held.payment, held.attempt
    if attempt_after(attempt.status, Action.POSTPONE) is None:
        return
    if not _still_wanted(payment, attempt):
        await _move(tx, attempt, Action.DECLINE, now, reason="cancelled")
        return
    if at is None:
        await _give_up(tx, held, "provider_unavailable", now)
        await _failed(tx, held, "provider_unavailable", now)
        return
    later = max(at, now) + timedelta(seconds=30)
    await _move(tx, attempt, Action.POSTPONE, now, tries=tries, next_try_at=later)
    when = at if at > now else None
    await jobs.defer(tx, RUN_ATTEMPT, queue=QUEUE, schedule_at=when, attempt_id=str(attempt.id))
    if when is not None and attempt.takes:
        await publish_payment(tx, events.DELAYED, payment, attempt_id=attempt.id, now=now, retry_at=when.isoformat())


def _still_wanted(payment: Payment, attempt: Attempt) -> bool:
    """Who takes money must still want it; a new authorisation of what is authorised counts as wanted."""
    if attempt.kind is AttemptKind.AUTHORISE and payment_after(payment.status, Action.LAPSE) is not None:
        return True
    return not attempt.takes or payment_after(payment.status, Action.DECLINE) is not None


async def _give_up(tx: WriteTx, held: Held, reason: str, now: datetime, **values: Any) -> None:
    log.error("payment_attempt_dead", attempt_id=str(held.attempt.id), reason=reason)
    if await _move(tx, held.attempt, Action.GIVE_UP, now, reason=reason, **values):
        await bury_attempt(tx, held.payment, held.attempt, reason, now=now)


async def _move(tx: WriteTx, attempt: Attempt, by: Action, now: datetime, **values: Any) -> bool:
    to = attempt_after(attempt.status, by)
    if to is None:
        return False
    filled: dict[str, Any] = {"tries": attempt.tries, "next_try_at": None, **values}
    return await store.move_attempt(tx, attempt, to, now=now, **filled)


async def _another_open(tx: WriteTx, attempt: Attempt) -> bool:
    return attempt.takes and any(
        other.takes and other.id != attempt.id and attempt_after(other.status, Action.GIVE_UP)
        for other in await queries.list_attempts(tx, attempt.payment_id)
    )
