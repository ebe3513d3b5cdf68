"""What admins see of payments: all of them, what machines have given up on, disputes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from hospes.modules.identity import facade as identity
from hospes.modules.payments import queries
from hospes.modules.payments.contracts import LetterStatus, PaymentStatus
from hospes.modules.payments.errors import DisputeNotFound
from hospes.modules.payments.schemas import (
    AnswerIn,
    AnswerOut,
    DisputeDetailOut,
    DisputesOut,
    LetterOut,
    LettersOut,
    NoteIn,
    PaymentsOut,
)
from hospes.modules.payments.use_cases.answer_dispute import gather_facts, submit_answer, write_answer
from hospes.modules.payments.use_cases.end_letter import replay_letter, resolve_letter
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin/payments")
PAGE = 50
Key = Annotated[str | None, Header(description="A fresh UUID for a fresh answer.")]
Before = Annotated[UUID | None, Query(description="The `id` of the last one of the page before.")]


@router.get("")
async def list_all_payments(
    request: Request, status: PaymentStatus | None = None, disputed: bool = False, before: Before = None
) -> PaymentsOut:
    """Everybody's payments, the newest first. For admins."""
    _admin(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_payments(tx, status=status, disputed=disputed, before=before, limit=PAGE)
    return PaymentsOut.of(found, None)


@router.get("/dead-letters")
async def list_dead_letters(
    request: Request, status: LetterStatus = LetterStatus.OPEN, before: Before = None
) -> LettersOut:
    """Attempts that machines have given up on, the newest first. For admins."""
    _admin(request)
    async with runtime(request).db.read() as tx:
        return LettersOut.of(await queries.list_letters(tx, status=status, before=before, limit=PAGE))


@router.post("/dead-letters/{letter_id}/replay", response_model=LetterOut)
async def replay_dead_letter(request: Request, letter_id: UUID, body: NoteIn | None = None) -> Response:
    """Try it again. For admins."""
    caller, rt = _admin(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        note = body.note if body else ""
        done = await replay_letter(tx, letter_id, user_id=caller.user_id, note=note, now=rt.clock.now())
        return Answer(200, LetterOut.of(done).model_dump(mode="json"))

    return await once(request, rt, handler)


@router.post("/dead-letters/{letter_id}/resolve", response_model=LetterOut)
async def resolve_dead_letter(request: Request, letter_id: UUID, body: NoteIn) -> Response:
    """Close it with a note that says what was done. For admins."""
    caller, rt = _admin(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        done = await resolve_letter(tx, letter_id, user_id=caller.user_id, note=body.note, now=rt.clock.now())
        return Answer(200, LetterOut.of(done).model_dump(mode="json"))

    return await once(request, rt, handler)


@router.get("/disputes")
async def list_disputes(
    request: Request,
    all: Annotated[bool, Query(description="Those that are over as well.")] = False,
    before: Before = None,
) -> DisputesOut:
    """Chargebacks, the newest first. For admins."""
    _admin(request)
    async with runtime(request).db.read() as tx:
        return DisputesOut.of(await queries.list_disputes(tx, open_only=not all, before=before, limit=PAGE))


@router.get("/disputes/{dispute_id}")
async def read_dispute(request: Request, dispute_id: UUID) -> DisputeDetailOut:
    """A chargeback with what our books know, and what is said against it. For admins."""
    _admin(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        dispute, answer = await queries.find_dispute_by_id(tx, dispute_id), await queries.find_answer(tx, dispute_id)
    if dispute is None:
        raise DisputeNotFound
    facts, _ = await gather_facts(rt, dispute)
    return DisputeDetailOut.with_facts(dispute, answer, facts)


@router.put("/disputes/{dispute_id}/answer")
async def write_dispute_answer(request: Request, dispute_id: UUID, body: AnswerIn) -> AnswerOut:
    """Keep a draft of what is said against it. For admins."""
    caller, rt = _admin(request), runtime(request)
    async with rt.db.write() as tx:
        answer = await write_answer(
            *(tx, dispute_id), words=body.words, left_out=body.left_out, user_id=caller.user_id, now=rt.clock.now()
        )
    return AnswerOut.of(answer)


@router.post("/disputes/{dispute_id}/answer/submit", status_code=202, response_model=AnswerOut)
async def submit_dispute_answer(request: Request, dispute_id: UUID, idempotency_key: Key = None) -> Response:
    """Give the draft to the provider, once: it passes it on to the payer's bank. For admins."""
    caller, rt = _admin(request), runtime(request)
    async with rt.db.read() as tx:
        dispute = await queries.find_dispute_by_id(tx, dispute_id)
    if dispute is None:
        raise DisputeNotFound
    facts, _ = await gather_facts(rt, dispute)

    async def handler(tx: WriteTx) -> Answer:
        sending = await submit_answer(tx, rt, dispute_id, facts, user_id=caller.user_id, now=rt.clock.now())
        return Answer(202, AnswerOut.of(sending).model_dump(mode="json"))

    return await once(request, rt, handler)


def _admin(request: Request) -> Caller:
    caller = require_caller(request)
    identity.require_deed(caller, identity.Deed.LOOK_AFTER_PAYMENTS)
    return caller
