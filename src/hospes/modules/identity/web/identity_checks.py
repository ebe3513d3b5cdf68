"""A host shows who they are; admins look at it."""

from collections import defaultdict
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from hospes.modules.identity import facade, showing_identity
from hospes.modules.identity.contracts import CheckStatus, Side
from hospes.modules.identity.http.identity_checks import require_host, require_reviewer, shown, take_decision
from hospes.modules.identity.policies.documents import WORDS, ends_soon, faults_of_document
from hospes.modules.identity.policies.person import countries
from hospes.modules.identity.queries import identity_checks as checks
from hospes.modules.identity.schemas.identity_checks import DecisionForm, DocumentForm
from hospes.modules.identity.web.parts import onwards
from hospes.platform.audit import list_entries
from hospes.platform.caller import require_caller
from hospes.platform.errors import Conflict, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime
from hospes.platform.uploads import MAX_BYTES

router = APIRouter()
PAGE, QUEUE = "/account/identity", "/admin/identity"
_SHOWN = 50


@router.get(PAGE)
async def identity_page(request: Request) -> Response:
    """How it stands, what happens with the pictures, and the form."""
    return await _page(request, {}, {}, 200)


@router.post(PAGE)
async def send_documents_here(request: Request) -> Response:
    """Into the queue; what was typed is kept when something is wrong, pictures have to be chosen again."""
    caller = require_host(request)
    rt = runtime(request)
    files = await _files(request)
    form = await read_form(request, DocumentForm)
    if form.value is None:
        return await _page(request, form.typed, form.errors, 422)
    said = form.value
    faults = faults_of_document(said.kind, said.expires_on, files, today=rt.clock.now().date())
    if faults:
        return await _page(request, form.typed, faults, 422)
    try:
        await showing_identity.send_documents(
            rt, caller.user_id, kind=said.kind, country=said.country, expires_on=said.expires_on, files=files
        )
    except (Invalid, Conflict) as refusal:
        return await _page(request, form.typed, refusal.fields or {"form": refusal.detail}, refusal.status)
    response = onwards(PAGE)
    flash(response, "We have your document. We look at it and tell you by mail.")
    return response


@router.get(QUEUE)
async def queue(request: Request, status: CheckStatus = CheckStatus.WAITING, after: UUID | None = None) -> Response:
    """The oldest first."""
    facade.require_deed(require_caller(request), facade.Deed.REVIEW_IDENTITIES)
    async with runtime(request).db.read() as tx:
        found = await checks.list_checks(tx, status=status, after=after, limit=_SHOWN + 1)
        people = await facade.users_by_id(tx, [each.user_id for each in found])
    context = {
        "checks": found[:_SHOWN],
        "people": people,
        "status": status,
        "statuses": list(CheckStatus),
        "words": WORDS,
        "countries": countries(),
        "next_after": found[_SHOWN - 1].id if len(found) > _SHOWN else None,
    }
    return render(request, "identity/admin_identity.html", context)


@router.get(QUEUE + "/{check_id}")
async def check_page(request: Request, check_id: UUID) -> Response:
    """The pictures with what the person says of themselves, and the decision."""
    return await _check_page(request, check_id, {}, {}, 200)


@router.get(QUEUE + "/{check_id}/files/{side}")
async def picture(request: Request, check_id: UUID, side: Side) -> Response:
    """One picture; each look is written down."""
    return await shown(request, check_id, side)


@router.post(QUEUE + "/{check_id}/{decision}")
async def decide_here(request: Request, check_id: UUID, decision: Literal["approve", "refuse"]) -> Response:
    """Approve or refuse; back to the queue, or the fault beside the field."""
    caller = require_reviewer(request)
    form = await read_form(request, DecisionForm)
    if form.value is None:
        return await _check_page(request, check_id, form.typed, form.errors, 422)
    try:
        await take_decision(runtime(request), caller, check_id, decision, form.value)
    except (Invalid, Conflict) as refusal:
        errors = refusal.fields or {"form": refusal.detail}
        return await _check_page(request, check_id, form.typed, errors, refusal.status)
    response = onwards(QUEUE)
    flash(response, "Approved. They are told by mail." if decision == "approve" else "Refused. They are told why.")
    return response


async def _page(request: Request, typed: dict[str, str], errors: dict[str, str], status: int) -> Response:
    caller, rt = require_caller(request), runtime(request)
    facade.require_deed(caller, facade.Deed.SELL)
    async with rt.db.write() as tx:  # not read(): what was just sent is to be seen
        standing = await facade.identity_standing(tx, caller.user_id)
    latest = standing.latest
    today = rt.clock.now().date()
    may_send = latest is None or (
        latest.status is not CheckStatus.WAITING
        and not (latest.status is CheckStatus.APPROVED and not ends_soon(latest.expires_on, today=today))
    )
    context: dict[str, Any] = {
        "standing": standing,
        "latest": latest,
        "may_send": may_send or bool(errors),
        "words": WORDS,
        "countries": countries(),
        "days": rt.settings.hosts.identity_files_days,
        "required": rt.settings.hosts.identity_required,
        "typed": defaultdict(str, typed),
        "errors": defaultdict(str, errors),
        "faulty": bool(errors),
    }
    return render(request, "identity/identity.html", context, status)


async def _check_page(
    request: Request, check_id: UUID, typed: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    require_reviewer(request)
    async with runtime(request).db.write() as tx:
        check = await checks.find_check(tx, check_id)
        if check is None:
            return onwards(QUEUE)
        person = (await facade.users_by_id(tx, [check.user_id])).get(check.user_id)
        earlier = [each for each in await checks.list_checks_of(tx, check.user_id) if each.id != check_id]
        trail = [
            each
            for each in await list_entries(tx, subject=check.user_id, action="identity_check.", limit=100)
            if each.data.get("check") == str(check_id)
        ]
        names = await facade.users_by_id(tx, list({each.actor_id for each in trail if each.actor_id}))
    context = {
        "check": check,
        "person": person,
        "earlier": earlier,
        "trail": trail,
        "names": names,
        "words": WORDS,
        "countries": countries(),
        "typed": defaultdict(str, typed),
        "errors": defaultdict(str, errors),
    }
    return render(request, "identity/admin_identity_check.html", context, status)


async def _files(request: Request) -> dict[Side, bytes]:
    """The chosen files, each read up to what may be sent and a byte."""
    posted = await request.form(max_files=3)
    sent = {side: posted.get(str(side)) for side in Side}
    chosen = {side: file for side, file in sent.items() if isinstance(file, UploadFile) and file.filename}
    files = {side: await file.read(MAX_BYTES + 1) for side, file in chosen.items()}
    await posted.close()  # nothing of it stays in the folder for temporary files
    return files
