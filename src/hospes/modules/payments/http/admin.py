"""What admins see of payments: all of them, what machines have given up on, disputes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import LetterStatus, PaymentStatus
from hospes.modules.payments.schemas import DisputesOut, LetterOut, LettersOut, NoteIn, PaymentsOut
from hospes.modules.payments.use_cases.end_letter import replay_letter, resolve_letter
from hospes.platform.caller import Caller, require_caller, require_role
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin/payments")
PAGE = 50
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


def _admin(request: Request) -> Caller:
    caller = require_caller(request)
    require_role(caller, "admin")
    return caller
