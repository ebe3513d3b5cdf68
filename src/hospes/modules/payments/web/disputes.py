"""The admins' pages of disputes: which there are, until when they can be answered, and the answer."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.identity import facade as identity
from hospes.modules.payments import queries
from hospes.modules.payments.contracts import AnswerStatus, Dispute, DisputeStatus
from hospes.modules.payments.errors import DisputeNotFound
from hospes.modules.payments.schemas import AnswerFields
from hospes.modules.payments.use_cases.answer_dispute import LONGEST, gather_facts, submit_answer, write_answer
from hospes.modules.payments.web.words import ANSWERS, NAMES, REFUSALS
from hospes.platform.caller import Caller, require_caller
from hospes.platform.errors import HospesError
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin/payments/disputes")
PAGE = 50


@router.get("")
async def disputes_page(request: Request, all: bool = False, before: UUID | None = None) -> Response:
    """Chargebacks, the newest first."""
    _admin(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await queries.list_disputes(tx, open_only=not all, before=before, limit=PAGE + 1)
        answers = await queries.list_answers(tx, [each.id for each in found[:PAGE]])
    context = {
        "disputes": found[:PAGE],
        "answers": answers,
        "words": ANSWERS,
        "days_left": {each.id: _days_left(each, rt.clock.now()) for each in found[:PAGE]},
        "names": NAMES,
        "all": all,
        "next_before": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
    }
    return render(request, "payments/admin_disputes.html", context)


@router.get("/{dispute_id}")
async def dispute_page(request: Request, dispute_id: UUID) -> Response:
    """One of them: what our books know, and what is said against it."""
    _admin(request)
    return await _page(request, dispute_id)


@router.post("/{dispute_id}")
async def answer(request: Request, dispute_id: UUID) -> Response:
    """Keep the draft; or give it to the provider, once that is ticked."""
    caller, rt = _admin(request), runtime(request)
    form = await read_form(request, AnswerFields)
    typed = form.value or AnswerFields()
    words, submits = typed.words.strip(), typed.act == "submit"
    dispute = await _dispute(request, dispute_id)
    facts, _ = await gather_facts(rt, dispute)
    left_out = [each.name for each in facts if each.name not in typed.facts]
    errors: dict[str, str] = {}
    if not 0 < len(words) <= LONGEST:
        errors["words"] = "Please say what happened, in your own words." if not words else "Please use fewer words."
    if submits and typed.sure != "yes":
        errors["sure"] = "Please tick that you mean it: an answer is given once."
    if errors:
        return await _page(request, dispute_id, errors, words=words, left_out=left_out, status=422)
    try:
        async with rt.db.write() as tx:
            now, user_id = rt.clock.now(), caller.user_id
            await write_answer(tx, dispute_id, words=words, left_out=left_out, user_id=user_id, now=now)
            if submits:
                await submit_answer(tx, rt, dispute_id, facts, user_id=user_id, now=now)
    except HospesError as refusal:
        errors = {"form": refusal.detail}
        return await _page(request, dispute_id, errors, words=words, left_out=left_out, status=refusal.status)
    response = RedirectResponse(f"/admin/payments/disputes/{dispute_id}", status_code=303)
    flash(response, "It is on its way to the payment service." if submits else "The draft is kept.")
    return response


async def _page(
    request: Request,
    dispute_id: UUID,
    errors: dict[str, str] | None = None,
    *,
    words: str | None = None,
    left_out: list[str] | None = None,
    status: int = 200,
) -> Response:
    rt = runtime(request)
    dispute = await _dispute(request, dispute_id)
    async with rt.db.read() as tx:
        known = await queries.find_answer(tx, dispute_id)
    facts, files = await gather_facts(rt, dispute)
    provider = rt.ports.payment_providers.get(dispute.provider)
    takes = provider is not None and provider.can.answers_disputes
    shown = known.facts if known and known.status in (AnswerStatus.SENDING, AnswerStatus.SENT) else facts
    context = {
        "dispute": dispute,
        "answer": known,
        "facts": shown,
        "files": files,
        "may_write": takes and dispute.status is DisputeStatus.OPEN and (known is None or known.may_change),
        "takes": takes,
        "words": words if words is not None else (known.words if known else ""),
        "left_out": left_out if left_out is not None else (known.left_out if known else ()),
        "errors": defaultdict(str, errors or {}),
        "states": ANSWERS,
        "refusals": REFUSALS,
        "names": NAMES,
        "days_left": _days_left(dispute, rt.clock.now()),
        "longest": LONGEST,
    }
    return render(request, "payments/admin_dispute.html", context, status=status)


async def _dispute(request: Request, dispute_id: UUID) -> Dispute:
    async with runtime(request).db.read() as tx:
        dispute = await queries.find_dispute_by_id(tx, dispute_id)
    if dispute is None:
        raise DisputeNotFound
    return dispute


def _days_left(dispute: Dispute, now: datetime) -> int | None:
    """Whole days until it must be answered, below zero when that is over; None when nothing is known or to be done."""
    if dispute.evidence_due is None or dispute.status is not DisputeStatus.OPEN:
        return None
    return (dispute.evidence_due - now).days


def _admin(request: Request) -> Caller:
    caller = require_caller(request)
    identity.require_deed(caller, identity.Deed.LOOK_AFTER_PAYMENTS)
    return caller
