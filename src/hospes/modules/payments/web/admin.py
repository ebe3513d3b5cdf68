"""The admins' pages of payments: all of them, what machines have given up on, disputes."""

from collections import defaultdict
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.identity import facade as identity
from hospes.modules.payments import queries
from hospes.modules.payments.contracts import LetterStatus, PaymentStatus
from hospes.modules.payments.errors import DeadLetterNotFound
from hospes.modules.payments.schemas import NoteFields
from hospes.modules.payments.use_cases.end_letter import replay_letter, resolve_letter
from hospes.modules.payments.web.words import KINDS, NAMES, PURPOSES, REASONS, STEPS, status_words
from hospes.platform.caller import Caller, require_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin/payments")
PAGE = 50


@router.get("")
async def payments_page(
    request: Request, status: str = "", disputed: bool = False, before: UUID | None = None
) -> Response:
    """Payments, the newest first, of one status or all."""
    _admin(request)
    rt = runtime(request)
    chosen = PaymentStatus(status) if status in set(PaymentStatus) else None
    async with rt.db.read() as tx:
        found = await queries.list_payments(tx, status=chosen, disputed=disputed, before=before, limit=PAGE + 1)
        circuits = await queries.list_circuits(tx, rt.clock.now())
    context = {
        "payments": found[:PAGE],
        "status": chosen,
        "disputed": disputed,
        "statuses": list(PaymentStatus),
        "circuits": circuits,
        "next_before": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
        "purposes": PURPOSES,
        "status_words": status_words,
    }
    return render(request, "payments/admin_payments.html", context)


@router.get("/dead-letters")
async def letters_page(
    request: Request, status: LetterStatus = LetterStatus.OPEN, before: UUID | None = None
) -> Response:
    """What waits for a person, or did."""
    _admin(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_letters(tx, status=status, before=before, limit=PAGE + 1)
    context = {
        "letters": found[:PAGE],
        "status": status,
        "statuses": list(LetterStatus),
        "next_before": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
        "kinds": KINDS,
        "reasons": REASONS,
    }
    return render(request, "payments/admin_letters.html", context)


@router.get("/dead-letters/{letter_id}")
async def letter_page(request: Request, letter_id: UUID) -> Response:
    """One of them with its story; trying again and closing are asked for here."""
    _admin(request)
    return await _letter(request, letter_id)


@router.post("/dead-letters/{letter_id}/{action}")
async def end_letter(request: Request, letter_id: UUID, action: str) -> Response:
    """Try again, or close with a note."""
    caller, rt = _admin(request), runtime(request)
    form = await read_form(request, NoteFields)
    note = form.value.note.strip() if form.value else ""
    sure = form.value.sure == "yes" if form.value else False
    if action == "resolve" and len(note) < 3:
        return await _letter(request, letter_id, {"note": "Please say what was done."}, note, 422)
    if action == "replay" and not sure:
        return await _letter(request, letter_id, {"sure": "Please tick that you mean it: money may move."}, note, 422)
    if action not in ("replay", "resolve"):
        raise Invalid("There is no such action.")
    try:
        async with rt.db.write() as tx:
            end = replay_letter if action == "replay" else resolve_letter
            await end(tx, letter_id, user_id=caller.user_id, note=note, now=rt.clock.now())
    except DeadLetterNotFound:
        raise
    except HospesError as refusal:
        return await _letter(request, letter_id, {"form": refusal.detail}, note, refusal.status)
    response = RedirectResponse("/admin/payments/dead-letters", status_code=303)
    flash(response, "It is tried again." if action == "replay" else "Closed with your note.")
    return response


async def _letter(
    request: Request, letter_id: UUID, errors: dict[str, str] | None = None, note: str = "", status: int = 200
) -> Response:
    async with runtime(request).db.read() as tx:
        letter = await queries.find_letter(tx, letter_id)
        if letter is None:
            raise DeadLetterNotFound
        attempts = await queries.list_attempts(tx, letter.payment.id)
    context = {
        "letter": letter,
        "attempts": attempts,
        "errors": defaultdict(str, errors or {}),
        "note": note,
        "kinds": KINDS,
        "reasons": REASONS,
        "steps": STEPS,
        "names": NAMES,
        "purposes": PURPOSES,
        "status_words": status_words,
    }
    return render(request, "payments/admin_letter.html", context, status=status)


def _admin(request: Request) -> Caller:
    caller = require_caller(request)
    identity.require_deed(caller, identity.Deed.LOOK_AFTER_PAYMENTS)
    return caller
