"""A dispute is answered: a draft with the facts of our books, given to the provider once, by a job that tries again."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import AnswerStatus, Dispute, DisputeAnswer, DisputeStatus, EvidenceFile, Fact
from hospes.modules.payments.errors import DisputeAnswered, DisputeNotFound
from hospes.modules.payments.policies.retrying import CALL_LASTS, JOB_LATE, next_try
from hospes.modules.payments.providers.port import (
    Answered,
    Declined,
    EvidenceOrder,
    EvidenceOutcome,
    PaymentProvider,
    ProviderDown,
    Unknown,
)
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import QUEUE, taken_by
from hospes.platform import audit, jobs
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
SEND_ANSWER = "payments.send_answer"
LONGEST = 5_000


async def gather_facts(rt: Runtime, dispute: Dispute) -> tuple[list[Fact], list[EvidenceFile]]:
    """What our books know of what was paid for, and its documents; open no transaction around it."""
    source: Any = rt.ports.evidence
    facts, files = await source(rt, dispute.booking_id) if source else ([], [])
    async with rt.db.read() as tx:
        payment = await queries.find_payment(tx, dispute.payment_id)
        attempts = await queries.list_attempts(tx, dispute.payment_id)
    assert payment is not None
    taken = taken_by(attempts)
    method = f" with {taken.method.label}" if taken and taken.method.last4 else ""
    paid = Fact("paid", "Paid", f"{payment.amount.text()}{method}, asked for on {_said(payment.created_at)}")
    back = f"{payment.refundable.text()} of it has not been given back" if payment.refunded else ""
    return [*facts, paid, *([Fact("refunded", "Given back", back)] if back else [])], list(files)


async def write_answer(
    tx: WriteTx, dispute_id: UUID, *, words: str, left_out: Sequence[str], user_id: UUID, now: datetime
) -> DisputeAnswer:
    """Keep a draft. Raises `DisputeNotFound`, `DisputeAnswered`."""
    await _open(tx, dispute_id)
    if not await store.write_answer(tx, dispute_id, words=words, left_out=left_out, user_id=user_id, now=now):
        raise DisputeAnswered("This dispute was answered already: an answer is given once.")
    answer = await queries.find_answer(tx, dispute_id)
    assert answer is not None
    return answer


async def submit_answer(
    tx: WriteTx, rt: Runtime, dispute_id: UUID, facts: Sequence[Fact], *, user_id: UUID, now: datetime
) -> DisputeAnswer:
    """Give the draft to the provider, with those of the facts that are not left out. Raises `DisputeNotFound`,
    `DisputeAnswered`."""
    dispute = await _open(tx, dispute_id)
    provider: PaymentProvider | None = rt.ports.payment_providers.get(dispute.provider)
    if provider is None or not provider.can.answers_disputes:
        raise DisputeAnswered("This provider takes no answers from us. Please answer at its dashboard.")
    answer = await queries.find_answer(tx, dispute_id)
    if answer is None:
        raise DisputeAnswered("Please write an answer first.")
    attached = [each for each in facts if each.name not in answer.left_out]
    late = now + JOB_LATE
    if not await store.submit_answer(tx, answer, attached, user_id=user_id, next_try_at=late, now=now):
        raise DisputeAnswered("This dispute was answered already: an answer is given once.")
    names = [each.name for each in attached]
    await audit.note(
        tx, actor=user_id, action="dispute.answer_submitted", subject=dispute_id, data={"facts": names}, now=now
    )
    await jobs.defer(tx, SEND_ANSWER, queue=QUEUE, dispute_id=str(dispute_id))
    sending = await queries.find_answer(tx, dispute_id)
    assert sending is not None
    return sending


async def send_answer(rt: Runtime, dispute_id: UUID) -> None:
    """Give it to the provider; a repeated job is harmless, for the key is the same and the provider takes one."""
    async with rt.db.read() as tx:
        dispute, answer = await queries.find_dispute_by_id(tx, dispute_id), await queries.find_answer(tx, dispute_id)
    if dispute is None or answer is None or answer.status is not AnswerStatus.SENDING:
        return
    outcome = await _call(rt, dispute, answer)
    async with rt.db.write() as tx:
        await _settle(tx, dispute, answer, outcome, rt.clock.now())


async def send_answers(rt: Runtime) -> None:
    """What a lost job or a provider out of service has left."""
    async with rt.db.read() as tx:
        waiting = await queries.list_answers_to_send(tx, rt.clock.now(), 20)
    for dispute_id in waiting:
        await send_answer(rt, dispute_id)


async def _open(tx: WriteTx, dispute_id: UUID) -> Dispute:
    dispute = await queries.find_dispute_by_id(tx, dispute_id)
    if dispute is None:
        raise DisputeNotFound
    if dispute.status is not DisputeStatus.OPEN:
        raise DisputeAnswered("This dispute is over.")
    return dispute


async def _call(rt: Runtime, dispute: Dispute, answer: DisputeAnswer) -> EvidenceOutcome:
    provider: PaymentProvider | None = rt.ports.payment_providers.get(dispute.provider)
    if provider is None:
        return Unknown("this provider is not configured")
    _, files = await gather_facts(rt, dispute)
    wanted = tuple(files) if any(each.name == "invoice" for each in answer.facts) else ()
    order = EvidenceOrder(answer.key, dispute.ref, answer.words, answer.facts, wanted)
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            return await provider.answer_dispute(order)
    except (ProviderDown, TimeoutError) as fault:
        return Unknown(str(fault) or "no answer in time")


async def _settle(
    tx: WriteTx, dispute: Dispute, answer: DisputeAnswer, outcome: EvidenceOutcome, now: datetime
) -> None:
    match outcome:
        case Answered():
            if await store.move_answer(tx, answer, AnswerStatus.SENT, now=now):
                await _tell(tx, dispute, events.DISPUTE_ANSWERED, None, now)
        case Declined():
            await _refused(tx, dispute, answer, outcome.reason, now)
        case Unknown():
            tries = answer.tries + 1
            log.warning("dispute_answer_unknown", dispute_id=str(dispute.id), why=outcome.why)
            at = next_try(tries, now)
            if at is None:
                await _refused(tx, dispute, answer, "provider_unavailable", now)
            else:
                await store.move_answer(tx, answer, AnswerStatus.SENDING, tries=tries, next_try_at=at, now=now)


async def _refused(tx: WriteTx, dispute: Dispute, answer: DisputeAnswer, reason: str, now: datetime) -> None:
    if await store.move_answer(tx, answer, AnswerStatus.REFUSED, reason=reason, now=now):
        await _tell(tx, dispute, events.DISPUTE_ANSWER_REFUSED, reason, now)


async def _tell(tx: WriteTx, dispute: Dispute, event: str, reason: str | None, now: datetime) -> None:
    payment = await queries.find_payment(tx, dispute.payment_id)
    assert payment is not None
    amount, name = dispute.amount.amount, str(dispute.id)
    await publish_payment(tx, event, payment, attempt_id=None, amount=amount, reason=reason, now=now, dispute_id=name)


def _said(at: datetime) -> str:
    return at.strftime("%d %B %Y, %H:%M UTC")
